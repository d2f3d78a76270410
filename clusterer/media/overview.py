"""A sampled frame as a small picture, for the report to show where a face was."""

from __future__ import annotations

import cv2
import numpy as np

from clusterer.core.types import ImageArray

LONGEST_PX = 320
"""Longer side: faces of a tenth of the height can still be told apart."""
_JPEG_QUALITY = 70
"""On film frames 7 kB on average, of which an hour has some thousands, one a track."""


def overview(image: ImageArray, longest_px: int = LONGEST_PX) -> bytes:
    """Make a small picture of a whole frame.

    Parameters
    ----------
    image : array of shape (height, width, 3), uint8, RGB
    longest_px : the longer side is shrunk to this; smaller frames keep their size

    Returns
    -------
    A JPEG file; equal input gives equal bytes with the same build of OpenCV.
    """
    rows, columns = image.shape[:2]
    scale = min(1.0, longest_px / max(rows, columns))
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    small = image
    while min(small.shape[:2]) >= 2 and max(small.shape[:2]) >= 2 * longest_px:
        high, wide = (side // 2 for side in small.shape[:2])  # four times as fast as other sizes
        even = small[: 2 * high, : 2 * wide]
        small = np.asarray(cv2.resize(even, (wide, high), interpolation=cv2.INTER_AREA))
    if scale < 1:
        small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA))
    bgr = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
    _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return encoded.tobytes()
