"""An analysis as one .npz file of arrays and JSON facts."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PureWindowsPath
from typing import Any

import numpy as np
import numpy.typing as npt

from clusterer.core.errors import CacheError
from clusterer.core.parse import build, parse_json
from clusterer.core.text import brief
from clusterer.core.types import (
    Analysis,
    ChipQuality,
    Detections,
    Extent,
    Shot,
    Track,
    VideoInfo,
)
from clusterer.store.npz import read_npz

SCHEMA_VERSION = 6
"""Of ``analysis.npz``; raised when its meaning changes. 2: blur costs more quality. 3: colours of
clothing. 4: clothing embeddings and pictures of torsos. 5: extents of tracks. 6: where a
player's clock begins, ends of tracks, shape of pixels; faces are found in square pixels."""
READABLE_VERSIONS = (4, 5, SCHEMA_VERSION)

NO_EXTENT = (-1, -1, -1, -1, -1)
"""Stands for the extent of a track that is visible only from its first detection to its last."""

_FRACTIONS = ("frame_rate", "time_base", "pixel_aspect")
"""Fields of `VideoInfo` that are stored as text; the last is missing before schema 6."""
_AS_THEY_ARE = (
    "chip_rows",
    "chip_embeddings",
    "chip_colours",
    "chip_clothing",
    "chip_torso_share",
    "chip_torso_sharpness",
    "crop_rows",
    "sampled_frames",
    "sampled_pts",
)

META = "meta"
_FACES = ("frame_index", "pts", "boxes", "scores", "landmarks")
_QUALITY = ("size", "sharpness", "score", "pose")
NAMES = frozenset(
    {
        *_FACES,
        *(f"quality_{part}" for part in _QUALITY),
        "shot",
        "shots",
        "track_of_row",
        "shot_of_track",
        "extent_of_track",
        *_AS_THEY_ARE,
    }
)
"""Of the arrays of an analysis and of a finished shot; no other member of a file is read."""
MOST_S = 1e9
"""Longest film: 31 years."""
MOST_PX = 1 << 20
"""Widest picture."""

Arrays = dict[str, npt.NDArray[Any]]


def pack(arrays: Arrays, meta: dict[str, Any]) -> bytes:
    """Arrays and JSON-ready facts as the bytes of an .npz file; deterministic."""
    buffer = io.BytesIO()
    text = np.frombuffer(json.dumps(meta, sort_keys=True).encode(), dtype=np.uint8)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, array in {META: text, **arrays}.items():
            with file.open(f"{name}.npy", "w") as member:  # always dated 1980
                np.lib.format.write_array(member, array, allow_pickle=False)
    return buffer.getvalue()


def read_arrays(path: Path) -> tuple[Arrays, dict[str, Any]]:
    """Read a file of `pack`.

    Raises
    ------
    CacheError
        The file is missing, damaged or of another schema.
    """
    try:
        arrays = read_npz(path, {META, *NAMES})
        meta = _facts(arrays.pop(META))
        schema = meta["schema"]
    except Exception as error:  # zipfile, zlib, numpy and json raise many kinds
        raise CacheError(_unread(path, error)) from None
    if schema not in READABLE_VERSIONS:
        raise CacheError(f"{path} was written by another version (schema {brief(schema, 20)})")
    return arrays, meta


def read_meta(path: Path) -> dict[str, Any]:
    """Read only the JSON facts of a file, whatever its schema.

    Raises
    ------
    CacheError
        The file is missing or damaged.
    """
    try:
        return _facts(read_npz(path, {META})[META])
    except Exception as error:  # as in `read_arrays`
        raise CacheError(_unread(path, error)) from None


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """When the faces of an analysis are seen; the other fields are those of `Analysis`.

    Attributes
    ----------
    pts : array of shape (n,), int64, of each detection
    video, sampled_frames, sampled_pts : as of `Analysis`
    """

    pts: npt.NDArray[np.int64]
    video: VideoInfo
    sampled_frames: npt.NDArray[np.int64]
    sampled_pts: npt.NDArray[np.int64]


def read_times(path: Path) -> Times:
    """Read only when the faces are seen: of an hour of film a hundredth of the analysis.

    Raises
    ------
    CacheError
        The file is missing or damaged.
    """
    names = ("pts", "sampled_frames", "sampled_pts")
    try:
        arrays = read_npz(path, {META, *names})
        pts, frames, sampled = (np.asarray(arrays[name], np.int64).reshape(-1) for name in names)
        return Times(pts, _video(_facts(arrays[META])["video"]), frames, sampled)
    except Exception as error:  # as in `read_arrays`
        raise CacheError(_unread(path, error)) from None


def _unread(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{path} is missing"
    if isinstance(error, OSError) and error.strerror:
        return f"Cannot read {path} ({error.strerror.lower()})"
    return f"{path} is damaged ({brief(error)})"


def _facts(packed: npt.NDArray[Any]) -> dict[str, Any]:
    return dict(parse_json(packed.tobytes()))


def dump(analysis: Analysis) -> tuple[Arrays, dict[str, Any]]:
    """An analysis as named arrays and JSON-ready facts, without corrections of tracks."""
    analysis = analysis.as_found
    video = asdict(analysis.video)
    video["path"] = _name(video["path"])  # results travel, so the folder stays private
    video |= {name: str(video[name]) for name in _FRACTIONS}
    arrays: Arrays = {
        **face_arrays(analysis.detections, analysis.quality),
        "shots": np.array(
            [(s.start_frame, s.end_frame, s.start_pts, s.end_pts) for s in analysis.shots],
            dtype=np.int64,
        ).reshape(-1, 4),
        "track_of_row": analysis.track_of_row,
        "shot_of_track": np.array([t.shot_index for t in analysis.tracks], dtype=np.int64),
        "extent_of_track": np.array(
            [_row(t.extent) for t in analysis.tracks], dtype=np.int64
        ).reshape(-1, len(NO_EXTENT)),
    }
    for name in _AS_THEY_ARE:
        arrays[name] = getattr(analysis, name)
    return arrays, {"video": video, "models": analysis.models, "warnings": analysis.warnings}


def restore(arrays: Arrays, meta: dict[str, Any]) -> Analysis:
    """The inverse of `dump`; raises KeyError, TypeError, ValueError or IndexError on bad input."""
    detections, quality = read_faces(arrays)
    kept: dict[str, Any] = {name: arrays[name] for name in _AS_THEY_ARE}
    return Analysis(
        video=_video(meta["video"]),
        shots=tuple(Shot(i, *row) for i, row in enumerate(arrays["shots"].tolist())),
        detections=detections,
        quality=quality,
        tracks=group_tracks(
            arrays["track_of_row"],
            arrays["shot_of_track"].tolist(),
            arrays["extent_of_track"].tolist() if "extent_of_track" in arrays else None,
        ),
        **kept,
        models=_texts(dict(meta["models"])),
        warnings=tuple(_texts(dict(enumerate(meta["warnings"]))).values()),
    )


def _video(facts: Any) -> VideoInfo:
    found: VideoInfo = build(VideoInfo, facts)
    if not 0 <= found.duration_s < MOST_S or max(found.width_px, found.height_px) > MOST_PX:
        raise ValueError("the video is too long or too large")
    return replace(found, path=_name(found.path))  # earlier versions stored the whole path


def _texts(values: dict[Any, Any]) -> dict[Any, str]:
    return {key: build(str, value, "a text") for key, value in values.items()}


def face_arrays(detections: Detections, quality: ChipQuality) -> Arrays:
    """Detections and their quality as named arrays."""
    return {name: getattr(detections, name) for name in _FACES} | {
        f"quality_{name}": getattr(quality, name) for name in _QUALITY
    }


def read_faces(arrays: Arrays) -> tuple[Detections, ChipQuality]:
    """The inverse of `face_arrays`."""
    return (
        Detections(*(arrays[name] for name in _FACES)),
        ChipQuality(*(arrays[f"quality_{name}"] for name in _QUALITY)),
    )


def group_tracks(
    track_of_row: npt.NDArray[np.int64],
    shot_of_track: Iterable[int],
    extent_of_track: Iterable[Sequence[int]] | None = None,
) -> tuple[Track, ...]:
    """Tracks from the track of each row (-1 = none); rows are in time order."""
    shots = list(shot_of_track)
    extents = list(extent_of_track or [NO_EXTENT] * len(shots))
    rows_of: list[list[int]] = [[] for _ in shots]
    for row, track in enumerate(track_of_row.tolist()):
        if track >= 0:
            rows_of[track].append(row)
    return tuple(
        Track(i, shot, np.array(rows, dtype=np.int64), _extent(extent))
        for i, (shot, rows, extent) in enumerate(zip(shots, rows_of, extents, strict=True))
    )


def _row(extent: Extent | None) -> tuple[int, ...]:
    if extent is None:
        return NO_EXTENT
    return (*extent[:4], extent.last_pts if extent.end_pts is None else extent.end_pts)


def _extent(row: Sequence[int]) -> Extent | None:
    """The inverse of `_row`; also of four columns, as schema 5 has."""
    if row[0] < 0:
        return None
    first_frame, last_frame, first_pts, last_pts, *end = row
    end_pts = end[0] if end and end[0] > last_pts else None
    return Extent(first_frame, last_frame, first_pts, last_pts, end_pts)


def _name(path: str) -> str:
    """Last part of a path of this system, or of Windows with its drive or server."""
    windows = re.match(r"[A-Za-z]:[\\/]|\\\\", path)
    return PureWindowsPath(path).name if windows else Path(path).name
