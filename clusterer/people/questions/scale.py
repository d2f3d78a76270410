"""A distance between faces to measure others by, where the threshold is none."""

from __future__ import annotations

import numpy as np

from clusterer.core.distance import between
from clusterer.core.types import TrackFeatures

SAMPLE = 300
"""Tracks that tell how far apart tracks are."""
PART = 0.5
"""Of the distance between most tracks, what two clear faces of one person stay under; with the
default encoder that comes near its own threshold."""


def usable(threshold: float, features: TrackFeatures, metric: str) -> float:
    """The threshold if it is above 0, else part of the median distance between tracks.

    Parameters
    ----------
    threshold
        As configured, 0 and up.
    features : t tracks
    metric
        ``l2`` or ``cosine``, whose distances grow with the square of the former's.
    """
    if threshold > 0.0:
        return threshold
    known = np.flatnonzero(features.has_face)
    known = known[:: max(len(known) // SAMPLE, 1)]
    apart = between(features.face[known], features.face[known], metric)
    typical = float(np.median(apart[np.triu_indices(len(known), 1)])) if len(known) > 1 else 0.0
    part = PART**2 if metric == "cosine" else PART
    return part * typical if typical > 0.0 else 1.0
