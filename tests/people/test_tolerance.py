"""Tolerance by quality."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import ClusteringConfig
from clusterer.people.tolerance import tolerance

CURVE = ((0.0, 0.5), (0.2, 1.5), (0.6, 1.0))


@pytest.mark.parametrize(
    ("quality", "factor"),
    [(0.0, 0.5), (0.1, 1.0), (0.2, 1.5), (0.4, 1.25), (0.6, 1.0), (1.0, 1.0)],
)
def test_by_hand(quality: float, factor: float) -> None:
    config = ClusteringConfig(tolerance=CURVE)
    assert tolerance(quality, config) == pytest.approx(factor)
    squared = tolerance(quality, ClusteringConfig(tolerance=CURVE, metric="cosine"))
    assert squared == pytest.approx(factor**2)


def test_keeps_the_shape() -> None:
    assert tolerance(np.zeros((2, 3)), ClusteringConfig()).shape == (2, 3)


@given(st.floats(0, 1), st.sampled_from(["l2", "cosine"]))
def test_the_default_is_a_factor_near_1(quality: float, metric: str) -> None:
    assert 0.3 < float(tolerance(quality, ClusteringConfig(metric=metric))) < 1.6


def test_large_sharp_faces_use_the_threshold_unchanged() -> None:
    assert tolerance([0.8, 1.0], ClusteringConfig()).tolist() == [1.0, 1.0]
