"""What the second stage changed, track by track, with the evidence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clusterer.core.types import UNKNOWN, ClothingDecision, IntArray, Move
from clusterer.people.refinement.evidence import Evidence
from clusterer.people.refinement.pair_sums import Group
from clusterer.people.refinement.reassign import fits


class Record:
    """Compares groups with the people of the first stage.

    Parameters
    ----------
    before : array of shape (u,), int64, labels of the first stage, `UNKNOWN` = nobody's
    after : array of shape (u,), int64, groups, each unit in one
    evidence : of u units
    weight : array of shape (u,), float64, how much each unit counts in the question who a group is
    """

    def __init__(
        self, before: IntArray, after: IntArray, evidence: Evidence, weight: npt.NDArray[np.float64]
    ) -> None:
        self._before = before
        self._after = after
        self._evidence = evidence
        self._total = evidence.total
        self._weight = weight

    def decisions(self, units: list[Group]) -> tuple[ClothingDecision, ...]:
        """Units that came to others, or were taken from others; one decision per track.

        Parameters
        ----------
        units : tracks of each unit

        Returns
        -------
        tuple, by track
        """
        found = []
        for group in np.unique(self._after).tolist():
            members = np.flatnonzero(self._after == group).tolist()
            core = self._core(members)
            for unit in members:
                left = self._left_behind(unit)
                if unit not in core:
                    rest = [other for other in members if other != unit]
                    found += self._of(unit, rest, Move.JOINED, units[unit])
                elif left:
                    found += self._of(unit, left, Move.SPLIT, units[unit])
        return tuple(sorted(found, key=lambda decision: decision.track_id))

    def _core(self, members: Group) -> Group:
        """The first stage's person that most of a group comes from; of equals, the earliest."""
        parts: dict[int, Group] = {}
        for unit in members:
            label = int(self._before[unit])
            parts.setdefault(label if label != UNKNOWN else UNKNOWN - 1 - unit, []).append(unit)
        return max(
            parts.values(),
            key=lambda part: (self._before[part[0]] != UNKNOWN, float(self._weight[part].sum())),
        )

    def _left_behind(self, unit: int) -> Group:
        """The greater part of the person that a unit was taken from."""
        if self._before[unit] == UNKNOWN:
            return []
        same = self._before == self._before[unit]
        here = np.flatnonzero(same & (self._after == self._after[unit]))
        gone = np.flatnonzero(same & (self._after != self._after[unit]))
        lesser = bool(self._weight[here].sum() < self._weight[gone].sum())
        return gone.tolist() if lesser else []

    def _of(self, unit: int, others: Group, move: Move, tracks: Group) -> list[ClothingDecision]:
        scale = float(np.sqrt(len(others)))
        face = float(self._evidence.face[unit, others].sum()) / scale
        clothing = float(self._evidence.clothing[unit, others].sum()) / scale
        fit = fits([unit], self._after, self._total, self._evidence.apart)[0]
        fit[self._after[unit]] = -np.inf
        best = float(fit.max())
        runner_up = round(best, 3) if np.isfinite(best) else None
        return [
            ClothingDecision(track, move, round(face, 3), round(clothing, 3), runner_up)
            for track in tracks
        ]
