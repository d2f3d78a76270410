"""Groups while they grow: their averages as one matrix, and which of them are near one another."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusterer.core.distance import between_prepared, prepare, squared_norms
from clusterer.people.clustering.people import Person, Tracks


class Groups:
    """Groups by number, in the order in which they were added; a number is never given twice.

    The averages stand in one matrix, so that the distance of a group to all others is one product.

    Parameters
    ----------
    tracks
        Where the groups are made of, and how far they are apart.
    threshold
        Distance under which groups are near.
    """

    def __init__(self, tracks: Tracks, threshold: float) -> None:
        self._tracks = tracks
        self._threshold = threshold
        self._members: dict[int, Person] = {}
        self._count = 0
        self._vectors = np.zeros((0, tracks.face.shape[1]))
        self._squares = np.zeros(0)
        self._quality = np.zeros(0)
        self._there = np.zeros(0, dtype=bool)

    def __getitem__(self, number: int) -> Person:
        return self._members[number]

    def __iter__(self) -> Iterator[int]:
        return iter(self._members)

    def add(self, group: Person) -> int:
        """Take in a group; its number."""
        number = self._count
        self._count += 1
        if self._count > len(self._there):
            self._enlarge()
        self._members[number] = group
        self._there[number] = True
        self._set(number)
        return number

    def grow(self, number: int, other: Person) -> None:
        """Let a group take over the tracks of another."""
        self._members[number].absorb(other)
        self._set(number)

    def remove(self, number: int) -> Person:
        """Take a group out."""
        self._there[number] = False
        return self._members.pop(number)

    def near(self, group: Person) -> Iterator[tuple[float, int]]:
        """Other groups under the threshold that no cannot-link forbids: distance and number.

        Nearest first; ties to the lower number.
        """
        distance = self._distances(group)
        under = np.flatnonzero(distance < self._threshold)
        for number in under[np.argsort(distance[under], kind="stable")].tolist():
            other = self._members[number]
            if other is not group and not self._tracks.links.forbids_union(
                group.members, other.members
            ):
                yield float(distance[number]), number

    def _distances(self, group: Person) -> np.typing.NDArray[np.floating]:
        """Distance to every number given so far; infinite where there is no group any more."""
        n = self._count
        vector = prepare(group.centroid[None], self._tracks.metric)
        apart = between_prepared(
            self._vectors[:n],
            self._squares[:n],
            vector,
            squared_norms(vector),
            self._tracks.metric,
        )[:, 0]
        scaled = self._tracks.scale(apart, np.minimum(self._quality[:n], group.quality))
        return np.where(self._there[:n], scaled, np.inf)

    def _set(self, number: int) -> None:
        group = self._members[number]
        vector = prepare(group.centroid[None], self._tracks.metric)
        self._vectors[number] = vector[0]
        self._squares[number] = squared_norms(vector)[0]
        self._quality[number] = group.quality

    def _enlarge(self) -> None:
        more = max(64, len(self._there))
        self._vectors = np.pad(self._vectors, ((0, more), (0, 0)))
        self._squares = np.pad(self._squares, (0, more))
        self._quality = np.pad(self._quality, (0, more))
        self._there = np.pad(self._there, (0, more))


class Neighbours:
    """Which groups are near which, kept up to date: what changed is compared, nothing else.

    Parameters
    ----------
    groups
        Report every change of them by `update` or `drop`.
    """

    def __init__(self, groups: Groups) -> None:
        self._groups = groups
        self._near: dict[int, dict[int, float]] = {number: {} for number in groups}
        for number in groups:
            for distance, other in groups.near(groups[number]):
                if other < number:
                    self._near[number][other] = self._near[other][number] = distance

    def of(self, number: int) -> dict[int, float]:
        """Number → distance of the groups near one."""
        return self._near.get(number, {})

    def update(self, number: int) -> None:
        """Compare a new or changed group with all others."""
        self.drop(number)
        self._near[number] = {}
        for distance, other in self._groups.near(self._groups[number]):
            self._near[number][other] = self._near[other][number] = distance

    def drop(self, number: int) -> None:
        """Forget a group."""
        for other in self._near.pop(number, {}):
            del self._near[other][number]
