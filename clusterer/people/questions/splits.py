"""Questions about splitting a person, along the person's merge tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from clusterer.core.types import UNKNOWN, IntArray, Question
from clusterer.people.questions.average_linkage import merge_order
from clusterer.people.questions.groups import Groups, RankedQuestion, probability
from clusterer.people.refinement.evidence import Bools, Group, Matrix

MAX_PER_PERSON = 6
MAX_QUESTIONS = 500
DIFFERENT_DISTANCE = 1e4
"""Distance of two tracks of different people: more than any evidence can reach."""

Merges = tuple[tuple[int, int], ...]
Cut = tuple[Group, Group, float]
"""The two sides of a merge, and the evidence for it."""


def merge_trees(labels: IntArray, evidence: Matrix, different: Bools) -> dict[int, Merges]:
    """Merge tree of each person of at least two tracks, by average linkage on evidence.

    Tracks are numbered within the person in order. Ties are broken as SciPy's linkage does, which
    depends on that order alone.

    Parameters
    ----------
    labels : array of shape (t,), int64, `UNKNOWN` = no person
    evidence : array of shape (t, t), float32, symmetric
    different : array of shape (t, t), bool, pairs of different people

    Returns
    -------
    label → n - 1 merges of its n tracks, nearest first, as `Advice` numbers them
    """
    trees: dict[int, Merges] = {}
    for label in np.unique(labels[labels != UNKNOWN]).tolist():
        tracks = np.flatnonzero(labels == label)
        if len(tracks) > 1:
            inside = np.ix_(tracks, tracks)
            trees[label] = _tree(evidence[inside], different[inside])
    return trees


def split_questions(
    groups: Groups, trees: Mapping[int, Merges], evidence: Matrix, different: Bools
) -> list[RankedQuestion]:
    """Ask whether parts of a person belong together where the evidence is against it.

    Parts are the two sides of each merge of the tree, with evidence counted as in
    `clusterer.people.refinement.linkage`. If it is negative, the question is whether the best track
    of the smaller side belongs with the best track of the larger.

    Parameters
    ----------
    groups
        People and unknown tracks; only people can be split.
    trees
        From `merge_trees`.
    evidence : array of shape (t, t), float32, symmetric
    different : array of shape (t, t), bool; pairs of different people are skipped

    Returns
    -------
    at most `MAX_PER_PERSON` per person and `MAX_QUESTIONS` in all, the most valuable
    """
    questions: list[RankedQuestion] = []
    for label, group in zip(groups.labels, groups.members, strict=False):
        if len(group) > 1:
            cuts = _cuts(group, trees[label], evidence)
            ranking = [ranked for cut in cuts for ranked in _ask(cut, groups, different)]
            questions += sorted(ranking, key=lambda ranked: ranked.key)[:MAX_PER_PERSON]
    return sorted(questions, key=lambda ranked: ranked.key)[:MAX_QUESTIONS]


def _tree(evidence: Matrix, different: Bools) -> Merges:
    above = np.triu(np.ones(evidence.shape, dtype=bool), 1)
    against = evidence.max() - evidence.astype(np.float64)
    distances = np.where(different, DIFFERENT_DISTANCE, against)
    return tuple(merge_order(np.where(above, distances, distances.T)))


def _cuts(group: Group, tree: Merges, evidence: Matrix) -> Iterator[Cut]:
    """Merges with negative evidence."""
    parts: list[Group] = [[track] for track in group]
    for i, j in tree:
        a, b = parts[i], parts[j]
        parts.append(a + b)
        total = float(evidence[np.ix_(a, b)].sum(dtype=np.float64))
        if total < 0.0:
            yield a, b, total / float(np.sqrt(len(a) * len(b)))


def _ask(cut: Cut, groups: Groups, different: Bools) -> Iterator[RankedQuestion]:
    *sides, evidence = cut
    sides = sorted(sides, key=lambda side: (-groups.weight(side), side[0]))
    a, b = (groups.best(side) for side in sides)
    if not different[a, b]:
        value = (1.0 - probability(evidence)) * float(groups.weights[b])
        yield RankedQuestion(Question(a, b, round(evidence, 4)), value)
