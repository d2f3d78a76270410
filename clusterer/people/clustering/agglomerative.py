"""Average linkage over all tracks at once, by SciPy."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from clusterer.core.config import ClusteringConfig
from clusterer.core.types import IntArray, TrackFeatures
from clusterer.people.clustering.base import Assignment
from clusterer.people.clustering.clusters import Tracks

FORBIDDEN = 1e9
"""Distance of a cannot-link pair. The average between two groups that hold one is at least
1e9 / (size · size), which no threshold reaches: average linkage itself keeps every cannot-link."""


class Agglomerative:
    """Agglomerative clustering with average linkage and cannot-links.

    Parameters
    ----------
    config
        Metric and `min_faces`.
    threshold
        Largest average distance between the tracks of two groups that are merged.
    """

    def __init__(self, config: ClusteringConfig, threshold: float) -> None:
        self._config = config
        self._threshold = threshold

    def cluster(self, features: TrackFeatures, cannot_link: IntArray) -> Assignment:
        """Group tracks into people; see `Clusterer.cluster`."""
        tracks = Tracks(features, cannot_link, self._config)
        groups = [
            tracks.cluster_of(members) for members in self._linkage(tracks, cannot_link) if members
        ]
        people = [group for group in groups if tracks.is_person(group)]
        ambiguous = tracks.attach_unreadable(people, self._threshold)
        return tracks.assignment(people, ambiguous)

    def _linkage(self, tracks: Tracks, cannot_link: IntArray) -> list[list[int]]:
        readable = np.array(tracks.readable, dtype=np.int64)
        if len(readable) < 2:
            return [readable.tolist()]
        alone = [tracks.cluster_of([track]) for track in tracks.readable]
        distance = tracks.distance(alone, alone)
        position = np.full(len(tracks.face), -1)
        position[readable] = np.arange(len(readable))
        pairs = position[cannot_link]
        pairs = pairs[(pairs >= 0).all(axis=1)]
        distance[pairs[:, 0], pairs[:, 1]] = distance[pairs[:, 1], pairs[:, 0]] = FORBIDDEN
        np.fill_diagonal(distance, 0.0)
        merges = linkage(squareform(distance, checks=False), method="average")
        below = np.nextafter(self._threshold, -np.inf)  # fcluster includes its limit
        labels = fcluster(merges, below, criterion="distance")
        _, first = np.unique(labels, return_index=True)
        return [readable[labels == label].tolist() for label in labels[np.sort(first)]]
