"""The default: tracks join the nearest average encoding, one after the other."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from clusterer.core.config import ClusteringConfig
from clusterer.core.types import IntArray, TrackFeatures
from clusterer.people.clustering.base import Assignment
from clusterer.people.clustering.groups import Groups, Neighbours
from clusterer.people.clustering.people import Person, Tracks


class Incremental:
    """Incremental grouping by distance to each person's average encoding.

    In time order, a track joins the nearest person under the threshold and moves the average.
    Otherwise it founds a person when it holds enough readable chips, or is held until another held
    track matches it. Then people whose averages have come under the threshold are merged, nearest
    first, and held tracks are tried again, until nothing changes: so the order has little say in
    the result. Tracks without a readable chip join last and never move an average.

    Parameters
    ----------
    config
        Metric, and what makes a person.
    threshold
        Largest distance between a track and an average, in the metric's unit.
    """

    def __init__(self, config: ClusteringConfig, threshold: float) -> None:
        self._config = config
        self._threshold = threshold

    def cluster(self, features: TrackFeatures, cannot_link: IntArray) -> Assignment:
        """Group tracks into people; see `Clusterer.cluster`."""
        tracks = Tracks(features, cannot_link, self._config)
        crowd = _Crowd(tracks, self._threshold)
        for track in tracks.readable:
            crowd.place(tracks.person([track]))
        people = crowd.finish()
        ambiguous = tracks.attach_unreadable(people, self._threshold)
        return tracks.assignment(people, ambiguous)


class _Crowd:
    """People, and the held groups that are none yet."""

    def __init__(self, tracks: Tracks, threshold: float) -> None:
        self._tracks = tracks
        self._groups = Groups(tracks, threshold)
        self._people: set[int] = set()
        self._held: list[int] = []

    def place(self, new: Person) -> None:
        """Join the nearest person, found one, match a held track, or be held."""
        match: int | None = None
        for _, number in self._groups.near(new):
            if number in self._people:
                self._groups.grow(number, new)
                return
            match = number if match is None else match
        if self._tracks.founds(new):
            self._people.add(self._groups.add(new))
        elif match is None:
            self._held.append(self._groups.add(new))
        else:
            self._groups.grow(match, new)
            self._promote(match)

    def finish(self) -> list[Person]:
        """Merge people and try held groups again until nothing changes; the people there are."""
        near = Neighbours(self._groups)
        queue = [pair for number in self._people for pair in self._pairs(near, number)]
        heapify(queue)
        self._merge(near, queue)
        while self._retry(near, queue):
            self._merge(near, queue)
        return [self._groups[number] for number in sorted(self._people)]

    def _pairs(self, near: Neighbours, number: int) -> list[tuple[float, int, int]]:
        """A person and those near it: distance, earlier, later."""
        return [
            (distance, min(number, other), max(number, other))
            for other, distance in near.of(number).items()
            if other in self._people
        ]

    def _merge(self, near: Neighbours, queue: list[tuple[float, int, int]]) -> None:
        """Merge people, nearest pair first; ties to the earlier."""
        while queue:
            distance, first, second = heappop(queue)
            if near.of(first).get(second) != distance:
                continue  # one of them has changed since
            self._people.remove(second)
            near.drop(second)
            self._groups.grow(first, self._groups.remove(second))
            self._compare(near, queue, first)

    def _retry(self, near: Neighbours, queue: list[tuple[float, int, int]]) -> bool:
        """Let the next held group that is near another join it; whether there was one."""
        for position, number in enumerate(self._held):
            candidates = near.of(number)
            if not candidates:
                continue
            target = min(candidates, key=lambda n: (candidates[n], n not in self._people, n))
            self._held = self._held[position + 1 :] + self._held[:position]
            near.drop(number)
            self._groups.grow(target, self._groups.remove(number))
            if target not in self._people:
                near.drop(target)
                target = self._promote(target)
            self._compare(near, queue, target)
            return True
        return False

    def _promote(self, number: int) -> int:
        """Make a held group a person once it has been seen well enough; its number from then."""
        if not self._tracks.founds(self._groups[number]):
            return number
        self._held.remove(number)
        person = self._groups.add(self._groups.remove(number))
        self._people.add(person)
        return person

    def _compare(self, near: Neighbours, queue: list[tuple[float, int, int]], number: int) -> None:
        """Compare a changed group with the others."""
        near.update(number)
        if number in self._people:
            for pair in self._pairs(near, number):
                heappush(queue, pair)
