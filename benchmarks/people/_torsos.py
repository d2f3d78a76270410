"""Torsos of the tracks of labelled clips, and changes of light for the clothing benchmarks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks.footage import AnalysedClip, frames_at, tracks_of_chips
from clusterer.clothing.region import SIDE_PX, Torso, cut_torso
from clusterer.core.config import ClothingConfig
from clusterer.core.types import ImageArray, IntArray

MIN_SHARE = ClothingConfig().min_torso_share


@dataclass(frozen=True, slots=True, eq=False)
class Wardrobe:
    """Torsos below the chips of a clip that show enough of the clothing.

    Attributes
    ----------
    name : of the clip
    torsos : c torsos
    track : array of shape (c,), int64, whose each is
    people : t names, ``""`` if unknown to the truth
    """

    name: str
    torsos: tuple[Torso, ...]
    track: IntArray
    people: tuple[str, ...]


def wardrobe(clip: AnalysedClip) -> Wardrobe:
    """Cut out the torsos of a clip."""
    analysis = clip.analysis
    found = analysis.detections
    wanted: dict[int, list[int]] = defaultdict(list)
    for row in analysis.chip_rows.tolist():
        wanted[int(found.frame_index[row])].append(row)
    torsos: dict[int, Torso] = {}
    for frame in frames_at(clip.clip.video, set(wanted)):
        together = np.flatnonzero(found.frame_index == frame.index)
        for row in wanted[frame.index]:
            place = int(np.flatnonzero(together == row)[0])
            torsos[row] = cut_torso(frame.image, found.boxes[together], place)
    by_chip = [torsos[row] for row in analysis.chip_rows.tolist()]
    seen = np.array([torso.share >= MIN_SHARE for torso in by_chip], dtype=np.bool_)
    return Wardrobe(
        name=clip.name,
        torsos=tuple(torso for torso in by_chip if torso.share >= MIN_SHARE),
        track=tracks_of_chips(analysis)[seen],
        people=clip.track_people,
    )


def relit(torso: Torso, rng: np.random.Generator) -> Torso:
    """The same torso in another shot: exposure, gamma, white balance, crop and focus changed."""
    side = round(SIDE_PX * rng.uniform(0.75, 1.0))
    top, left = rng.integers(0, SIDE_PX - side + 1, 2)
    part = torso.picture[top : top + side, left : left + side]
    seen = torso.seen[top : top + side, left : left + side].astype(np.uint8)
    picture = cv2.resize(part, (SIDE_PX, SIDE_PX)).astype(np.float64) / 255.0
    visible = cv2.resize(seen, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_NEAREST) > 0
    if rng.random() < 0.5:
        picture, visible = picture[:, ::-1], visible[:, ::-1]
    light = rng.uniform(0.65, 1.25) * rng.uniform(0.9, 1.1, 3)
    changed = np.ascontiguousarray(picture ** rng.uniform(0.75, 1.35) * light)
    blurred = cv2.GaussianBlur(changed, (0, 0), rng.uniform(0.3, 1.5))
    image = (blurred.clip(0.0, 1.0) * 255).astype(np.uint8)
    image[~visible] = torso.picture[~torso.seen][0] if (~torso.seen).any() else 0
    return Torso(image, np.ascontiguousarray(visible), torso.share)


def garment(picture: ImageArray) -> Torso:
    """A picture of a garment as if it were a torso that is seen whole."""
    square = cv2.resize(picture, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    return Torso(square.astype(np.uint8), np.ones((SIDE_PX, SIDE_PX), dtype=bool), 1.0)
