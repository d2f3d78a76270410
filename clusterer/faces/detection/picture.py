"""Prepare pictures for detection: shrink them, and pad them to a size that can be halved."""

from __future__ import annotations

import cv2
import numpy as np

from clusterer.core.types import FloatArray, ImageArray

MULTIPLE_PX = 32
"""Both sides of a network's input must be a multiple of this: backbones halve them five times."""


def shrink(image: ImageArray, longer_side_px: int) -> tuple[ImageArray, FloatArray]:
    """Shrink a picture so that its longer side is at most `longer_side_px`; never enlarge it.

    It is halved by averaging while at least twice too large, so that small faces do not alias, then
    resized by linear interpolation: as good as averaging at any ratio, and five times as fast.

    Parameters
    ----------
    image : array of shape (height, width, 3), uint8, not empty
    longer_side_px
        Largest side of the result.

    Returns
    -------
    image : array of shape (h, w, 3), uint8
        The same array if it is small enough. Sides are rounded, and at least 1 px.
    scale : array of shape (2,), float32
        Source px per px of the result, as (x, y).
    """
    height_px, width_px = image.shape[:2]
    ratio = longer_side_px / max(height_px, width_px)
    if ratio >= 1:
        return image, np.ones(2, np.float32)
    new_width, new_height = (max(1, round(side * ratio)) for side in (width_px, height_px))
    small = image
    while small.shape[0] >= 2 * new_height and small.shape[1] >= 2 * new_width:
        half = (small.shape[1] // 2, small.shape[0] // 2)
        small = np.asarray(cv2.resize(small, half, interpolation=cv2.INTER_AREA), np.uint8)
    if small.shape[:2] != (new_height, new_width):
        size = (new_width, new_height)
        small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    return small, np.array([width_px / new_width, height_px / new_height], np.float32)


def pad(image: ImageArray) -> FloatArray:
    """Turn a picture into a network's input: padded with black at right and bottom, channels first.

    Parameters
    ----------
    image : array of shape (h, w, 3), uint8, RGB

    Returns
    -------
    array of shape (1, 3, H, W), float32, 0 to 255; H and W are the next multiples of `MULTIPLE_PX`
    """
    height_px, width_px = image.shape[:2]
    padded = (-(-side // MULTIPLE_PX) * MULTIPLE_PX for side in (height_px, width_px))
    canvas = np.zeros((1, 3, *padded), np.float32)
    canvas[0, :, :height_px, :width_px] = image.transpose(2, 0, 1)
    return canvas
