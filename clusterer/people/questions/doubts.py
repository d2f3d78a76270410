"""Where it is doubtful that what is held for one person is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from clusterer.core.types import Question
from clusterer.people.questions.groups import Found, Groups, chance
from clusterer.people.questions.trees import Merges
from clusterer.people.refinement.pair_sums import Bools, Group, Matrix

EACH = 6
"""Doubts per person."""
MOST = 500
"""In all."""


def doubts(
    groups: Groups, trees: Mapping[int, Merges], evidence: Matrix, apart: Bools
) -> list[Found]:
    """Ask of each person about parts that little speaks for.

    Parts are those of the merge tree: evidence for the two sides of a cut is counted as
    `clusterer.people.refinement.linkage` counts it. Less than none, and it is a doubt whether the
    best track of the smaller side belongs to the best of the greater.

    Parameters
    ----------
    groups
        People, and unknown tracks, which are nobody's to doubt.
    trees
        Label → merges, see `clusterer.people.questions.trees`.
    evidence : array of shape (t, t), float32, symmetric
    apart : array of shape (t, t), bool; a pair that is different people is not asked about

    Returns
    -------
    at most `EACH` of a person and `MOST` in all, those of most worth
    """
    found: list[Found] = []
    for label, group in zip(groups.labels, groups.members, strict=False):
        if len(group) > 1:
            cuts = _cuts(group, trees[label], evidence)
            asked = [one for cut in cuts for one in _ask(cut, groups, apart)]
            found += sorted(asked, key=lambda one: one.key)[:EACH]
    return sorted(found, key=lambda one: one.key)[:MOST]


Cut = tuple[Group, Group, float]
"""The two sides of a merge, and the evidence for it."""


def _cuts(group: Group, tree: Merges, evidence: Matrix) -> Iterator[Cut]:
    """Merges that evidence speaks against."""
    parts: list[Group] = [[track] for track in group]
    for i, j in tree:
        one, other = parts[i], parts[j]
        parts.append(one + other)
        between = float(evidence[np.ix_(one, other)].sum(dtype=np.float64))
        if between < 0.0:
            yield one, other, between / float(np.sqrt(len(one) * len(other)))


def _ask(cut: Cut, groups: Groups, apart: Bools) -> Iterator[Found]:
    one, other, evidence = cut
    sides = sorted((one, other), key=lambda side: (-groups.weight(side), side[0]))
    a, b = (groups.best(side) for side in sides)
    if not apart[a, b]:
        worth = (1.0 - chance(evidence)) * float(groups.weights[b])
        yield Found(Question(a, b, round(evidence, 4)), worth)
