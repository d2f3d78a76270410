"""Faces for the tests of the alignment."""

from __future__ import annotations

import numpy as np

from clusterer.core.types import Detections, Frame

FACE = np.array([185.0, 65.0, 260.0, 170.0], np.float32)  # of skimage's astronaut


def faces(*boxes: np.ndarray | list[float], landmarks: np.ndarray | None = None) -> Detections:
    """Faces of one frame, by default without landmarks."""
    stacked = np.array(boxes, np.float32).reshape(-1, 4)
    frame = Frame(0, 0, np.zeros((1, 1, 3), np.uint8))
    return Detections.of_frame(frame, stacked, np.ones(len(stacked)), landmarks)
