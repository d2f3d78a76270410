"""Confidence: a probability by distance, bounded by what the data support."""

from __future__ import annotations

from math import exp, sqrt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from benchmarks.people.confidence import counted, fit_table, read_counts
from clusterer.core.config import METRICS
from clusterer.core.types import UNKNOWN, ClothingDecision, Move, TrackFeatures
from clusterer.people.confidence import (
    INTERCEPT,
    LEAST,
    MOST,
    MOST_COMPARED,
    SLOPE,
    confidences,
    from_others,
    probability,
    reach,
    with_clothing,
)
from tests.people.clustering.builder import features_of, permuted, problems

UNIT = {"l2": 0.36, "cosine": 0.03}

metrics = st.sampled_from(METRICS)


def on_a_line(*places: float, quality: list[float] | float = 0.5, chips: int = 4) -> TrackFeatures:
    return features_of([[place, 0.0] for place in places], quality=quality, chips=chips)


def test_reach_by_hand() -> None:
    """Of the others at 1, 2 and 4, the nearest with 0.75 of the weight; alone there are none."""
    features = on_a_line(0.0, 1.0, 2.0, 4.0, 9.0, quality=[0.5, 0.4, 0.4, 0.2, 0.5])
    labels = np.array([0, 0, 0, 0, 1])
    # From 0: 0.4 and 0.4 of 1.0. From 1: 0.5, 0.9 of 1.1. From 2: 0.4, 0.9 of 1.1 (at 2 is 0, too).
    found = reach(features, labels, "l2", 0.5)
    assert found[:4] == pytest.approx([4.0, 2.0, 4.0, 8.0])
    assert np.isnan(found[4])
    heavy = on_a_line(0.0, 1.0, 2.0, 4.0, quality=[0.5, 0.2, 0.2, 0.9])
    assert reach(heavy, labels[:4], "l2", 0.5)[0] == pytest.approx(8.0)  # 0.4 of 1.3 is too little
    assert np.isnan(reach(features, np.full(5, UNKNOWN), "l2", 0.5)).all()


def test_reach_of_many_tracks_is_by_some_of_them() -> None:
    n = 2 * MOST_COMPARED + 200
    found = reach(on_a_line(*np.linspace(0.0, 1.0, n)), np.zeros(n, np.int64), "l2", 1.0)
    assert found[[0, n // 2, n - 1]] == pytest.approx([0.75, 0.375, 0.75], abs=0.01)


def test_distance_to_the_others_by_hand() -> None:
    # From 0.0 the others' average is (0.4 * 0.2 + 0.6 * 0.3) / 1.0 = 0.26.
    # From 0.3 it is (0.1 * 0.0 + 0.4 * 0.2) / 0.5 = 0.16.
    features = on_a_line(0.0, 0.2, 0.3, 9.0, quality=[0.1, 0.4, 0.6, 0.9])
    found = from_others(features, np.array([0, 0, 0, 1]), "l2", 0.5)
    expected = [0.26 / 0.5, (0.6 * 0.3 / 0.7 - 0.2) / 0.5, 0.14 / 0.5, 0.0]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_probability_by_hand() -> None:
    expected = 1.0 / (1.0 + exp(SLOPE * 1.5 - INTERCEPT))
    assert LEAST < expected < MOST
    found = confidences(on_a_line(0.0, 0.54), np.array([0, 0]), "l2", 0.36)
    np.testing.assert_allclose(found, [expected] * 2, rtol=1e-5)


def test_coefficients_are_those_of_the_stored_judgements() -> None:
    assert fit_table(read_counts()) == (SLOPE, INTERCEPT)


def test_judgements_are_counted_by_reach() -> None:
    right = np.array([True, False, True, True])
    table = counted(np.array([0.0, 0.031, 0.029, 1.0]), right)
    assert table.tolist() == [[0, 1, 1], [1, 1, 1], [2, 1, 0], [50, 1, 1]]


def test_cosine_is_measured_as_l2_of_unit_vectors() -> None:
    # Embeddings 60 degrees apart, of any length: cosine distance 0.5, which is 2² units of 0.125.
    features = features_of([[2.0, 0.0], [0.5, sqrt(0.75)]])
    for measure in (reach, from_others):
        found = measure(features, np.array([0, 0]), "cosine", 0.125)
        np.testing.assert_allclose(found, [2.0, 2.0], rtol=1e-6)


def test_the_only_track_of_a_person_is_compared_with_itself() -> None:
    found = confidences(on_a_line(0.0, 0.1), np.array([0, 1]), "l2", 0.36)
    assert found.tolist() == [MOST, MOST]


def test_unknown_tracks_have_no_confidence_and_no_influence() -> None:
    features = on_a_line(0.0, 0.3, 5.0)
    alone = confidences(features, np.array([0, 0, UNKNOWN]), "l2", 0.36)
    beside = confidences(on_a_line(0.0, 0.3), np.array([0, 0]), "l2", 0.36)
    assert alone.tolist() == [*beside.tolist(), 0.0]
    assert np.isnan(reach(features, np.array([0, 0, UNKNOWN]), "l2", 0.36)[2])
    assert confidences(features, np.full(3, UNKNOWN), "l2", 0.36).tolist() == [0.0] * 3


def test_no_tracks() -> None:
    assert confidences(features_of([]), np.zeros(0, np.int64), "l2", 0.36).shape == (0,)


@pytest.mark.parametrize("metric", METRICS)
def test_a_unit_of_zero(metric: str) -> None:
    features = features_of([[1.0, 0.0], [0.0, 1.0], [3.0, 3.0], [3.0, 3.0]])
    found = confidences(features, np.array([0, 0, 1, 1]), metric, 0.0)
    assert found.tolist() == [LEAST, LEAST, MOST, MOST]


def test_unreadable_faces_count_a_little() -> None:
    features, labels = on_a_line(0.0, 0.5, quality=0.0, chips=0), np.array([0, 0])
    assert reach(features, labels, "l2", 0.5) == pytest.approx([1.0, 1.0])
    assert from_others(features, labels, "l2", 0.5) == pytest.approx([1.0, 1.0])


@given(far=st.floats(0.0, 100.0), farther=st.floats(0.0, 100.0))
def test_farther_is_never_more_likely(far: float, farther: float) -> None:
    high, low = probability(np.array([far, far + farther]))
    assert LEAST <= low <= high <= MOST


@given(
    places=st.lists(st.floats(-1.0, 1.0), min_size=2, max_size=6),
    share=st.floats(0.0, 1.0),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_closer_group_never_lowers_confidence(
    places: list[float], share: float, seed: int
) -> None:
    quality = np.random.default_rng(seed).uniform(0.01, 1.0, len(places)).tolist()
    labels = np.zeros(len(places), np.int64)
    before, after = (
        confidences(on_a_line(*p, quality=quality), labels, "l2", 0.36)
        for p in (places, [share * place for place in places])
    )
    assert (after >= before - 1e-5).all()  # places are rounded to float32


@given(problem=problems(), metric=metrics, seed=st.integers(0, 2**32 - 1))
def test_bounds(problem: tuple[TrackFeatures, np.ndarray], metric: str, seed: int) -> None:
    features, _ = problem
    labels = np.random.default_rng(seed).integers(-1, 3, len(features))
    found = confidences(features, labels, metric, UNIT[metric])
    known = labels != UNKNOWN
    assert (found[~known] == 0.0).all()
    assert ((found[known] >= LEAST) & (found[known] <= MOST)).all()


@given(problem=problems(), metric=metrics, seed=st.integers(0, 2**32 - 1))
def test_confidence_is_independent_of_order_and_numbering(
    problem: tuple[TrackFeatures, np.ndarray], metric: str, seed: int
) -> None:
    features, _ = problem
    assume(len(features) > 0)
    rng = np.random.default_rng(seed)
    labels, order = rng.integers(-1, 3, len(features)), rng.permutation(len(features))
    renamed = np.where(labels == UNKNOWN, UNKNOWN, 2 - labels)[order]
    straight = confidences(features, labels, metric, UNIT[metric])
    turned = confidences(permuted(features, order), renamed, metric, UNIT[metric])
    np.testing.assert_allclose(turned, straight[order], rtol=1e-6)


def decision(
    track: int, face: float, clothing: float, move: Move = Move.JOINED
) -> ClothingDecision:
    return ClothingDecision(track, move, face, clothing, None)


@pytest.mark.parametrize(
    ("face", "clothing", "expected"),
    [
        (0.0, 1.5, 0.5),  # equal to the prior: 50 %
        (0.0, 2.5, 0.731),
        (1.0, 2.5, 0.881),
        (-1.0, 1.0, 0.4),  # less than by the face alone
        (3.0, 6.0, 0.95),  # the upper bound
    ],
)
def test_evidence_becomes_a_probability(face: float, clothing: float, expected: float) -> None:
    likely = with_clothing(np.array([0.4, 0.6]), [decision(0, face, clothing)], 1.5, 0.95)
    assert likely == pytest.approx([expected, 0.6], abs=1e-3)


def test_splitting_a_track_off_does_not_raise_confidence() -> None:
    parted = [decision(0, 0.0, 9.0, Move.SPLIT)]
    assert with_clothing(np.array([0.5]), parted, 1.5, 0.95) == pytest.approx([0.5])
