"""Painted pictures in which everything moves as told, to follow faces through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from clusterer.core.types import SmallFrame

WIDTH_PX, HEIGHT_PX = 320, 180
_MARGIN_PX = 400
FACE_PX = 30

Picture = npt.NDArray[np.uint8]
Place = tuple[float, float]
"""Left and top edge of a face, px of the world, not of the picture."""


def texture(seed: int, width_px: int, height_px: int) -> Picture:
    """A smooth random pattern, different for every seed."""
    noise = np.random.default_rng(seed).uniform(0, 255, (height_px, width_px)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 2.0)
    return np.asarray(cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX), np.uint8)


def paint(camera: Place, faces: Mapping[int, Place]) -> Picture:
    """The picture of a camera whose upper left corner is there; later faces hide earlier ones."""
    width_px, height_px = WIDTH_PX + 2 * _MARGIN_PX, HEIGHT_PX + 2 * _MARGIN_PX
    world = texture(0, width_px, height_px)
    for seed, (left, top) in faces.items():
        x, y = round(left) + _MARGIN_PX, round(top) + _MARGIN_PX
        world[y : y + FACE_PX, x : x + FACE_PX] = texture(seed, FACE_PX, FACE_PX)
    x, y = (round(at) + _MARGIN_PX for at in camera)
    return world[y : y + HEIGHT_PX, x : x + WIDTH_PX].copy()


def box(camera: Place, face: Place) -> tuple[float, float, float, float]:
    """Where a face is in the picture of that camera."""
    left, top = face[0] - camera[0], face[1] - camera[1]
    return (left, top, left + FACE_PX, top + FACE_PX)


def motion(pictures: Sequence[Picture], first: int = 0) -> list[SmallFrame]:
    """Consecutive frames; the index is also the pts."""
    return [SmallFrame(first + i, first + i, each, 1.0) for i, each in enumerate(pictures)]
