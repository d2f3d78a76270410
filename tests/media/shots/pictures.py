"""Pictures for the tests of cuts."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from clusterer.core.types import ImageArray


@lru_cache(maxsize=1000)
def scene(seed: int, brightness: float = 1.0, shift_px: int = 0) -> ImageArray:
    """A picture of coarse coloured blocks; other seeds show other layouts."""
    blocks = np.random.default_rng(seed).integers(0, 256, (6, 10, 3))
    picture = np.kron(blocks, np.ones((8, 8, 1), np.int64))
    picture = np.roll(picture, shift_px, axis=1)
    return np.clip(picture * brightness, 0, 255).astype(np.uint8)


def dissolve(before: ImageArray, after: ImageArray, length: int) -> list[ImageArray]:
    """Mixtures of two pictures, without both ends."""
    shares = [(i + 1) / (length + 1) for i in range(length)]
    return [np.asarray(cv2.addWeighted(before, 1 - s, after, s, 0), np.uint8) for s in shares]


def woven(before: ImageArray, after: ImageArray) -> ImageArray:
    """A frame of two fields, shrunk to half its height."""
    doubled = np.repeat(before, 2, axis=0)
    doubled[1::2] = np.repeat(after, 2, axis=0)[1::2]
    height, width = before.shape[:2]
    return np.asarray(cv2.resize(doubled, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def grey(picture: ImageArray) -> ImageArray:
    """Without colour."""
    one = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return np.repeat(np.asarray(one, np.uint8)[:, :, None], 3, axis=2)


def barred(picture: ImageArray) -> ImageArray:
    """Black bars above and below, with a logo."""
    bar = np.full((12, picture.shape[1], 3), 16, np.uint8)
    logo = bar.copy()
    logo[3:8, 60:68] = 220
    return np.vstack([logo, picture, bar])
