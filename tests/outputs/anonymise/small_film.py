"""A short film with two faces of the sample film, and its result, made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from clusterer.core.config import ClusteringConfig, Config, DetectionConfig
from clusterer.core.types import (
    UNKNOWN,
    Analysis,
    ChipQuality,
    ClusteringResult,
    Detections,
    Frame,
    ImageArray,
    Reason,
    Shot,
    Track,
)
from clusterer.faces.detection.base import Detector, create
from clusterer.media import probe
from clusterer.media.decode import Reader
from clusterer.media.picture import Converter
from clusterer.people.features import describe
from clusterer.people.identities import present
from tests.face_films import on_wall
from tests.odd_clocks import write_film

RATE = Fraction(12)
SECOND = 18
FRAMES = 30
"""Frames 0 to 18 show A on a wall; from 18 to 30, another shot, B."""
LOOKS = ((0, 6, 12, 17), (18, 24, 29))
"""Frames of the analysis, by track."""


def pictures() -> list[ImageArray]:
    return [on_wall("A" if i < SECOND else "B", i) for i in range(FRAMES)]


def write_small(path: Path, **options: Any) -> Path:
    """The film; `options` as of `write_film`."""
    return write_film(path, pictures(), rate=RATE, **options)


@cache
def detector() -> Detector:
    return create(DetectionConfig(), 2)


def images(path: Path) -> list[ImageArray]:
    """Every frame as shown."""
    info = probe(path)
    converter = Converter(*info.square_px, 160)
    return [converter.rgb(each.raw) for each in Reader(info)]


def faces(path: Path) -> list[Detections]:
    """What the detector finds in every frame."""
    return detector().detect([Frame(i, i, image) for i, image in enumerate(images(path))])


def result_of(path: Path, seen: Sequence[Sequence[int]] = LOOKS) -> ClusteringResult:
    """The result of the film at a path: A and B are two people, or unknown without faces."""
    info = probe(path)
    shown = list(Reader(info))
    pts = [each.pts for each in shown] + [shown[-1].pts + shown[-1].duration_pts]
    scale = np.tile(1 / np.array(info.to_square), 2)
    found = faces(path)
    rows = [(frame, found[frame].boxes[0] * scale) for frames in seen for frame in frames]
    frames = np.array([frame for frame, _ in rows], np.int64)
    ends = np.cumsum([0, *map(len, seen)])
    k = len(rows)
    half = np.full(k, 0.5)
    analysis = Analysis(
        video=info,
        shots=tuple(
            Shot(i, a, b, pts[a], pts[b])
            for i, (a, b) in enumerate([(0, SECOND), (SECOND, FRAMES)])
        ),
        detections=Detections(
            frames,
            np.array(pts)[frames],
            np.array([box for _, box in rows]).reshape(-1, 4),
            np.full(k, 0.9),
            np.full((k, 5, 2), np.nan),
        ),
        quality=ChipQuality(half, half, half, half),
        tracks=tuple(
            Track(number, int(frames[ends[i]] >= SECOND), np.arange(ends[i], ends[i + 1]))
            for number, i in enumerate(i for i, each in enumerate(seen) if len(each))
        ),
        chip_rows=np.zeros(0, np.int64),
        chip_embeddings=np.zeros((0, 8), np.float32),
        crop_rows=np.zeros(0, np.int64),
        sampled_frames=np.unique(frames),
        sampled_pts=np.array(pts)[np.unique(frames)],
    )
    labels = np.arange(len(analysis.tracks))
    config = ClusteringConfig()
    people, unknowns = present(analysis, labels, (Reason.NONE,) * len(labels), np.ones(len(labels)))
    assert UNKNOWN not in labels
    return ClusteringResult(
        analysis,
        describe(analysis, config),
        np.zeros((0, 2), np.int64),
        labels,
        people,
        unknowns,
        Config(clustering=config),
    )
