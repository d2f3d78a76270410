"""A result folder → the result that was written there."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from clusterer.core.config import ClothingConfig, ClusteringConfig
from clusterer.core.errors import CacheError, ConfigError, EditsError, ResultError
from clusterer.core.files import read_file
from clusterer.core.types import UNKNOWN, Analysis, ClusteringResult, Reason
from clusterer.edits import constrain, parse_edit
from clusterer.people.amend import keys_of
from clusterer.people.decide import without_faces
from clusterer.people.features import describe
from clusterer.store.analysis_cache import load_analysis
from clusterer.store.names import ANALYSIS, RESULT
from clusterer.store.restore import advice, grouping, texts, whole
from clusterer.store.result_json import READABLE_SCHEMAS, decisions, identities

AGAIN = "Run cluster-video on the video again, with this folder as --output"


def load(folder: Path | str) -> ClusteringResult:
    """Read a result folder that `process` wrote.

    Parameters
    ----------
    folder
        ``<stem>.people``; its ``analysis.npz``, ``chips/`` and ``result.json`` are read, the video
        is not.

    Returns
    -------
    ClusteringResult
        As it was saved: the same people, unknowns and tables. What the clustering knew of each
        track is computed again, with the settings that are stored.

    Raises
    ------
    ResultError
        It is no result folder, a file of it is missing or damaged, the files are not of the same
        run, or another version wrote them.
    """
    folder = Path(folder)
    content = _read(folder / RESULT)
    try:
        analysis, _ = load_analysis(folder)
    except CacheError as error:
        raise ResultError(error.cause, AGAIN) from None
    chosen = _settings(content, folder / RESULT)
    try:
        return _restore(content, analysis, chosen)
    except (
        EditsError,
        KeyError,
        TypeError,
        ValueError,
        IndexError,
        OverflowError,
        AttributeError,
    ) as error:
        raise ResultError(f"{folder / RESULT} is damaged ({_words(error)})", AGAIN) from None


def _read(path: Path) -> dict[str, Any]:
    """The content of ``result.json``, of this schema."""
    try:
        content = json.loads(read_file(path))
    except FileNotFoundError:
        if path.with_name(ANALYSIS).exists():
            raise ResultError(f"{path} is missing", AGAIN) from None
        raise ResultError(
            f"{path.parent} is no result folder", "Give a folder that cluster-video wrote"
        ) from None
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise ResultError(
            f"Cannot read {path} ({cause})", "Give a folder that cluster-video wrote"
        ) from None
    except (ValueError, RecursionError):
        raise ResultError(f"{path} is damaged (it is no JSON)", AGAIN) from None
    schema = content.get("schema") if isinstance(content, dict) else None
    if schema not in READABLE_SCHEMAS:
        raise ResultError(f"{path} was written by another version (schema {schema})", AGAIN)
    return dict(content)


def _settings(content: dict[str, Any], path: Path) -> ClusteringConfig:
    """Settings of the clustering; those that an older version did not have are the defaults."""
    try:
        content["config"] = _tuples(content["config"])
        stored = dict(content["config"]["clustering"])
    except (KeyError, TypeError, ValueError):
        raise ResultError(f"{path} is damaged (it holds no settings)", AGAIN) from None
    unknown = sorted(map(str, stored.keys() - {field.name for field in fields(ClusteringConfig)}))
    if content["schema"] == 4 and len(unknown) == 1:  # schema 4 had another name for the tolerance
        stored["tolerance"] = stored.pop(unknown.pop())
        content["config"]["clustering"] = dict(stored)
    if unknown:
        raise ResultError(
            f"{path} was written by another version (setting {', '.join(unknown)} is unknown)",
            AGAIN,
        )
    try:
        stored["clothing"] = ClothingConfig(**stored.get("clothing", {}))
        return ClusteringConfig(**stored)
    except (ConfigError, TypeError) as error:
        raise ResultError(f"{path} is damaged ({_words(error)})", AGAIN) from None


def _tuples(value: Any) -> Any:
    """Lists as the tuples that they were before they became JSON."""
    if isinstance(value, dict):
        return {name: _tuples(part) for name, part in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _restore(
    content: dict[str, Any], analysis: Analysis, chosen: ClusteringConfig
) -> ClusteringResult:
    _same_run(content, analysis)
    everyone = identities(content)
    edits = tuple(map(parse_edit, content["edits"]))
    under = whole(content["grouped_under"], len(edits) + 1)
    given = constrain(edits[:under], keys_of(analysis), len(analysis.tracks))
    result = ClusteringResult(
        analysis=analysis,
        features=without_faces(describe(analysis, chosen), given.excluded),
        cannot_link=np.array(content["cannot_link"], dtype=np.int64).reshape(-1, 2),
        labels=np.array(content["labels"], dtype=np.int64),
        people=tuple(who for who in everyone if who.label != UNKNOWN),
        unknowns=tuple(who for who in everyone if who.label == UNKNOWN),
        config=content["config"],
        clothing=decisions(content),
        edits=edits,
        grouped_under=under,
        edit_notes=texts(content["edit_notes"]),
        grouping=grouping(content["grouping"], len(analysis.tracks)),
        advice=advice(content["advice"], content["grouping"]["labels"]),
    )
    belongs = sorted((track, who.label) for who in everyone for track in who.track_ids)
    if belongs != list(enumerate(result.labels.tolist())):
        raise ValueError("labels and identities contradict each other")
    rows = {row for who in everyone for row in (who.cover_row, *who.crop_rows)}
    if not rows <= set(range(len(analysis.detections))):
        raise ValueError("a picture of a face that is not there")
    if not {decision.track_id for decision in result.clothing} <= set(range(len(analysis.tracks))):
        raise ValueError("a decision on a track that is not there")
    if not set(result.cannot_link.ravel().tolist()) <= set(range(len(analysis.tracks))):
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
    found = sorted(
        (row, track.id)
        for track in analysis.tracks
        if track.id not in no_faces
        for row in track.detection_rows
    )
    frames = analysis.detections.frame_index
    expected = [(track, int(frames[row])) for row, track in found]
    faces = content["faces"]
    if list(zip(faces["track"], faces["frame"], strict=True)) != expected:
        raise ValueError(f"it is not of the same run as {ANALYSIS}")


def _words(error: Exception) -> str:
    """Cause of an error on one line."""
    return f"no {error}" if isinstance(error, KeyError) else " ".join(str(error).split())
