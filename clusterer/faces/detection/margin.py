"""Convert margins of dlib's detectors (signed distances to the decision plane) to scores."""

from __future__ import annotations

import numpy as np

from clusterer.core.types import FloatArray

SCORE_AT_ZERO = 0.5
"""Score of a face at dlib's own threshold, a margin of 0: enough to confirm a track at the default
of `TrackingConfig.confirm_score`. Weaker ones only extend a track."""

LOWEST_MARGIN = -1.0
"""Lower bound of the margin threshold; below it, a detector fires everywhere and slows down."""


def score(margin: FloatArray) -> FloatArray:
    """Map margins to 0 to 1 by a logistic function, shifted so that 0 gives `SCORE_AT_ZERO`.

    Parameters
    ----------
    margin : array of shape (n,)
        Signed distance to the detector's decision plane.

    Returns
    -------
    array of shape (n,), strictly increasing with the margin
    """
    shift = np.log(SCORE_AT_ZERO / (1 - SCORE_AT_ZERO))
    result: FloatArray = (1 / (1 + np.exp(-(margin + shift)))).astype(np.float32)
    return result


def margin_of(min_score: float) -> float:
    """Inverse of `score`, at least `LOWEST_MARGIN`."""
    shift = np.log(SCORE_AT_ZERO / (1 - SCORE_AT_ZERO))
    min_score = float(np.clip(min_score, 1e-6, 1 - 1e-6))
    return max(LOWEST_MARGIN, float(np.log(min_score / (1 - min_score)) - shift))
