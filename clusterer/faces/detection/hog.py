"""dlib's HOG detector, as used by `face_recognition`. Frontal faces of 40 px and more.

It is part of dlib itself, so there is no weights file. Included for comparison: on television
footage it finds a quarter of the faces that CenterFace does.
"""

from __future__ import annotations

from collections.abc import Sequence

import dlib
import numpy as np

from clusterer.core.config import DetectionConfig
from clusterer.core.types import Detections, Frame
from clusterer.faces.detection.base import finish, look_at_each
from clusterer.faces.detection.margin import margin_of, score
from clusterer.faces.detection.picture import shrink

UPSAMPLE = 1
"""Default number of times the picture is doubled first, as in `face_recognition`."""


class Hog:
    """dlib's histogram-of-gradients detector.

    Parameters
    ----------
    config
        Its settings.
    threads
        Not used: dlib's detector is single-threaded.
    """

    name = "hog"

    def __init__(self, config: DetectionConfig, threads: int) -> None:
        del threads
        self.models: dict[str, str] = {}
        self._config = config
        self._detector = dlib.get_frontal_face_detector()
        self._margin = margin_of(config.min_score)
        self._upsample = UPSAMPLE if config.upsample is None else config.upsample

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Find the faces of each frame; see `clusterer.faces.detection.Detector.detect`."""
        return look_at_each(frames, self._detect_one)

    def _detect_one(self, frame: Frame) -> Detections:
        image, scale = shrink(frame.image, self._config.width_px)
        boxes_found, margins, _ = self._detector.run(
            np.ascontiguousarray(image), self._upsample, self._margin
        )
        # dlib's right and bottom are inclusive.
        corners = [
            (one.left(), one.top(), one.right() + 1, one.bottom() + 1) for one in boxes_found
        ]
        boxes = np.array(corners, np.float32).reshape(-1, 4) * np.tile(scale, 2)
        scores = score(np.array(margins, np.float32))
        return finish(frame, boxes, scores, None, self._config)
