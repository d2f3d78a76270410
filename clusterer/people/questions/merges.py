"""Questions about merging groups that may be one person."""

from __future__ import annotations

import math

import numpy as np

from clusterer.core.types import IntArray, Question
from clusterer.people.questions.groups import Groups, RankedQuestion, probability
from clusterer.people.refinement.evidence import Bools, Matrix, between_groups

NEIGHBOURS = 8
"""Nearest other groups that each group is compared with."""
ROWS = 256
"""Groups whose neighbours are searched at a time."""
NO_EVIDENCE = -1e9
"""Sorts groups without face or clothing last in the neighbour search."""
MAX_QUESTIONS = 2000
"""More than any reviewer answers, and few enough for the page."""


def merge_questions(
    groups: Groups, score: Matrix, different: Bools, prior: float
) -> list[RankedQuestion]:
    """Ask whether groups close to each other are one person.

    Every group gets its nearest neighbour before any gets its second nearest, and so on. Groups
    without face or clothing are compared with those nearest in time, all equally likely.

    Parameters
    ----------
    groups
        People and unknown tracks.
    score : array of shape (g, g), float32, symmetric, evidence for each pair of groups; changed
    different : array of shape (t, t), bool, pairs of different people
    prior
        Evidence needed to merge two groups.

    Returns
    -------
    at most `MAX_QUESTIONS`, none between groups that hold a pair of different people
    """
    if len(groups.members) < 2:
        return []
    forbidden = between_groups(groups.members, different) > 0
    np.fill_diagonal(forbidden, True)
    score[forbidden] = -np.inf
    silent = [g for g, group in enumerate(groups.members) if groups.silent[group].all()]
    score[:, silent] = np.where(forbidden[:, silent], -np.inf, NO_EVIDENCE)
    neighbours = _nearest(score, NEIGHBOURS)
    score[silent] = score[:, silent].T
    for group in silent:
        neighbours[group] = _nearest_in_time(group, groups, forbidden, neighbours.shape[1])
    score[score == NO_EVIDENCE] = min(prior - math.log(max(len(score) - 1, 1)), 0.0)
    return _ask(groups, score, neighbours, prior)


def _nearest(score: Matrix, count: int) -> IntArray:
    """For each group the others with most evidence, nearest first, shape (g, k)."""
    k = min(count, len(score) - 1)
    nearest = np.empty((len(score), k), dtype=np.int64)
    for start in range(0, len(score), ROWS):
        cost = -score[start : start + ROWS]
        part = np.sort(np.argpartition(cost, k - 1, axis=1)[:, :k], axis=1)
        order = np.argsort(np.take_along_axis(cost, part, axis=1), axis=1, kind="stable")
        nearest[start : start + ROWS] = np.take_along_axis(part, order, axis=1)
    return nearest


def _nearest_in_time(group: int, groups: Groups, forbidden: Bools, count: int) -> IntArray:
    """Other groups nearest in time; ties to the earlier group."""
    tracks, spans_s = groups.members[group], groups.spans_s
    start_s, end_s = spans_s[tracks, 0].min(), spans_s[tracks, 1].max()
    gap_s = np.maximum(np.maximum(spans_s[:, 0] - end_s, start_s - spans_s[:, 1]), 0.0)
    distances = np.array([gap_s[other].min() for other in groups.members])
    distances[forbidden[group]] = np.inf
    nearest: IntArray = np.argsort(distances, kind="stable")[:count]
    return nearest


def _ask(groups: Groups, score: Matrix, neighbours: IntArray, prior: float) -> list[RankedQuestion]:
    weights = [groups.weight(group) for group in groups.members]
    best = [groups.best(group) for group in groups.members]
    questions: list[RankedQuestion] = []
    paired: set[tuple[int, int]] = set()
    for column in neighbours.T:
        new: list[RankedQuestion] = []
        for group, other in enumerate(column.tolist()):
            pair = (min(group, other), max(group, other))
            if pair in paired or not np.isfinite(score[pair]):
                continue
            paired.add(pair)
            odds = float(score[pair]) - prior
            a, b = sorted((best[group], best[other]))
            value = probability(odds) * min(weights[group], weights[other])
            new.append(RankedQuestion(Question(a, b, round(odds, 4)), value))
        questions += sorted(new, key=lambda ranked: ranked.key)
        if len(questions) >= MAX_QUESTIONS:
            break
    return questions[:MAX_QUESTIONS]
