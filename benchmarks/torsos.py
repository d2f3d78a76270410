"""Torsos of the tracks of labelled clips, and changes of light for the clothing benchmarks."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from footage import Clip

import clusterer
from clusterer.clothing.region import SIDE_PX, Torso, cut_torso
from clusterer.core.config import AnalysisConfig, ClothingConfig, VideoConfig
from clusterer.core.types import Analysis, ImageArray, IntArray
from clusterer.evaluation import match

MIN_SHARE = ClothingConfig().min_torso_share


@dataclass(frozen=True, slots=True, eq=False)
class Wardrobe:
    """Torsos below the chips of a clip that show enough to know what is worn.

    Attributes
    ----------
    name : of the clip
    torsos : c torsos
    track : array of shape (c,), int64, whose each is
    people : t names, ``""`` where the truth does not tell
    """

    name: str
    torsos: tuple[Torso, ...]
    track: IntArray
    people: tuple[str, ...]


def look(clip: Clip, sample_rate_hz: float) -> tuple[Analysis, Wardrobe]:
    """Analyse a clip and cut out the torsos."""
    video = VideoConfig(sample_rate_hz=sample_rate_hz)
    with tempfile.TemporaryDirectory() as folder:
        analysis = clusterer.analyse(clip.video, AnalysisConfig(video=video), folder)
    found = analysis.detections
    wanted: dict[int, list[int]] = defaultdict(list)
    for row in analysis.chip_rows.tolist():
        wanted[int(found.frame_index[row])].append(row)
    torsos: dict[int, Torso] = {}
    for frame, image in _frames(clip.video, set(wanted)):
        together = np.flatnonzero(found.frame_index == frame)
        for row in wanted[frame]:
            place = int(np.flatnonzero(together == row)[0])
            torsos[row] = cut_torso(image, found.boxes[together], place)
    seen = [row for row in analysis.chip_rows.tolist() if torsos[row].share >= MIN_SHARE]
    return analysis, Wardrobe(
        name=clip.name,
        torsos=tuple(torsos[row] for row in seen),
        track=analysis.track_of_row[seen],
        people=match(clip.truth, analysis).track_people(len(analysis.tracks)),
    )


def _frames(video: Path, wanted: set[int]) -> list[tuple[int, ImageArray]]:
    with av.open(str(video)) as container:
        return [
            (index, frame.to_ndarray(format="rgb24"))
            for index, frame in enumerate(container.decode(video=0))
            if index in wanted
        ]


def relit(torso: Torso, rng: np.random.Generator) -> Torso:
    """The same torso in another shot: exposure, gamma, white balance, crop and focus changed."""
    side = round(SIDE_PX * rng.uniform(0.75, 1.0))
    top, left = rng.integers(0, SIDE_PX - side + 1, 2)
    part = torso.picture[top : top + side, left : left + side]
    seen = torso.seen[top : top + side, left : left + side].astype(np.uint8)
    picture = cv2.resize(part, (SIDE_PX, SIDE_PX)) / 255.0
    shown = cv2.resize(seen, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_NEAREST) > 0
    if rng.random() < 0.5:
        picture, shown = picture[:, ::-1], shown[:, ::-1]
    light = rng.uniform(0.65, 1.25) * rng.uniform(0.9, 1.1, 3)
    changed: npt.NDArray[np.float64] = picture ** rng.uniform(0.75, 1.35) * light
    changed = cv2.GaussianBlur(np.ascontiguousarray(changed), (0, 0), rng.uniform(0.3, 1.5))
    image = (changed.clip(0.0, 1.0) * 255).astype(np.uint8)
    image[~shown] = torso.picture[~torso.seen][0] if (~torso.seen).any() else 0
    return Torso(image, np.ascontiguousarray(shown), torso.share)


def garment(picture: ImageArray) -> Torso:
    """A picture of a garment as if it were a torso that is seen whole."""
    square = cv2.resize(picture, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    return Torso(square, np.ones((SIDE_PX, SIDE_PX), dtype=bool), 1.0)
