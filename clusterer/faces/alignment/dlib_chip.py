"""Chips as dlib's networks expect them."""

from __future__ import annotations

import dlib
import numpy as np

from clusterer.core.types import Detections, ImageArray
from clusterer.faces.alignment.predictor import Predictor


class DlibAligner:
    """The alignment called ``dlib``: dlib's `get_face_chip`; see `Aligner`.

    Uses dlib's own landmarks for the eyes and the base of the nose: with another detector's
    landmarks, the distances between embeddings of dlib's network are three times as large.

    Parameters
    ----------
    size_px
        Side of the chips.
    padding
        Margin, as defined by dlib; its recognition network was trained with 0.25.

    Raises
    ------
    ModelError
        If the weights are missing or damaged.
    """

    def __init__(self, size_px: int, padding: float) -> None:
        self._size_px, self._padding = size_px, padding
        self._predictor = Predictor()
        self.models: dict[str, str] = self._predictor.models

    def align(self, image: ImageArray, faces: Detections) -> ImageArray:
        """Cut out the chip of every face; see `clusterer.faces.alignment.Aligner.align`."""
        image = np.ascontiguousarray(image)
        chips = np.empty((len(faces), self._size_px, self._size_px, 3), np.uint8)
        for chip, box in zip(chips, faces.boxes, strict=True):
            shape = self._predictor.shape(image, box)
            chip[:] = dlib.get_face_chip(image, shape, self._size_px, self._padding)
        return chips
