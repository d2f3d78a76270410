"""Distances between embeddings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import METRICS
from clusterer.core.distance import between, mean, of_pairs

HALF = 0.5**0.5


@pytest.mark.parametrize(
    ("a", "b", "l2", "cosine"),
    [
        ([3, 4], [3, 4], 0, 0),
        ([0, 0], [3, 4], 5, 1),
        ([0, 0], [0, 0], 0, 1),
        ([1, 0], [0, 1], 2**0.5, 1),
        ([1, 0], [-2, 0], 3, 2),
        ([1, 0], [5, 5], 41**0.5, 1 - HALF),
        ([2, 0], [6, 0], 4, 0),
    ],
)
def test_by_hand(a: list[float], b: list[float], l2: float, cosine: float) -> None:
    first, second = np.array([a], np.float32), np.array([b], np.float32)
    assert between(first, second, "l2")[0, 0] == pytest.approx(l2, abs=1e-7)
    assert between(first, second, "cosine")[0, 0] == pytest.approx(cosine, abs=1e-12)


@pytest.mark.parametrize("metric", METRICS)
@given(seed=st.integers(0, 2**32 - 1))
def test_as_one_pair_at_a_time(metric: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(4, 6)), rng.normal(size=(3, 6))
    for (i, j), distance in np.ndenumerate(between(a, b, metric)):
        if metric == "l2":
            expected = np.linalg.norm(a[i] - b[j])
        else:
            expected = 1 - a[i] @ b[j] / np.linalg.norm(a[i]) / np.linalg.norm(b[j])
        assert distance == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("metric", METRICS)
@given(seed=st.integers(0, 2**32 - 1))
def test_symmetric_and_in_range(metric: str, seed: int) -> None:
    a = np.random.default_rng(seed).normal(size=(5, 3)) * 10
    apart = between(a, a, metric)
    np.testing.assert_allclose(apart, apart.T, atol=1e-9)
    np.testing.assert_allclose(np.diag(apart), 0, atol=1e-6)
    assert (apart >= 0).all()
    assert metric == "l2" or (apart <= 2).all()


@given(st.integers(0, 2**32 - 1))
def test_cosine_does_not_look_at_the_length_of_any_vector(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(4, 6)), rng.normal(size=(3, 6))
    longer = a * 10 ** rng.uniform(-3, 3, (4, 1))
    np.testing.assert_allclose(between(longer, b, "cosine"), between(a, b, "cosine"), atol=1e-12)


@pytest.mark.parametrize("metric", METRICS)
def test_the_input_is_unchanged_and_may_be_empty(metric: str) -> None:
    a = np.array([[3.0, 4.0]], np.float32)
    a.setflags(write=False)
    assert between(a, np.zeros((0, 2), np.float32), metric).shape == (1, 0)
    assert between(a, a, metric).dtype == np.float64
    assert a.tolist() == [[3.0, 4.0]]


@pytest.mark.parametrize("metric", METRICS)
def test_pairs_by_row_are_those_of_all_pairs(metric: str) -> None:
    vectors = np.random.default_rng(5).normal(size=(7, 4)).astype(np.float32)
    vectors[6] = 0.0
    first, second = (part.ravel() for part in np.indices((7, 7)))
    found = of_pairs(vectors[first], vectors[second], metric)
    assert found.dtype == np.float64
    assert np.abs(found - between(vectors, vectors, metric).ravel()).max() < 1e-7


def test_pairs_of_an_unknown_metric() -> None:
    with pytest.raises(ValueError, match="no metric is named 'l3'"):
        of_pairs(np.ones((2, 3)), np.ones((2, 3)), "l3")


def test_mean_keeps_a_length_of_1() -> None:
    both = np.array([[1.0, 0.0], [0.6, 0.8]], np.float32)
    found = mean(both, np.array([3.0, 1.0]))  # (0.9, 0.2) before its length becomes 1
    assert found == pytest.approx(np.array([0.9, 0.2]) / 0.85**0.5)
    assert mean(2 * both, np.array([3.0, 1.0])) == pytest.approx([1.8, 0.4])
    with_zeros = np.vstack([both, np.zeros((1, 2), np.float32)])
    assert np.linalg.norm(mean(with_zeros, np.ones(3))) == pytest.approx(1)
    assert mean(np.zeros((2, 2)), np.ones(2)).tolist() == [0, 0]
    assert mean(np.array([[1.0, 0.0], [-1.0, 0.0]]), np.ones(2)).tolist() == [0, 0]
