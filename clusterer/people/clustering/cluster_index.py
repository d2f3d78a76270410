"""Growing clusters: their centroids in one matrix, and their neighbours."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusterer.core.distance import between_prepared, prepare, squared_norms
from clusterer.people.clustering.clusters import Cluster, Tracks


class ClusterIndex:
    """Clusters by number, in the order they were added; numbers are not reused.

    The centroids are kept in one matrix, so that the distances of a cluster to all others are one
    product.

    Parameters
    ----------
    tracks
        Tracks that the clusters are made of.
    threshold
        Distance below which clusters are near.
    """

    def __init__(self, tracks: Tracks, threshold: float) -> None:
        self._tracks = tracks
        self._threshold = threshold
        self._clusters: dict[int, Cluster] = {}
        self._count = 0
        self._vectors = np.zeros((0, tracks.face.shape[1]))
        self._squares = np.zeros(0)
        self._quality = np.zeros(0)
        self._active = np.zeros(0, dtype=bool)

    def __getitem__(self, number: int) -> Cluster:
        return self._clusters[number]

    def __iter__(self) -> Iterator[int]:
        return iter(self._clusters)

    def add(self, cluster: Cluster) -> int:
        """Add a cluster and return its number."""
        number = self._count
        self._count += 1
        if self._count > len(self._active):
            self._enlarge()
        self._clusters[number] = cluster
        self._active[number] = True
        self._set(number)
        return number

    def grow(self, number: int, other: Cluster) -> None:
        """Move the tracks of another cluster into one."""
        self._clusters[number].absorb(other)
        self._set(number)

    def remove(self, number: int) -> Cluster:
        """Remove a cluster and return it."""
        self._active[number] = False
        return self._clusters.pop(number)

    def near(self, cluster: Cluster) -> Iterator[tuple[float, int]]:
        """Other clusters below the threshold without a cannot-link: distance and number.

        Nearest first; ties to the lower number.
        """
        distance = self._distances(cluster)
        below = np.flatnonzero(distance < self._threshold)
        for number in below[np.argsort(distance[below], kind="stable")].tolist():
            other = self._clusters[number]
            if other is not cluster and not self._tracks.links.forbids_union(
                cluster.members, other.members
            ):
                yield float(distance[number]), number

    def _distances(self, cluster: Cluster) -> np.typing.NDArray[np.floating]:
        """Distance to every number; infinite for removed clusters."""
        n = self._count
        vector = prepare(cluster.centroid[None], self._tracks.metric)
        distance = between_prepared(
            self._vectors[:n],
            self._squares[:n],
            vector,
            squared_norms(vector),
            self._tracks.metric,
        )[:, 0]
        scaled = self._tracks.scale(distance, np.minimum(self._quality[:n], cluster.quality))
        return np.where(self._active[:n], scaled, np.inf)

    def _set(self, number: int) -> None:
        cluster = self._clusters[number]
        vector = prepare(cluster.centroid[None], self._tracks.metric)
        self._vectors[number] = vector[0]
        self._squares[number] = squared_norms(vector)[0]
        self._quality[number] = cluster.quality

    def _enlarge(self) -> None:
        more = max(64, len(self._active))
        self._vectors = np.pad(self._vectors, ((0, more), (0, 0)))
        self._squares = np.pad(self._squares, (0, more))
        self._quality = np.pad(self._quality, (0, more))
        self._active = np.pad(self._active, (0, more))


class Neighbours:
    """Neighbours of each cluster, updated incrementally.

    Parameters
    ----------
    clusters
        Report every change to them by `update` or `drop`.
    """

    def __init__(self, clusters: ClusterIndex) -> None:
        self._clusters = clusters
        self._near: dict[int, dict[int, float]] = {number: {} for number in clusters}
        for number in clusters:
            for distance, other in clusters.near(clusters[number]):
                if other < number:
                    self._near[number][other] = self._near[other][number] = distance

    def of(self, number: int) -> dict[int, float]:
        """Number → distance of the clusters near one."""
        return self._near.get(number, {})

    def update(self, number: int) -> None:
        """Compare a new or changed cluster with all others."""
        self.drop(number)
        self._near[number] = {}
        for distance, other in self._clusters.near(self._clusters[number]):
            self._near[number][other] = self._near[other][number] = distance

    def drop(self, number: int) -> None:
        """Forget a cluster."""
        for other in self._near.pop(number, {}):
            del self._near[other][number]
