"""Colour histogram of a torso."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from clusterer.clothing.palette import BINS, DIMENSION
from clusterer.clothing.region import Torso


def count_colours(torso: Torso) -> npt.NDArray[np.float32]:
    """Colour histogram of the visible part of a torso.

    Returns
    -------
    array of shape (432,), float32
        Square root of the share of each colour. The length is 1, so the dot product of two is the
        Bhattacharyya coefficient. Zeros if no part of the torso is visible.
    """
    if not torso.seen.any():
        return np.zeros(DIMENSION, dtype=np.float32)
    hsv = cv2.cvtColor(torso.picture, cv2.COLOR_RGB2HSV)
    counts = cv2.calcHist(
        [hsv], [0, 1, 2], torso.seen.astype(np.uint8), list(BINS), [0, 180, 0, 256, 0, 256]
    ).ravel()
    colours: npt.NDArray[np.float32] = np.sqrt(counts / counts.sum()).astype(np.float32)
    return colours
