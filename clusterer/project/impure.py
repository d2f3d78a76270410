"""People of a film who may be two: their looks fit two persons who cannot be one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clusterer.core.types import IntArray
from clusterer.project.crowd import Impure
from clusterer.project.evidence import Pools, Products, log_prior
from clusterer.project.join import Bools, Groups
from clusterer.project.neighbours import find_pairs
from clusterer.project.types import Scope

OWN = -1
"""Stands for the rest of the row's own person among the persons that looks are compared with."""


def impure(groups: Groups) -> tuple[Impure, ...]:
    """Find people of a film whose looks split clearly between two persons.

    A look fits a person if, beyond the odds, it is as certain as what is joined. At least one look
    fits either person, and the other one less by `LinkConfig.split_margin`; the two persons cannot
    be one. Proposed is the part with less evidence. In an archive nothing is proposed: other
    people's looks would fit somebody by chance.

    Parameters
    ----------
    groups
        Of `join`.

    Returns
    -------
    at most one for each row, the most certain first; ties go to the earlier row
    """
    if groups.rules.scope is Scope.ARCHIVE or not len(groups.rules.crowd.looks):
        return ()
    cases = [case for row, persons in _near(groups) for case in _splits(row, persons, groups)]
    chosen = np.flatnonzero(_different(groups, cases)).tolist()
    found = [_proposal(groups, cases[at]) for at in chosen]
    best: dict[int, Impure] = {}
    for each in sorted(found, key=lambda one: (-one.evidence, one.row, one.to)):
        best.setdefault(each.row, each)
    return tuple(best.values())


def _near(groups: Groups) -> Iterator[tuple[int, IntArray]]:
    """Rows that may be split, and the persons whom some of their looks fit, other than their own.

    A split needs two looks, and two persons: the own one, unless the row is alone, and others.

    Yields
    ------
    row, which no reviewer confirmed
    persons : first rows, ascending
    """
    rules, n = groups.rules, len(groups.group)
    look_row = rules.crowd.look_row
    several = np.bincount(look_row, minlength=n) > 1
    looks = np.flatnonzero((several & (rules.decided_of < 0))[look_row]).astype(np.int64)
    known = np.unique(groups.group)
    known = known[groups.looks[known] >= rules.link.min_looks]
    both = Pools.join(groups.pools[known], rules.look_pools(looks))
    is_look = np.repeat([0, 1], [len(known), len(looks)])
    new = np.arange(len(known), len(is_look), dtype=np.int64)
    products = Products.of(both, rules.scale)
    pairs = find_pairs(products, is_look, rules.link.caution, rules.link.candidates, new)
    rows = look_row[looks[pairs.b - len(known)]]
    keys = np.unique((rows * n + known[pairs.a])[groups.group[rows] != known[pairs.a]])
    one, other = rules.apart.T
    keys = keys[~np.isin(keys, [*one * n + groups.group[other], *other * n + groups.group[one]])]
    found, starts = np.unique(keys // n, return_index=True)
    ends = [*starts.tolist()[1:], len(keys)]
    alone = groups.rows[groups.group] == 1
    for row, start, end in zip(found.tolist(), starts.tolist(), ends[: len(found)], strict=True):
        if end - start + (not alone[row]) > 1:
            yield row, keys[start:end] % n


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """A split of the looks of a row between two persons.

    Attributes
    ----------
    row
    persons : first rows of two groups, or `OWN` for the first
    pools : of these
    looks : those that fit either, positions in `Crowd.looks`
    """

    row: int
    persons: tuple[int, int]
    pools: Pools
    looks: tuple[IntArray, IntArray]


def _splits(row: int, persons: IntArray, groups: Groups) -> Iterator[_Case]:
    """Ways in which the looks split between two persons."""
    rules, own = groups.rules, groups.group[row : row + 1]
    looks = np.arange(*np.searchsorted(rules.crowd.look_row, [row, row + 1]), dtype=np.int64)
    pools, first = groups.pools[persons], persons
    if groups.rows[own[0]] > 1:
        rest = groups.pools[own].without(rules.parts[row : row + 1])
        pools, first = Pools.join(rest, pools), np.concatenate([own, persons])
    k, p = len(looks), len(first)
    compared = rules.scale.compare(
        rules.look_pools(np.repeat(looks, p)), pools[np.tile(np.arange(p), k)]
    )
    prior = log_prior(rules.size[row], groups.smallest_film[first], len(groups.group), rules.scope)
    evidence = compared.reshape(k, p) + prior
    ahead = evidence[:, :, None] - np.maximum(evidence, 0.0)[:, None, :]
    fits = (ahead > rules.link.split_margin) & (evidence >= rules.link.caution)[:, :, None]
    some = fits.any(axis=0)
    named = first.tolist() if len(first) == len(persons) else [OWN, *persons.tolist()]
    for a, b in np.argwhere(np.triu(some & some.T, 1)).tolist():
        sides = looks[fits[:, a, b]], looks[fits[:, b, a]]
        yield _Case(row, (named[a], named[b]), pools[np.array([a, b])], sides)


def _proposal(groups: Groups, case: _Case) -> Impure:
    """Which looks of a row belong to somebody else."""
    scale, pools = groups.rules.scale, [groups.rules.look_pools(looks) for looks in case.looks]
    moved = 1
    if case.persons[0] != OWN and pools[0].weight.sum() < pools[1].weight.sum():
        moved = 0
    pool = pools[moved].added(np.zeros(len(pools[moved]), np.int64), 1)
    fits = scale.compare(pool[np.zeros(2, np.int64)], case.pools)
    evidence = float(fits[moved] - fits[1 - moved])
    return Impure(case.row, tuple(case.looks[moved].tolist()), case.persons[moved], evidence)


def _different(groups: Groups, cases: list[_Case]) -> Bools:
    """Whether the two persons of each case cannot be one."""
    pairs = np.array([case.persons for case in cases], np.int64).reshape(-1, 2)
    rows = np.array([case.row for case in cases], np.int64)
    first = np.where(pairs[:, 0] == OWN, groups.group[rows], pairs[:, 0])
    compared = groups.compared(first, pairs[:, 1])
    different: Bools = compared.forbidden | (compared.evidence <= 0.0)
    return different
