"""The score of dlib's detectors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.faces.detection.margin import LOWEST_MARGIN, margin_of, score


def test_score_by_hand() -> None:
    # odds at 0 are 1; a margin of ln 3 multiplies them by 3: 3 / (1 + 3).
    np.testing.assert_allclose(score(np.array([0, np.log(3)])), [0.5, 3 / 4], rtol=1e-6)


@given(st.floats(-5, 5), st.floats(-5, 5))
def test_score_grows_with_the_margin(a: float, b: float) -> None:
    low, high = sorted((a, b))
    first, second = score(np.array([low, high]))
    assert 0 < first <= second < 1


@given(st.floats(0.27, 0.99))
def test_margin_is_the_inverse(score_: float) -> None:
    assert score(np.array([margin_of(score_)]))[0] == pytest.approx(score_, rel=1e-5)


def test_the_margin_has_a_lower_bound() -> None:
    assert margin_of(0.0) == LOWEST_MARGIN
    assert np.isfinite(margin_of(1.0))
