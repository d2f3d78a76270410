"""An `Analysis` from a few lines of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from clusterer.core.types import Analysis, ChipQuality, Detections, Shot, Track, VideoInfo
from clusterer.faces.encoding.base import DLIB_RESNET

FRAME_PTS = 4
VIDEO = VideoInfo("a.mp4", 640, 360, Fraction(25), Fraction(1, 100), 0, 40.0)
"""25 frames a second, 4 ticks a frame."""

Sight = tuple[int, int, float]
"""Track, frame, quality: one detection."""


def shots_of(*lengths: int) -> tuple[Shot, ...]:
    """Consecutive shots of these lengths in frames."""
    ends = np.cumsum(lengths).tolist()
    return tuple(
        Shot(i, end - length, end, (end - length) * FRAME_PTS, end * FRAME_PTS)
        for i, (end, length) in enumerate(zip(ends, lengths, strict=True))
    )


def analysis_of(
    sights: Sequence[Sight],
    *,
    chips: Mapping[int, Sequence[float]] | None = None,
    crops: Sequence[int] = (),
    shots: tuple[Shot, ...] | None = None,
    parts: Mapping[int, tuple[float, float, float, float]] | None = None,
) -> Analysis:
    """An analysis of detections in time order, one row each.

    Parameters
    ----------
    chips
        Row → embedding.
    crops
        Rows with a stored picture.
    parts
        Row → size, sharpness, score, pose; otherwise size is the quality, and the rest is 1.
    """
    shots = shots or shots_of(1000)
    n = len(sights)
    frames = np.array([frame for _, frame, _ in sights], dtype=np.int64)
    quality = np.array(
        [(parts or {}).get(row, (value, 1, 1, 1)) for row, (_, _, value) in enumerate(sights)]
    ).reshape(n, 4)
    rows_of: dict[int, list[int]] = {}
    for row, (track, _, _) in enumerate(sights):
        rows_of.setdefault(track, []).append(row)
    embedded = chips or {}
    return Analysis(
        video=VIDEO,
        shots=shots,
        detections=Detections(
            frames,
            frames * FRAME_PTS,
            np.tile([0.0, 0.0, 50.0, 50.0], (n, 1)),
            np.ones(n),
            np.full((n, 5, 2), np.nan),
        ),
        quality=ChipQuality(*quality.T),
        tracks=tuple(
            Track(track, _shot_of(int(frames[rows[0]]), shots), np.array(rows))
            for track, rows in sorted(rows_of.items())
        ),
        chip_rows=np.array(list(embedded), dtype=np.int64),
        chip_embeddings=np.array(list(embedded.values()), dtype=np.float32).reshape(
            len(embedded), -1 if embedded else 2
        ),
        crop_rows=np.array(crops, dtype=np.int64),
        sampled_frames=np.unique(frames),
        sampled_pts=np.unique(frames) * FRAME_PTS,
        models={DLIB_RESNET.name: "d1" * 32},
    )


def _shot_of(frame: int, shots: tuple[Shot, ...]) -> int:
    return next(shot.index for shot in shots if shot.start_frame <= frame < shot.end_frame)
