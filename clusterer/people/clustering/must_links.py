"""Must-links for every method: tracks that are certainly one person are clustered as one track."""

from __future__ import annotations

import numpy as np

from clusterer.core.config import ClusteringConfig
from clusterer.core.types import IntArray, TrackFeatures
from clusterer.people.clustering.base import Assignment, create
from clusterer.people.constraints import CannotLinks

MIN_WEIGHT = 1e-3
"""Weight of a track of zero quality, so that there is always an average."""


def assign(
    features: TrackFeatures,
    cannot_link: IntArray,
    must_link: IntArray,
    config: ClusteringConfig,
    threshold: float,
) -> Assignment:
    """Group tracks by the configured method, under cannot-links and must-links.

    Parameters
    ----------
    features : t tracks
    cannot_link : array of shape (m, 2), int64, pairs of rows that are different people; always kept
    must_link : array of shape (k, 2), int64, pairs of rows that are one person; applied in order,
        skipping those that contradict a cannot-link
    config, threshold
        As for `create`.

    Returns
    -------
    Assignment of the t tracks; must-linked tracks have one label

    Raises
    ------
    ConfigError
        There is no method of that name.
    """
    clusterer = create(config, threshold)
    groups = must_link_groups(cannot_link, must_link, len(features))
    if len(groups) == len(features):
        return clusterer.cluster(features, cannot_link)
    group_of = np.empty(len(features), dtype=np.int64)
    for number, members in enumerate(groups):
        group_of[members] = number
    of_groups = clusterer.cluster(_contract(features, groups), group_of[cannot_link])
    return Assignment(of_groups.labels[group_of], of_groups.ambiguous[group_of])


def must_link_groups(cannot_link: IntArray, must_link: IntArray, n_tracks: int) -> list[list[int]]:
    """Groups of tracks that are certainly one person; tracks and groups in row order.

    Parameters
    ----------
    cannot_link, must_link, n_tracks
        As for `assign`.
    """
    links = CannotLinks(cannot_link, n_tracks)
    group_of = {track: {track} for track in range(n_tracks)}
    for a, b in must_link.tolist():
        first, second = group_of[a], group_of[b]
        if first is not second and not links.forbids_union(first, second):
            first |= second
            group_of.update(dict.fromkeys(second, first))
    return sorted({min(group): sorted(group) for group in group_of.values()}.values())


def _contract(features: TrackFeatures, groups: list[list[int]]) -> TrackFeatures:
    """One row per group: average of the readable tracks, quality of the best."""
    weight = np.maximum(features.quality, MIN_WEIGHT) * features.has_face
    readable = weight * (features.readable_chips > 0)
    faces = [_mean(features, group, readable, weight) for group in groups]
    best = [max(group, key=lambda track: float(features.quality[track])) for group in groups]
    return TrackFeatures(
        track_ids=np.array([features.track_ids[g].min() for g in groups], dtype=np.int64),
        start_pts=np.array([features.start_pts[g].min() for g in groups], dtype=np.int64),
        face=np.array(faces, dtype=np.float32).reshape(len(groups), features.face.shape[1]),
        quality=features.quality[best],
        readable_chips=np.array([features.readable_chips[g].sum() for g in groups], dtype=np.int64),
        has_face=np.array([features.has_face[g].any() for g in groups], dtype=bool),
        reasons=tuple(features.reasons[track] for track in best),
    )


def _mean(
    features: TrackFeatures,
    group: list[int],
    readable: np.typing.NDArray[np.floating],
    weight: np.typing.NDArray[np.floating],
) -> np.typing.NDArray[np.floating]:
    for weights in (readable[group], weight[group]):
        if weights.sum() > 0:
            mean: np.typing.NDArray[np.floating] = np.average(
                features.face[group].astype(np.float64), axis=0, weights=weights
            )
            return mean
    return np.zeros(features.face.shape[1])
