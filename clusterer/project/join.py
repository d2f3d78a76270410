"""Join people of different films into persons: conservatively, and again with what was learned."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from clusterer.core.config import LinkConfig
from clusterer.core.text import folded
from clusterer.core.types import IntArray
from clusterer.project.crowd import UNDATED, Crowd, Decided
from clusterer.project.edges import floor_of, least_asked
from clusterer.project.evidence import Floats, Pools, Products, Scale, log_prior, sizes
from clusterer.project.neighbours import Pairs, best, find_pairs
from clusterer.project.types import Scope

Bools = npt.NDArray[np.bool_]

MOST_PASSES = 20
"""Times that the candidates of grown groups are searched; two or three are enough in practice."""
OPEN = -1
"""The decided group of rows that are in none."""


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """What decides about joining, the same in every round.

    Attributes
    ----------
    crowd, scale, scope, link, decided
    parts : pool of each row, see `Scale.pools`
    size : array of shape (n,), people in the film of each row
    apart : array of shape (m, 2), int64, rows of different people, each pair in order
    decided_of : array of shape (n,), position in `Decided.groups` of each row, or `OPEN`
    """

    crowd: Crowd
    scale: Scale
    scope: Scope
    link: LinkConfig
    decided: Decided
    parts: Pools
    size: IntArray
    apart: IntArray
    decided_of: IntArray

    @classmethod
    def of(
        cls, crowd: Crowd, decided: Decided, scale: Scale, scope: Scope, link: LinkConfig
    ) -> Rules:
        """Collect what is needed."""
        decided_of = np.full(len(crowd), OPEN, dtype=np.int64)
        for position, group in enumerate(decided.groups):
            decided_of[list(group)] = position
        apart = np.concatenate([crowd.cannot_link, decided.cannot_link.reshape(-1, 2)])
        return cls(
            crowd=crowd,
            scale=scale,
            scope=scope,
            link=link,
            decided=decided,
            parts=scale.pools(crowd.sums, crowd.precision),
            size=sizes(crowd),
            apart=np.sort(apart, axis=1),
            decided_of=decided_of,
        )

    def look_pools(self, looks: IntArray) -> Pools:
        """Pools of looks; all those of an archive would not fit into memory.

        Parameters
        ----------
        looks : array of shape (k,), int64, positions in `Crowd.looks`
        """
        return self.scale.pools(self.crowd.looks[looks], self.crowd.look_precision[looks])

    def start(self) -> IntArray:
        """Group of each row at first, shape (n,): the first row of its decided group, or itself."""
        groups = np.arange(len(self.crowd), dtype=np.int64)
        for group in self.decided.groups:
            groups[list(group)] = min(group)
        return groups


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Pairs of groups that may be one person.

    Attributes
    ----------
    a, b : arrays of shape (m,), int64, first rows of the groups, a < b, sorted
    evidence : array of shape (m,), float64, beyond the odds
    forbidden : array of shape (m,), bool, whether they are certainly different people
    one_film : array of shape (m,), bool, whether both have people of the same film
    decided : array of shape (m,), bool, whether both are groups that a reviewer made
    """

    a: IntArray
    b: IntArray
    evidence: Floats
    forbidden: Bools
    one_film: Bools
    decided: Bools

    def __len__(self) -> int:
        return len(self.a)

    @classmethod
    def join(cls, one: Candidates, other: Candidates) -> Candidates:
        """Those of both, sorted; no pair is in both."""
        fields = [
            np.concatenate([getattr(one, name), getattr(other, name)]) for name in cls.__slots__
        ]
        order = np.lexsort((fields[1], fields[0]))
        return cls(*(field[order] for field in fields))

    def where(self, chosen: Bools | IntArray) -> Candidates:
        """Some of them, by a mask or by position."""
        return Candidates(
            self.a[chosen],
            self.b[chosen],
            self.evidence[chosen],
            self.forbidden[chosen],
            self.one_film[chosen],
            self.decided[chosen],
        )


@dataclass(frozen=True, eq=False)
class Groups:
    """The groups at one time; a group is called by its first row.

    Attributes
    ----------
    rules
    group : array of shape (n,), int64, group of each row
    """

    rules: Rules
    group: IntArray

    def __post_init__(self) -> None:
        self.group.setflags(write=False)

    @cached_property
    def pools(self) -> Pools:
        """Pool of each group, at its first row; shape (n, …).

        Rows of one film in one group share a look, and are pooled before that counts.
        """
        rules = self.rules
        keys = self.group * self._n_films + rules.crowd.film
        at, part = np.unique(keys, return_inverse=True)
        if len(at) == len(keys) or not rules.scale.is_pooled:
            return rules.parts.added(self.group, len(self.group))
        sums = np.zeros((len(at), rules.crowd.sums.shape[1]))
        np.add.at(sums, part, rules.crowd.sums.astype(np.float64))
        precision = np.zeros(len(at))
        np.add.at(precision, part, rules.crowd.precision)
        return rules.scale.pools(sums, precision).added(at // self._n_films, len(self.group))

    @cached_property
    def rows(self) -> IntArray:
        """Number of rows of each group, at its first row."""
        return np.bincount(self.group, minlength=len(self.group)).astype(np.int64)

    @cached_property
    def looks(self) -> IntArray:
        """Readable looks of each group, at its first row."""
        n = len(self.group)
        found = np.bincount(self.group, weights=self.rules.crowd.n_looks, minlength=n)
        return found.astype(np.int64)

    @cached_property
    def smallest_film(self) -> IntArray:
        """Number of people in the smallest film of each group, at its first row."""
        smallest = np.full(len(self.group), np.iinfo(np.int64).max)
        np.minimum.at(smallest, self.group, self.rules.size)
        return smallest

    @cached_property
    def decided_of(self) -> IntArray:
        """The decided group in each group, at its first row; at most one."""
        found = np.full(len(self.group), OPEN, dtype=np.int64)
        np.maximum.at(found, self.group, self.rules.decided_of)
        return found

    @property
    def _n_films(self) -> int:
        return int(self.rules.crowd.film.max(initial=0)) + 1

    def candidates(
        self, edges: Pairs, before: Candidates | None = None, grown: IntArray | None = None
    ) -> Candidates:
        """Candidates from edges between rows of any groups, compared as whole groups.

        Parameters
        ----------
        edges
        before
            Candidates from the same edges, before some groups grew; None = not known.
        grown : array of shape (g,), int64, first rows of the groups that have grown since
        """
        a, b = self.group[edges.a], self.group[edges.b]
        n = len(self.group)
        keys = np.unique((np.minimum(a, b) * n + np.maximum(a, b))[a != b])
        if before is None or grown is None or not len(before):
            return self.compared(keys // n, keys % n)
        changed = np.zeros(n, np.bool_)
        changed[grown] = True
        anew = changed[keys // n] | changed[keys % n]
        kept = before.where(np.isin(before.a * n + before.b, keys[~anew]))
        compared = self.compared(keys[anew] // n, keys[anew] % n)
        return Candidates.join(kept, compared)

    def compared(self, a: IntArray, b: IntArray) -> Candidates:
        """Pairs of groups, compared as a whole.

        Parameters
        ----------
        a, b : arrays of shape (m,), int64, first rows of groups
        """
        rules, n = self.rules, len(self.group)
        a, b = np.minimum(a, b), np.maximum(a, b)
        smallest, decided = self.smallest_film, self.decided_of
        prior = log_prior(smallest[a], smallest[b], n, rules.scope)
        return Candidates(
            a=a,
            b=b,
            evidence=rules.scale.of_pairs(self.pools, a, b) + prior,
            forbidden=self._apart(a * n + b)
            | self._named_apart(decided[a], decided[b])
            | self._too_early(a, b),
            one_film=self._share_a_film(a, b),
            decided=(decided[a] != OPEN) & (decided[b] != OPEN),
        )

    def _apart(self, keys: IntArray) -> Bools:
        """Whether rows of the groups are certainly different people."""
        return np.isin(keys, self._keys_apart)

    @cached_property
    def _keys_apart(self) -> IntArray:
        """Pairs of groups that are certainly different people."""
        first, second = self.group[self.rules.apart].T
        keys = np.minimum(first, second) * len(self.group) + np.maximum(first, second)
        return np.unique(keys)

    def _named_apart(self, a: IntArray, b: IntArray) -> Bools:
        """Whether reviewers gave both decided groups names, and different ones."""
        names = [folded(name) for name in self.rules.decided.names]
        if not any(names):
            return np.zeros(len(a), np.bool_)
        number = {name: i for i, name in enumerate(dict.fromkeys(["", *names]))}
        name = np.array([*(number[each] for each in names), 0])  # OPEN, -1, is the last: no name
        found: Bools = (name[a] > 0) & (name[b] > 0) & (name[a] != name[b])
        return found

    def _too_early(self, a: IntArray, b: IntArray) -> Bools:
        """Whether one of two groups is in a film before the other's person can be in one."""
        if self.rules.decided.dates is None:
            return np.zeros(len(a), np.bool_)
        film, person = self._days
        return (film[a] < person[b]) | (film[b] < person[a])

    @cached_property
    def _days(self) -> tuple[IntArray, IntArray]:
        """Of each group, at its first row: day of its first film, first day of its person."""
        dates, n = self.rules.decided.dates, len(self.group)
        assert dates is not None
        film = np.full(n, UNDATED, dtype=np.int64)
        np.minimum.at(film, self.group, dates.film)
        person = np.append(dates.person, 0)[self.decided_of]  # OPEN, -1, is the last: unknown
        return film, person

    def _share_a_film(self, a: IntArray, b: IntArray) -> Bools:
        """Whether two groups have people of one film, shape (m,)."""
        n_films = self._n_films
        held, starts = self._held
        count = np.diff(starts)
        less, more = np.where(count[a] <= count[b], (a, b), (b, a))
        pair = np.repeat(np.arange(len(a)), count[less])
        within = np.arange(len(pair)) - np.repeat(np.cumsum(count[less]) - count[less], count[less])
        films = held[np.repeat(starts[less], count[less]) + within] % n_films
        shared = np.isin(more[pair] * n_films + films, held)
        return np.bincount(pair[shared], minlength=len(a)) > 0

    @cached_property
    def _held(self) -> tuple[IntArray, IntArray]:
        """Films of the groups, sorted by group; and where those of each begin."""
        held = np.unique(self.group * self._n_films + self.rules.crowd.film)
        starts = np.searchsorted(held // self._n_films, np.arange(len(self.group) + 1))
        return held, starts

    def split(self, group: IntArray, one: IntArray, other: IntArray) -> Bools:
        """Whether part of the looks of a group clearly fit one of two groups, part the other.

        Parameters
        ----------
        group, one, other : arrays of shape (m,), int64, first rows of groups
        """
        rules, pools = self.rules, self.pools
        case, look = self._looks_of(group)
        looks = rules.look_pools(look)
        for_one = rules.scale.compare(looks, pools[one[case]])
        for_other = rules.scale.compare(looks, pools[other[case]])
        weight = looks.weight
        n = len(group)
        total = np.maximum(np.bincount(case, weights=weight, minlength=n), 1e-12)

        def share(fits: Bools) -> Floats:
            return np.bincount(case, weights=weight * fits, minlength=n) / total

        for_one, for_other = np.maximum(for_one, 0.0), np.maximum(for_other, 0.0)
        return share(for_other - for_one > rules.link.split_margin) >= rules.link.split_share

    def _looks_of(self, group: IntArray) -> tuple[IntArray, IntArray]:
        """Which of the groups each look belongs to, and which look it is."""
        owner = self.group[self.rules.crowd.look_row]
        order = np.argsort(owner, kind="stable")
        starts = np.searchsorted(owner[order], np.arange(len(self.group) + 1))
        count = np.diff(starts)[group]
        case = np.repeat(np.arange(len(group)), count)
        within = np.arange(len(case)) - np.repeat(np.cumsum(count) - count, count)
        return case, order[np.repeat(starts[group], count) + within]

    def joined(self, a: IntArray, b: IntArray) -> Groups:
        """These groups as one, pair by pair; no group is in two pairs."""
        target = np.arange(len(self.group), dtype=np.int64)
        target[b] = a
        return Groups(self.rules, target[self.group])


def join(rules: Rules, edges: Pairs) -> tuple[Groups, Candidates]:
    """Join what is certainly one person.

    Two groups are joined if each is the other's best candidate, with evidence beyond the odds and
    `LinkConfig.caution`, ahead of the next one by `LinkConfig.margin`, and both have
    `LinkConfig.min_looks`. All such pairs are joined at once, groups are pooled and compared anew,
    until none is left. Then candidates are searched for the groups that have grown, which know more
    of their person, and so on. Never joined are people seen together, people of one film, what
    reviewers distinguished, and two groups that reviewers made.

    Parameters
    ----------
    rules
    edges
        Between rows of different films, see `clusterer.project.edges`.

    Returns
    -------
    groups
    candidates : all pairs of groups that were considered last
    """
    groups = Groups(rules, rules.start())
    for done in range(MOST_PASSES):
        before = groups.group
        groups = _rounds(groups, edges)
        is_last = np.array_equal(before, groups.group)
        if not (is_last and done):  # else the same groups were searched before
            grown = np.flatnonzero(np.bincount(groups.group, minlength=len(before)) > 1)
            edges = Pairs.join([edges, _found_anew(groups, grown)])
        if is_last:
            break
    return groups, groups.candidates(edges)


def _found_anew(groups: Groups, grown: IntArray) -> Pairs:
    """Edges between groups of several rows and all others, by what is known of them as a whole."""
    if not len(grown):
        return Pairs.none()
    rules = groups.rules
    products = Products.of(groups.pools, rules.scale)
    own = np.arange(len(groups.group), dtype=np.int64)
    floor = floor_of(len(own), rules.scope, rules.link)
    return find_pairs(products, own, floor, rules.link.candidates, grown)


def _rounds(groups: Groups, edges: Pairs) -> Groups:
    found = groups.candidates(edges)
    while True:
        chosen = _certain(groups, found)
        if not len(chosen):
            return groups
        groups = groups.joined(chosen.a, chosen.b)
        found = groups.candidates(edges, found, chosen.a)


def _certain(groups: Groups, found: Candidates) -> Candidates:
    """Pairs that are joined now: each group is in one at most."""
    link, looks = groups.rules.link, groups.looks
    possible = found.where(~found.forbidden & ~found.one_film)
    read = np.minimum(looks[possible.a], looks[possible.b]) >= link.min_looks
    joinable = read & ~possible.decided & (possible.evidence >= link.caution)
    at = np.arange(len(possible))
    while True:
        best_of = _best(possible, joinable, len(groups.group))
        mutual = (best_of[possible.a] == at) & (best_of[possible.b] == at)
        rivalled = _rivalled(groups, possible, mutual, best_of)
        if (mutual & ~rivalled).any() or not rivalled.any():
            return possible.where(mutual & ~rivalled)
        joinable &= ~rivalled  # the next best candidates may be certain


def _best(possible: Candidates, joinable: Bools, n: int) -> IntArray:
    """Position of the best joinable candidate of each group, shape (n,), -1 = none.

    Ties go to the pair of earlier rows.
    """
    best_of = np.full(n, -1, dtype=np.int64)
    chosen = np.flatnonzero(joinable)
    order = np.lexsort((possible.b[chosen], possible.a[chosen], -possible.evidence[chosen]))[::-1]
    ordered = np.repeat(chosen[order], 2)  # of several, the last one stays: the best
    best_of[np.stack([possible.a, possible.b], axis=1)[chosen[order]].reshape(-1)] = ordered
    return best_of


def _rivalled(groups: Groups, possible: Candidates, chosen: Bools, best_of: IntArray) -> Bools:
    """Whether a group of a pair has another candidate that is nearly as good, or fits some looks.

    It is no rival if it is likely to be the same person as the other group of the pair.
    """
    rivalled = np.zeros(len(possible), np.bool_)
    link = groups.rules.link
    for one, other in ((possible.a, possible.b), (possible.b, possible.a)):
        pair = best_of[one]  # of the group `one`, with its candidate `other`
        partner = np.where(possible.a[pair] == one, possible.b[pair], possible.a[pair])
        near = (pair >= 0) & chosen[pair] & (pair != np.arange(len(possible)))
        at = np.flatnonzero(near & (possible.evidence > least_asked(groups.rules.scope, link)))
        between = groups.compared(partner[at], other[at])
        at = at[between.forbidden | (between.evidence <= 0.0)]
        close = possible.evidence[at] > possible.evidence[pair[at]] - link.margin
        rivalled[pair[at[close]]] = True
        at = at[~close]
        split = groups.split(one[at], partner[at], other[at])
        rivalled[pair[at[split]]] = True
    return rivalled


def best_candidates(found: Candidates, most: int) -> Candidates:
    """The candidates that are among the best of either group."""
    kept = best(Pairs(found.a, found.b, found.evidence), most)
    n = int(max(found.b.max(initial=0), kept.b.max(initial=0))) + 1
    return found.where(np.isin(found.a * n + found.b, kept.a * n + kept.b))
