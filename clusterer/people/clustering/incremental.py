"""The default method: tracks join the nearest average embedding, one after the other."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from clusterer.core.config import ClusteringConfig
from clusterer.core.types import IntArray, TrackFeatures
from clusterer.people.clustering.base import Assignment
from clusterer.people.clustering.cluster_index import ClusterIndex, Neighbours
from clusterer.people.clustering.clusters import Cluster, Tracks


class Incremental:
    """Incremental grouping by distance to each person's average embedding.

    In time order, a track joins the nearest person below the threshold and updates the average.
    Otherwise it becomes a new person if it has enough readable chips, or is held until another held
    track matches it. Then people whose averages are below the threshold are merged, nearest first,
    and held tracks are retried, until nothing changes; this makes the result nearly independent of
    order. Tracks without a readable chip join last and never change an average.

    Parameters
    ----------
    config
        Metric and `min_faces`.
    threshold
        Largest distance between a track and an average, in the metric's unit.
    """

    def __init__(self, config: ClusteringConfig, threshold: float) -> None:
        self._config = config
        self._threshold = threshold

    def cluster(self, features: TrackFeatures, cannot_link: IntArray) -> Assignment:
        """Group tracks into people; see `Clusterer.cluster`."""
        tracks = Tracks(features, cannot_link, self._config)
        state = _State(tracks, self._threshold)
        for track in tracks.readable:
            state.place(tracks.cluster_of([track]))
        people = state.finish()
        ambiguous = tracks.attach_unreadable(people, self._threshold)
        return tracks.assignment(people, ambiguous)


class _State:
    """People, and held clusters that are not people yet."""

    def __init__(self, tracks: Tracks, threshold: float) -> None:
        self._tracks = tracks
        self._groups = ClusterIndex(tracks, threshold)
        self._people: set[int] = set()
        self._held: list[int] = []

    def place(self, new: Cluster) -> None:
        """Join the nearest person, become one, match a held cluster, or be held."""
        match: int | None = None
        for _, number in self._groups.near(new):
            if number in self._people:
                self._groups.grow(number, new)
                return
            match = number if match is None else match
        if self._tracks.is_person(new):
            self._people.add(self._groups.add(new))
        elif match is None:
            self._held.append(self._groups.add(new))
        else:
            self._groups.grow(match, new)
            self._promote(match)

    def finish(self) -> list[Cluster]:
        """Merge people and retry held clusters until nothing changes; return the people."""
        neighbours = Neighbours(self._groups)
        queue = [pair for number in self._people for pair in self._pairs(neighbours, number)]
        heapify(queue)
        self._merge(neighbours, queue)
        while self._retry(neighbours, queue):
            self._merge(neighbours, queue)
        return [self._groups[number] for number in sorted(self._people)]

    def _pairs(self, neighbours: Neighbours, number: int) -> list[tuple[float, int, int]]:
        """A person with each person near it: distance, earlier, later."""
        return [
            (distance, min(number, other), max(number, other))
            for other, distance in neighbours.of(number).items()
            if other in self._people
        ]

    def _merge(self, neighbours: Neighbours, queue: list[tuple[float, int, int]]) -> None:
        """Merge people, nearest pair first; ties to the earlier."""
        while queue:
            distance, first, second = heappop(queue)
            if neighbours.of(first).get(second) != distance:
                continue  # outdated: one of them has changed
            self._people.remove(second)
            neighbours.drop(second)
            self._groups.grow(first, self._groups.remove(second))
            self._compare(neighbours, queue, first)

    def _retry(self, neighbours: Neighbours, queue: list[tuple[float, int, int]]) -> bool:
        """Join the next held cluster to one near it; return whether there was one."""
        for position, number in enumerate(self._held):
            candidates = neighbours.of(number)
            if not candidates:
                continue
            target = min(candidates, key=lambda n: (candidates[n], n not in self._people, n))
            self._held = self._held[position + 1 :] + self._held[:position]
            neighbours.drop(number)
            self._groups.grow(target, self._groups.remove(number))
            if target not in self._people:
                neighbours.drop(target)
                target = self._promote(target)
            self._compare(neighbours, queue, target)
            return True
        return False

    def _promote(self, number: int) -> int:
        """Make a held cluster a person if it has enough readable chips; return its number."""
        if not self._tracks.is_person(self._groups[number]):
            return number
        self._held.remove(number)
        person = self._groups.add(self._groups.remove(number))
        self._people.add(person)
        return person

    def _compare(
        self, neighbours: Neighbours, queue: list[tuple[float, int, int]], number: int
    ) -> None:
        """Compare a changed cluster with the others."""
        neighbours.update(number)
        if number in self._people:
            for pair in self._pairs(neighbours, number):
                heappush(queue, pair)
