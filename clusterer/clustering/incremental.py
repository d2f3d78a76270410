"""The default: tracks join the nearest average encoding, one after the other."""

from __future__ import annotations

import numpy as np

from clusterer.clustering.base import Assignment
from clusterer.clustering.people import Person, Tracks
from clusterer.config import ClusteringConfig
from clusterer.types import IntArray, TrackFeatures


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
        people: list[Person] = []
        held: list[Person] = []
        for track in tracks.readable:
            self._place(tracks, tracks.person([track]), people, held)
        while self._merge_nearest(tracks, people):
            pass
        while self._retry(tracks, people, held):
            while self._merge_nearest(tracks, people):
                pass
        ambiguous = tracks.attach_unreadable(people, self._threshold)
        return tracks.assignment(people, ambiguous)

    def _place(self, tracks: Tracks, new: Person, people: list[Person], held: list[Person]) -> None:
        """Join the nearest person, found one, match a held track, or be held."""
        near = self._nearest(tracks, new, people)
        if near is not None:
            near.absorb(new)
            return
        if tracks.founds(new):
            people.append(new)
            return
        match = self._nearest(tracks, new, held)
        if match is None:
            held.append(new)
            return
        match.absorb(new)
        if tracks.founds(match):
            held.remove(match)
            people.append(match)

    def _nearest(self, tracks: Tracks, new: Person, groups: list[Person]) -> Person | None:
        """Nearest group under the threshold that no cannot-link forbids; ties to the earlier."""
        if not groups:
            return None
        distance = tracks.distance([new], groups)[0]
        order: list[int] = np.argsort(distance, kind="stable").tolist()
        for position in order:
            if distance[position] >= self._threshold:
                return None
            if not tracks.links.forbids_union(new.members, groups[position].members):
                return groups[position]
        return None

    def _merge_nearest(self, tracks: Tracks, people: list[Person]) -> bool:
        """Merge the nearest pair of people under the threshold, if there is one."""
        if len(people) < 2:
            return False
        distance = tracks.distance(people, people)
        rows, columns = np.nonzero(np.triu(distance < self._threshold, k=1))
        for k in np.argsort(distance[rows, columns], kind="stable").tolist():
            first, second = people[rows[k]], people[columns[k]]
            if not tracks.links.forbids_union(first.members, second.members):
                first.absorb(second)
                people.pop(int(columns[k]))
                return True
        return False

    def _retry(self, tracks: Tracks, people: list[Person], held: list[Person]) -> bool:
        """Try held tracks again; whether one found its place."""
        for group in list(held):
            held.remove(group)
            near = self._nearest(tracks, group, people + held)
            if near is None:
                held.append(group)
                continue
            near.absorb(group)
            if near in held and tracks.founds(near):
                held.remove(near)
                people.append(near)
            return True
        return False
