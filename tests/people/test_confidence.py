"""Confidence: a probability by distance, quality and share, bounded by what the data support."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clusterer.core.config import METRICS
from clusterer.core.types import UNKNOWN, ClothingDecision, Move, TrackFeatures
from clusterer.people.confidence import (
    COEFFICIENTS,
    INTERCEPT,
    LEAST,
    MOST,
    confidences,
    evidence,
    probability,
    with_clothing,
)
from tests.people.clustering.builder import features_of, permuted, problems

UNIT = {"l2": 0.36, "cosine": 0.03}

parts = st.tuples(st.floats(-100.0, 0.0), st.floats(log(0.01), 0.0), st.floats(log(0.02), 0.0)).map(
    np.array
)
metrics = st.sampled_from(METRICS)


def on_a_line(
    *places: float, quality: list[float] | float = 0.5, chips: object = 4
) -> TrackFeatures:
    return features_of([[place, 0.0] for place in places], quality=quality, chips=chips)


def test_evidence_by_hand() -> None:
    # From 0.0 the others' average is (0.4 * 0.2 + 0.6 * 0.3) / 1.0 = 0.26, the best of them 0.6.
    # From 0.3 it is (0.1 * 0.0 + 0.4 * 0.2) / 0.5 = 0.16, the best of them 0.4.
    features = on_a_line(0.0, 0.2, 0.3, 9.0, quality=[0.1, 0.4, 0.6, 0.9], chips=[1, 4, 5, 7])
    found = evidence(features, np.array([0, 0, 0, 1]), "l2", 0.5)
    expected = [
        [-0.26 / 0.5, log(sqrt(0.1 * 0.6)), log(1 / 10)],
        [-(0.2 - 0.6 * 0.3 / 0.7) / -0.5, log(sqrt(0.4 * 0.6)), log(4 / 10)],
        [-0.14 / 0.5, log(sqrt(0.6 * 0.4)), log(5 / 10)],
        [0.0, log(0.9), 0.0],
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_probability_by_hand() -> None:
    features = on_a_line(0.0, 0.54, quality=0.25, chips=2)
    logit = INTERCEPT - 1.5 * COEFFICIENTS[0] + log(0.25) * COEFFICIENTS[1]
    expected = 1.0 / (1.0 + exp(-(logit - log(2.0) * COEFFICIENTS[2])))
    assert LEAST < expected < MOST
    found = confidences(features, np.array([0, 0]), "l2", 0.36)
    np.testing.assert_allclose(found, [expected] * 2, rtol=1e-5)


def test_cosine_is_measured_as_l2_of_unit_vectors() -> None:
    # Embeddings 60 degrees apart, of any length: cosine distance 0.5, which is 2² units of 0.125.
    features = features_of([[2.0, 0.0], [0.5, sqrt(0.75)]])
    found = evidence(features, np.array([0, 0]), "cosine", 0.125)
    np.testing.assert_allclose(found[:, 0], [-2.0, -2.0], rtol=1e-6)


def test_the_only_track_of_a_person_is_compared_with_itself() -> None:
    found = confidences(on_a_line(0.0, 0.1), np.array([0, 1]), "l2", 0.36)
    assert found.tolist() == [MOST, MOST]


def test_unknown_tracks_have_no_confidence_and_no_influence() -> None:
    features = on_a_line(0.0, 0.3, 5.0)
    alone = confidences(features, np.array([0, 0, UNKNOWN]), "l2", 0.36)
    beside = confidences(on_a_line(0.0, 0.3), np.array([0, 0]), "l2", 0.36)
    assert alone.tolist() == [*beside.tolist(), 0.0]
    assert not evidence(features, np.array([0, 0, UNKNOWN]), "l2", 0.36)[2].any()
    assert confidences(features, np.full(3, UNKNOWN), "l2", 0.36).tolist() == [0.0] * 3


def test_no_tracks() -> None:
    assert confidences(features_of([]), np.zeros(0, np.int64), "l2", 0.36).shape == (0,)


@pytest.mark.parametrize("metric", METRICS)
def test_a_unit_of_zero(metric: str) -> None:
    features = features_of([[1.0, 0.0], [0.0, 1.0], [3.0, 3.0], [3.0, 3.0]])
    found = confidences(features, np.array([0, 0, 1, 1]), metric, 0.0)
    assert found.tolist() == [LEAST, LEAST, MOST, MOST]


def test_unreadable_faces() -> None:
    found = evidence(on_a_line(0.0, 0.0, quality=0.0, chips=0), np.array([0, 0]), "l2", 0.36)
    np.testing.assert_allclose(found, [[0.0, log(0.01), log(0.02)]] * 2, rtol=1e-12)


@given(known=parts, better=parts)
def test_more_evidence_never_lowers_confidence(known: np.ndarray, better: np.ndarray) -> None:
    more = np.maximum(known, better)
    low, high = probability(np.stack([known, more]))
    assert LEAST <= low <= high <= MOST


def test_every_component_matters() -> None:
    middle = np.array([-1.2, log(0.3), log(0.3)])
    assert (probability(middle + 0.2 * np.eye(3)) > probability(middle[None])).all()


@given(
    places=st.lists(st.floats(-1.0, 1.0), min_size=2, max_size=6),
    share=st.floats(0.0, 1.0),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_nearer_face_never_lowers_confidence(
    places: list[float], share: float, seed: int
) -> None:
    quality = np.random.default_rng(seed).uniform(0.01, 1.0, len(places))
    centre = np.average(places[1:], weights=quality[1:])
    nearer = [centre + share * (places[0] - centre), *places[1:]]
    labels = np.zeros(len(places), np.int64)
    before, after = (
        confidences(on_a_line(*p, quality=quality.tolist()), labels, "l2", 0.36)[0]
        for p in (places, nearer)
    )
    assert after >= before - 1e-6  # places are rounded to float32


@given(
    qualities=st.lists(st.floats(0.0, 1.0), min_size=2, max_size=6),
    better=st.floats(0.0, 1.0),
    chips=st.lists(st.integers(0, 9), min_size=6, max_size=6),
    more=st.integers(0, 9),
)
def test_better_and_more_views_never_lower_confidence(
    qualities: list[float], better: float, chips: list[int], more: int
) -> None:
    n = len(qualities)
    places, labels = np.linspace(0.0, 0.8, n), np.zeros(n, np.int64)
    before, after = (
        confidences(on_a_line(*places, quality=q, chips=c), labels, "l2", 0.36)[0]
        for q, c in (
            (qualities, chips[:n]),
            ([max(qualities[0], better), *qualities[1:]], [chips[0] + more, *chips[1:n]]),
        )
    )
    assert after >= before - 1e-12


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
