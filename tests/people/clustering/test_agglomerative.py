"""Average linkage, by hand."""

from __future__ import annotations

import numpy as np

from clusterer.core.config import ClusteringConfig
from clusterer.core.types import UNKNOWN
from clusterer.people.clustering.agglomerative import FORBIDDEN, Agglomerative
from tests.people.clustering.builder import NO_LINKS, features_of, links


def labels_of(
    *places: float, chips: list[int] | int = 5, pairs: np.ndarray = NO_LINKS, threshold: float = 0.5
) -> list[int]:
    features = features_of([[place, 0.0] for place in places], chips=chips)
    result = Agglomerative(ClusteringConfig(), threshold).cluster(features, pairs)
    labels: list[int] = result.labels.tolist()
    return labels


def test_the_average_of_all_pairs_decides() -> None:
    # (0, 0.3) and (0.7, 1.0) form first; the pairs between them are 0.7, 1.0, 0.4 and 0.7
    # apart: 0.7 on average.
    # The nearest pair, 0.4 apart, would be under the threshold.
    assert labels_of(0.0, 0.3, 0.7, 1.0) == [0, 0, 1, 1]
    assert labels_of(0.0, 0.3, 0.7, 1.0, threshold=0.71) == [0, 0, 0, 0]


def test_the_time_order_does_not_matter() -> None:
    assert labels_of(1.0, 0.3, 0.7, 0.0) == [0, 1, 0, 1]


def test_a_cannot_link_separates_whole_groups() -> None:
    # 0.08 joins 0.0, the nearer; a cannot-link then keeps 0.2 out.
    assert labels_of(0.0, 0.08, 0.2, pairs=links((0, 2))) == [0, 0, 1]


def test_no_threshold_reaches_a_forbidden_pair_among_thousands() -> None:
    largest_threshold, tracks = 2.0, 10_000
    assert FORBIDDEN / (tracks / 2) ** 2 > 10 * largest_threshold


def test_groups_of_too_few_faces_are_unknown() -> None:
    assert labels_of(0.0, 3.0, 3.1, chips=1) == [UNKNOWN, 0, 0]


def test_one_readable_track_among_unreadable_ones() -> None:
    assert labels_of(0.0, 0.1, 5.0, chips=[5, 0, 0]) == [0, 0, UNKNOWN]
