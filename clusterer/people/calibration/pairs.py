"""Pairs that are certainly one person, or certainly different people.

Two tracks seen in one frame are different people; the earlier and the later half of one track are
the same person. Only clear faces are used, and distances are divided by their tolerance as in
clustering, so that they compare with the same threshold.

Both halves are in one shot and close in time, so they are more alike than two tracks of a person.
Their distances are therefore compared with those of such halves in other footage.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from clusterer.core.config import ClusteringConfig
from clusterer.core.distance import mean, of_pairs
from clusterer.core.types import Analysis, IntArray, TrackFeatures
from clusterer.people.tolerance import tolerance

MIN_GAP_S = Fraction(1, 2)
"""Minimum time between the middles of the two halves of a track."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Distances of certain pairs of one kind.

    Attributes
    ----------
    distance : array of shape (p,), float64, in the metric's unit, divided by the tolerance
    weight : array of shape (p,), float64, above 0, at most 1
    """

    distance: Floats
    weight: Floats

    @property
    def evidence(self) -> float:
        """Sum of the weights."""
        return float(np.sort(self.weight).sum())

    @property
    def median(self) -> float | None:
        """Weighted median, the lower of two; None without pairs."""
        if not len(self.distance):
            return None
        order = np.lexsort((self.weight, self.distance))
        reached = np.cumsum(self.weight[order])
        middle = int(np.searchsorted(reached, reached[-1] * (0.5 - 1e-12)))
        return float(self.distance[order][middle])

    def accepted(self, threshold: float) -> float | None:
        """Weighted share below a threshold; None without pairs."""
        if not len(self.distance):
            return None
        return float(np.sort(self.weight[self.distance < threshold]).sum()) / self.evidence


def same_pairs(analysis: Analysis, config: ClusteringConfig) -> Pairs:
    """Distances between the earlier and the later half of each track.

    Only clear chips are used, averaged by quality as for tracks; if their number is odd, the
    middle one is left out. The middles of the halves are at least `MIN_GAP_S` apart.

    Parameters
    ----------
    analysis
        Of the whole video.
    config
        Metric, tolerance and `clear_quality`.

    Returns
    -------
    Pairs, one per track that has two such halves, each of weight 1
    """
    value = analysis.quality.value.astype(np.float64)[analysis.chip_rows]
    pts = analysis.detections.pts[analysis.chip_rows]
    embeddings = analysis.chip_embeddings.astype(np.float64)
    gap_pts = float(MIN_GAP_S / analysis.video.time_base)
    halves: list[list[Floats]] = []
    poorer: list[float] = []
    for track in range(len(analysis.tracks)):
        chips = analysis.chips_of(track)
        clear = chips[value[chips] >= config.clear_quality]
        middle = len(clear) // 2
        early, late = clear[:middle], clear[len(clear) - middle :]
        if middle and pts[late].mean() - pts[early].mean() >= gap_pts:
            halves.append([mean(embeddings[h], value[h]) for h in (early, late)])
            poorer.append(min(value[early].max(), value[late].max()))
    both = np.array(halves).reshape(len(halves), 2, embeddings.shape[1])
    distance = of_pairs(both[:, 0], both[:, 1], config.metric) / tolerance(poorer, config)
    return Pairs(distance, np.ones(len(halves)))


def different_pairs(features: TrackFeatures, together: IntArray, config: ClusteringConfig) -> Pairs:
    """Distances between clear tracks of different people.

    The same two people may be seen together many times, so pairs are not independent: a track in k
    pairs contributes 1/k to each, and a pair weighs the lesser of its two contributions.

    Parameters
    ----------
    features : t tracks
    together : array of shape (m, 2), int64, pairs of rows of `features` seen in one frame
    config
        Metric, tolerance and `clear_quality`.

    Returns
    -------
    Pairs; their weights sum to at most half the tracks
    """
    clear = features.has_face & (features.quality >= config.clear_quality)
    pairs = together[clear[together].all(axis=1)]
    count = Counter(pairs.ravel().tolist())
    weight = np.array([1.0 / max(count[a], count[b]) for a, b in pairs.tolist()])
    a, b = features.face.astype(np.float64)[pairs.T]
    lesser_quality = features.quality[pairs].min(axis=1)
    return Pairs(of_pairs(a, b, config.metric) / tolerance(lesser_quality, config), weight)
