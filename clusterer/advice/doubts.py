"""Tracks of which it is doubtful that they belong to their person."""

from __future__ import annotations

import numpy as np

from clusterer.advice.groups import Found, Groups
from clusterer.clothing.sums import Bools, Group, Matrix
from clusterer.types import Question

EACH = 5
"""Doubts per person."""
MOST = 500
"""In all."""


def doubts(groups: Groups, evidence: Matrix, apart: Bools) -> list[Found]:
    """Ask of each person about tracks that little speaks for.

    Evidence for a track is that for the rest of its person, as `clusterer.clothing.linkage` counts
    it; less than none, and it is a doubt.

    Parameters
    ----------
    groups
        People, and unknown tracks, which are nobody's to doubt.
    evidence : array of shape (t, t), float32, symmetric
    apart : array of shape (t, t), bool; a pair that is different people is not asked about

    Returns
    -------
    at most `EACH` of a person and `MOST` in all, most doubtful first
    """
    found = [
        one
        for group in groups.members[: groups.n_people]
        if len(group) > 1
        for one in _of(group, groups, evidence, apart)
    ]
    return sorted(found, key=lambda one: one.key)[:MOST]


def _of(group: Group, groups: Groups, evidence: Matrix, apart: Bools) -> list[Found]:
    tracks = np.array(group)
    inside = evidence[np.ix_(tracks, tracks)]
    others = inside.sum(axis=1, dtype=np.float64) - np.diagonal(inside)
    fit = others / np.sqrt(len(group) - 1)
    best = sorted(group, key=lambda track: int(groups.rank[track]))
    found = []
    for i in np.flatnonzero(fit < 0.0).tolist():
        b = group[i]
        a = next(track for track in best if track != b)
        if not apart[a, b]:
            chance = 1.0 / (1.0 + np.exp(fit[i]))
            worth = float(chance * groups.moments[b])
            found.append(Found(Question(a, b, round(float(fit[i]), 4)), worth))
    return sorted(found, key=lambda one: one.key)[:EACH]
