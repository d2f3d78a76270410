"""The second stage's changes, per track, with the evidence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clusterer.core.types import UNKNOWN, ClothingDecision, IntArray, Move
from clusterer.people.refinement.evidence import Evidence, Group
from clusterer.people.refinement.reassign import fits


class Comparison:
    """Compares the second stage's groups with the first stage's people.

    Parameters
    ----------
    before : array of shape (u,), int64, labels of the first stage, `UNKNOWN` = no person
    after : array of shape (u,), int64, group of each unit
    evidence : of u units
    weight : array of shape (u,), float64, weight of each unit in finding a group's person
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
        """One decision per track of the units that joined a person or were split off one.

        Parameters
        ----------
        units : tracks of each unit

        Returns
        -------
        tuple, sorted by track
        """
        decisions = []
        for group in np.unique(self._after).tolist():
            members = np.flatnonzero(self._after == group).tolist()
            core = self._core(members)
            for unit in members:
                remainder = self._remainder(unit)
                if unit not in core:
                    rest = [other for other in members if other != unit]
                    decisions += self._decisions(unit, rest, Move.JOINED, units[unit])
                elif remainder:
                    decisions += self._decisions(unit, remainder, Move.SPLIT, units[unit])
        return tuple(sorted(decisions, key=lambda decision: decision.track_id))

    def _core(self, members: Group) -> Group:
        """The first stage's person that most of a group comes from; ties to the earliest."""
        parts: dict[int, Group] = {}
        for unit in members:
            label = int(self._before[unit])
            parts.setdefault(label if label != UNKNOWN else UNKNOWN - 1 - unit, []).append(unit)
        return max(
            parts.values(),
            key=lambda part: (self._before[part[0]] != UNKNOWN, float(self._weight[part].sum())),
        )

    def _remainder(self, unit: int) -> Group:
        """The larger part of the person that a unit was split off; empty if it was not.

        Of two equal parts, the later one was split off.
        """
        if self._before[unit] == UNKNOWN:
            return []
        same = self._before == self._before[unit]
        stayed = np.flatnonzero(same & (self._after == self._after[unit]))
        moved = np.flatnonzero(same & (self._after != self._after[unit]))
        if not len(moved):
            return []
        weights = float(self._weight[stayed].sum()), float(self._weight[moved].sum())
        smaller = (weights[0], -stayed[0]) < (weights[1], -moved[0])
        return moved.tolist() if smaller else []

    def _decisions(
        self, unit: int, others: Group, move: Move, tracks: Group
    ) -> list[ClothingDecision]:
        scale = float(np.sqrt(len(others)))
        face = float(self._evidence.face[unit, others].sum()) / scale
        clothing = float(self._evidence.clothing[unit, others].sum()) / scale
        fit = fits([unit], self._after, self._total, self._evidence.different)[0]
        fit[self._after[unit]] = -np.inf
        best = float(fit.max())
        runner_up = round(best, 3) if np.isfinite(best) else None
        return [
            ClothingDecision(track, move, round(face, 3), round(clothing, 3), runner_up)
            for track in tracks
        ]
