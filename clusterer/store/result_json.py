"""``result.json``: everything in the tables, and what a review starts from; written and parsed."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import asdict, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from clusterer._version import __version__
from clusterer.core.config import AUTO, Config, settings
from clusterer.core.errors import ConfigError, ResultError
from clusterer.core.parse import build
from clusterer.core.text import brief, printable
from clusterer.core.types import (
    UNKNOWN,
    Advice,
    Calibration,
    ClothingDecision,
    ClusteringResult,
    Grouping,
    Identity,
    Question,
    Reason,
)
from clusterer.edits import to_dict

RESULT_SCHEMA = 6
"""Of ``result.json``; raised when its meaning changes. 2: with `identities`, so that it can be
loaded. 3: with `clothing`, what clothing decided. 4: with `grouping`, `edits` and `advice`, what a
review starts from. 5: the setting `tolerance` has its name. 6: times are a player's, `video` has
`delay_pts`, `pixel_aspect` and `stream`. ``analysis.npz`` has its own number."""
READABLE_SCHEMAS = (4, 5, RESULT_SCHEMA)
AGAIN = "Run cluster-video on the video again, with this folder as --output"


def to_json(result: ClusteringResult) -> str:
    """Everything in the tables, with configuration, model hashes and schema version.

    Tables are objects of columns, so that an hour of faces stays small.
    """
    video = asdict(result.analysis.video)
    video |= {key: str(video[key]) for key in ("frame_rate", "time_base", "pixel_aspect")}
    video["path"] = Path(video["path"]).name
    content: dict[str, Any] = {
        "schema": RESULT_SCHEMA,
        "version": __version__,
        "video": video,
        "warnings": list(result.analysis.warnings),
        "config": config_dict(result),
        "models": result.analysis.models,
        "shots": [
            {"start_frame": s.start_frame, "end_frame": s.end_frame} for s in result.analysis.shots
        ],
        "unknown_reasons": {u.id: u.reason.value for u in result.unknowns},
        "cannot_link": result.cannot_link.tolist(),
        "labels": result.labels.tolist(),
        "clothing": [asdict(decision) for decision in result.clothing],
        "identities": [_facts(who) for who in (*result.people, *result.unknowns)],
        **_review(result),
    }
    for table in result.tables:
        columns = zip(*table.rows, strict=True) if table.rows else [()] * len(table.columns)
        content[table.name] = dict(zip(table.columns, map(list, columns), strict=True))
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return printable(text) + "\n"  # a path among the settings may hold what is not UTF-8


def _facts(who: Identity) -> dict[str, Any]:
    """A person or unknown, without what follows from the settings and corrections."""
    return {name: value for name, value in asdict(who).items() if name != "background"}


def _review(result: ClusteringResult) -> dict[str, Any]:
    """What the machine decided, what was corrected, and what there is to ask."""
    return {
        "grouping": _grouping(result.grouped),
        **({"as_grouped": _as_grouped(result.as_grouped)} if result.as_grouped else {}),
        "edits": [to_dict(edit) for edit in result.edits],
        "grouped_under": result.grouped_under,
        "edit_notes": list(result.edit_notes),
        "advice": _advice(result.advice),
    }


def _as_grouped(start: ClusteringResult) -> dict[str, Any]:
    """What the machine decided, of the tracks before corrections of tracks."""
    return {
        "grouping": _grouping(start.grouped),
        "advice": _advice(start.advice),
        "clothing": [asdict(decision) for decision in start.clothing],
        "cannot_link": start.cannot_link.tolist(),
    }


def _grouping(grouping: Grouping) -> dict[str, Any]:
    kept = {str(label): number for label, number in sorted(grouping.numbers.items())}
    return {
        "labels": grouping.labels.tolist(),
        "reasons": [reason.value for reason in grouping.reasons],
        "confidence": grouping.confidence.tolist(),
        **({"numbers": kept} if kept else {}),
    }


def _advice(advice: Advice) -> dict[str, Any]:
    candidates = {str(label): list(map(list, found)) for label, found in advice.names.items()}
    return {
        "questions": [[q.a, q.b, q.evidence] for q in advice.questions],
        "trees": {str(label): list(map(list, tree)) for label, tree in advice.trees.items()},
        **({"names": candidates} if candidates else {}),
    }


def config_dict(result: ClusteringResult) -> dict[str, Any]:
    """Every setting, with the threshold that was used and how it fits, JSON-ready."""
    used = settings(result.config)
    used["clustering"]["threshold"] = result.threshold
    return used | ({"calibration": asdict(result.calibration)} if result.calibration else {})


def read_config(content: dict[str, Any], path: Path) -> tuple[Config, Calibration | None]:
    """Settings and calibration out of what `to_json` wrote to `path`.

    A setting that is not stored, as an older version did not have it, is the default.

    Raises
    ------
    ResultError
        They are not there, damaged, or there is a setting that this version does not know.
    """
    try:
        stored = dict(content["config"])
        clustering = dict(stored["clustering"])
    except (KeyError, TypeError, ValueError):
        raise ResultError(f"{path} is damaged (it holds no settings)", AGAIN) from None
    unknown = _unknown(Config().clustering, clustering)
    if content["schema"] == 4 and len(unknown) == 1:  # schema 4 had another name for the tolerance
        clustering["tolerance"] = clustering.pop(unknown.pop())
    sections = {"analysis": stored.get("analysis", {}), "clustering": clustering}
    if unknown := _unknown(Config(), sections):
        names = brief(", ".join(sorted(unknown)))
        cause = f"{path} was written by another version (setting {names} is unknown)"
        raise ResultError(cause, AGAIN)
    try:
        fit = _calibration(stored.get("calibration"))
        if fit and fit.automatic:
            clustering["threshold"] = AUTO
        return _with(Config(), sections), fit
    except (AttributeError, ConfigError, KeyError, TypeError, ValueError) as error:
        raise ResultError(f"{path} is damaged ({brief(error)})", AGAIN) from None


def _unknown(default: Any, stored: Any) -> set[str]:
    """Names of stored settings, of any depth, that this version does not have."""
    if not isinstance(stored, dict):
        return set()
    found = set(map(str, stored)) - {field.name for field in fields(default)}
    for name in stored.keys() - found:
        part = getattr(default, name)
        found |= _unknown(part, stored[name]) if is_dataclass(part) else set()
    return found


def _with(default: Any, stored: dict[str, Any]) -> Any:
    """Settings with the stored values in the place of the default ones."""
    values, texts = {}, {field.name for field in fields(default) if field.type == "str"}
    for name, value in stored.items():
        part = getattr(default, name)
        if name in texts and not isinstance(value, str):
            raise TypeError(f"{name} is {brief(ascii(value), 40)}")
        values[name] = _with(part, value) if is_dataclass(part) else value
    return replace(default, **values)


def _calibration(stored: dict[str, Any] | None) -> Calibration | None:
    return build(Calibration, stored) if stored else None


def identities(content: dict[str, Any]) -> tuple[Identity, ...]:
    """People, then unknowns, out of what `to_json` wrote.

    Raises
    ------
    KeyError, TypeError, ValueError
        They are not there, or not whole.
    """
    return tuple(_identity(facts) for facts in content["identities"])


def _identity(facts: Any) -> Identity:
    who: Identity = build(Identity, facts)
    spans = [(seen.start_frame, seen.end_frame) for seen in who.appearances]
    spans += [(seen.start_pts, seen.end_pts) for seen in who.appearances]
    if not spans or not all(start < end for start, end in spans):
        raise ValueError("an identity without a whole appearance")
    if not (0 <= who.confidence <= 1 and who.screen_time_s >= 0 and who.label >= UNKNOWN):
        raise ValueError("an identity with a number out of range")
    return who


def decisions(content: dict[str, Any]) -> tuple[ClothingDecision, ...]:
    """What clothing decided, out of what `to_json` wrote; errors as of `identities`."""
    return tuple(build(ClothingDecision, facts) for facts in content["clothing"])


def grouping(content: Any, n_tracks: int) -> Grouping:
    """The automatic grouping of this many tracks; errors as of `identities`."""
    labels, reasons = np.array(content["labels"]), content["reasons"]
    confidence = np.array(content["confidence"], dtype=np.float64)
    if labels.shape != (n_tracks,) or (n_tracks and labels.dtype != np.int64):
        raise ValueError("grouping: a label per track")
    if n_tracks and int(labels.min()) < UNKNOWN:
        raise ValueError("grouping: a label that there is not")
    if not ((confidence >= 0) & (confidence <= 1)).all():
        raise ValueError("grouping: confidence outside 0 to 1")
    kept = _kept(content.get("numbers", {}), labels)
    return Grouping(labels, tuple(map(Reason, reasons)), confidence, kept)


def _kept(content: Any, labels: Any) -> dict[int, int]:
    """Numbers that people kept; absent where they are by screen time."""
    kept = {int(label): number for label, number in content.items()}
    if kept and set(kept) != set(labels.tolist()) - {UNKNOWN}:
        raise ValueError("grouping: a number per person")
    if not all(type(number) is int and number >= 1 for number in kept.values()):
        raise ValueError("grouping: a number that is none")
    if len(set(kept.values())) < len(kept):
        raise ValueError("grouping: two people of one number")
    return kept


def advice(content: Any, labels: list[int]) -> Advice:
    """Questions about tracks that were grouped like this; errors as of `identities`."""
    size, n_tracks = Counter(labels), len(labels)
    questions = tuple(
        Question(whole(a, n_tracks), whole(b, n_tracks), float(evidence))
        for a, b, evidence in content["questions"]
    )
    trees = {int(label): _tree(tree, size[int(label)]) for label, tree in content["trees"].items()}
    return Advice(questions, trees, _candidates(content.get("names", {}), size))


def _candidates(content: Any, size: Counter[int]) -> dict[int, tuple[tuple[str, float], ...]]:
    """Candidate names of people; absent where no gallery was used."""
    found = {
        int(label): tuple((name, float(distance)) for name, distance in names)
        for label, names in content.items()
    }
    if not all(label > UNKNOWN and size[label] for label in found):
        raise ValueError("advice: names of a person that there is not")
    for name, distance in (pair for pairs in found.values() for pair in pairs):
        if not isinstance(name, str) or not 0 <= distance < math.inf:
            raise ValueError("advice: a candidate that is none")
    return found


def _tree(content: Any, n_tracks: int) -> tuple[tuple[int, int], ...]:
    """Merges of all tracks of a person; each track, and each merge but the last, is merged once."""
    merges = tuple(
        (whole(a, n_tracks + k), whole(b, n_tracks + k)) for k, (a, b) in enumerate(content)
    )
    if sorted(part for merge in merges for part in merge) != list(range(2 * len(merges))):
        raise ValueError("advice: a tree that is none")
    if len(merges) != n_tracks - 1:
        raise ValueError("advice: a tree that is not of its person")
    return merges


def texts(content: Any) -> tuple[str, ...]:
    """A list of lines; errors as of `identities`."""
    if not isinstance(content, list) or not all(isinstance(line, str) for line in content):
        raise TypeError("edit_notes: not lines")
    return tuple(content)


def whole(value: Any, end: int) -> int:
    """A whole number from 0 to `end` - 1; errors as of `identities`."""
    if type(value) is not int or not 0 <= value < end:
        raise ValueError(f"{str(value)[:20]} is not a number from 0 to {end - 1}")
    return value
