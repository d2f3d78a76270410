"""SCRFD: one network pass gives faces at three scales, with landmarks; needs a download.

Guo et al. 2021, arXiv:2105.04714. The weights are InsightFace's and not for commercial use. The
outputs are decoded as in ``model_zoo/scrfd.py`` of its Python package.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clusterer.core.config import DetectionConfig
from clusterer.core.errors import ModelError
from clusterer.core.types import Detections, FloatArray, Frame
from clusterer.faces.detection.base import finish, look_at_each, weights
from clusterer.faces.detection.batches import open_detector
from clusterer.faces.detection.picture import pad, shrink
from clusterer.faces.detection.suppression import suppress
from clusterer.models.runtime import Session

STRIDES_PX = (8, 16, 32)
"""Input px per cell, at each of the three scales."""

ANCHORS = 2
"""Faces per cell at each scale."""

WIDTHS = (1, 4, 10)
"""Values per face: score; distances of the box's edges; five landmarks."""

MEAN, SCALE = 127.5, 1 / 128
"""Normalisation of pixels from 0 to 255."""

NMS_IOU = 0.4
"""Boxes that overlap a better one by this much are the same face, as in the authors' code."""


def decode(
    outputs: Sequence[FloatArray], width_px: int, min_score: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Decode the network's outputs.

    Parameters
    ----------
    outputs : 9 arrays of shape (k, 1), (k, 4) and (k, 10), or with a leading axis of 1
        Scores at each of `STRIDES_PX`, then distances, then landmarks. One row per anchor and
        cell, cells in row-major order. Distances of the edges (left, top, right, bottom) from the
        cell's top left corner, outwards, and landmarks (x, y, x, ...) from there, in cells.
    width_px
        Of the network's input, a multiple of 32.
    min_score
        Faces below it are dropped.

    Returns
    -------
    boxes : array of shape (n, 4), float32, px of the input; may reach outside it
    scores : array of shape (n,), float32
    landmarks : array of shape (n, 5, 2), float32, px of the input
    """
    parts = []
    for scale, stride in enumerate(STRIDES_PX):
        scores, edges, points = (
            np.asarray(outputs[scale + len(STRIDES_PX) * part], np.float32).reshape(-1, width)
            for part, width in enumerate(WIDTHS)
        )
        rows = np.flatnonzero(scores[:, 0] >= np.float32(min_score))
        row, column = np.divmod(rows // ANCHORS, width_px // stride)
        corner = np.stack([column, row], axis=1).astype(np.float32)
        boxes = np.concatenate([corner - edges[rows, :2], corner + edges[rows, 2:]], axis=1)
        landmarks = corner[:, None] + points[rows].reshape(-1, 5, 2)
        parts.append((boxes * stride, scores[rows, 0], landmarks * stride))
    boxes, all_scores, landmarks = (np.concatenate(part) for part in zip(*parts, strict=True))
    return boxes, all_scores, landmarks


class Scrfd:
    """InsightFace's detector.

    Parameters
    ----------
    config
        Its settings.
    threads
        Number of pictures processed in parallel, on the CPU.
    device
        Name in `clusterer.models.devices.DEVICES`. On another than the CPU, one picture is
        processed at a time: the network takes no batches.

    Raises
    ------
    ModelError
        The weights are missing or damaged.
    """

    name = "scrfd"

    def __init__(self, config: DetectionConfig, threads: int, device: str = "cpu") -> None:
        (file,) = weights(self.name)
        loaded = file.load()
        self.models = {file.name: loaded.sha256}
        self._session = open_detector(
            loaded.content, threads, str(loaded.path), file.remedy, device
        )
        if not _fits(self._session):
            raise ModelError(f"{loaded.path} is not an SCRFD with landmarks", file.remedy)
        self._input = self._session.get_inputs()[0].name
        self._config = config
        self._threads = threads

    @property
    def trouble(self) -> str:
        """As `clusterer.models.runtime.Session.trouble`."""
        return self._session.trouble

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Find the faces of each frame; see `clusterer.faces.detection.Detector.detect`."""
        side_by_side = 1 if self._session.device.frames else self._threads
        return look_at_each(frames, self._detect_one, side_by_side)

    def _detect_one(self, frame: Frame) -> Detections:
        image, scale = shrink(frame.image, self._config.width_px)
        canvas = (pad(image) - MEAN) * SCALE
        outputs = self._session.run(None, {self._input: canvas})
        boxes, scores, landmarks = decode(outputs, canvas.shape[3], self._config.min_score)
        rows = suppress(boxes, scores, NMS_IOU)
        return finish(
            frame,
            boxes[rows] * np.tile(scale, 2),
            np.clip(scores[rows], 0, 1),
            landmarks[rows] * scale,
            self._config,
        )


def _fits(session: Session) -> bool:
    """Whether a network accepts pictures of any size and has the outputs that `decode` expects."""
    shapes = [value.shape for value in session.get_inputs()]
    widths = [value.shape[-1] for value in session.get_outputs()]
    return (
        len(shapes) == 1
        and len(shapes[0]) == 4
        and not any(isinstance(side, int) for side in shapes[0][2:])
        and widths == [width for width in WIDTHS for _ in STRIDES_PX]
    )
