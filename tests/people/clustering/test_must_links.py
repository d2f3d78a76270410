"""Must-links, for every method."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.config import ClusteringConfig
from clusterer.core.types import UNKNOWN, TrackFeatures
from clusterer.people.clustering import METHODS
from clusterer.people.clustering.must_links import assign, must_link_groups
from tests.people.clustering.builder import NO_LINKS, features_of, links, problems

every_method = pytest.mark.parametrize("method", METHODS.built_in)


@pytest.mark.parametrize(
    ("cannot", "must", "groups"),
    [
        ([], [], [[0], [1], [2], [3]]),
        ([], [(2, 0), (0, 2), (1, 1)], [[0, 2], [1], [3]]),
        ([], [(3, 1), (1, 2)], [[0], [1, 2, 3]]),
        ([(0, 1)], [(0, 1), (2, 3)], [[0], [1], [2, 3]]),
        ([(0, 3)], [(0, 1), (1, 2), (2, 3)], [[0, 1, 2], [3]]),
        ([(0, 3)], [(2, 3), (1, 2), (0, 1)], [[0], [1, 2, 3]]),
    ],
)
def test_groups_by_hand(
    cannot: list[tuple[int, int]], must: list[tuple[int, int]], groups: list[list[int]]
) -> None:
    assert must_link_groups(links(*cannot), links(*must), 4) == groups


@st.composite
def linked_problems(
    draw: st.DrawFn,
) -> tuple[TrackFeatures, np.ndarray, np.ndarray]:
    features, cannot = draw(problems())
    n = len(features)
    rows = st.integers(0, max(n - 1, 0))
    must = draw(st.lists(st.tuples(rows, rows), max_size=5)) if n else []
    return features, cannot, links(*must)


@every_method
@settings(max_examples=40)
@given(problem=linked_problems(), threshold=st.sampled_from([0.0, 0.36, 2.0]))
def test_cannot_links_hold_and_must_links_hold_unless_contradicted(
    method: str, problem: tuple[TrackFeatures, np.ndarray, np.ndarray], threshold: float
) -> None:
    features, cannot, must = problem
    labels = assign(features, cannot, must, ClusteringConfig(method=method), threshold).labels
    first, second = labels[cannot[:, 0]], labels[cannot[:, 1]]
    assert ((first != second) | (first == UNKNOWN)).all()
    for group in must_link_groups(cannot, must, len(features)):
        assert len(set(labels[group].tolist())) == 1


@every_method
@settings(max_examples=20)
@given(problem=problems())
def test_a_link_to_itself_changes_nothing(
    method: str, problem: tuple[TrackFeatures, np.ndarray]
) -> None:
    features, cannot = problem
    config = ClusteringConfig(method=method)
    plain = assign(features, cannot, NO_LINKS, config, 0.36)
    to_itself = np.repeat(np.arange(len(features)), 2).reshape(-1, 2)
    linked = assign(features, cannot, to_itself, config, 0.36)
    np.testing.assert_array_equal(linked.labels, plain.labels)
    np.testing.assert_array_equal(linked.ambiguous, plain.ambiguous)


@every_method
def test_linked_tracks_far_apart_are_one_person(method: str) -> None:
    features = features_of([[0, 0, 0], [1, 0, 0], [0, 1, 0]])
    config = ClusteringConfig(method=method)
    separate = assign(features, NO_LINKS, NO_LINKS, config, 0.36).labels
    linked = assign(features, NO_LINKS, links((0, 1)), config, 0.36).labels
    assert separate[0] != separate[1] or separate[0] == UNKNOWN
    assert linked[0] == linked[1] != UNKNOWN
    assert linked[2] != linked[0]


def test_an_unreadable_track_follows_its_must_link_without_moving_the_average() -> None:
    features = features_of(
        [[0, 0, 0], [9, 0, 0], [0.3, 0, 0]], chips=[5, 0, 5], quality=[0.8, 0.01, 0.8]
    )
    config = ClusteringConfig(method="incremental")
    labels = assign(features, NO_LINKS, links((0, 1)), config, 0.36).labels
    assert labels.tolist() == [0, 0, 0]


def test_a_track_without_a_face_follows_its_must_link() -> None:
    features = features_of([[0, 0, 0], [0, 0, 0]], has_face=[True, False], chips=[5, 0])
    labels = assign(features, NO_LINKS, links((1, 0)), ClusteringConfig(), 0.36).labels
    assert labels.tolist() == [0, 0]
