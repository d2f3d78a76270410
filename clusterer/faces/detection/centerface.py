"""CenterFace: one network pass gives a heat map of face centres, with a box and landmarks for each.

Xu et al. 2019, arXiv:1911.03599. ``CENTERFACE.md`` documents the source of the weights (MIT) and
the changes made to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clusterer.core.config import DetectionConfig
from clusterer.core.types import Detections, FloatArray, Frame
from clusterer.faces.detection.base import finish, look_at_each, weights
from clusterer.faces.detection.batches import look_in_batches, open_detector
from clusterer.faces.detection.picture import pad, shrink
from clusterer.faces.detection.suppression import suppress

INPUT = "input.1"
OUTPUTS = ["537", "538", "539", "540"]
"""Heat map, log sides, offsets, landmarks."""

STRIDE_PX = 4
"""Input px per cell of the heat map."""

NMS_IOU = 0.3
"""Boxes that overlap a better one by this much are the same face, as in the authors' code."""

MAX_LOG_SIDE = 8.0
"""Largest log of a side in cells (12,000 px), so that noise does not overflow `exp`."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Faces in px of the network's input.

    Attributes
    ----------
    boxes : array of shape (n, 4), float32, may reach outside the picture
    scores : array of shape (n,), float32, 0 to 1
    landmarks : array of shape (n, 5, 2), float32
    """

    boxes: FloatArray
    scores: FloatArray
    landmarks: FloatArray


def decode(
    heat: FloatArray,
    log_sides: FloatArray,
    offsets: FloatArray,
    points: FloatArray,
    min_score: float,
) -> Candidates:
    """Decode the network's maps.

    Parameters
    ----------
    heat : array of shape (h, w), 0 to 1
        Score of a face centred in each cell.
    log_sides : array of shape (2, h, w)
        Logarithm of height and width, in cells.
    offsets : array of shape (2, h, w)
        Offset of the centre from the cell's middle, y and x, in cells.
    points : array of shape (10, h, w)
        Five landmarks as y, x, from the top left corner, in units of the box's height and width.
    min_score
        Cells below it are dropped.

    Returns
    -------
    One candidate per cell, in row-major order.
    """
    rows, columns = np.nonzero(heat >= np.float32(min_score))
    sides = np.exp(np.minimum(log_sides[:, rows, columns], MAX_LOG_SIDE)).T[:, ::-1] * STRIDE_PX
    cells = np.stack([columns, rows], axis=1).astype(np.float32)
    centres = (cells + offsets[:, rows, columns].T[:, ::-1] + 0.5) * STRIDE_PX
    corner = centres - sides / 2
    relative = points[:, rows, columns].T.reshape(-1, 5, 2)[..., ::-1]
    return Candidates(
        boxes=np.concatenate([corner, corner + sides], axis=1).astype(np.float32),
        scores=heat[rows, columns],
        landmarks=(relative * sides[:, None] + corner[:, None]).astype(np.float32),
    )


class CenterFace:
    """The default detector: finds small faces, runs on the CPU, needs no download.

    Parameters
    ----------
    config
        Its settings.
    threads
        Number of pictures processed in parallel.
    device
        Name in `clusterer.models.devices.DEVICES`. On another than the CPU, pictures are processed
        in batches.

    Raises
    ------
    ModelError
        The weights are missing or damaged.
    """

    name = "centerface"

    def __init__(self, config: DetectionConfig, threads: int, device: str = "cpu") -> None:
        (file,) = weights(self.name)
        loaded = file.load()
        self.models = {file.name: loaded.sha256}
        self._session = open_detector(
            loaded.content, threads, str(loaded.path), file.remedy, device
        )
        self._config = config
        self._threads = threads

    @property
    def trouble(self) -> str:
        """As `clusterer.models.runtime.Session.trouble`."""
        return self._session.trouble

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Find the faces of each frame; see `clusterer.faces.detection.Detector.detect`."""
        if self._session.device.frames:
            return look_in_batches(
                frames,
                self._prepare,
                self._look,
                self._read,
                session=self._session,
                threads=self._threads,
            )
        return look_at_each(frames, self._detect_one, self._threads)

    def _detect_one(self, frame: Frame) -> Detections:
        picture, scale = self._prepare(frame)
        return self._read(frame, scale, self._look(picture)[0])

    def _prepare(self, frame: Frame) -> tuple[FloatArray, FloatArray]:
        """The network's input, of shape (1, 3, H, W), and `shrink`'s scale."""
        image, scale = shrink(frame.image, self._config.width_px)
        return pad(image), scale

    def _look(self, pictures: FloatArray) -> list[list[FloatArray]]:
        """The network's maps, picture by picture."""
        maps = self._session.run(OUTPUTS, {INPUT: pictures})
        return [list(of_one) for of_one in zip(*maps, strict=True)]

    def _read(self, frame: Frame, scale: FloatArray, maps: list[FloatArray]) -> Detections:
        heat, log_sides, offsets, points = maps
        candidates = decode(heat[0], log_sides, offsets, points, self._config.min_score)
        rows = suppress(candidates.boxes, candidates.scores, NMS_IOU)
        return finish(
            frame,
            candidates.boxes[rows] * np.tile(scale, 2),
            np.clip(candidates.scores[rows], 0, 1),  # a device may round up
            candidates.landmarks[rows] * scale,
            self._config,
        )
