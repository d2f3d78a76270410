"""How much faces and clothes speak for two tracks being one person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clusterer.core.config import ClothingConfig, ClusteringConfig
from clusterer.core.distance import between
from clusterer.core.types import IntArray, TrackFeatures
from clusterer.people.refinement.pair_sums import Bools, Matrix, between_groups

LEAST_DISTANCE = 1e-3
"""Where people who are seen together wear the very same, clothes would have to be nearer than
this."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Logarithm of odds that two tracks are one person, apart from how often tracks are.

    Attributes
    ----------
    face, clothing : arrays of shape (t, t), float32, symmetric; 0 = says nothing
    apart : array of shape (t, t), bool, pairs that are two people for certain
    """

    face: Matrix
    clothing: Matrix
    apart: Bools

    @property
    def total(self) -> Matrix:
        """Face and clothing together, shape (t, t); added up anew each time."""
        both: Matrix = self.face + self.clothing
        return both

    def of_units(self, units: list[list[int]]) -> Evidence:
        """Mean over the tracks of units that are one person each; as many rows as units."""
        size = np.array([len(unit) for unit in units], dtype=np.float32)
        pairs = np.outer(size, size)
        apart = between_groups(units, self.apart) > 0
        np.fill_diagonal(apart, False)
        return Evidence(
            face=between_groups(units, self.face) / pairs,
            clothing=between_groups(units, self.clothing) / pairs,
            apart=apart,
        )


def weigh(
    features: TrackFeatures,
    spans_s: npt.NDArray[np.float64],
    cannot_link: IntArray,
    config: ClusteringConfig,
    threshold: float,
) -> Evidence:
    """Compare all tracks.

    Parameters
    ----------
    features : t tracks
    spans_s : array of shape (t, 2), float64, first and last sight of each track, seconds
    cannot_link : array of shape (m, 2), int64, pairs of tracks of different people, from whom is
        learned how well clothes tell people apart here
    config
        Metric, and `ClothingConfig`.
    threshold
        Distance at which two clear faces are one person, above 0.
    """
    apart = np.zeros((len(features), len(features)), dtype=bool)
    apart[cannot_link[:, 0], cannot_link[:, 1]] = True
    return Evidence(
        face=_of_faces(features, config.clothing, config.metric, threshold),
        clothing=_of_clothes(features, spans_s, cannot_link, config.clothing),
        apart=apart | apart.T,
    )


def distances(features: TrackFeatures, cannot_link: IntArray, config: ClothingConfig) -> Matrix:
    """How far apart what two tracks wear is: 1 - cosine, once the common look is taken off.

    What all people of a scene have in common (its light, dark suits) says nothing of who is who.
    It is the mean over tracks that are seen with others, who are certainly several people; of few
    such tracks only a part is taken off, and nothing where nobody is seen with anybody.

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
    known = features.torso_share > 0
    together = np.unique(cannot_link[known[cannot_link].all(axis=1)])
    if len(together):
        part = len(together) / (len(together) + config.shrinkage)
        clothing = clothing - np.float32(part) * clothing[together].mean(axis=0)
    length = np.linalg.norm(clothing, axis=1)
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=known & (length > 0))
    clothing = clothing * scale[:, None]
    apart: Matrix = 1.0 - clothing @ clothing.T
    return apart


def reach(
    apart: Matrix, features: TrackFeatures, cannot_link: IntArray, config: ClothingConfig
) -> float:
    """Distance up to which clothes speak for one person: less where people dress alike.

    People seen together are certainly different. Where their clothes are near, as in a crowd in
    dark suits, clothes of that distance say nothing.

    Parameters
    ----------
    apart : array of shape (t, t), from `distances`
    features, cannot_link, config
        As there.
    """
    a, b = cannot_link[(features.torso_share[cannot_link] > 0).all(axis=1)].T
    if not len(a):
        return config.neutral
    alike = float(np.quantile(apart[a, b], config.alike_share))
    return max(min(config.neutral, alike), LEAST_DISTANCE)


def _of_faces(
    features: TrackFeatures, config: ClothingConfig, metric: str, threshold: float
) -> Matrix:
    """In units of the threshold; a cosine distance grows with the square of an L2 distance."""
    apart = (between(features.face, features.face, metric) / threshold).astype(np.float32)
    if metric == "cosine":
        apart = np.sqrt(np.maximum(apart, 0.0))
    poorer = np.minimum.outer(features.quality, features.quality)
    neutral, slope = (_along(poorer, c) for c in (config.face_neutral, config.face_slope))
    says = np.clip(slope * (neutral - apart), -config.face_most, config.face_most)
    known: Matrix = np.outer(features.has_face, features.has_face).astype(np.float32)
    result: Matrix = says * known
    return result


def _of_clothes(
    features: TrackFeatures,
    spans_s: npt.NDArray[np.float64],
    cannot_link: IntArray,
    config: ClothingConfig,
) -> Matrix:
    """The nearer people dress to one another, the less distance says as much."""
    apart = distances(features, cannot_link, config)
    limit = reach(apart, features, cannot_link, config)
    slope = config.slope * config.neutral / limit
    says = np.clip(slope * (limit - apart), -config.most_against, config.most_for)
    gap_s = np.maximum(spans_s[:, None, 0] - spans_s[None, :, 1], 0.0).astype(np.float32)
    gap_s = np.maximum(gap_s, gap_s.T)
    says *= np.clip(1.0 - gap_s / np.float32(config.window_s), 0.0, 1.0)
    seen = np.sqrt(features.torso_share)
    result: Matrix = (says * np.outer(seen, seen)).astype(np.float32)
    return result


def _along(quality: Matrix, curve: tuple[tuple[float, float], ...]) -> Matrix:
    at, value = np.array(curve, dtype=np.float32).T
    result: Matrix = np.interp(quality, at, value).astype(np.float32)
    return result
