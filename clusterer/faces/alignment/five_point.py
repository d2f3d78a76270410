"""Chips aligned to ArcFace's template by eyes, nose and corners of the mouth."""

from __future__ import annotations

import cv2
import numpy as np

from clusterer.core.geometry import similarity
from clusterer.core.types import Detections, FloatArray, ImageArray
from clusterer.faces.alignment.predictor import Points, Predictor

TEMPLATE_SIDE_PX = 112
TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655],
     [70.7299, 92.2041]]
)  # fmt: skip
"""Eyes, nose, corners of the mouth on a chip of 112 px, in the order of `Detections`: InsightFace's
``arcface_dst`` (python-package/insightface/utils/face_align.py), also in OpenCV's
FaceRecognizerSF."""

TIGHT_TEMPLATE = np.array(
    [[30.2946, 51.6963], [65.5318, 51.5014], [48.0252, 71.7366], [33.5493, 92.3655],
     [62.7299, 92.2041]]
) * (TEMPLATE_SIDE_PX / np.array([96.0, 112.0]))  # fmt: skip
"""The same on a chip that is filled by the face: Open Model Zoo's ``REFERENCE_LANDMARKS``
(demos/face_recognition_demo/python/face_identifier.py), stated there as shares of 96 by 112 px."""


class FivePointAligner:
    """The alignment called ``five-point``; see `clusterer.faces.alignment.Aligner`.

    Rotated, scaled and shifted so that the landmarks fit the template best. A face without
    landmarks is aligned by the eyes that dlib's predictor finds.

    Parameters
    ----------
    size_px
        Side of the chips; the template is scaled to it.

    Raises
    ------
    ModelError
        If the predictor's weights are missing or damaged.
    """

    template: Points = TEMPLATE

    def __init__(self, size_px: int, _padding: float = 0.0) -> None:
        self._size_px = size_px
        self._template = self.template * (size_px / TEMPLATE_SIDE_PX)
        self._predictor = Predictor()
        self.models: dict[str, str] = self._predictor.models

    def align(self, image: ImageArray, faces: Detections) -> ImageArray:
        """Cut out the chip of every face; see `clusterer.faces.alignment.Aligner.align`."""
        image = np.ascontiguousarray(image)
        side = (self._size_px, self._size_px)
        chips = np.empty((len(faces), *side, 3), np.uint8)
        for chip, box, points in zip(chips, faces.boxes, faces.landmarks, strict=True):
            source, target = self._points(image, box, points)
            chip[:] = cv2.warpAffine(image, similarity(source, target), side)
        return chips

    def _points(
        self, image: ImageArray, box: FloatArray, landmarks: FloatArray
    ) -> tuple[Points, Points]:
        """Points of a face and their targets; the box's corners if the points coincide."""
        if np.isfinite(landmarks).all():
            source, target = landmarks.astype(np.float64), self._template
        else:
            source, target = self._predictor.eyes(image, box), self._template[:2]
        if np.ptp(source, axis=0).max() > 0:
            return source, target
        # Map the box, at least a pixel wide and high, to the chip.
        corners = np.stack([box[:2], np.maximum(box[2:], box[:2] + 1)])
        return corners, np.array([[0.0, 0.0], [self._size_px, self._size_px]])


class TightFivePointAligner(FivePointAligner):
    """The alignment called ``five-point-tight``; see `FivePointAligner`."""

    template: Points = TIGHT_TEMPLATE
