"""The colours of a torso as a histogram."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from clusterer.clothing.region import visible_torso
from clusterer.types import FloatArray, ImageArray

BINS = (12, 6, 6)
"""Of hue, saturation and value: on friends_a this histogram tells the people of one scene apart
(AUC 0.95 over pairs of tracks) where their faces do not (0.59)."""
DIMENSION = BINS[0] * BINS[1] * BINS[2]


def describe_torso(
    image: ImageArray, boxes: FloatArray, row: int
) -> tuple[npt.NDArray[np.float32], float]:
    """What the person below a face wears.

    Parameters
    ----------
    image : array of shape (H, W, 3), uint8, RGB
    boxes : array of shape (n, 4), all faces of the frame, px
    row
        Whose torso.

    Returns
    -------
    colours : array of shape (432,), float32
        Square root of the share of each colour, so of length 1, and its dot product with another is
        the Bhattacharyya coefficient; zeros where nothing of the torso is seen.
    share
        Visible part of the torso, 0 to 1.
    """
    rows, columns, seen, share = visible_torso(boxes, row, image.shape[1], image.shape[0])
    if not seen.any():
        return np.zeros(DIMENSION, dtype=np.float32), 0.0
    hsv = cv2.cvtColor(np.ascontiguousarray(image[rows, columns]), cv2.COLOR_RGB2HSV)
    counts = cv2.calcHist(
        [hsv], [0, 1, 2], seen.astype(np.uint8), list(BINS), [0, 180, 0, 256, 0, 256]
    ).ravel()
    return np.sqrt(counts / counts.sum()).astype(np.float32), share
