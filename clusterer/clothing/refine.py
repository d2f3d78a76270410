"""Second stage: unknowns and fragments come home by what they wear, if the face does not object."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clusterer.config import ClothingConfig, ClusteringConfig
from clusterer.distance import between
from clusterer.leeway import leeway
from clusterer.types import UNKNOWN, IntArray, TrackFeatures

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Refiner:
    """Average linkage of groups by faces and clothes.

    The distance of two tracks is the weighted mean of that of their faces and that of their
    clothes, each in units of the distance up to which it speaks for one person; faces weigh by the
    poorer quality, clothes by how little time lies between. Tracks too far apart in time, or whose
    torsos are not seen, say nothing. The nearest groups merge first.

    Parameters
    ----------
    config
        Leeway of poor faces, and `ClothingConfig`.
    threshold
        Largest distance at which two faces are one person.
    """

    config: ClusteringConfig
    threshold: float

    def refine(
        self,
        features: TrackFeatures,
        spans_s: npt.NDArray[np.float64],
        labels: IntArray,
        cannot_link: IntArray,
    ) -> IntArray:
        """Merge groups, and unknown tracks with groups, that wear the same at about one time.

        Parameters
        ----------
        features : t tracks
        spans_s : array of shape (t, 2), float64, first and last sight of each track, seconds
        labels : array of shape (t,), int64, `UNKNOWN` = nobody's
        cannot_link : array of shape (m, 2), int64, pairs of tracks of different people; kept

        Returns
        -------
        array of shape (t,), int64; a person's tracks stay together, people are numbered by their
        first track; an unknown track that joined nobody stays unknown
        """
        groups = _groups(labels)
        off = not self.config.clothing.enabled or self.threshold <= 0
        if off or not features.torso_share.any():
            return labels
        reach = _reach(features, cannot_link, self.config.clothing)
        total, weight, forbidden = self._between_tracks(features, spans_s, reach)
        forbidden[cannot_link[:, 0], cannot_link[:, 1]] = True
        forbidden[cannot_link[:, 1], cannot_link[:, 0]] = True
        starts = np.array([features.start_pts[group].min() for group in groups])
        groups = [groups[i] for i in np.argsort(starts, kind="stable").tolist()]
        merged = _link(groups, total, weight, forbidden)
        people = [m for m in merged if len(m) > 1 or labels[m[0]] != UNKNOWN]
        refined = np.full(len(labels), UNKNOWN, dtype=np.int64)
        for label, members in enumerate(sorted(people, key=min)):
            refined[members] = label
        return refined

    def _between_tracks(
        self, features: TrackFeatures, spans_s: npt.NDArray[np.float64], reach: float
    ) -> tuple[Matrix, Matrix, npt.NDArray[np.bool_]]:
        """Weighted distance, weight, and whether faces forbid it, of all pairs; each (t, t)."""
        clothing = self.config.clothing
        poorer = np.minimum.outer(features.quality, features.quality)
        apart = between(features.face, features.face, self.config.metric)
        face = apart / (self.threshold * leeway(poorer, self.config))
        known = np.logical_and.outer(features.has_face, features.has_face)
        by_face = np.where(known, np.clip(poorer / clothing.full_face_quality, 0.0, 1.0), 0.0)
        forbidden = (
            (by_face > 0) & (poorer >= self.config.clear_quality) & (face > clothing.face_veto)
        )
        worn = 1.0 - features.clothing @ features.clothing.T
        gap_s = np.maximum(spans_s[:, None, 0] - spans_s[None, :, 1], 0.0)
        gap_s = np.maximum(gap_s, gap_s.T)
        seen = np.sqrt(np.outer(features.torso_share, features.torso_share))
        by_clothes = seen * np.clip(1.0 - gap_s / clothing.window_s, 0.0, 1.0)
        by_face = by_face * clothing.face_weight * (by_clothes > 0)
        total = by_face * face + by_clothes * worn / reach
        return (
            total.astype(np.float32),
            (by_face + by_clothes).astype(np.float32),
            forbidden,
        )


def _groups(labels: IntArray) -> list[list[int]]:
    people = [np.flatnonzero(labels == label).tolist() for label in np.unique(labels[labels >= 0])]
    return people + [[track] for track in np.flatnonzero(labels == UNKNOWN).tolist()]


def _reach(features: TrackFeatures, cannot_link: IntArray, config: ClothingConfig) -> float:
    """Distance up to which clothes are the same here: less where people dress alike.

    People seen together are certainly different. Where their clothes are near, as in a crowd in
    dark suits, clothes of that distance say nothing.
    """
    a, b = cannot_link[(features.torso_share[cannot_link] > 0).all(axis=1)].T
    if not len(a):
        return config.threshold
    apart = 1.0 - (features.clothing[a] * features.clothing[b]).sum(axis=1)
    alike = float(np.quantile(apart, config.alike_share))
    return max(min(config.threshold, alike), 1e-3)


def _link(
    groups: list[list[int]], total: Matrix, weight: Matrix, forbidden: npt.NDArray[np.bool_]
) -> list[list[int]]:
    """Average linkage of groups up to distance 1; of equal distances the earlier groups first."""
    member: Matrix = np.zeros((len(groups), len(total)), dtype=np.float32)
    for row, group in enumerate(groups):
        member[row, group] = 1.0
    total = (member @ total @ member.T).astype(np.float32)
    weight = (member @ weight @ member.T).astype(np.float32)
    apart = member @ forbidden.astype(np.float32) @ member.T > 0
    np.fill_diagonal(apart, True)
    members = [list(group) for group in groups]
    distance = _distances(total, weight, apart)
    nearest = distance.min(axis=1)
    while True:
        a = int(nearest.argmin())
        if not nearest[a] < 1.0:
            return [sorted(group) for group in members if group]
        b = int(distance[a].argmin())
        members[a] += members[b]
        members[b] = []
        for table in (total, weight):
            table[a] += table[b]
            table[:, a] = table[a]
        apart[a] |= apart[b]
        apart[:, a] = apart[a]
        apart[b], apart[:, b], apart[a, a] = True, True, True
        went = np.minimum(distance[a], distance[b])  # symmetric
        stale = np.flatnonzero((went <= nearest) & (nearest < 1.0))
        distance[b], distance[:, b] = np.inf, np.inf
        distance[a] = _distances(total[a], weight[a], apart[a])
        distance[:, a] = distance[a]
        nearest = np.minimum(nearest, distance[a])
        nearest[b] = np.inf
        for row in {*stale.tolist(), a}:
            nearest[row] = distance[row].min()


def _distances(total: Matrix, weight: Matrix, apart: npt.NDArray[np.bool_]) -> Matrix:
    silent = apart | (weight <= MIN_WEIGHT)
    mean = total / np.maximum(weight, MIN_WEIGHT)
    result: Matrix = np.where(silent, np.inf, mean).astype(np.float32)
    return result


MIN_WEIGHT = 1e-4
"""Pairs that say less than this say nothing."""
