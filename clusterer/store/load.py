"""The files of a result folder → the result that was saved there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from clusterer.core.config import Config
from clusterer.core.errors import CacheError, EditsError, ResultError
from clusterer.core.files import read_file, reason
from clusterer.core.parse import parse_json
from clusterer.core.text import brief
from clusterer.core.types import (
    UNKNOWN,
    Analysis,
    Calibration,
    ClusteringResult,
    Edit,
    Identity,
    Reason,
)
from clusterer.edits import constraints_of, parse_edit, revise
from clusterer.people.amend import amend, in_words
from clusterer.people.features import describe, without_faces
from clusterer.store.analysis_cache import load_analysis
from clusterer.store.commit import place_of, read_together
from clusterer.store.names import ANALYSIS, MOST_BYTES, RESULT
from clusterer.store.result_json import (
    AGAIN,
    READABLE_SCHEMAS,
    advice,
    decisions,
    grouping,
    identities,
    read_config,
    texts,
    whole,
)


def read_result(folder: Path) -> ClusteringResult:
    """Read ``result.json``, ``analysis.npz`` and ``chips/``; see `ResultFolder.load`."""
    return read_together(folder, lambda: _read_all(folder))


def read_edits(folder: Path) -> tuple[Edit, ...]:
    """The corrections in ``result.json``; see `ResultFolder.saved_edits`."""

    def read() -> tuple[Edit, ...]:
        content = _read(place_of(folder, RESULT))
        try:
            return tuple(map(parse_edit, content["edits"]))
        except (EditsError, KeyError, TypeError) as error:
            raise ResultError(f"{folder / RESULT} is damaged ({_words(error)})", AGAIN) from None

    return read_together(folder, read)


def read_people(folder: Path) -> tuple[Identity, ...]:
    """The people in ``result.json``; much quicker to read than the whole result.

    Raises
    ------
    ResultError
        As of `read_result`, as far as it concerns that file.
    """

    def read() -> tuple[Identity, ...]:
        content = _read(place_of(folder, RESULT))
        try:
            return tuple(who for who in identities(content) if who.label != UNKNOWN)
        except (KeyError, TypeError, ValueError) as error:
            raise ResultError(f"{folder / RESULT} is damaged ({_words(error)})", AGAIN) from None

    return read_together(folder, read)


def _read_all(folder: Path) -> ClusteringResult:
    content = _read(place_of(folder, RESULT))
    try:
        analysis, _ = load_analysis(folder)
    except CacheError as error:
        raise ResultError(error.cause, AGAIN) from None
    config, calibration = read_config(content, folder / RESULT)
    try:
        return _restore(content, analysis, config, calibration)
    except (
        EditsError,
        KeyError,
        TypeError,
        ValueError,
        IndexError,
        ArithmeticError,
        AttributeError,
    ) as error:
        raise ResultError(f"{folder / RESULT} is damaged ({_words(error)})", AGAIN) from None


def _read(path: Path) -> dict[str, Any]:
    """The content of ``result.json``, of this schema."""
    try:
        content = parse_json(read_file(path, MOST_BYTES))
    except FileNotFoundError:
        if path.with_name(ANALYSIS).exists():
            raise ResultError(f"{path} is missing", AGAIN) from None
        raise ResultError(
            f"{path.parent} is not a result folder", "Give a folder that cluster-video wrote"
        ) from None
    except OSError as error:
        raise ResultError(
            f"Cannot read {path} ({reason(error)})", "Give a folder that cluster-video wrote"
        ) from None
    except ValueError as error:
        raise ResultError(f"{path} is damaged ({error})", AGAIN) from None
    schema = content.get("schema") if isinstance(content, dict) else None
    if schema not in READABLE_SCHEMAS:
        raise ResultError(
            f"{path} was written by another version (schema {brief(schema, 20)})", AGAIN
        )
    return dict(content)


def _restore(
    content: dict[str, Any], found: Analysis, config: Config, calibration: Calibration | None
) -> ClusteringResult:
    edits = tuple(map(parse_edit, content["edits"]))
    under = whole(content["grouped_under"], len(edits) + 1)
    analysis = revise(found, edits).analysis
    _same_run(content, analysis)
    everyone = identities(content)
    before = content.get("as_grouped")
    if before is not None:
        first = _result(before, revise(found, edits[:under]).analysis, config, edits[:under])
        first = replace(_checked(first), calibration=calibration)
        result = amend(in_words(first), edits)
    else:
        result = _result(content, analysis, config, edits[:under])
    result = replace(
        result,
        edits=edits,
        calibration=calibration,
        labels=np.array(content["labels"], dtype=np.int64),
        people=tuple(who for who in everyone if who.label != UNKNOWN),
        unknowns=tuple(who for who in everyone if who.label == UNKNOWN),
        edit_notes=texts(content["edit_notes"]),
    )
    belongs = sorted((track, who.label) for who in everyone for track in who.track_ids)
    if belongs != list(enumerate(result.labels.tolist())):
        raise ValueError("labels and identities contradict each other")
    rows = {row for who in everyone for row in (who.cover_row, *who.crop_rows)}
    if not rows <= set(range(len(analysis.detections))):
        raise ValueError("a picture of a face that is not there")
    return in_words(_checked(result))


def _result(
    content: dict[str, Any], analysis: Analysis, config: Config, edits: tuple[Edit, ...]
) -> ClusteringResult:
    """What the machine decided, grouped under all of these corrections."""
    given = constraints_of(analysis, edits)
    decided = grouping(content["grouping"], len(analysis.tracks))
    return ClusteringResult(
        analysis=analysis,
        features=without_faces(describe(analysis, config.clustering), given.excluded),
        cannot_link=np.array(content["cannot_link"], dtype=np.int64).reshape(-1, 2),
        labels=decided.labels,
        people=(),
        unknowns=(),
        config=config,
        clothing=decisions(content),
        edits=edits,
        grouped_under=len(edits),
        grouping=decided,
        advice=advice(content["advice"], content["grouping"]["labels"]),
    )


def _checked(result: ClusteringResult) -> ClusteringResult:
    tracks = set(range(len(result.analysis.tracks)))
    if not {decision.track_id for decision in result.clothing} <= tracks:
        raise ValueError("a decision on a track that is not there")
    if not set(result.cannot_link.ravel().tolist()) <= tracks:
        raise ValueError("a constraint on a track that is not there")
    return result


def _same_run(content: dict[str, Any], analysis: Analysis) -> None:
    """Refuse a table of faces that is not of this analysis; it has no tracks that are no faces."""
    no_faces = {
        track
        for who in content["identities"]
        for track in who["track_ids"]
        if who["reason"] == Reason.NOT_A_FACE
    }
    rows = analysis.rows_of_tracks
    pairs = zip(
        analysis.track_of_row[rows].tolist(),
        analysis.detections.frame_index[rows].tolist(),
        strict=True,
    )
    expected = [(track, frame) for track, frame in pairs if track not in no_faces]
    faces = content["faces"]
    if list(zip(faces["track"], faces["frame"], strict=True)) != expected:
        raise ValueError(f"it is not of the same run as {ANALYSIS}")


def _words(error: Exception) -> str:
    """Cause of an error on one line."""
    return brief(f"no {error}" if isinstance(error, KeyError) else error)
