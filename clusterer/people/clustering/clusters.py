"""Clusters of tracks, and the final steps that all methods share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clusterer.core.config import ClusteringConfig
from clusterer.core.distance import Vectors, between
from clusterer.core.types import UNKNOWN, IntArray, TrackFeatures
from clusterer.people.clustering.base import Assignment
from clusterer.people.constraints import CannotLinks
from clusterer.people.tolerance import tolerance

MARGIN = 1.1
"""An unreadable track joins the nearest person only if the second nearest is farther by this
factor; otherwise it is ambiguous."""


def _in_time_order(features: TrackFeatures) -> IntArray:
    """Rows by start; ties by quality, readable chips, then embedding."""
    rows = range(len(features))
    start, quality = features.start_pts.tolist(), features.quality.tolist()
    readable, face = features.readable_chips.tolist(), features.face.astype(">f4")
    order = sorted(
        rows, key=lambda row: (start[row], -quality[row], -readable[row], face[row].tobytes())
    )
    return np.array(order, dtype=np.int64)


@dataclass(slots=True)
class Cluster:
    """A group of tracks and its centroid."""

    members: set[int]
    total: Vectors
    weight: float
    quality: float  # of the best member

    @property
    def centroid(self) -> Vectors:
        """Average embedding, shape (d,)."""
        mean: Vectors = self.total / self.weight
        return mean

    def absorb(self, other: Cluster) -> None:
        """Add the tracks of another cluster."""
        self.members |= other.members
        self.total = self.total + other.total
        self.weight += other.weight
        self.quality = max(self.quality, other.quality)


class Tracks:
    """The tracks to cluster, in the order that all methods use.

    Parameters
    ----------
    features
        One row per track.
    cannot_link : array of shape (m, 2), int64, pairs of rows
    config
        Metric, tolerance and `min_faces`.
    """

    def __init__(
        self, features: TrackFeatures, cannot_link: IntArray, config: ClusteringConfig
    ) -> None:
        self._config = config
        self.metric = config.metric
        self.face = features.face.astype(np.float64)
        self._quality = features.quality.astype(np.float64)
        self.weight = np.maximum(features.quality.astype(np.float64), 1e-3)
        self.readable_chips = features.readable_chips
        self.links = CannotLinks(cannot_link, len(features))
        ordered = _in_time_order(features)
        faces = ordered[features.has_face[ordered]]
        self.readable: list[int] = faces[features.readable_chips[faces] > 0].tolist()
        self.unreadable: list[int] = faces[features.readable_chips[faces] == 0].tolist()
        self._rank = np.empty(len(features), dtype=np.int64)
        self._rank[ordered] = np.arange(len(features))

    def cluster_of(self, members: list[int]) -> Cluster:
        """Make a cluster of tracks, with an average weighted by quality."""
        ordered = sorted(members, key=lambda track: int(self._rank[track]))
        weights = self.weight[ordered]
        total: Vectors = (self.face[ordered] * weights[:, None]).sum(axis=0)
        quality = float(self._quality[ordered].max())
        return Cluster(set(ordered), total, float(weights.sum()), quality)

    def is_person(self, cluster: Cluster) -> bool:
        """Whether a cluster has enough readable chips to be a person."""
        return int(self.readable_chips[sorted(cluster.members)].sum()) >= self._config.min_faces

    def distance(self, a: Sequence[Cluster], b: Sequence[Cluster]) -> Vectors:
        """Distance between centroids, scaled by `scale`; shape (len(a), len(b))."""
        distance = between(
            np.array([cluster.centroid for cluster in a]),
            np.array([cluster.centroid for cluster in b]),
            self.metric,
        )
        lesser_quality = np.minimum.outer([c.quality for c in a], [c.quality for c in b])
        return self.scale(distance, lesser_quality)

    def scale(self, distance: Vectors, lesser_quality: Vectors) -> Vectors:
        """Divide distances by the tolerance, so that one threshold fits all.

        Parameters
        ----------
        distance : array of any shape
        lesser_quality : array of that shape, 0 to 1, the lesser of the two that are compared
        """
        scaled: Vectors = distance / tolerance(lesser_quality, self._config)
        return scaled

    def attach_unreadable(self, people: list[Cluster], threshold: float) -> set[int]:
        """Add unreadable tracks to people without changing the averages.

        The nearest tracks join first, so that the nearer of two faces in one frame wins.

        Returns
        -------
        set of tracks that are kept as unknown because they are ambiguous
        """
        if not people or not self.unreadable:
            return set()
        distance = self.distance([self.cluster_of([track]) for track in self.unreadable], people)
        order = np.argsort(distance.min(axis=1), kind="stable").tolist()
        ambiguous = set()
        for position in order:
            track, distances = self.unreadable[position], distance[position]
            nearest = np.argsort(distances, kind="stable")
            if distances[nearest[0]] >= threshold:
                continue
            tied = len(nearest) > 1 and distances[nearest[1]] < MARGIN * distances[nearest[0]]
            chosen = people[int(nearest[0])]
            if tied or self.links.forbids(track, chosen.members):
                ambiguous.add(track)
            else:
                chosen.members.add(track)
        return ambiguous

    def assignment(self, people: list[Cluster], ambiguous: set[int]) -> Assignment:
        """Number people by their first track."""
        labels = np.full(len(self._rank), UNKNOWN, dtype=np.int64)
        ordered = sorted(people, key=lambda person: min(self._rank[t] for t in person.members))
        for label, person in enumerate(ordered):
            labels[sorted(person.members)] = label
        flags = np.zeros(len(self._rank), dtype=bool)
        flags[sorted(ambiguous)] = True
        return Assignment(labels, flags)
