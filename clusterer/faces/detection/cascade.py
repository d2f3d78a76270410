"""scikit-image's cascade of local binary patterns: the fast detector of the 2000s.

Liao et al. 2007, doi:10.1007/978-3-540-74549-5_87, after Viola and Jones 2001. The weights are
OpenCV's for frontal faces, shipped with scikit-image. Included for comparison.
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
"""Side of the smallest window, in px of the shrunk picture; what the weights were trained on. The
picture is padded by the same width on all sides: faces can cross its edge, windows cannot."""

SCALE_STEP, STEP_RATIO = 1.1, 1.5
"""Growth of the window per step, and its stride per px of scale. On 60 frames of the sample film
these values find 0.74 of the faces at a box precision of 0.96 (groups of `EVEN_ODDS` or more);
scikit-image's example (1.2 and 1) finds 0.74 at 0.84, in twice the time."""

GROUP_IOU = 0.5
"""Windows that overlap by this much show the same face."""

EVEN_ODDS = 4
"""Number of windows at which a face is as likely as not: scikit-image's limit for a detection. On
263 frames of the sample film and four labelled clips, a fifth of the groups of 3 were faces, half
of those of 4, seven tenths of those of 5, and 0.93 or more of larger ones."""

NMS_IOU = 0.3
"""Faces that overlap a better one by this much are the same, as for the other detectors."""

FACE = np.array([0.08, 0.01, 0.92, 1.07], np.float32)
"""The face within a window, in shares of its side: left, top, right, bottom. Mean over the sample
film against its truth, cheek to cheek and hairline to chin: 0.07, 0.02, 0.91 and 1.07, with
standard deviations of 0.02 to 0.06; left and right made symmetric."""


def score(windows: IntArray) -> FloatArray:
    """Score of faces by the number of windows that show them: n / (n + `EVEN_ODDS`).

    The cascade itself only accepts or rejects a window. The number of windows hardly depends on a
    face's size, as their stride grows with the scale. `EVEN_ODDS` windows give 0.5, which is enough
    to confirm a track at the default of `TrackingConfig.confirm_score`.

    Parameters
    ----------
    windows : array of shape (n,), 0 or more

    Returns
    -------
    array of shape (n,), float32, 0 to below 1
    """
    result: FloatArray = (windows / (windows + EVEN_ODDS)).astype(np.float32)
    return result


def group(windows: FloatArray) -> tuple[FloatArray, IntArray]:
    """Group windows into faces, largest group first; independent of order.

    Parameters
    ----------
    windows : array of shape (n, 4), px

    Returns
    -------
    boxes : array of shape (k, 4), float32, mean of the windows of each group
    counts : array of shape (k,), int64, windows per group
    """
    windows = windows[np.lexsort(windows.T)]
    overlapping = iou(windows, windows) >= GROUP_IOU
    counts = overlapping.sum(axis=1)
    remaining = np.ones(len(windows), bool)
    boxes, sizes = [], []
    while remaining.any():
        members = overlapping[np.where(remaining, counts, 0).argmax()] & remaining
        boxes.append(windows[members].mean(axis=0))
        sizes.append(int(members.sum()))
        remaining &= ~members
        counts -= overlapping[:, members].sum(axis=1)
    return np.array(boxes, np.float32).reshape(-1, 4), np.array(sizes, np.int64)


class Cascade:
    """scikit-image's cascade for frontal faces.

    Parameters
    ----------
    config
        Its settings.
    threads
        Number of pictures processed in parallel; a search only reads the weights.

    Raises
    ------
    ModelError
        The weights are missing or damaged.
    """

    name = "cascade"

    def __init__(self, config: DetectionConfig, threads: int) -> None:
        (file,) = weights(self.name)
        loaded = file.load()  # checked, since scikit-image builds C tables from it unchecked
        self.models = {file.name: loaded.sha256}
        self._classifier = Classifier(BytesIO(loaded.content))
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

        They are grouped here, not by scikit-image: its grouping depends on their order, which
        varies with the threads of an OpenMP build, and it does not report the size of a group.
        """
        grey = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)
        border = (WINDOW_PX,) * 4
        grey = cv2.copyMakeBorder(grey, *border, cv2.BORDER_REPLICATE).astype(np.int32)
        # It sums in float32: integers around 0 stay exact. The patterns do not change.
        grey -= round(float(grey.mean()))
        # Positional, as the name of the second to last argument differs between versions. An
        # overlap of 2.0 is impossible, so each window is a separate group.
        accepted = self._classifier.detect_multi_scale(
            grey, SCALE_STEP, STEP_RATIO, (WINDOW_PX, WINDOW_PX), grey.shape, 1, 2.0
        )
        corners = [(one["c"], one["r"], one["width"], one["height"]) for one in accepted]
        windows = np.array(corners, np.float32).reshape(-1, 4)
        windows[:, 2:] += windows[:, :2]
        return windows - WINDOW_PX
