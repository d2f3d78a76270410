"""Agglomerative linkage of groups of tracks by evidence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clusterer.people.refinement.evidence import Bools, Group, Matrix, between_groups


def link(groups: list[Group], evidence: Matrix, different: Bools, least: float) -> list[Group]:
    """Merge the two groups with most evidence until none exceeds `least`.

    Evidence for two groups is the sum over their pairs of tracks divided by the square root of the
    number of pairs: pairs are correlated, so many count more than one but less than their sum.

    Parameters
    ----------
    groups : disjoint groups of tracks, in order; ties go to the earlier
    evidence : array of shape (t, t), float32, symmetric
    different : array of shape (t, t), bool, pairs that must not be in one group
    least
        Groups merge while their evidence exceeds this.

    Returns
    -------
    groups, each sorted, in order of their earliest input group
    """
    if not groups:
        return []
    forest = _Forest(groups, evidence, different, least)
    while forest.merge_nearest():
        pass
    return [sorted(group) for group in forest.members if group]


class _Forest:
    """Groups and the best partner of each, kept up to date while they merge."""

    def __init__(
        self,
        groups: list[Group],
        evidence: Matrix,
        different: Bools,
        least: float,
    ) -> None:
        self.members = [list(group) for group in groups]
        self._least = least
        self._total = between_groups(groups, evidence)
        self._forbidden = between_groups(groups, different) > 0
        np.fill_diagonal(self._forbidden, True)
        self._size = np.array([len(group) for group in groups], dtype=np.float32)
        score = np.array([self._score(row) for row in range(len(groups))], dtype=np.float32)
        self._partner = score.argmax(axis=1)
        self._best = score[np.arange(len(groups)), self._partner]

    def merge_nearest(self) -> bool:
        """Merge the two groups with most evidence; False if no two have enough."""
        first = int(self._best.argmax())
        if not self._best[first] > self._least:
            return False
        keep, drop = sorted((first, int(self._partner[first])))
        self.members[keep] += self.members[drop]
        self.members[drop] = []
        self._size[keep] += self._size[drop]
        self._total[keep] += self._total[drop]
        self._total[:, keep] = self._total[keep]
        self._forbidden[keep] |= self._forbidden[drop]
        self._forbidden[:, keep] = self._forbidden[keep]
        self._forbidden[drop], self._forbidden[:, drop], self._forbidden[keep, keep] = (
            True,
            True,
            True,
        )
        self._best[drop] = -np.inf
        self._update(keep, drop)
        return True

    def _update(self, keep: int, drop: int) -> None:
        changed = self._score(keep)
        stale = (self._partner == keep) | (self._partner == drop)
        stale &= self._best > self._least
        stale[keep] = True
        for row in np.flatnonzero(stale).tolist():
            score = self._score(row)
            self._partner[row] = score.argmax()
            self._best[row] = score[self._partner[row]]
        earlier = (changed == self._best) & (keep < self._partner)
        better = (changed > self._best) | (earlier & np.isfinite(changed))
        self._partner[better], self._best[better] = keep, changed[better]

    def _score(self, row: int) -> npt.NDArray[np.float32]:
        score = self._total[row] / np.sqrt(self._size[row] * self._size)
        result: npt.NDArray[np.float32] = np.where(self._forbidden[row], -np.inf, score)
        return result
