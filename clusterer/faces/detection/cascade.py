"""A cascade of local binary patterns, as scikit-image has it: the fast detector of the 2000s.

Liao et al. 2007, doi:10.1007/978-3-540-74549-5_87, after Viola and Jones 2001. The weights are
OpenCV's for frontal faces; scikit-image carries them and runs them. Offered for comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import cv2
import numpy as np
from skimage.feature import Cascade as Classifier

from clusterer.core.config import DetectionConfig
from clusterer.core.geometry import iou
from clusterer.core.types import Detections, FloatArray, Frame, ImageArray, IntArray
from clusterer.faces.detection.base import finish, look_at_each, weights
from clusterer.faces.detection.picture import shrink
from clusterer.faces.detection.suppression import suppress

WINDOW_PX = 24
"""Side of the smallest window, in px of the shrunk picture; what the weights were trained on.
The picture is continued by as much on all sides: no window reaches beyond it, and faces may."""

SCALE_STEP, STEP_RATIO = 1.1, 1.5
"""Each window is so much larger than the last, and moves so many px for each px of its scale.
On 60 frames of the sample film these find 0.74 of the faces at a box precision of 0.96 (groups of
`SURE` or more); scikit-image's example (1.2 and 1) finds 0.74 at 0.84, in twice the time."""

GROUP_IOU = 0.5
"""Windows that overlap by this much have seen the same face."""

SURE = 4
"""Windows that speak for a face as much as against it: scikit-image's own limit for a detection.
On 263 frames of the sample film and four labelled clips, a fifth of the groups of 3 were faces,
half of those of 4, seven tenths of those of 5, and 0.93 or more of larger ones."""

NMS_IOU = 0.3
"""Faces that overlap a surer one by this much are the same; as for the other detectors."""

FACE = np.array([0.08, 0.01, 0.92, 1.07], np.float32)
"""Where in a window the face lies, in shares of its side: left, top, right, bottom. Mean over the
sample film against its truth, cheek to cheek and hairline to chin: 0.07, 0.02, 0.91 and 1.07,
with standard deviations of 0.02 to 0.06; left and right made even."""


def score(windows: IntArray) -> FloatArray:
    """Score of faces by the number of windows that saw them: n / (n + `SURE`).

    The cascade itself only says yes or no. A face is seen by about as many windows whatever its
    size, as they move further the larger they are. `SURE` windows give 0.5, which is enough to
    confirm a track by the default of `TrackingConfig.confirm_score`.

    Parameters
    ----------
    windows : array of shape (n,), 0 and up

    Returns
    -------
    array of shape (n,), float32, 0 to under 1
    """
    result: FloatArray = (windows / (windows + SURE)).astype(np.float32)
    return result


def group(windows: FloatArray) -> tuple[FloatArray, IntArray]:
    """Gather windows into faces, the largest heap first; their order has no say.

    Parameters
    ----------
    windows : array of shape (n, 4), px

    Returns
    -------
    boxes : array of shape (k, 4), float32, mean of the windows of each heap
    counts : array of shape (k,), int64, how many those are
    """
    windows = windows[np.lexsort(windows.T)]
    near = iou(windows, windows) >= GROUP_IOU
    counts = near.sum(axis=1)
    left = np.ones(len(windows), bool)
    boxes, sizes = [], []
    while left.any():
        heap = near[np.where(left, counts, 0).argmax()] & left
        boxes.append(windows[heap].mean(axis=0))
        sizes.append(int(heap.sum()))
        left &= ~heap
        counts -= near[:, heap].sum(axis=1)
    return np.array(boxes, np.float32).reshape(-1, 4), np.array(sizes, np.int64)


class Cascade:
    """scikit-image's cascade for frontal faces.

    Parameters
    ----------
    config
        Its settings.
    threads
        Pictures looked at side by side; a search only reads the weights.

    Raises
    ------
    ModelError
        The weights are missing or damaged.
    """

    name = "cascade"

    def __init__(self, config: DetectionConfig, threads: int) -> None:
        (file,) = weights(self.name)
        found = file.load()  # checked: scikit-image builds tables in C from it, and checks nothing
        self.models = {file.name: found.sha256}
        self._classifier = Classifier(BytesIO(found.content))
        self._config = config
        self._threads = threads

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Find the faces of each frame; see `clusterer.faces.detection.Detector.detect`."""
        return look_at_each(frames, self._detect_one, self._threads)

    def _detect_one(self, frame: Frame) -> Detections:
        image, scale = shrink(frame.image, self._config.width_px)
        boxes, counts = group(self._windows(image))
        boxes = boxes[:, [0, 1, 0, 1]] + (boxes[:, 2:3] - boxes[:, :1]) * FACE
        scores = score(counts)
        rows = suppress(boxes, scores, NMS_IOU)
        return finish(frame, boxes[rows] * np.tile(scale, 2), scores[rows], None, self._config)

    def _windows(self, image: ImageArray) -> FloatArray:
        """Every window that passed, shape (n, 4), px, in any order.

        They are grouped here, not by scikit-image: it depends on their order, which is up to the
        threads where it was built with OpenMP, and it does not tell how many windows were grouped.
        """
        grey = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)
        border = (WINDOW_PX,) * 4
        grey = cv2.copyMakeBorder(grey, *border, cv2.BORDER_REPLICATE).astype(np.int32)
        # It sums in float32: whole numbers around 0 stay exact. The patterns are the same.
        grey -= round(float(grey.mean()))
        # By position: the name of the next to last argument differs between versions. No two
        # windows overlap by more than their own area, so that each is a group of its own.
        found = self._classifier.detect_multi_scale(
            grey, SCALE_STEP, STEP_RATIO, (WINDOW_PX, WINDOW_PX), grey.shape, 1, 2.0
        )
        corners = [(one["c"], one["r"], one["width"], one["height"]) for one in found]
        windows = np.array(corners, np.float32).reshape(-1, 4)
        windows[:, 2:] += windows[:, :2]
        return windows - WINDOW_PX
