"""Agglomerative linkage of groups of tracks by evidence."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from clusterer.core.config import EvidenceConfig
from clusterer.core.types import TrackFeatures
from clusterer.people.refinement.evidence import (
    Bools,
    Evidence,
    Group,
    Matrix,
    Pools,
    between_groups,
    is_pooled,
)

Row = npt.NDArray[np.float32]


class Linkage(Protocol):
    """Evidence between groups that merge."""

    def row(self, group: int) -> Row:
        """Evidence that a group and each other one are one person, shape (g,); symmetric."""
        ...

    def merge(self, keep: int, drop: int) -> None:
        """Add one group to another; the one that was added is not asked for again."""
        ...


class PairLinkage:
    """Evidence for two groups from that of their pairs of tracks.

    It is the sum over the pairs divided by the square root of their number: pairs are correlated,
    so many count more than one but less than their sum.

    Parameters
    ----------
    groups : disjoint groups of tracks
    evidence : array of shape (t, t), float32, symmetric
    """

    def __init__(self, groups: list[Group], evidence: Matrix) -> None:
        self._total = between_groups(groups, evidence)
        self._size = np.array([len(group) for group in groups], dtype=np.float32)

    def row(self, group: int) -> Row:
        """See `Linkage.row`."""
        score: Row = self._total[group] / np.sqrt(self._size[group] * self._size)
        return score

    def merge(self, keep: int, drop: int) -> None:
        """See `Linkage.merge`."""
        self._size[keep] += self._size[drop]
        self._total[keep] += self._total[drop]
        self._total[:, keep] = self._total[keep]


class PooledLinkage:
    """Evidence for two groups from their pooled faces, and from the clothing of their pairs.

    Faces are pooled, as many poor pictures together show a face better than each. Clothing is
    counted as in `PairLinkage`.

    Parameters
    ----------
    pools : of the groups; changed by merges
    clothing : array of shape (g, g), float32, mean evidence over the pairs of tracks of two groups
    sizes : array of shape (g,), number of tracks of each
    config
        As for `clusterer.people.refinement.likelihood.log_ratio`.
    least
        Evidence that is certainly less is not computed, but -infinity.
    """

    def __init__(
        self,
        pools: Pools,
        clothing: Matrix,
        sizes: npt.ArrayLike,
        config: EvidenceConfig,
        least: float = -np.inf,
    ) -> None:
        size = np.asarray(sizes, dtype=np.float32)
        groups = [[group] for group in range(len(size))]
        self._clothing = PairLinkage(groups, clothing * np.sqrt(np.outer(size, size)))
        self._pools = pools
        self._config, self._least = config, least

    def row(self, group: int) -> Row:
        """See `Linkage.row`."""
        clothing = self._clothing.row(group)
        face = self._pools.row(group, self._config, self._least - clothing)
        score: Row = face.astype(np.float32) + clothing
        return score

    def merge(self, keep: int, drop: int) -> None:
        """See `Linkage.merge`."""
        self._pools.merge(keep, drop)
        self._clothing.merge(keep, drop)


def between(
    groups: list[Group], features: TrackFeatures, evidence: Evidence, config: EvidenceConfig
) -> Matrix:
    """Evidence for all pairs of groups, as the second stage counts it.

    Parameters
    ----------
    groups : g disjoint groups of tracks
    features : t tracks
    evidence : of their pairs
    config
        As for `PooledLinkage`.

    Returns
    -------
    array of shape (g, g), float32, symmetric
    """
    if not groups:
        return np.zeros((0, 0), dtype=np.float32)
    pooled = is_pooled(features)
    size = np.array([len(group) for group in groups], dtype=np.float32)
    score = between_groups(groups, evidence.clothing if pooled else evidence.total)
    score /= np.sqrt(np.outer(size, size))
    if pooled:
        score += Pools.of(features).of_units(groups).evidence(config)
    return score


def link(groups: list[Group], evidence: Matrix, different: Bools, least: float) -> list[Group]:
    """Merge the two groups with most evidence, by `PairLinkage`, until none exceeds `least`.

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
    forbidden = between_groups(groups, different) > 0
    return merge_nearest(groups, PairLinkage(groups, evidence), forbidden, least)


def merge_nearest(
    groups: list[Group], linkage: Linkage, forbidden: Bools, least: float
) -> list[Group]:
    """Merge the two groups with most evidence until none exceeds `least`.

    Parameters
    ----------
    groups : g disjoint groups, at least one, in order; ties go to the earlier
    linkage : of these groups
    forbidden : array of shape (g, g), bool, groups that must not merge; not changed
    least
        Groups merge while their evidence exceeds this.

    Returns
    -------
    groups, each sorted, in order of their earliest input group
    """
    forest = _Forest(groups, linkage, forbidden.copy(), least)
    while forest.merge_nearest():
        pass
    return [sorted(group) for group in forest.members if group]


class _Forest:
    """Groups and the best partner of each, kept up to date while they merge."""

    def __init__(
        self, groups: list[Group], linkage: Linkage, forbidden: Bools, least: float
    ) -> None:
        self.members = [list(group) for group in groups]
        self._least = least
        self._linkage = linkage
        self._forbidden = forbidden
        np.fill_diagonal(self._forbidden, True)
        self._partner = np.zeros(len(groups), dtype=np.int64)
        self._best = np.zeros(len(groups), dtype=np.float32)
        for row in range(len(groups)):
            self._find(row, self._score(row))

    def merge_nearest(self) -> bool:
        """Merge the two groups with most evidence; False if no two have enough."""
        first = int(self._best.argmax())
        if not self._best[first] > self._least:
            return False
        keep, drop = sorted((first, int(self._partner[first])))
        self.members[keep] += self.members[drop]
        self.members[drop] = []
        self._linkage.merge(keep, drop)
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
        stale[keep] = False
        self._find(keep, changed)
        for row in np.flatnonzero(stale).tolist():
            self._find(row, self._score(row))
        earlier = (changed == self._best) & (keep < self._partner)
        better = (changed > self._best) | (earlier & np.isfinite(changed))
        self._partner[better], self._best[better] = keep, changed[better]

    def _find(self, row: int, score: Row) -> None:
        """Note a group's best partner."""
        self._partner[row] = score.argmax()
        self._best[row] = score[self._partner[row]]

    def _score(self, row: int) -> Row:
        return np.where(self._forbidden[row], np.float32(-np.inf), self._linkage.row(row))
