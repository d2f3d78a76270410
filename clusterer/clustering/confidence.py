"""How far a track can be trusted to be the person it was given to."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clusterer.clustering.distance import between
from clusterer.types import UNKNOWN, IntArray, TrackFeatures


def confidences(
    features: TrackFeatures, labels: IntArray, metric: str, threshold: float
) -> npt.NDArray[np.float64]:
    """Confidence of each track: its quality times its margin.

    The margin is how much farther the nearest other person is than its own, in thresholds, 0 to 1.
    A figure to sort by, not a probability.

    Parameters
    ----------
    features : t tracks
    labels : array of shape (t,), int64
    metric, threshold
        As the tracks were grouped.

    Returns
    -------
    array of shape (t,), 0 to 1; 0 for unknown tracks
    """
    confidence = np.zeros(len(features))
    known = np.flatnonzero(labels != UNKNOWN)
    if not len(known):
        return confidence
    people = np.unique(labels[known])
    centroids = np.array(
        [
            np.average(
                features.face[labels == p], axis=0, weights=features.quality[labels == p] + 1e-3
            )
            for p in people
        ]
    )
    distance = between(features.face[known], centroids, metric)
    own = np.searchsorted(people, labels[known])
    rows = np.arange(len(known))
    near = distance[rows, own]
    distance[rows, own] = np.inf
    other = distance.min(axis=1) if len(people) > 1 else np.full(len(known), np.inf)
    margin = np.clip((other - near) / max(threshold, 1e-9), 0.0, 1.0)
    confidence[known] = features.quality[known] * margin
    return confidence
