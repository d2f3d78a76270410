"""``result.json``: everything in the tables, and what a review starts from."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from clusterer._version import __version__
from clusterer.core.text import printable
from clusterer.core.types import (
    Appearance,
    ClothingDecision,
    ClusteringResult,
    Identity,
    Move,
    Reason,
)
from clusterer.edits import to_dict
from clusterer.store.tables import tables

RESULT_SCHEMA = 5
"""Of ``result.json``; raised when its meaning changes. 2: with `identities`, so that it can be
loaded. 3: with `clothing`, what clothing decided. 4: with `grouping`, `edits` and `advice`, what a
review starts from. 5: the setting `tolerance` has its name. ``analysis.npz`` has its own number."""
READABLE_SCHEMAS = (4, RESULT_SCHEMA)


def to_json(result: ClusteringResult) -> str:
    """Everything in the tables, with configuration, model hashes and schema version.

    Tables are objects of columns, so that an hour of faces stays small.
    """
    video = asdict(result.analysis.video)
    video |= {key: str(video[key]) for key in ("frame_rate", "time_base")}
    video["path"] = Path(video["path"]).name
    content: dict[str, Any] = {
        "schema": RESULT_SCHEMA,
        "version": __version__,
        "video": video,
        "warnings": list(result.analysis.warnings),
        "config": result.config,
        "models": result.analysis.models,
        "shots": [
            {"start_frame": s.start_frame, "end_frame": s.end_frame} for s in result.analysis.shots
        ],
        "unknown_reasons": {u.id: u.reason.value for u in result.unknowns},
        "cannot_link": result.cannot_link.tolist(),
        "labels": result.labels.tolist(),
        "clothing": [asdict(decision) for decision in result.clothing],
        "identities": [asdict(who) for who in (*result.people, *result.unknowns)],
        **_review(result),
    }
    for table in tables(result):
        columns = zip(*table.rows, strict=True) if table.rows else [()] * len(table.columns)
        content[table.name] = dict(zip(table.columns, map(list, columns), strict=True))
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return printable(text) + "\n"  # a path among the settings may hold what is not UTF-8


def _review(result: ClusteringResult) -> dict[str, Any]:
    """What the machine decided, what was corrected, and what there is to ask."""
    grouping, advice = result.grouped, result.advice
    candidates = {str(label): list(map(list, found)) for label, found in advice.names.items()}
    return {
        "grouping": {
            "labels": grouping.labels.tolist(),
            "reasons": [reason.value for reason in grouping.reasons],
            "confidence": grouping.confidence.tolist(),
        },
        "edits": [to_dict(edit) for edit in result.edits],
        "grouped_under": result.grouped_under,
        "edit_notes": list(result.edit_notes),
        "advice": {
            "questions": [[q.a, q.b, q.evidence] for q in advice.questions],
            "trees": {str(label): list(map(list, tree)) for label, tree in advice.trees.items()},
            **({"names": candidates} if candidates else {}),
        },
    }


def identities(content: dict[str, Any]) -> tuple[Identity, ...]:
    """People, then unknowns, out of what `to_json` wrote.

    Raises
    ------
    KeyError, TypeError, ValueError
        They are not there, or not whole.
    """
    return tuple(
        Identity(
            **facts
            | {
                "track_ids": tuple(facts["track_ids"]),
                "appearances": tuple(
                    Appearance(**seen | {"track_ids": tuple(seen["track_ids"])})
                    for seen in facts["appearances"]
                ),
                "crop_rows": tuple(facts["crop_rows"]),
                "reason": Reason(facts["reason"]),
            }
        )
        for facts in content["identities"]
    )


def decisions(content: dict[str, Any]) -> tuple[ClothingDecision, ...]:
    """What clothing decided, out of what `to_json` wrote; errors as of `identities`."""
    return tuple(
        ClothingDecision(**facts | {"move": Move(facts["move"])}) for facts in content["clothing"]
    )
