"""Density clustering by the library hdbscan (the extra [hdbscan]), then repair of cannot-links."""

from __future__ import annotations

import hdbscan
import numpy as np

from clusterer.core.config import ClusteringConfig
from clusterer.core.types import IntArray, TrackFeatures
from clusterer.people.clustering.base import Assignment
from clusterer.people.clustering.clusters import Tracks

MIN_EPSILON = 1e-9
"""The library treats 0 as no threshold: two tracks would always be one person."""


class Hdbscan:
    """HDBSCAN (Campello, Moulavi, Sander 2013), as computed by the library ``hdbscan``.

    The threshold is its ``cluster_selection_epsilon``: groups nearer than this are not split. The
    library does not support cannot-links, so they are repaired afterwards: tracks are kept in order
    of distance to the average, and one with a cannot-link to a kept track becomes unknown.

    Parameters
    ----------
    config
        Metric and `min_faces`.
    threshold
        Distance, in the metric's unit.
    """

    def __init__(self, config: ClusteringConfig, threshold: float) -> None:
        self._config = config
        self._threshold = threshold

    def cluster(self, features: TrackFeatures, cannot_link: IntArray) -> Assignment:
        """Group tracks into people; see `Clusterer.cluster`."""
        tracks = Tracks(features, cannot_link, self._config)
        ambiguous: set[int] = set()
        groups = []
        for members in self._groups(tracks):
            kept, conflicting = self._repair(tracks, members)
            groups.append(tracks.cluster_of(kept))
            ambiguous |= conflicting
        people = [group for group in groups if tracks.is_person(group)]
        ambiguous |= tracks.attach_unreadable(people, self._threshold)
        return tracks.assignment(people, ambiguous)

    def _groups(self, tracks: Tracks) -> list[list[int]]:
        """Groups of readable tracks; noise as groups of one."""
        readable = np.array(tracks.readable, dtype=np.int64)
        if len(readable) < 2:
            return [[track] for track in tracks.readable]
        alone = [tracks.cluster_of([track]) for track in tracks.readable]
        distance = tracks.distance(alone, alone)
        np.fill_diagonal(distance, 0.0)
        model = hdbscan.HDBSCAN(
            metric="precomputed",
            min_cluster_size=2,
            min_samples=1,
            cluster_selection_epsilon=max(float(self._threshold), MIN_EPSILON),
            allow_single_cluster=True,
        )
        labels = model.fit_predict(distance)
        dense = [readable[labels == k].tolist() for k in range(int(labels.max()) + 1)]
        return dense + [[track] for track in readable[labels < 0].tolist()]

    def _repair(self, tracks: Tracks, members: list[int]) -> tuple[list[int], set[int]]:
        """Split a group into tracks to keep and tracks that conflict with them."""
        alone = [tracks.cluster_of([track]) for track in members]
        distance = tracks.distance(alone, [tracks.cluster_of(members)])[:, 0]
        kept: list[int] = []
        conflicting: set[int] = set()
        for position in np.argsort(distance, kind="stable").tolist():
            track = members[position]
            if tracks.links.forbids(track, set(kept)):
                conflicting.add(track)
            else:
                kept.append(track)
        return kept, conflicting
