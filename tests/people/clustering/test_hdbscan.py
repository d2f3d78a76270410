"""HDBSCAN, and the repair of its groups."""

from __future__ import annotations

import numpy as np

from clusterer.core.config import ClusteringConfig
from clusterer.core.types import UNKNOWN, TrackFeatures
from clusterer.people.clustering.hdbscan import Hdbscan
from tests.people.clustering.builder import NO_LINKS, features_of, links


def run(features: TrackFeatures, pairs: np.ndarray = NO_LINKS) -> tuple[list[int], list[bool]]:
    result = Hdbscan(ClusteringConfig(), 0.36).cluster(features, pairs)
    return result.labels.tolist(), result.ambiguous.tolist()


def test_of_two_faces_in_one_frame_the_nearer_to_the_average_is_kept() -> None:
    # The average of the four is 0.075; 0.2 is the farthest from it.
    features = features_of([[0.0, 0], [0.05, 0], [0.05, 0], [0.2, 0]])
    assert run(features, links((1, 3))) == ([0, 0, 0, UNKNOWN], [False, False, False, True])


def test_a_conflict_in_one_group_leaves_the_others_alone() -> None:
    features = features_of([[0.0, 0], [0.05, 0], [0.2, 0], [9, 0], [9.1, 0]])
    labels, ambiguous = run(features, links((1, 2)))
    assert labels == [0, 0, UNKNOWN, 1, 1]
    assert ambiguous == [False, False, True, False, False]


def test_a_stray_with_enough_chips_is_a_person() -> None:
    face = [[0.0, 0], [0.05, 0], [9, 0], [0, 9]]
    assert run(features_of(face, chips=[5, 5, 5, 1]))[0] == [0, 0, 1, UNKNOWN]


def test_groups_nearer_than_the_threshold_are_one() -> None:
    face = [[0.0, 0], [0.01, 0], [0.2, 0], [0.21, 0], [5, 0], [5.01, 0]]
    assert run(features_of(face))[0] == [0, 0, 0, 0, 1, 1]
