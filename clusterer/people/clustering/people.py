"""Groups of tracks while they grow, and the rules that all methods end with."""

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
"""An unreadable track joins the nearest person only when the second nearest is farther by this
factor; closer than that it is ambiguous."""


def _in_time(features: TrackFeatures) -> IntArray:
    """Rows by time; at one time the better first, then the longer readable, then by encoding."""
    rows = range(len(features))
    start, quality = features.start_pts.tolist(), features.quality.tolist()
    readable, face = features.readable_chips.tolist(), features.face.astype(">f4")
    order = sorted(
        rows, key=lambda row: (start[row], -quality[row], -readable[row], face[row].tobytes())
    )
    return np.array(order, dtype=np.int64)


@dataclass(slots=True)
class Person:
    """Tracks of one person and their average encoding."""

    members: set[int]
    total: Vectors
    weight: float
    quality: float  # of the best member

    @property
    def centroid(self) -> Vectors:
        """Average encoding, shape (d,)."""
        mean: Vectors = self.total / self.weight
        return mean

    def absorb(self, other: Person) -> None:
        """Take over the tracks of another."""
        self.members |= other.members
        self.total = self.total + other.total
        self.weight += other.weight
        self.quality = max(self.quality, other.quality)


class Tracks:
    """The tracks to be grouped, in the order in which all methods look at them.

    Parameters
    ----------
    features
        One row per track.
    cannot_link : array of shape (m, 2), int64, pairs of rows
    config
        Metric, and how far poor faces are trusted.
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
        in_time = _in_time(features)
        usable = in_time[features.has_face[in_time]]
        self.readable: list[int] = usable[features.readable_chips[usable] > 0].tolist()
        self.unreadable: list[int] = usable[features.readable_chips[usable] == 0].tolist()
        self._rank = np.empty(len(features), dtype=np.int64)
        self._rank[in_time] = np.arange(len(features))

    def person(self, members: list[int]) -> Person:
        """Group tracks as one person, averaging by quality."""
        ordered = sorted(members, key=lambda track: int(self._rank[track]))
        weights = self.weight[ordered]
        total: Vectors = (self.face[ordered] * weights[:, None]).sum(axis=0)
        quality = float(self._quality[ordered].max())
        return Person(set(ordered), total, float(weights.sum()), quality)

    def founds(self, person: Person) -> bool:
        """Whether a group has been seen well often enough to be a person."""
        return int(self.readable_chips[sorted(person.members)].sum()) >= self._config.min_faces

    def distance(self, a: Sequence[Person], b: Sequence[Person]) -> Vectors:
        """Distance between averages, as of `scale`; shape (len(a), len(b))."""
        apart = between(
            np.array([person.centroid for person in a]),
            np.array([person.centroid for person in b]),
            self.metric,
        )
        return self.scale(apart, np.minimum.outer([p.quality for p in a], [p.quality for p in b]))

    def scale(self, apart: Vectors, poorer: Vectors) -> Vectors:
        """Distances by the tolerance of the faces' quality, so that one threshold serves all.

        Parameters
        ----------
        apart : array of any shape, distances
        poorer : array of that shape, 0 to 1, the lesser quality of the two that are compared
        """
        scaled: Vectors = apart / tolerance(poorer, self._config)
        return scaled

    def attach_unreadable(self, people: list[Person], threshold: float) -> set[int]:
        """Let tracks that cannot be read join people, without moving any average.

        Distances are to the averages as they stand; the nearest tracks join first, so that of two
        faces of one frame the nearer wins.

        Returns
        -------
        set of tracks that stay unknown because they are ambiguous
        """
        if not people or not self.unreadable:
            return set()
        distance = self.distance([self.person([track]) for track in self.unreadable], people)
        order = np.argsort(distance.min(axis=1), kind="stable").tolist()
        ambiguous = set()
        for position in order:
            track, near = self.unreadable[position], distance[position]
            nearest = np.argsort(near, kind="stable")
            if near[nearest[0]] >= threshold:
                continue
            unclear = len(nearest) > 1 and near[nearest[1]] < MARGIN * near[nearest[0]]
            chosen = people[int(nearest[0])]
            if unclear or self.links.forbids(track, chosen.members):
                ambiguous.add(track)
            else:
                chosen.members.add(track)
        return ambiguous

    def assignment(self, people: list[Person], ambiguous: set[int]) -> Assignment:
        """Number people by their first track."""
        labels = np.full(len(self._rank), UNKNOWN, dtype=np.int64)
        ordered = sorted(people, key=lambda person: min(self._rank[t] for t in person.members))
        for label, person in enumerate(ordered):
            labels[sorted(person.members)] = label
        flags = np.zeros(len(self._rank), dtype=bool)
        flags[sorted(ambiguous)] = True
        return Assignment(labels, flags)
