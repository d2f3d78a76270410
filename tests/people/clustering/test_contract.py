"""The contract of clustering methods; every registered one must pass."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.config import METRICS, ClusteringConfig
from clusterer.core.errors import ConfigError
from clusterer.core.types import UNKNOWN, TrackFeatures
from clusterer.people.clustering import METHODS, Assignment, create, names
from tests.people.clustering.builder import (
    NO_LINKS,
    features_of,
    links,
    partition,
    permuted,
    problems,
    separated,
)

THRESHOLD = 0.36
every_method = pytest.mark.parametrize("method", METHODS.built_in)
every_method_of_ours = pytest.mark.parametrize(
    "method", [m for m in METHODS.built_in if m != "sequential"]
)
"""The sequential rule ignores quality and never retries."""
few = settings(max_examples=30)
"""Of each combination of method and metric."""
every_metric = pytest.mark.parametrize("metric", METRICS)


def run(
    method: str,
    features: TrackFeatures,
    cannot_link: np.ndarray = NO_LINKS,
    threshold: float = THRESHOLD,
    **settings: Any,
) -> Assignment:
    config = ClusteringConfig(method=method, **settings)
    return create(config, threshold).cluster(features, cannot_link)


def labels_of(method: str, features: TrackFeatures, *args: Any, **settings: Any) -> list[int]:
    labels: list[int] = run(method, features, *args, **settings).labels.tolist()
    return labels


@every_metric
@every_method
@few
@given(problem=problems(), seed=st.integers(0, 2**32 - 1))
def test_permuting_tracks_permutes_labels(
    method: str, metric: str, problem: tuple[TrackFeatures, np.ndarray], seed: int
) -> None:
    features, pairs = problem
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(features))
    row_of = np.argsort(order)
    renumbered = rng.permutation(row_of[pairs][:, ::-1]) if len(pairs) else NO_LINKS
    plain = run(method, features, pairs, metric=metric)
    other = run(method, permuted(features, order), renumbered, metric=metric)
    np.testing.assert_array_equal(other.labels, plain.labels[order])
    np.testing.assert_array_equal(other.ambiguous, plain.ambiguous[order])


@every_method
@few
@given(problem=problems(), seed=st.integers(0, 99))
def test_result_is_independent_of_track_numbering(
    method: str, problem: tuple[TrackFeatures, np.ndarray], seed: int
) -> None:
    features, pairs = problem
    names = np.random.default_rng(seed).permutation(len(features))
    plain = run(method, features, pairs)
    other = run(method, replace(features, track_ids=names), pairs)
    np.testing.assert_array_equal(other.labels, plain.labels)
    np.testing.assert_array_equal(other.ambiguous, plain.ambiguous)


@every_metric
@every_method
@few
@given(problem=problems(), threshold=st.sampled_from([0.0, 0.1, 0.36, 2.0]))
def test_a_cannot_link_is_never_broken(
    method: str, metric: str, problem: tuple[TrackFeatures, np.ndarray], threshold: float
) -> None:
    features, pairs = problem
    labels = run(method, features, pairs, threshold, metric=metric).labels
    first, second = labels[pairs[:, 0]], labels[pairs[:, 1]]
    assert ((first != second) | (first == UNKNOWN)).all()


@every_method
@few
@given(problem=problems(), min_faces=st.integers(1, 6))
def test_people_are_numbered_and_have_enough_faces(
    method: str, problem: tuple[TrackFeatures, np.ndarray], min_faces: int
) -> None:
    features, pairs = problem
    result = run(method, features, pairs, min_faces=min_faces)
    people = sorted(set(result.labels.tolist()) - {UNKNOWN})
    assert people == list(range(len(people)))
    first_seen = [features.start_pts[result.labels == label].min() for label in people]
    assert first_seen == sorted(first_seen)
    for label in people:
        assert features.readable_chips[result.labels == label].sum() >= min_faces
    assert (result.labels[~features.has_face] == UNKNOWN).all()
    assert (result.labels[result.ambiguous] == UNKNOWN).all()
    assert (result.labels.dtype, result.ambiguous.dtype) == (np.int64, np.bool_)


@every_metric
@every_method
@pytest.mark.parametrize("seed", range(5))
def test_people_far_apart_are_separated(method: str, metric: str, seed: int) -> None:
    face, person_of = separated(people=6, tracks=40, seed=seed)
    threshold = THRESHOLD if metric == "l2" else 0.030
    labels = run(method, features_of(face), NO_LINKS, threshold, metric=metric).labels
    assert partition(labels) == partition(person_of)


@every_method_of_ours
@pytest.mark.parametrize("seed", range(5))
def test_reversed_time_gives_the_same_people(method: str, seed: int) -> None:
    face, person_of = separated(people=6, tracks=40, seed=seed)
    rng = np.random.default_rng(seed)
    chips = rng.integers(0, 4, 40)
    reversed_in_time = features_of(face, chips=chips, start=range(40, 0, -1))
    forward = run(method, features_of(face, chips=chips)).labels
    assert partition(run(method, reversed_in_time).labels) == partition(forward)
    assert len(partition(forward)) == len(set(person_of))


@every_method
@few
@given(problem=problems(), power=st.integers(-8, 8))
def test_cosine_ignores_length(
    method: str, problem: tuple[TrackFeatures, np.ndarray], power: int
) -> None:
    features, pairs = problem
    longer = features_of(
        features.face * np.float32(2.0**power),
        chips=features.readable_chips,
        quality=features.quality,
        start=features.start_pts,
        has_face=features.has_face,
    )
    plain = run(method, features, pairs, 0.1, metric="cosine")
    other = run(method, longer, pairs, 0.1, metric="cosine")
    np.testing.assert_array_equal(other.labels, plain.labels)


@every_method
def test_no_tracks(method: str) -> None:
    result = run(method, features_of([]))
    assert result.labels.shape == result.ambiguous.shape == (0,)


@every_method
@pytest.mark.parametrize(
    ("chips", "expected"), [(0, UNKNOWN), (1, UNKNOWN), (2, 0), (9, 0)], ids=str
)
def test_one_track_is_a_person_with_enough_readable_chips(
    method: str, chips: int, expected: int
) -> None:
    assert labels_of(method, features_of([[1, 0]], chips=chips)) == [expected]


@every_method
def test_one_track_without_a_face(method: str) -> None:
    assert labels_of(method, features_of([[0, 0]], has_face=False)) == [UNKNOWN]


@every_method
def test_each_of_three_strangers_is_a_person(method: str) -> None:
    assert labels_of(method, features_of([[0, 0], [3, 0], [0, 5]])) == [0, 1, 2]


@every_method
def test_two_single_chips_that_match_are_a_person(method: str) -> None:
    assert labels_of(method, features_of([[1, 0], [1.01, 0]], chips=1)) == [0, 0]


@every_method
def test_two_different_single_chips_are_unknown(method: str) -> None:
    result = run(method, features_of([[1, 0], [3, 0]], chips=1))
    assert result.labels.tolist() == [UNKNOWN, UNKNOWN]
    assert not result.ambiguous.any()


@every_method
def test_two_single_chips_of_one_frame_are_unknown(method: str) -> None:
    features = features_of([[1, 0], [1.01, 0]], chips=1)
    assert labels_of(method, features, links((0, 1))) == [UNKNOWN, UNKNOWN]


@every_method
def test_a_single_chip_joins_the_person_it_matches(method: str) -> None:
    features = features_of([[1, 0], [5, 0], [1.01, 0], [1.0, 0.01]], chips=[5, 5, 1, 5])
    assert labels_of(method, features) == [0, 1, 0, 0]


@every_method
def test_unreadable_tracks_alone_are_unknown(method: str) -> None:
    assert labels_of(method, features_of([[1, 0]] * 5, chips=0)) == [UNKNOWN] * 5


@every_method
def test_an_unreadable_track_joins_and_is_numbered_with_its_person(method: str) -> None:
    # It is seen first, so the person that it joins is numbered first.
    features = features_of([[5.1, 0], [1, 0], [5, 0], [1.01, 0], [5, 0.01]], chips=[0, 5, 5, 5, 5])
    assert labels_of(method, features) == [0, 1, 0, 1, 0]


@every_method
def test_an_unreadable_track_between_two_people_is_ambiguous(method: str) -> None:
    face = [[0, 0], [0, 0.01], [0.5, 0], [0.5, 0.01], [0.25, 0]]
    result = run(method, features_of(face, chips=[5, 5, 5, 5, 0]), threshold=0.3)
    assert result.labels.tolist() == [0, 0, 1, 1, UNKNOWN]
    assert result.ambiguous.tolist() == [False] * 4 + [True]


@every_method
def test_an_unreadable_track_in_a_frame_with_its_only_candidate_is_ambiguous(method: str) -> None:
    result = run(
        method, features_of([[1, 0], [1, 0.01], [1.01, 0]], chips=[5, 5, 0]), links((2, 1))
    )
    assert result.labels.tolist() == [0, 0, UNKNOWN]
    assert result.ambiguous.tolist() == [False, False, True]


@every_method
def test_the_nearer_of_two_unreadable_faces_of_one_frame_joins(method: str) -> None:
    features = features_of([[1, 0], [1, 0.01], [1.2, 0], [1.1, 0]], chips=[5, 5, 0, 0])
    result = run(method, features, links((2, 3)))
    assert result.labels.tolist() == [0, 0, UNKNOWN, 0]
    assert result.ambiguous.tolist() == [False, False, True, False]


@every_method_of_ours
@pytest.mark.parametrize(("quality", "people"), [(0.0, 2), (0.05, 2), (0.1, 1), (0.9, 1)])
def test_faces_of_low_quality_must_be_nearer(method: str, quality: float, people: int) -> None:
    # 0.3 apart, under 0.36; divided by the tolerance 0.5 at quality 0, 0.41 at 0.05, 0.353 at 0.1.
    features = features_of([[0, 0], [0.3, 0]], quality=[quality, 0.9])
    assert len(set(labels_of(method, features))) == people


@every_method
def test_a_person_is_within_the_threshold(method: str) -> None:
    features = features_of([[0, 0], [0.5, 0]])
    assert labels_of(method, features, threshold=0.499) == [0, 1]
    assert labels_of(method, features, threshold=0.501) == [0, 0]


@every_method
def test_a_threshold_of_zero_joins_only_identical_faces(method: str) -> None:
    assert labels_of(method, features_of([[0, 0], [0.5, 0]]), threshold=0.0) == [0, 1]


@every_method
@few
@given(problem=problems())
def test_results_are_deterministic(method: str, problem: tuple[TrackFeatures, np.ndarray]) -> None:
    first, second = (run(method, *problem) for _ in range(2))
    np.testing.assert_array_equal(first.labels, second.labels)


def test_an_unknown_method_is_refused_with_the_choices() -> None:
    with pytest.raises(ConfigError, match="no method named 'kmeans'") as caught:
        create(ClusteringConfig(method="kmeans"), THRESHOLD)
    assert caught.value.remedy == "Choose from agglomerative, hdbscan, incremental, sequential"


def test_names_are_sorted() -> None:
    assert names() == tuple(sorted(METHODS.built_in))
