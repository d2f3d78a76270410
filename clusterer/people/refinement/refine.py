"""Second stage: assign unknown tracks and fragments by clothing, unless the face contradicts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from clusterer.core.config import ClusteringConfig
from clusterer.core.types import UNKNOWN, ClothingDecision, IntArray, TrackFeatures
from clusterer.people.refinement.decisions import Comparison
from clusterer.people.refinement.evidence import (
    Bools,
    Evidence,
    Group,
    Matrix,
    Pools,
    is_pooled,
    weigh,
)
from clusterer.people.refinement.likelihood import log_prior
from clusterer.people.refinement.linkage import PooledLinkage, link, merge_nearest
from clusterer.people.refinement.reassign import reassign

LEAST_WEIGHT = 1e-3
"""Weight of a track of zero quality: without readable faces, the majority is the person."""

HANDLE = 20.0
"""Evidence that a threshold of 0 asks for beyond the default one; linear between, and above it.
Two clear pictures of one person reach 14, so that nobody is merged near 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Refinement:
    """Result of the second stage.

    Attributes
    ----------
    labels : array of shape (t,), int64; people are numbered by their first track, `UNKNOWN` =
        no person
    ambiguous : array of shape (t,), bool, unknown because two people were about equally likely
    decisions : tracks that moved, in order
    evidence : for every pair of tracks; None if the stage was skipped
    least : evidence that merging two groups took; None if the stage was skipped
    """

    labels: IntArray
    ambiguous: Bools
    decisions: tuple[ClothingDecision, ...]
    evidence: Evidence | None = None
    least: float | None = None


@dataclass(frozen=True, slots=True)
class Refiner:
    """Splits and merges people, and assigns unknown tracks, by faces and clothing together.

    Parameters
    ----------
    config
        Metric of faces, and `ClothingConfig`.
    threshold
        Largest distance at which two clear faces are one person.
    unit
        The encoder's default threshold; None = `threshold`. Where the evidence of faces does not
        depend on the threshold, a larger one lowers, and a smaller one raises what merging takes.
    """

    config: ClusteringConfig
    threshold: float
    unit: float | None = None

    def refine(
        self,
        features: TrackFeatures,
        spans_s: npt.NDArray[np.float64],
        labels: IntArray,
        cannot_link: IntArray,
        certain: list[Group],
    ) -> Refinement:
        """Regroup the tracks.

        Parameters
        ----------
        features : t tracks
        spans_s : array of shape (t, 2), float64, start and end of each track, seconds
        labels : array of shape (t,), int64, of the first stage, `UNKNOWN` = no person
        cannot_link : array of shape (m, 2), int64, pairs of tracks of different people; kept
        certain : partition of the tracks into groups that are certainly one person; tracks of a
            group have one label and stay together

        Returns
        -------
        Refinement; with the input labels if switched off or if no torso is visible
        """
        on = self.config.clothing.enabled and self.threshold > 0
        on = on and bool(is_pooled(features) or features.torso_share.any())
        if not on or len(features) < 2:
            return Refinement(labels, np.zeros(len(labels), dtype=bool), ())
        evidence = weigh(features, spans_s, cannot_link, self.config, self.threshold)
        units = _in_time_order(certain, features)
        if is_pooled(features):
            least = self._least(evidence)
            relinked = self._relink(features, labels, units, evidence, least)
            return replace(relinked, evidence=evidence, least=least)
        regrouping = _Regrouping(self.config, features, labels, units, evidence.of_units(units))
        least = self.config.clothing.prior
        return replace(regrouping.run(), evidence=evidence, least=least)

    def _relink(
        self,
        features: TrackFeatures,
        labels: IntArray,
        units: list[Group],
        evidence: Evidence,
        least: float,
    ) -> Refinement:
        """Group the units anew by pooled faces and clothing, whatever the first stage merged."""
        of_units = evidence.of_units(units)
        pools, sizes = Pools.of(features).of_units(units), [len(unit) for unit in units]
        config = self.config.evidence
        linkage = PooledLinkage(pools, of_units.clothing, sizes, config, least)
        alone = [[unit] for unit in range(len(units))]
        groups = merge_nearest(alone, linkage, of_units.different, least)
        grouped = np.empty(len(units), dtype=np.int64)
        for number, group in enumerate(groups):
            grouped[group] = number
        return _numbered(self.config, features, labels, units, grouped, of_units)

    def _least(self, evidence: Evidence) -> float:
        """Evidence that merging takes: more in a film of many people, less at a high threshold."""
        unit = self.unit or self.threshold
        handle = HANDLE * (unit - self.threshold) / unit
        config = self.config.evidence
        odds = log_prior(evidence.total, evidence.different)
        return handle - config.film_odds * odds + config.caution


def _numbered(  # noqa: PLR0913, PLR0917 (one grouping, and what it is compared with)
    config: ClusteringConfig,
    features: TrackFeatures,
    labels: IntArray,
    units: list[Group],
    grouped: IntArray,
    evidence: Evidence,
) -> Refinement:
    """Number the people in order; groups with too few readable chips are unknown."""
    found = np.full(len(labels), UNKNOWN, dtype=np.int64)
    people = 0
    for group in dict.fromkeys(grouped.tolist()):
        tracks = [track for unit in np.flatnonzero(grouped == group) for track in units[unit]]
        if features.readable_chips[tracks].sum() >= config.min_faces:
            found[tracks] = people
            people += 1
    before = np.array([labels[unit[0]] for unit in units], dtype=np.int64)
    weight = (features.quality + LEAST_WEIGHT) * features.readable_chips
    of_units = np.array([float(weight[unit].sum()) for unit in units])
    decisions = Comparison(before, grouped, evidence, of_units).decisions(units)
    kept = tuple(each for each in decisions if found[each.track_id] != UNKNOWN)
    return Refinement(found, np.zeros(len(labels), dtype=bool), kept)


class _Regrouping:
    """One run of the second stage, over units: tracks that are certainly one person."""

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
        vetoed = evidence.face <= -self._config.face_veto
        self._different = evidence.different | (np.outer(self._clear, self._clear) & vetoed)
        self._within = self._evidence_within_people()
        track_weight = (features.quality + LEAST_WEIGHT) * features.readable_chips
        self._weight = np.array([float(track_weight[unit].sum()) for unit in units])
        self._n_tracks = len(features)

    def run(self) -> Refinement:
        """Split, link, reassign, drop ambiguous units."""
        least = self._config.prior
        grouped = np.empty(len(self._units), dtype=np.int64)
        for number, group in enumerate(link(self._split(), self._total, self._different, least)):
            grouped[group] = number
        has_peers = np.array([self._peers(unit, grouped).any() for unit in range(len(grouped))])
        needed = np.where(has_peers, -least, least)
        grouped = reassign(grouped, self._within, self._different, ~self._clear, needed)
        ambiguous = self._ambiguous(grouped)
        for unit in np.flatnonzero(ambiguous).tolist():
            grouped[unit] = grouped.max() + 1
        return self._refinement(grouped, ambiguous & (self._labels == UNKNOWN))

    def _split(self) -> list[Group]:
        """The first stage's people, split where the evidence contradicts them.

        Splitting takes as much evidence against as merging takes evidence for.
        """
        groups: list[Group] = [[unit] for unit in np.flatnonzero(self._labels == UNKNOWN).tolist()]
        for label in np.unique(self._labels[self._labels != UNKNOWN]).tolist():
            alone = [[unit] for unit in np.flatnonzero(self._labels == label).tolist()]
            groups += link(alone, self._within, self._evidence.different, -self._config.prior)
        return sorted(groups)

    def _evidence_within_people(self) -> Matrix:
        """Evidence, ignoring clothing between clear faces that the first stage put together.

        People change clothes, so these stay together unless face and clothing both contradict.
        """
        together = self._labels[:, None] == self._labels[None, :]
        together &= np.outer(self._clear, self._clear) & (self._labels != UNKNOWN)
        contradicted = (
            np.maximum(self._evidence.face, self._evidence.clothing) < -self._config.prior
        )
        face_only = np.maximum(self._evidence.face, 0.0)
        within: Matrix = np.where(together & ~contradicted, face_only, self._total)
        return within

    def _peers(self, unit: int, grouped: IntArray) -> Bools:
        """Other units that share a unit's person in the first stage and its group now."""
        peers: Bools = (grouped == grouped[unit]) & (self._labels == self._labels[unit])
        peers &= self._labels != UNKNOWN
        peers[unit] = False
        return peers

    def _ambiguous(self, grouped: IntArray) -> Bools:
        """Units that joined a person but fit a second one about as well.

        The fit is the mean evidence for the person's clear faces: tracks that joined by clothing do
        not count, nor do groups without a clear face.
        """
        ambiguous = np.zeros(len(grouped), dtype=bool)
        fit, people = self._fit_to_clear_faces(grouped)
        for unit in np.flatnonzero(~self._clear).tolist():
            members = np.flatnonzero(grouped == grouped[unit])
            current = fit[unit, grouped[unit]]
            if self._peers(unit, grouped).any() or len(members) == 1 or not np.isfinite(current):
                continue
            least = max(current - self._config.margin, 0.0)
            rest = members[members != unit]
            ambiguous[unit] = any(
                self._differ(rest, people[other]) and not self._different[unit, people[other]].any()
                for other in np.flatnonzero(fit[unit] > least).tolist()
                if other != grouped[unit]
            )
        return ambiguous

    def _fit_to_clear_faces(self, grouped: IntArray) -> tuple[Matrix, list[IntArray]]:
        """Mean evidence of each unit for the clear faces of each group, and the groups."""
        people = [np.flatnonzero(grouped == group) for group in range(int(grouped.max()) + 1)]
        fit = np.full((len(grouped), len(people)), -np.inf, dtype=np.float32)
        for group, members in enumerate(people):
            clear = members[self._clear[members]]
            if len(clear):
                fit[:, group] = self._total[:, clear].mean(axis=1)
        return fit, people

    def _differ(self, a: IntArray, b: IntArray) -> bool:
        """Whether two groups are two people rather than parts of one."""
        pairs = np.ix_(a, b)
        return bool(self._different[pairs].any()) or float(self._total[pairs].sum()) < 0.0

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
        comparison = Comparison(self._labels, grouped, self._evidence, self._weight)
        return Refinement(labels, unclear, comparison.decisions(self._units))


def _in_time_order(certain: list[Group], features: TrackFeatures) -> list[Group]:
    """Units by start; ties by quality, so that the numbering of tracks does not matter."""
    return sorted(
        (sorted(unit) for unit in certain),
        key=lambda unit: (
            int(features.start_pts[unit].min()),
            -float(features.quality[unit].max()),
            unit[0],
        ),
    )
