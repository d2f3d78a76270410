"""Corrections as certain knowledge for the grouping: who is with whom, and who is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product

import numpy as np

from clusterer.core.types import UNKNOWN, Action, Edit, IntArray
from clusterer.edits.replay import Names, replay

Pair = tuple[int, int, bool]
"""Two tracks, and whether they are one person."""


@dataclass(frozen=True, slots=True, eq=False)
class Constraints:
    """What the reviewer said of pairs of tracks, without contradiction.

    Attributes
    ----------
    cannot_link : array of shape (m, 2), int64, positions of tracks of different people
    must_link : array of shape (k, 2), int64, positions of tracks of one person
    excluded : array of shape (x,), int64, tracks that show no face, sorted
    overridden : positions of corrections of which a later one contradicts a part
    """

    cannot_link: IntArray
    must_link: IntArray
    excluded: IntArray
    overridden: frozenset[int]


def constrain(edits: Sequence[Edit], names: Names, n_tracks: int) -> Constraints:
    """Collect what corrections say; of two that contradict each other, the later counts.

    Parameters
    ----------
    edits
        In the order in which they were made.
    names
        What keys mean.
    n_tracks
        How many tracks there are.
    """
    alone = replay(np.full(n_tracks, UNKNOWN, dtype=np.int64), {}, edits, names)
    excluded = set(np.flatnonzero(alone.not_a_face).tolist())
    agreed = _Agreed(n_tracks)
    overridden, later = set(), set[int]()  # tracks that a later correction says show no face
    for position in reversed(range(len(edits))):
        verdict = _Verdict(edits[position], names, excluded)
        kept = [agreed.add(pair) for pair in verdict.pairs()]
        if not later.isdisjoint(verdict.dropped) or not all(kept):
            overridden.add(position)
        if edits[position].action is Action.NOT_A_FACE:
            later |= set(verdict.dropped)
            if verdict.shown:  # they were brought back
                overridden.add(position)
    named = [(label, p.name) for label, p in alone.people.items() if p.name]
    faces = {label: _first(edits, names, alone.labels, label) for label, _ in named}
    for (a, name_a), (b, name_b) in combinations(named, 2):
        if name_a != name_b:
            agreed.add((faces[a], faces[b], False))
    return Constraints(
        _array(agreed.different),
        _array(agreed.same),
        np.array(sorted(excluded), dtype=np.int64),
        frozenset(overridden),
    )


def combine(
    given: Constraints, cannot_link: IntArray, must_link: IntArray, n_tracks: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Put what the reviewer said before what is certain by itself.

    Parameters
    ----------
    given
        The reviewer's.
    cannot_link, must_link : arrays of shape (m, 2) and (k, 2), int64, pairs of tracks, the
        machine's
    n_tracks
        How many tracks there are.

    Returns
    -------
    together : array of shape (m', 2), int64, those of `cannot_link` that the reviewer does not
        contradict
    cannot_link : array of shape (m'', 2), int64, all of them, first < second, sorted
    must_link : array of shape (k', 2), int64, the reviewer's first
    """
    agreed = _Agreed(n_tracks)
    for a, b in given.must_link.tolist():
        agreed.add((a, b, True))
    number = {id(members): first for first, members in reversed([*enumerate(agreed.group)])}
    group = np.array([number[id(members)] for members in agreed.group], dtype=np.int64)
    shows = np.ones(n_tracks, dtype=bool)
    shows[given.excluded] = False
    together = cannot_link[shows[cannot_link].all(axis=1)]
    together = together[group[together[:, 0]] != group[together[:, 1]]]
    both = {(min(pair), max(pair)) for pair in [*together.tolist(), *given.cannot_link.tolist()]}
    must = must_link[shows[must_link].all(axis=1)]
    return together, _array(sorted(both)), np.concatenate([given.must_link, must])


class _Agreed:
    """Pairs that do not contradict each other, the first ones first."""

    def __init__(self, n_tracks: int) -> None:
        self.same: list[tuple[int, int]] = []
        self.different: list[tuple[int, int]] = []
        self.group = [{track} for track in range(n_tracks)]
        self._enemies: list[set[int]] = [set() for _ in range(n_tracks)]

    def add(self, pair: Pair) -> bool:
        """Take a pair in, unless it contradicts those before; whether it holds."""
        a, b, same = pair
        together = self.group[a] is self.group[b]
        if together:
            return same
        if not same:
            self.different.append((min(a, b), max(a, b)))
            self._enemies[a].add(b)
            self._enemies[b].add(a)
            return True
        small, large = sorted((self.group[a], self.group[b]), key=len)
        if any(not self._enemies[track].isdisjoint(large) for track in small):
            return False
        self.same.append((a, b))
        large |= small
        for track in small:
            self.group[track] = large
        return True


class _Verdict:
    """What one correction says of tracks that show faces.

    Its `tracks` are those `shown`, which count, and those `dropped`.
    """

    def __init__(self, edit: Edit, names: Names, excluded: set[int]) -> None:
        self._action = edit.action
        found = [
            list(dict.fromkeys(track for track in map(names.track, keys) if track is not None))
            for keys in (edit.who, edit.others, edit.tracks, edit.source)
        ]
        kept = [[track for track in part if track not in excluded] for part in found]
        self._who, self._others, self.shown, self._source = kept
        self.dropped = [track for track in found[2] if track in excluded]

    def pairs(self) -> Iterator[Pair]:
        who, others, tracks, source = self._who, self._others, self.shown, self._source
        if self._action is Action.SAME and who:
            yield from ((who[0], other, True) for other in [*who[1:], *others])
        elif self._action is Action.DIFFERENT:
            yield from _apart(who, others)
        elif self._action is Action.MOVE and who:
            yield from ((who[0], track, True) for track in tracks)
        elif self._action is Action.NEW:
            yield from ((a, b, True) for a, b in pairwise(tracks))
        if self._action in {Action.MOVE, Action.NEW, Action.REMOVE}:
            yield from _apart(tracks, source)


def _apart(some: list[int], others: list[int]) -> Iterator[Pair]:
    return ((a, b, False) for a, b in product(some, others) if a != b)


def _first(edits: Sequence[Edit], names: Names, labels: IntArray, label: int) -> int:
    """The track by which a person was last named; else the first one."""
    for edit in reversed(edits):
        if edit.action is Action.NAME:
            for track in map(names.track, edit.who):
                if track is not None and labels[track] == label:
                    return track
    return int(np.argmax(labels == label))


def _array(pairs: list[tuple[int, int]]) -> IntArray:
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
