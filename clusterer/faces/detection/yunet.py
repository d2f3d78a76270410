"""YuNet, by OpenCV's `FaceDetectorYN`: small, fast, with landmarks; needs a download.

Wu, Peng and Yu 2023, doi:10.1007/s11633-023-1423-y. The weights (MIT) are OpenCV Zoo's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import cv2
import numpy as np

from clusterer.core.config import DetectionConfig
from clusterer.core.errors import ModelError
from clusterer.core.types import Detections, Frame, ImageArray
from clusterer.faces.detection.base import finish, look_at_each, weights
from clusterer.faces.detection.picture import shrink

NMS_IOU, MOST_FACES = 0.3, 5000
"""As in OpenCV."""

LOWEST_SCORE = 0.05
"""Lower bound of the score threshold; below it, nearly every cell is a face."""

LEAST_PX = 64
"""Narrowest picture on which OpenCV 4.11 to 4.13 are deterministic (tried: 32, 64, 96); version 5
is on all."""


class YuNet:
    """OpenCV Zoo's detector.

    Parameters
    ----------
    config
        Its settings.
    threads
        Not used: OpenCV has its own setting, see `cv2.setNumThreads`.

    Raises
    ------
    ModelError
        The weights are missing or damaged.
    """

    name = "yunet"

    def __init__(self, config: DetectionConfig, threads: int) -> None:
        del threads
        (file,) = weights(self.name)
        loaded = file.load()
        content = np.frombuffer(loaded.content, np.uint8)
        self.models = {file.name: loaded.sha256}
        self._config = config
        lowest = max(LOWEST_SCORE, config.min_score)
        try:
            with _without_warnings():
                self._detector = cv2.FaceDetectorYN.create(
                    "onnx", content, np.zeros(0, np.uint8), (64, 64), lowest, NMS_IOU, MOST_FACES
                )
        except cv2.error as error:
            raise ModelError(f"{file.name} cannot be read by OpenCV", file.remedy) from error

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Find the faces of each frame; see `clusterer.faces.detection.Detector.detect`."""
        return look_at_each(frames, self._detect_one)

    def _detect_one(self, frame: Frame) -> Detections:
        image, scale = shrink(frame.image, self._config.width_px)
        image = _pad_to_least(image)
        self._detector.setInputSize((image.shape[1], image.shape[0]))
        _, faces = self._detector.detect(np.ascontiguousarray(image[:, :, ::-1]))
        rows = np.zeros((0, 15), np.float32) if faces is None else np.asarray(faces, np.float32)
        # left, top, width, height, five points, score
        corners = np.concatenate([rows[:, :2], rows[:, :2] + rows[:, 2:4]], axis=1)
        landmarks = rows[:, 4:14].reshape(-1, 5, 2) * scale
        scores = np.clip(rows[:, 14], 0, 1)
        return finish(frame, corners * np.tile(scale, 2), scores, landmarks, self._config)


def _pad_to_least(image: ImageArray) -> ImageArray:
    """Pad narrow pictures with black, as OpenCV 4 would read uninitialised memory there."""
    rows, columns = (max(0, LEAST_PX - side) for side in image.shape[:2])
    if not image.size or not (rows or columns):
        return image
    return np.pad(image, ((0, rows), (0, columns), (0, 0)))


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Silence OpenCV 5, which warns about its own default; before 4.13 this is not needed."""
    logging = getattr(cv2.utils, "logging", None)
    if logging is None:
        yield
        return
    level = logging.setLogLevel(logging.LOG_LEVEL_ERROR)
    try:
        yield
    finally:
        logging.setLogLevel(level)
