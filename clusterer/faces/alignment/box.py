"""Chips cut as the upright square around the detector's box."""

from __future__ import annotations

import cv2
import numpy as np

from clusterer.core.geometry import square
from clusterer.core.types import Detections, FloatArray, ImageArray


class BoxAligner:
    """The alignment called ``box``; see `clusterer.faces.alignment.Aligner`.

    Parameters
    ----------
    size_px
        Side of the chips.
    padding
        Margin on each side, as a share of the longer side of the box.
    """

    def __init__(self, size_px: int, padding: float) -> None:
        self._size_px, self._padding = size_px, padding
        self.models: dict[str, str] = {}

    def align(self, image: ImageArray, faces: Detections) -> ImageArray:
        """Cut out the chip of every face; see `clusterer.faces.alignment.Aligner.align`."""
        chips = np.empty((len(faces), self._size_px, self._size_px, 3), np.uint8)
        for chip, box in zip(chips, faces.boxes, strict=True):
            cut = self._cut(image, box)
            method = cv2.INTER_AREA if len(cut) > self._size_px else cv2.INTER_LINEAR
            chip[:] = cv2.resize(cut, (self._size_px, self._size_px), interpolation=method)
        return chips

    def _cut(self, image: ImageArray, box: FloatArray) -> ImageArray:
        """The square in whole pixels; black outside the picture."""
        longer = float((box[2:] - box[:2]).max())
        side = max(round(longer * (1 + 2 * self._padding)), 1)
        left, top = (round(float(start)) for start in square(box, side)[:2])
        cut = np.zeros((side, side, 3), np.uint8)
        rows, columns = image.shape[:2]
        above, below = np.clip([top, top + side], 0, rows).tolist()
        before, after = np.clip([left, left + side], 0, columns).tolist()
        cut[above - top : below - top, before - left : after - left] = image[
            above:below, before:after
        ]
        return cut
