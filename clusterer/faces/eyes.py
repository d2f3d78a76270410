"""Rate whether the eyes of a face are open, from their pixels."""

from __future__ import annotations

import cv2
import numpy as np

from clusterer.core.geometry import similarity
from clusterer.core.types import FloatArray, ImageArray

# An eye is turned level, its corners 32 px apart.
_SIZE_PX = (48, 32)
_CORNERS = np.array([[8.0, 16.0], [40.0, 16.0]])
_NOISE = 4.0  # grey levels; avoids division by 0 for a uniform picture
# An iris is a dark disc with the white of the eye on both sides; a lid is a dark line, or nothing.
_DISC_PX, _SIDES_PX, _SIDES_HEIGHT_PX = 4, (6, 11), 3
_ROWS, _COLUMNS = slice(12, 21), slice(16, 33)
"""Where the middle of an iris may be."""
# 103 faces of seven clips, at least 64 px high and not blurred, judged by eye: 9 with closed eyes
# have 0.10 to 0.21, and of 94 with open ones a tenth has less than 0.15, half more than 0.32. One
# with open eyes is above one with closed eyes in 91 % of all pairs.
_CLOSED, _OPEN = 0.10, 0.30


def rate_eyes(image: ImageArray, corners: FloatArray) -> float:
    """Rate how open the eyes of a face look.

    Landmarks say where eyes are, not whether they are open. So the difference is measured between
    a dark disc and what is to its left and right, where it is largest, relative to the contrast of
    the eye. Dark glasses, hair and small or blurred faces lower the rating, too: it is good for
    choosing among pictures of one person, not for a statement about a single one.

    Parameters
    ----------
    image : array of shape (height, width, 3), uint8, RGB
    corners : array of shape (4, 2), px, the first four points of
        `clusterer.faces.alignment.predictor.Predictor`: outer and inner corner of the right eye as
        seen in the picture, then of the left

    Returns
    -------
    0 to 1, 1 = open
    """
    left, right = (corners[2], corners[3]), (corners[1], corners[0])
    contrast = sum(_contrast(image, np.stack(eye)) for eye in (left, right)) / 2
    return min(max((contrast - _CLOSED) / (_OPEN - _CLOSED), 0.0), 1.0)


def _contrast(image: ImageArray, corners: FloatArray) -> float:
    if np.ptp(corners, axis=0).max() < 1:
        return 0.0
    turned = cv2.warpAffine(image, similarity(corners, _CORNERS), _SIZE_PX)
    grey = cv2.GaussianBlur(cv2.cvtColor(turned, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 1)
    low, high = np.percentile(grey, [5, 95])
    even = ((grey - low) / (high - low + _NOISE)).astype(np.float32)
    return float(cv2.filter2D(even, -1, _iris())[_ROWS, _COLUMNS].max())


def _iris() -> FloatArray:
    """Mean of both sides, half of each, minus that of the disc."""
    reach = _SIDES_PX[1]
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    away = np.hypot(x, y)
    beside = (np.abs(y) <= _SIDES_HEIGHT_PX) & (away > _SIDES_PX[0]) & (away <= reach)
    parts = ((away <= _DISC_PX, -1.0), (beside & (x < 0), 0.5), (beside & (x > 0), 0.5))
    kernel: FloatArray = sum(
        (weight * mask / mask.sum() for mask, weight in parts), np.zeros(away.shape)
    ).astype(np.float32)
    return kernel
