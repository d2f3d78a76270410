"""Derive must-links and cannot-links from corrections."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, pairwise, product

import numpy as np

from clusterer.core.types import UNKNOWN, Action, Analysis, Edit, IntArray
from clusterer.edits.replay import Names, replay
from clusterer.edits.revision import Revision, revise

Pair = tuple[int, int, bool]
"""Two tracks, and whether they are one person."""


@dataclass(frozen=True, slots=True, eq=False)
class Constraints:
    """The reviewer's constraints on pairs of tracks, free of contradictions.

    Attributes
    ----------
    cannot_link : array of shape (m, 2), int64, positions of tracks of different people
    must_link : array of shape (k, 2), int64, positions of tracks of one person
    excluded : array of shape (x,), int64, tracks that are not a face, sorted
    overridden : positions of corrections that a later one contradicts in part
    """

    cannot_link: IntArray
    must_link: IntArray
    excluded: IntArray
    overridden: frozenset[int]


def constraints_of(analysis: Analysis, edits: Sequence[Edit]) -> Constraints:
    """Collect the constraints of all corrections on the tracks that follow from them.

    Parameters
    ----------
    analysis
        Before or after corrections of tracks.
    edits
        All corrections, in order.
    """
    return constraints_on(revise(analysis, edits), edits)


def constraints_on(revision: Revision, edits: Sequence[Edit]) -> Constraints:
    """The constraints of some corrections on the tracks after all of those of a revision."""
    return constrain(edits, revision.names, len(revision.parts), revision.track_of_part)


def constrain(
    edits: Sequence[Edit], names: Names, n_parts: int, track_of_part: IntArray | None = None
) -> Constraints:
    """Collect the constraints of all corrections; if two contradict, the later wins.

    Parameters
    ----------
    edits
        All corrections, in order.
    names
        Resolves keys.
    n_parts
        Number of tracks, or of parts if corrections change tracks.
    track_of_part : array of shape (n_parts,), int64, track of each part; None = parts are tracks
    """
    track_of = np.arange(n_parts) if track_of_part is None else track_of_part
    replayed = replay(np.full(n_parts, UNKNOWN, dtype=np.int64), {}, edits, names)
    excluded = set(track_of[replayed.not_a_face].tolist())
    consistent = _ConsistentPairs(int(track_of.max(initial=-1)) + 1)
    overridden, later_excluded = set(), set[int]()
    steps = _steps(edits, names)
    tracks_of = [partial(_tracks, step, track_of.tolist()) for step in steps]
    for position in reversed(range(len(edits))):
        statement = _Statement(edits[position], tracks_of[position], excluded)
        added = [consistent.add(pair) for pair in statement.pairs()]
        if not later_excluded.isdisjoint(statement.excluded) or not all(added):
            overridden.add(position)
        if edits[position].action is Action.NOT_A_FACE:
            later_excluded |= set(statement.excluded)
            if statement.tracks:  # a later correction made them faces again
                overridden.add(position)
    named = [(label, p.name) for label, p in replayed.people.items() if p.name]
    naming = {label: _naming_track(edits, steps, replayed.labels, label) for label, _ in named}
    faces = {label: int(track_of[part]) for label, part in naming.items()}
    for (a, name_a), (b, name_b) in combinations(named, 2):
        if name_a != name_b:
            consistent.add((faces[a], faces[b], False))
    return Constraints(
        _array(consistent.different),
        _array(consistent.same),
        np.array(sorted(excluded), dtype=np.int64),
        frozenset(overridden),
    )


def combine(
    reviewed: Constraints, cannot_link: IntArray, must_link: IntArray, n_tracks: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Combine the reviewer's constraints with those observed; the reviewer's win.

    Parameters
    ----------
    reviewed
        Constraints from the reviewer.
    cannot_link, must_link : arrays of shape (m, 2) and (k, 2), int64, observed pairs of tracks
    n_tracks
        Number of tracks.

    Returns
    -------
    together : array of shape (m', 2), int64, pairs of `cannot_link` that the reviewer does not
        contradict
    cannot_link : array of shape (m'', 2), int64, all of them, first < second, sorted
    must_link : array of shape (k', 2), int64, the reviewer's first
    """
    consistent = _ConsistentPairs(n_tracks)
    for a, b in reviewed.must_link.tolist():
        consistent.add((a, b, True))
    number = {id(members): first for first, members in reversed([*enumerate(consistent.group)])}
    group = np.array([number[id(members)] for members in consistent.group], dtype=np.int64)
    is_face = np.ones(n_tracks, dtype=bool)
    is_face[reviewed.excluded] = False
    together = cannot_link[is_face[cannot_link].all(axis=1)]
    together = together[group[together[:, 0]] != group[together[:, 1]]]
    both = {(min(pair), max(pair)) for pair in [*together.tolist(), *reviewed.cannot_link.tolist()]}
    must = must_link[is_face[must_link].all(axis=1)]
    return together, _array(sorted(both)), np.concatenate([reviewed.must_link, must])


class _ConsistentPairs:
    """Pairs that do not contradict each other; earlier ones win."""

    def __init__(self, n_tracks: int) -> None:
        self.same: list[tuple[int, int]] = []
        self.different: list[tuple[int, int]] = []
        self.group = [{track} for track in range(n_tracks)]
        self._cannot_link: list[set[int]] = [set() for _ in range(n_tracks)]

    def add(self, pair: Pair) -> bool:
        """Add a pair unless it contradicts earlier ones; return whether it holds."""
        a, b, same = pair
        together = self.group[a] is self.group[b]
        if together:
            return same
        if not same:
            self.different.append((min(a, b), max(a, b)))
            self._cannot_link[a].add(b)
            self._cannot_link[b].add(a)
            return True
        small, large = sorted((self.group[a], self.group[b]), key=len)
        if any(not self._cannot_link[track].isdisjoint(large) for track in small):
            return False
        self.same.append((a, b))
        large |= small
        for track in small:
            self.group[track] = large
        return True


class _Statement:
    """The pairs of tracks that follow from one correction.

    The tracks of the correction are divided into `tracks`, which are faces, and `excluded`.
    """

    def __init__(
        self, edit: Edit, find: Callable[[Sequence[str]], list[int]], excluded: set[int]
    ) -> None:
        self._action = edit.action
        resolved = [find(keys) for keys in (edit.who, edit.others, edit.tracks, edit.source)]
        faces = [[track for track in part if track not in excluded] for part in resolved]
        self._who, self._others, self.tracks, self._source = faces
        self.excluded = [track for track in resolved[2] if track in excluded]

    def pairs(self) -> Iterator[Pair]:
        who, others, tracks, source = self._who, self._others, self.tracks, self._source
        if self._action is Action.SAME and who:
            yield from ((who[0], other, True) for other in [*who[1:], *others])
        elif self._action is Action.DIFFERENT:
            yield from _all_different(who, others)
        elif self._action is Action.MOVE and who:
            yield from ((who[0], track, True) for track in tracks)
        elif self._action is Action.NEW:
            yield from ((a, b, True) for a, b in pairwise(tracks))
        if self._action in {Action.MOVE, Action.NEW, Action.REMOVE}:
            yield from _all_different(tracks, source)


def _all_different(some: list[int], others: list[int]) -> Iterator[Pair]:
    return ((a, b, False) for a, b in product(some, others) if a != b)


def _steps(edits: Sequence[Edit], names: Names) -> list[Names]:
    """What keys refer to at each correction."""
    steps = []
    for edit in edits:
        steps.append(names)
        names = names.after(edit)
    return steps


def _tracks(names: Names, track_of_part: Sequence[int], keys: Sequence[str]) -> list[int]:
    """The tracks that keys refer to, each once; of a track that was cut since, both."""
    firsts = [first for first in map(names.track, keys) if first is not None]
    parts = (part for first in firsts for part in names.whole(first))
    return list(dict.fromkeys(track_of_part[part] for part in parts))


def _naming_track(
    edits: Sequence[Edit], steps: Sequence[Names], labels: IntArray, label: int
) -> int:
    """The track by which a person was last named; else the person's first."""
    for edit, names in zip(reversed(edits), reversed(steps), strict=True):
        if edit.action is Action.NAME:
            for track in map(names.track, edit.who):
                if track is not None and labels[track] == label:
                    return track
    return int(np.argmax(labels == label))


def _array(pairs: list[tuple[int, int]]) -> IntArray:
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
