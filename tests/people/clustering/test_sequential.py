"""The sequential rule: by hand, and against an implementation face by face."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import ClusteringConfig
from clusterer.core.types import UNKNOWN
from clusterer.people.clustering import create
from tests.people.clustering.builder import NO_LINKS, features_of, links, partition

ALONE = UNKNOWN


def labels_of(
    face: Any, cannot_link: np.ndarray = NO_LINKS, threshold: float = 1.0, **tracks: Any
) -> list[int]:
    """Labels of tracks, by default of one readable face each."""
    features = features_of(np.array(face, float), **{"chips": 1, **tracks})
    config = ClusteringConfig(method="sequential")
    labels: list[int] = create(config, threshold).cluster(features, cannot_link).labels.tolist()
    return labels


def by_the_rule(faces: np.ndarray, threshold: float) -> set[frozenset[int]]:
    """Groups of single faces in lists, without cannot-links, as in the original program."""
    persons: list[list[int]] = []
    unknown: list[int] = []
    for i, face in enumerate(faces):
        averages = [faces[person].mean(axis=0) for person in persons]
        if averages:
            distance = np.linalg.norm(np.array(averages) - face, axis=1)
            if distance.min() < threshold:
                persons[int(distance.argmin())].append(i)
                continue
        if unknown:
            distance = np.linalg.norm(faces[unknown] - face, axis=1)
            if distance.min() < threshold:
                persons.append([unknown.pop(int(distance.argmin())), i])
                continue
        unknown.append(i)
    return {frozenset(person) for person in persons}


@given(
    n=st.integers(0, 40),
    seed=st.integers(0, 2**32 - 1),
    threshold=st.floats(0.1, 2.0),
)
def test_single_faces_are_grouped_as_by_the_rule(n: int, seed: int, threshold: float) -> None:
    faces = np.random.default_rng(seed).normal(size=(n, 2)).astype(np.float32).astype(float)
    labels = np.array(labels_of(faces, threshold=threshold), int)
    assert partition(labels) == by_the_rule(faces, threshold)


@pytest.mark.parametrize(
    ("face", "expected"),
    [
        pytest.param([[0], [0.9]], [0, 0], id="two that match become a person"),
        pytest.param([[0], [1.1]], [ALONE, ALONE], id="two that differ are held"),
        pytest.param([[0], [1.0]], [ALONE, ALONE], id="at the threshold does not match"),
        pytest.param([[0], [0.6], [1.2]], [0, 0, 0], id="the average is the mean, 0.3"),
        pytest.param([[0], [0.6], [1.4]], [0, 0, ALONE], id="not the nearest member, 0.6"),
        pytest.param([[0], [0.6], [1.2], [1.5]], [0, 0, 0, 0], id="the average moves, to 0.6"),
        pytest.param([[0], [1.6], [0.9]], [ALONE, 0, 0], id="the nearest held face matches"),
        pytest.param(
            [[0], [0], [1.5], [1.5], [0.7]], [0, 0, 1, 1, 0], id="the nearest of two people"
        ),
        pytest.param(
            [[0], [0], [0.7], [1.5], [1.5], [0.8], [0.8]],
            [0, 0, 0, 1, 1, 0, 0],
            id="people whose averages converge are not merged",
        ),
        pytest.param(
            [[1.5], [0], [0.9], [0.9], [0.9]],
            [0, ALONE, 0, 0, 0],
            id="a held face is not retried",
        ),
    ],
)
def test_by_hand(face: list[list[float]], expected: list[int]) -> None:
    assert labels_of(face) == expected


def test_the_order_decides() -> None:
    forwards = labels_of([[0], [0.9], [1.8]])
    backwards = labels_of([[0], [0.9], [1.8]], start=[3, 2, 1])
    assert (forwards, backwards) == ([0, 0, ALONE], [ALONE, 0, 0])


def test_averages_and_distances_ignore_quality() -> None:
    face, poor = [[0], [0.6], [1.2]], [0.01, 0.9, 0.01]
    assert labels_of(face, quality=poor) == labels_of(face, quality=0.9) == [0, 0, 0]


def test_a_track_of_enough_faces_is_a_person_even_if_it_matches_a_held_track() -> None:
    assert labels_of([[0], [0.5], [0.4]], chips=[1, 2, 1]) == [ALONE, 0, 0]


@pytest.mark.parametrize(
    ("face", "expected"),
    [
        pytest.param([[0], [0.1], [0.5]], [0, ALONE, 0], id="the next held face joins"),
        pytest.param([[0], [0.1], [3.0]], [ALONE, ALONE, ALONE], id="no held face may match"),
    ],
)
def test_cannot_linked_groups_are_skipped(face: list[list[float]], expected: list[int]) -> None:
    assert labels_of(face, links((0, 1), (1, 2))) == expected
