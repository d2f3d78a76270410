"""How strongly faces and clothing suggest that two tracks are one person."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from clusterer.core.config import DLIB_CURVES, ClothingConfig, ClusteringConfig, EvidenceConfig
from clusterer.core.distance import between
from clusterer.core.types import IntArray, TrackFeatures
from clusterer.people.refinement.likelihood import expected_similarity, least_square, log_ratio

Matrix = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Group = list[int]

ROWS = 32
"""Groups that are compared with all others at a time: more would not stay in the cache."""
LEAST_DISTANCE = 1e-3
"""Lower bound of `reach`, for people who are seen together in identical clothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Log-likelihood ratio that two tracks are one person.

    Attributes
    ----------
    face, clothing : arrays of shape (t, t), float32, symmetric; 0 = no evidence
    different : array of shape (t, t), bool, pairs that are certainly different people
    """

    face: Matrix
    clothing: Matrix
    different: Bools

    @property
    def total(self) -> Matrix:
        """Face plus clothing, shape (t, t); computed on each access."""
        both: Matrix = self.face + self.clothing
        return both

    def of_units(self, units: list[Group]) -> Evidence:
        """Mean over the tracks of each unit (tracks certain to be one person); a row per unit."""
        size = np.array([len(unit) for unit in units], dtype=np.float32)
        pairs = np.outer(size, size)
        different = between_groups(units, self.different) > 0
        np.fill_diagonal(different, False)
        return Evidence(
            face=between_groups(units, self.face) / pairs,
            clothing=between_groups(units, self.clothing) / pairs,
            different=different,
        )


def between_groups(groups: list[Group], values: Matrix | Bools) -> Matrix:
    """Sum of the values over all pairs of tracks of two groups.

    Parameters
    ----------
    groups : g groups, none empty
    values : array of shape (t, t), numbers or bool

    Returns
    -------
    array of shape (g, g), float32
    """
    order = np.concatenate([np.asarray(group, dtype=np.int64) for group in groups])
    in_order = len(order) == len(values) and bool((np.diff(order) == 1).all())
    chosen = values if in_order else values[np.ix_(order, order)]  # copying alone is much faster
    inside: Matrix = chosen.astype(np.float32, copy=in_order)
    if len(order) == len(groups):
        return inside
    starts = np.cumsum([0, *(len(group) for group in groups[:-1])])
    sums: Matrix = np.add.reduceat(np.add.reduceat(inside, starts, axis=0), starts, axis=1)
    return sums


def is_pooled(features: TrackFeatures) -> bool:
    """Whether the statistics of the encoder are known, so that groups are compared as a whole."""
    return bool(features.face_sums.shape[1] > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Pools:
    """Pooled embeddings of groups, as their products.

    Attributes
    ----------
    products : array of shape (g, g), float32, symmetric, of the groups' sums of embeddings
    precision : array of shape (g,), float32, 0 or more; 0 = no face
    squares : array of shape (g,), float32, of the lengths of the sums: the products' diagonal
    """

    products: Matrix
    precision: npt.NDArray[np.float32]
    squares: npt.NDArray[np.float32] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "squares", np.diagonal(self.products).copy())

    @classmethod
    def of(cls, features: TrackFeatures) -> Pools:
        """Each track as a group."""
        sums = features.face_sums
        return cls(sums @ sums.T, features.face_precision.copy())

    def of_units(self, units: list[Group]) -> Pools:
        """A row per unit: tracks certain to be one person. `merge` may change it."""
        precision = np.array([self.precision[unit].sum() for unit in units], dtype=np.float32)
        return Pools(between_groups(units, self.products), precision)

    def merge(self, keep: int, drop: int) -> None:
        """Add one group to another, in place; the row of the one that was added means nothing."""
        self.products[keep] += self.products[drop]
        self.products[keep, keep] += self.products[keep, drop]
        self.products[:, keep] = self.products[keep]
        self.squares[keep] = self.products[keep, keep]
        self.precision[keep] += self.precision[drop]

    def row(
        self, group: int, config: EvidenceConfig, needed: npt.NDArray[np.floating]
    ) -> npt.NDArray[np.float64]:
        """Evidence of a group and every other; 0 where one has no face.

        Parameters
        ----------
        group : its number
        config
            As for `clusterer.people.refinement.likelihood.log_ratio`.
        needed : array of shape (g,)
            Where the evidence is certainly less than that, it is not computed, but -infinity.

        Returns
        -------
        array of shape (g,)
        """
        similarity, visible = self._similarity(slice(group, group + 1), slice(None))
        near = (similarity[0] ** 2 >= least_square(needed, config)) & visible[0]
        found = np.where(visible[0], -np.inf, 0.0)
        found[near] = log_ratio(
            similarity[0, near], self.precision[group], self.precision[near], config
        )
        return found

    def evidence(self, config: EvidenceConfig) -> Matrix:
        """Evidence of all pairs of groups, shape (g, g), float32, symmetric."""
        result = np.empty(self.products.shape, dtype=np.float32)
        for start in range(0, len(result), ROWS):
            rows, later = slice(start, start + ROWS), slice(start, None)
            similarity, visible = self._similarity(rows, later)
            precision = self.precision[rows, None], self.precision[later]
            ratio = np.where(visible, log_ratio(similarity, *precision, config), 0.0)
            result[rows, later] = ratio
            result[later, rows] = ratio.T
        return result

    def _similarity(self, rows: slice, columns: slice) -> tuple[Matrix, Bools]:
        """Cosines, and whether both groups have a face."""
        length = np.sqrt(self.squares)
        lengths = length[rows, None] * length[columns]
        visible = lengths > 0.0
        cosine = self.products[rows, columns] / np.where(visible, lengths, np.float32(1.0))
        return np.clip(cosine, -1.0, 1.0), visible


def weigh(
    features: TrackFeatures,
    spans_s: npt.NDArray[np.float64],
    cannot_link: IntArray,
    config: ClusteringConfig,
    threshold: float,
) -> Evidence:
    """Compute the evidence for all pairs of tracks.

    Parameters
    ----------
    features : t tracks
    spans_s : array of shape (t, 2), float64, start and end of each track, seconds
    cannot_link : array of shape (m, 2), int64, pairs of tracks of different people; they also show
        how well clothing distinguishes people in this video
    config
        Metric, and `ClothingConfig`.
    threshold
        Distance at which two clear faces are one person, above 0.
    """
    different = np.zeros((len(features), len(features)), dtype=bool)
    different[cannot_link[:, 0], cannot_link[:, 1]] = True
    if is_pooled(features):
        face = Pools.of(features).evidence(config.evidence)
        settings = replace(config.clothing, most_against=config.evidence.most_against)
        clothing = _clothing_evidence(features, spans_s, cannot_link, settings)
        _fade(clothing, features.face_precision)
        if not features.coloured:
            clothing *= np.float32(config.evidence.colourless)
    else:
        face = _face_evidence(features, config.clothing, config.metric, threshold)
        clothing = _clothing_evidence(features, spans_s, cannot_link, config.clothing)
    return Evidence(face=face, clothing=clothing, different=different | different.T)


def _fade(clothing: Matrix, precision: npt.NDArray[np.float32]) -> None:
    """Reduce the evidence of clothing, in place: the clearer two faces, the less it counts.

    It would join people who are alike in faces and clothing, and split one in two outfits.
    """
    for start in range(0, len(clothing), ROWS):
        rows = slice(start, start + ROWS)
        clothing[rows] *= 1.0 - expected_similarity(precision[rows, None], precision)


def distances(features: TrackFeatures, cannot_link: IntArray, config: ClothingConfig) -> Matrix:
    """Clothing distance of all pairs: 1 - cosine after subtracting the common look.

    Features that all people of a scene share (its light, dark suits) do not distinguish them. They
    are estimated as the mean over tracks seen together with others, which certainly belong to
    several people. With few such tracks only part of it is subtracted, and without any, nothing.

    Parameters
    ----------
    features : t tracks
    cannot_link : array of shape (m, 2), int64
    config
        Its `shrinkage`.

    Returns
    -------
    array of shape (t, t), float32, 0 to 2; 1 where clothing is unknown
    """
    clothing = features.clothing
    visible = features.torso_share > 0
    together = np.unique(cannot_link[visible[cannot_link].all(axis=1)])
    if len(together):
        part = len(together) / (len(together) + config.shrinkage)
        clothing = clothing - np.float32(part) * clothing[together].mean(axis=0)
    length = np.linalg.norm(clothing, axis=1)
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=visible & (length > 0))
    clothing = clothing * scale[:, None]
    distance: Matrix = 1.0 - clothing @ clothing.T
    return distance


def reach(
    distance: Matrix, features: TrackFeatures, cannot_link: IntArray, config: ClothingConfig
) -> float:
    """Distance below which clothing suggests one person: smaller where people dress alike.

    People seen together are certainly different. Where their clothing is similar, as in a crowd in
    dark suits, a distance that small is not evidence.

    Parameters
    ----------
    distance : array of shape (t, t), from `distances`
    features, cannot_link, config
        As for `distances`.
    """
    a, b = cannot_link[(features.torso_share[cannot_link] > 0).all(axis=1)].T
    if not len(a):
        return config.neutral
    alike = float(np.quantile(distance[a, b], config.alike_share))
    return max(min(config.neutral, alike), LEAST_DISTANCE)


def _face_evidence(
    features: TrackFeatures, config: ClothingConfig, metric: str, threshold: float
) -> Matrix:
    """In units of the threshold; a cosine distance grows with the square of an L2 distance."""
    distance = (between(features.face, features.face, metric) / threshold).astype(np.float32)
    if metric == "cosine":
        distance = np.sqrt(np.maximum(distance, 0.0))
    lesser_quality = np.minimum.outer(features.quality, features.quality)
    neutral, slope = (
        _interpolate(lesser_quality, curve)
        for curve in (
            config.face_neutral or DLIB_CURVES.face_neutral,
            config.face_slope or DLIB_CURVES.face_slope,
        )
    )
    evidence = np.clip(slope * (neutral - distance), -config.face_most, config.face_most)
    both_visible: Matrix = np.outer(features.has_face, features.has_face).astype(np.float32)
    result: Matrix = evidence * both_visible
    return result


def _clothing_evidence(
    features: TrackFeatures,
    spans_s: npt.NDArray[np.float64],
    cannot_link: IntArray,
    config: ClothingConfig,
) -> Matrix:
    """The shorter the reach, the steeper the slope. Fades with the gap in time.

    The distances become the evidence in place, some rows at a time.
    """
    distance = distances(features, cannot_link, config)
    limit = reach(distance, features, cannot_link, config)
    slope = config.slope * config.neutral / limit
    weight = np.sqrt(features.torso_share)
    start_s, end_s = spans_s.T
    for begin in range(0, len(distance), ROWS):
        rows = slice(begin, begin + ROWS)
        part = np.clip(slope * (limit - distance[rows]), -config.most_against, config.most_for)
        apart_s = np.maximum(start_s[rows, None] - end_s, start_s - end_s[rows, None])
        gap_s = np.maximum(apart_s, 0.0).astype(np.float32)
        part *= np.clip(1.0 - gap_s / np.float32(config.window_s), 0.0, 1.0)
        distance[rows] = part * (weight[rows, None] * weight)
    return distance


def _interpolate(quality: Matrix, curve: tuple[tuple[float, float], ...]) -> Matrix:
    at, value = np.array(curve, dtype=np.float32).T
    result: Matrix = np.interp(quality, at, value).astype(np.float32)
    return result
