"""Who is most like some tracks: the other people and unknown tracks, the most alike first."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clusterer.core.distance import UNIT_ERROR, between, squared_norms
from clusterer.core.types import UNKNOWN, IntArray, TrackFeatures
from clusterer.people.features import MIN_WEIGHT


class Alike(NamedTuple):
    """A person or an unknown track, and how far it is from those that were asked about.

    Attributes
    ----------
    track : the best track of the person, or the unknown track
    distance : of the average faces, by the encoder's metric; infinity = one of them has no readable
        face
    together : whether they were seen in one frame
    """

    track: int
    distance: float
    together: bool


def likeness(  # noqa: PLR0913 (what is compared, and what is known of it)
    features: TrackFeatures,
    labels: IntArray,
    tracks: Collection[int],
    *,
    metric: str,
    together: IntArray,
    without: Collection[int] = (),
) -> list[Alike]:
    """Order people and unknown tracks by how alike they are to some tracks.

    Faces of a person are averaged, weighted by quality. A person of whom all the tracks are is left
    out, as are the tracks themselves.

    Parameters
    ----------
    features : t tracks
    labels : array of shape (t,), int64, `UNKNOWN` = no person
    tracks
        Positions of the tracks, at least one.
    metric
        ``l2`` or ``cosine``.
    together : array of shape (m, 2), int64, pairs of tracks seen in one frame
    without
        Tracks that are left out, such as those that are not a face.

    Returns
    -------
    Nearest first. Those without a readable face come last, by clothing where it can be compared;
    ties by track.

    Raises
    ------
    IndexError
        There is no such track.
    ValueError
        `tracks` is empty.
    """
    asked = np.array(sorted(set(tracks)), dtype=np.int64)
    if not len(asked):
        raise ValueError("no tracks to compare")
    if asked[0] < 0 or asked[-1] >= len(labels):
        raise IndexError("there is no such track")
    others = _others(labels, asked, without)
    if not len(others):
        return []
    group_of = np.where(labels == UNKNOWN, labels.max() + 1 + np.arange(len(labels)), labels)
    _, group = np.unique(group_of[others], return_inverse=True)
    distances, by_clothing = _distances(features, asked, others, group, metric)
    best = _best(features, others, group)
    met = np.zeros(len(labels), dtype=bool)
    for one, other in ((0, 1), (1, 0)):
        met[together[np.isin(together[:, one], asked), other]] = True
    has_met = np.bincount(group, met[others]) > 0
    order = np.lexsort((best, np.round(by_clothing, 9), np.round(distances, 9)))
    columns = zip(best[order], distances[order], has_met[order], strict=True)
    return [Alike(int(track), float(far), bool(seen)) for track, far, seen in columns]


def _others(labels: IntArray, asked: IntArray, without: Collection[int]) -> IntArray:
    """The tracks that are compared with."""
    is_other = np.ones(len(labels), dtype=bool)
    is_other[asked] = False
    is_other[np.array(sorted(without), dtype=np.int64)] = False
    theirs = np.unique(labels[asked])
    if len(theirs) == 1 and theirs[0] != UNKNOWN:
        is_other[labels == theirs[0]] = False
    others: IntArray = np.flatnonzero(is_other)
    return others


def _distances(
    features: TrackFeatures, asked: IntArray, others: IntArray, group: IntArray, metric: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Distance of each group by face, and by clothing where there is none by face."""
    together = np.zeros(len(asked), dtype=np.int64)
    mine, mine_read = _faces(features, asked, together)
    faces, read = _faces(features, others, group)
    distances = np.where(read & mine_read[0], between(mine, faces, metric)[0], math.inf)
    own, own_seen = _clothes(features, asked, together)
    clothes, seen = _clothes(features, others, group)
    apart = np.where(seen & own_seen[0], 1.0 - clothes @ own[0], math.inf)
    return distances, np.where(np.isfinite(distances), 0.0, apart)


def scaled(distance: float, threshold: float) -> float:
    """A distance from 0 to 1: 0 = equal, 0.5 = at the threshold, 1 = not known.

    Parameters
    ----------
    distance
        0 or more.
    threshold
        Largest distance at which two faces are one person, 0 or more.
    """
    if math.isinf(distance):
        return 1.0
    total = distance + threshold
    return distance / total if total > 0.0 else 0.0


def _faces(
    features: TrackFeatures, tracks: IntArray, group: IntArray
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Average face of each group, as `clusterer.core.distance.mean`; and whether it has one."""
    vectors = features.face[tracks].astype(np.float64)
    lengths = np.sqrt(squared_norms(vectors))
    seen = features.has_face[tracks] & (features.readable_chips[tracks] > 0) & (lengths > 0.0)
    weights = np.where(seen, np.maximum(features.quality[tracks], MIN_WEIGHT), 0.0)
    sums = _sums(vectors * weights[:, None], group)
    total = np.bincount(group, weights)
    means = sums / np.where(total > 0.0, total, 1.0)[:, None]
    odd = seen & (np.abs(lengths - 1.0) > UNIT_ERROR)
    is_unit = np.bincount(group, odd) == 0
    size = np.sqrt(squared_norms(means))
    means /= np.where(is_unit & (size > 0.0), size, 1.0)[:, None]
    return means, total > 0.0


def _clothes(
    features: TrackFeatures, tracks: IntArray, group: IntArray
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Average clothing of each group, of length 1, weighted by the torso seen; and whether any."""
    vectors = features.clothing[tracks].astype(np.float64)
    sums = _sums(vectors * features.torso_share[tracks][:, None], group)
    size = np.sqrt(squared_norms(sums))
    return sums / np.where(size > 0.0, size, 1.0)[:, None], size > 0.0


def _sums(vectors: npt.NDArray[np.float64], group: IntArray) -> npt.NDArray[np.float64]:
    """Sum of the vectors of each group; every group has one."""
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(int(group.max()) + 1))
    sums: npt.NDArray[np.float64] = np.add.reduceat(vectors[order], starts, axis=0)
    return sums


def _best(features: TrackFeatures, tracks: IntArray, group: IntArray) -> IntArray:
    """The track of best quality of each group; ties to the first."""
    order = np.lexsort((tracks, -features.quality[tracks], group))
    starts = np.searchsorted(group[order], np.arange(int(group.max()) + 1))
    best: IntArray = tracks[order[starts]]
    return best
