"""The result folder: everything that a run gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from clusterer import __version__, report
from clusterer.cache import crop_name, torso_name
from clusterer.edits import to_dict
from clusterer.export import csv_files
from clusterer.export.tables import tables
from clusterer.folder import CHIPS, RESULT, ResultFolder
from clusterer.printable import printable
from clusterer.regular import read_own
from clusterer.types import (
    Analysis,
    Appearance,
    ClothingDecision,
    ClusteringResult,
    Identity,
    Move,
    Reason,
)

RESULT_SCHEMA = 4
"""Of ``result.json``; raised when its meaning changes. 2: with `identities`, so that it can be
loaded. 3: with `clothing`, what clothing decided. 4: with `grouping`, `edits` and `advice`, what a
review starts from. ``analysis.npz`` has a number of its own."""


def save(result: ClusteringResult, folder: Path) -> None:
    """Write report, tables and ``result.json``: all of them, or, on a full disk, none.

    Raises
    ------
    ResultError
        The folder cannot be written to, or is none of ours; what was there before stays.
    """
    place = ResultFolder(folder)
    place.mark()
    page = report.render(
        result,
        crop_reader(result.analysis, folder),
        crop_reader(result.analysis, folder, torso_name),
    )
    files = {**csv_files(result), RESULT: to_json(result), "report.html": page}
    place.write(files)


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


def crop_reader(
    analysis: Analysis, folder: Path, name: Callable[[int, int], str] = crop_name
) -> Callable[[int], bytes | None]:
    """Reader of the pictures kept in a result folder, by detection row.

    Parameters
    ----------
    analysis
    folder
    name
        Track and frame → name of the file: of faces by default, or `torso_name`.
    """
    track_of = {row: track.id for track in analysis.tracks for row in track.detection_rows.tolist()}
    frames = analysis.detections.frame_index

    def read(row: int) -> bytes | None:
        try:
            return read_own(folder / CHIPS / name(track_of[row], int(frames[row])))
        except (KeyError, OSError):
            return None

    return read
