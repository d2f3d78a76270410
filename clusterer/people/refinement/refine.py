"""Second stage: unknowns and fragments come home by what they wear, if the face does not object."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from clusterer.core.config import ClusteringConfig
from clusterer.core.types import UNKNOWN, ClothingDecision, IntArray, TrackFeatures
from clusterer.people.refinement.decisions import Record
from clusterer.people.refinement.evidence import Evidence, weigh
from clusterer.people.refinement.linkage import link
from clusterer.people.refinement.pair_sums import Bools, Group, Matrix
from clusterer.people.refinement.reassign import reassign

LEAST_WEIGHT = 1e-3
"""Of a track of no quality: where no face can be read, the greater number is the person."""


@dataclass(frozen=True, slots=True, eq=False)
class Refinement:
    """What the second stage made of the first one's groups.

    Attributes
    ----------
    labels : array of shape (t,), int64; people are numbered by their first track, `UNKNOWN` =
        nobody's
    ambiguous : array of shape (t,), bool, unknown because two people were about as likely
    decisions : tracks that moved, in order
    evidence : what it was decided by, for every pair of tracks; None if nothing was weighed
    """

    labels: IntArray
    ambiguous: Bools
    decisions: tuple[ClothingDecision, ...]
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Refiner:
    """Splits and merges people, and brings home unknowns, by faces and clothes together.

    Parameters
    ----------
    config
        Metric of faces, and `ClothingConfig`.
    threshold
        Largest distance at which two clear faces are one person.
    """

    config: ClusteringConfig
    threshold: float

    def refine(
        self,
        features: TrackFeatures,
        spans_s: npt.NDArray[np.float64],
        labels: IntArray,
        cannot_link: IntArray,
        certain: list[Group],
    ) -> Refinement:
        """Decide anew who is with whom.

        Parameters
        ----------
        features : t tracks
        spans_s : array of shape (t, 2), float64, first and last sight of each track, seconds
        labels : array of shape (t,), int64, of the first stage, `UNKNOWN` = nobody's
        cannot_link : array of shape (m, 2), int64, pairs of tracks of different people; kept
        certain : groups that hold each track once; those of one group are one person and stay
            together, and have one label

        Returns
        -------
        Refinement; without a torso that is seen, or switched off, of the labels as they are
        """
        on = self.config.clothing.enabled and self.threshold > 0 and features.torso_share.any()
        if not on or len(features) < 2:
            return Refinement(labels, np.zeros(len(labels), dtype=bool), ())
        evidence = weigh(features, spans_s, cannot_link, self.config, self.threshold)
        units = _in_time(certain, features)
        decided = _Case(self.config, features, labels, units, evidence.of_units(units)).decide()
        return replace(decided, evidence=evidence)


class _Case:
    """The question of who is with whom, over units: tracks that are one person for certain."""

    def __init__(
        self,
        config: ClusteringConfig,
        features: TrackFeatures,
        labels: IntArray,
        units: list[Group],
        evidence: Evidence,
    ) -> None:
        self._config = config.clothing
        self._units = units
        self._evidence = evidence
        self._total = evidence.total
        self._labels = np.array([labels[unit[0]] for unit in units], dtype=np.int64)
        quality = np.array([features.quality[unit].max() for unit in units])
        self._clear = quality >= self._config.clear_quality
        against = evidence.face <= -self._config.face_veto
        self._apart = evidence.apart | (np.outer(self._clear, self._clear) & against)
        self._inside = self._trusting()
        seen = (features.quality + LEAST_WEIGHT) * features.readable_chips
        self._weight = np.array([float(seen[unit].sum()) for unit in units])
        self._n_tracks = len(features)

    def decide(self) -> Refinement:
        """Split, link, reassign, doubt."""
        least = self._config.prior
        grouped = np.empty(len(self._units), dtype=np.int64)
        for number, group in enumerate(link(self._split(), self._total, self._apart, least)):
            grouped[group] = number
        has_mates = np.array([self._mates(unit, grouped).any() for unit in range(len(grouped))])
        stays = np.where(has_mates, -least, least)
        grouped = reassign(grouped, self._inside, self._apart, ~self._clear, stays)
        doubtful = self._doubtful(grouped)
        for unit in np.flatnonzero(doubtful).tolist():
            grouped[unit] = grouped.max() + 1
        return self._refinement(grouped, doubtful & (self._labels == UNKNOWN))

    def _split(self) -> list[Group]:
        """Units by the first stage's people, these taken apart where evidence speaks against them.

        As it takes evidence to merge two groups, it takes as much against to part one.
        """
        groups: list[Group] = [[unit] for unit in np.flatnonzero(self._labels == UNKNOWN).tolist()]
        for label in np.unique(self._labels[self._labels != UNKNOWN]).tolist():
            alone = [[unit] for unit in np.flatnonzero(self._labels == label).tolist()]
            groups += link(alone, self._inside, self._evidence.apart, -self._config.prior)
        return sorted(groups)

    def _trusting(self) -> Matrix:
        """Evidence, but for clear faces that the first stage put together.

        These stay together, whatever they wear, as people change; unless face and clothes both say
        that they are two.
        """
        together = self._labels[:, None] == self._labels[None, :]
        together &= np.outer(self._clear, self._clear) & (self._labels != UNKNOWN)
        against = np.maximum(self._evidence.face, self._evidence.clothing) < -self._config.prior
        kept = np.maximum(self._evidence.face, 0.0)
        inside: Matrix = np.where(together & ~against, kept, self._total)
        return inside

    def _mates(self, unit: int, grouped: IntArray) -> Bools:
        """Whom the first stage gave to the same person and who are still together with a unit."""
        mates = (grouped == grouped[unit]) & (self._labels == self._labels[unit])
        mates &= self._labels != UNKNOWN
        mates[unit] = False
        found: Bools = mates
        return found

    def _doubtful(self, grouped: IntArray) -> Bools:
        """Units that came to a person, while they are about as near to a second one.

        Nearness is the mean over the clear faces of a person: what others who came by their clothes
        look like does not count. Groups without a clear face are nobody to be taken for.
        """
        doubtful = np.zeros(len(grouped), dtype=bool)
        near, people = self._nearness(grouped)
        for unit in np.flatnonzero(~self._clear).tolist():
            mine = np.flatnonzero(grouped == grouped[unit])
            own = near[unit, grouped[unit]]
            if self._mates(unit, grouped).any() or len(mine) == 1 or not np.isfinite(own):
                continue
            least = max(own - self._config.margin, 0.0)
            mates = mine[mine != unit]
            doubtful[unit] = any(
                self._differ(mates, people[other]) and not self._apart[unit, people[other]].any()
                for other in np.flatnonzero(near[unit] > least).tolist()
                if other != grouped[unit]
            )
        return doubtful

    def _nearness(self, grouped: IntArray) -> tuple[Matrix, list[IntArray]]:
        """Mean evidence of each unit for the clear faces of each group, and the groups."""
        people = [np.flatnonzero(grouped == group) for group in range(int(grouped.max()) + 1)]
        near = np.full((len(grouped), len(people)), -np.inf, dtype=np.float32)
        for group, members in enumerate(people):
            clear = members[self._clear[members]]
            if len(clear):
                near[:, group] = self._total[:, clear].mean(axis=1)
        return near, people

    def _differ(self, a: IntArray, b: IntArray) -> bool:
        """Whether two groups are two people, rather than two parts of one."""
        pairs = np.ix_(a, b)
        return bool(self._apart[pairs].any()) or float(self._total[pairs].sum()) < 0.0

    def _refinement(self, grouped: IntArray, ambiguous: Bools) -> Refinement:
        labels = np.full(self._n_tracks, UNKNOWN, dtype=np.int64)
        unclear = np.zeros(self._n_tracks, dtype=bool)
        people = 0
        for group in dict.fromkeys(grouped.tolist()):
            members = np.flatnonzero(grouped == group).tolist()
            tracks = [track for unit in members for track in self._units[unit]]
            if len(members) == 1 and self._labels[members[0]] == UNKNOWN:
                unclear[tracks] = ambiguous[members[0]]
            else:
                labels[tracks] = people
                people += 1
        record = Record(self._labels, grouped, self._evidence, self._weight)
        return Refinement(labels, unclear, record.decisions(self._units))


def _in_time(certain: list[Group], features: TrackFeatures) -> list[Group]:
    """Units in order of their first sight; ties by quality, so that numbers have no say."""
    return sorted(
        (sorted(unit) for unit in certain),
        key=lambda unit: (
            int(features.start_pts[unit].min()),
            -float(features.quality[unit].max()),
            unit[0],
        ),
    )
