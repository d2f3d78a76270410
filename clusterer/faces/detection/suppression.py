"""Non-maximum suppression: keep one box per face."""

from __future__ import annotations

import numpy as np

from clusterer.core.geometry import iou
from clusterer.core.types import FloatArray, IntArray


def suppress(boxes: FloatArray, scores: FloatArray, max_iou: float) -> IntArray:
    """Keep the best of each group of overlapping boxes.

    Parameters
    ----------
    boxes : array of shape (n, 4), px
    scores : array of shape (n,)
        Ties go to the earlier row.
    max_iou
        A box that overlaps a kept one by this much or more is dropped.

    Returns
    -------
    array of shape (k,), int64, rows kept, best first
    """
    order = np.argsort(-scores, kind="stable")
    kept = []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        order = order[iou(boxes[best][None], boxes[order])[0] < max_iou]
    return np.array(kept, np.int64)
