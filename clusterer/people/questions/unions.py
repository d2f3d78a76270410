"""Groups that may be one person."""

from __future__ import annotations

import math

import numpy as np

from clusterer.core.types import IntArray, Question
from clusterer.people.questions.groups import Found, Groups, chance
from clusterer.people.refinement.pair_sums import Bools, Matrix, between_groups

EACH = 8
"""Nearest others that a group is compared with."""
ROWS = 256
"""Groups that look for their nearest at a time."""
LAST = -1e9
"""Evidence for one of whom nothing is known, while others look for the nearest."""
MOST = 2000
"""Questions in all: more than anybody answers, and no burden on the page."""


def unions(groups: Groups, evidence: Matrix, apart: Bools, prior: float) -> list[Found]:
    """Ask whether groups that are near one another are one person.

    Every group has its nearest other before any has its second nearest, and so on. Those of whom
    nothing is known are compared with what is nearest in time; that they are any one of the others
    is as likely as any other.

    Parameters
    ----------
    groups
        People and unknown tracks.
    evidence : array of shape (t, t), float32, symmetric
    apart : array of shape (t, t), bool, pairs that are different people
    prior
        Evidence that it takes to merge two groups.

    Returns
    -------
    at most `MOST` questions, none between groups that hold a pair of different people
    """
    if len(groups.members) < 2:
        return []
    score = between_groups(groups.members, evidence)
    size = np.array([len(group) for group in groups.members], dtype=np.float32)
    score /= np.sqrt(np.outer(size, size))
    closed = between_groups(groups.members, apart) > 0
    np.fill_diagonal(closed, True)
    score[closed] = -np.inf
    silent = [g for g, group in enumerate(groups.members) if groups.silent[group].all()]
    score[:, silent] = np.where(closed[:, silent], -np.inf, LAST)
    near = _nearest(score, EACH)
    score[silent] = score[:, silent].T
    for group in silent:
        near[group] = _in_time(group, groups, closed, near.shape[1])
    score[score == LAST] = min(prior - math.log(max(len(score) - 1, 1)), 0.0)
    return _ask(groups, score, near, prior)


def _nearest(score: Matrix, most: int) -> IntArray:
    """For each group others with most evidence, nearest first, shape (g, k)."""
    k = min(most, len(score) - 1)
    near = np.empty((len(score), k), dtype=np.int64)
    for start in range(0, len(score), ROWS):
        far = -score[start : start + ROWS]
        part = np.sort(np.argpartition(far, k - 1, axis=1)[:, :k], axis=1)
        order = np.argsort(np.take_along_axis(far, part, axis=1), axis=1, kind="stable")
        near[start : start + ROWS] = np.take_along_axis(part, order, axis=1)
    return near


def _in_time(group: int, groups: Groups, closed: Bools, most: int) -> IntArray:
    """Others seen nearest in time, of equals the earlier group."""
    track, spans_s = groups.members[group], groups.spans_s
    start_s, end_s = spans_s[track, 0].min(), spans_s[track, 1].max()
    gap_s = np.maximum(np.maximum(spans_s[:, 0] - end_s, start_s - spans_s[:, 1]), 0.0)
    far = np.array([gap_s[other].min() for other in groups.members])
    far[closed[group]] = np.inf
    near: IntArray = np.argsort(far, kind="stable")[:most]
    return near


def _ask(groups: Groups, score: Matrix, near: IntArray, prior: float) -> list[Found]:
    weights = [groups.weight(group) for group in groups.members]
    stands = [groups.best(group) for group in groups.members]
    found: list[Found] = []
    seen: set[tuple[int, int]] = set()
    for column in near.T:
        fresh: list[Found] = []
        for one, other in enumerate(column.tolist()):
            pair = (min(one, other), max(one, other))
            if pair in seen or not np.isfinite(score[pair]):
                continue
            seen.add(pair)
            odds = float(score[pair]) - prior
            a, b = sorted((stands[one], stands[other]))
            worth = chance(odds) * min(weights[one], weights[other])
            fresh.append(Found(Question(a, b, round(odds, 4)), worth))
        found += sorted(fresh, key=lambda one: one.key)
        if len(found) >= MOST:
            break
    return found[:MOST]
