"""Confidence: quality times margin, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.clustering.confidence import confidences
from clusterer.config import METRICS
from clusterer.types import UNKNOWN, TrackFeatures
from tests.clustering.builder import features_of, problems


def on_a_line(*places: float, quality: list[float] | float = 0.5) -> TrackFeatures:
    return features_of([[place, 0.0] for place in places], quality=quality)


def test_quality_times_margin() -> None:
    # Centroids 0.1 and 0.6. From 0.2: own at 0.1, other at 0.4: 0.3 of a threshold of 0.5.
    features = on_a_line(0.0, 0.2, 0.6, quality=[0.5, 0.5, 0.8])
    found = confidences(features, np.array([0, 0, 1]), "l2", 0.5)
    np.testing.assert_allclose(found, [0.5 * 1.0, 0.5 * 0.6, 0.8 * 1.0], rtol=1e-5)


def test_good_tracks_weigh_more_in_a_centroid() -> None:
    # Centroid (0.1 * 0.0 + 0.9 * 0.4) / 1.0 = 0.36; from 0.4, 0.04 to it and 0.2 to the other.
    features = on_a_line(0.0, 0.4, 0.6, quality=[0.1, 0.9, 0.8])
    found = confidences(features, np.array([0, 0, 1]), "l2", 0.5)
    assert found[1] == pytest.approx(0.9 * (0.2 - 0.04) / 0.5, rel=0.01)


def test_nearer_to_another_person_is_no_confidence() -> None:
    features = on_a_line(0.0, 0.9, 1.0, quality=[0.9, 0.01, 0.9])
    assert confidences(features, np.array([0, 0, 1]), "l2", 0.5)[1] == 0.0


def test_the_only_person_has_the_whole_margin() -> None:
    found = confidences(on_a_line(0.0, 0.3), np.array([0, 0]), "l2", 0.36)
    np.testing.assert_allclose(found, [0.5, 0.5])


def test_the_unknown_have_none_and_count_for_nobody() -> None:
    features = on_a_line(0.0, 0.1, 5.0)
    found = confidences(features, np.array([0, UNKNOWN, UNKNOWN]), "l2", 0.36)
    assert found.tolist() == [0.5, 0.0, 0.0]
    assert confidences(features, np.full(3, UNKNOWN), "l2", 0.36).tolist() == [0.0] * 3


def test_no_tracks() -> None:
    assert confidences(features_of([]), np.zeros(0, np.int64), "l2", 0.36).shape == (0,)


def test_a_threshold_of_nothing() -> None:
    found = confidences(on_a_line(0.0, 1.0), np.array([0, 1]), "l2", 0.0)
    np.testing.assert_allclose(found, [0.5, 0.5])


@pytest.mark.parametrize("metric", METRICS)
@given(problem=problems(), seed=st.integers(0, 2**32 - 1))
def test_a_share(metric: str, problem: tuple[TrackFeatures, np.ndarray], seed: int) -> None:
    features, _ = problem
    labels = np.random.default_rng(seed).integers(-1, 3, len(features))
    found = confidences(features, labels, metric, 0.36)
    assert ((found >= 0) & (found <= features.quality + 1e-6)).all()
    assert (found[labels == UNKNOWN] == 0).all()
