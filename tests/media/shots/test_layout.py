from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.media.shots.layout import (
    Layout,
    _median,
    active_area,
    changes_widely,
    correlation,
    mean_change,
    moved_correlation,
)
from tests.media.shots.pictures import barred, scene


def flat(rows: list[list[int]]) -> Layout:
    """The layout of a small picture whose pixels are its cells."""
    return Layout.of(np.repeat(np.array(rows, np.uint8)[:, :, None], 3, axis=2))


def test_numbers_worked_out_by_hand() -> None:
    a, b = flat([[0, 10], [20, 30]]), flat([[30, 20], [10, 0]])
    assert a.contrast == pytest.approx(125**0.5)  # deviations 15, 5, 5, 15
    assert correlation(a, b) == pytest.approx(-1)
    assert correlation(a, a) == pytest.approx(1)
    assert mean_change(a, b) == pytest.approx(20)  # 30, 10, 10, 30
    assert correlation(a, flat([[7, 7], [7, 7]])) == 0
    assert (correlation(a, flat([[1, 2, 3]])), mean_change(a, flat([[1, 2, 3]]))) == (0, 255)


def test_light_does_not_change_a_layout() -> None:
    assert correlation(Layout.of(scene(1)), Layout.of(scene(1, 0.5))) > 0.99


def test_a_wide_picture_is_reduced() -> None:
    assert Layout.of(np.zeros((90, 160, 3), np.uint8)).cells.shape == (22, 40)


def test_a_moved_picture_correlates() -> None:
    a, b = Layout.of(scene(1)), Layout.of(scene(1, shift_px=10))
    assert correlation(a, b) < 0.5
    assert moved_correlation(a, b) > 0.95
    assert moved_correlation(a, Layout.of(scene(2))) < 0.75
    assert moved_correlation(a, Layout.of(np.zeros_like(scene(1)))) == 0


def test_bars_are_left_out() -> None:
    a, b = Layout.of(barred(scene(1))), Layout.of(barred(scene(2)))
    assert a.cells.shape == (36, 40)
    assert active_area(a, b) == (slice(6, 30), slice(0, 40))  # 12 of 72 px above and below
    assert active_area(Layout.of(scene(1)), Layout.of(scene(2))) is None


def test_a_wide_bar_must_be_uniform() -> None:
    """Patterned pillars take up to a quarter on each side, black ones more."""
    for seed, expected in ((None, slice(14, 26)), (3, slice(10, 30))):
        pictures = []
        for inside in (1, 2):
            picture = np.zeros_like(scene(1)) if seed is None else scene(seed).copy()
            picture[:, 28:52] = scene(inside)[:, 28:52]
            pictures.append(Layout.of(picture))
        area = active_area(*pictures)
        assert area is not None, seed
        assert area[1] == expected, seed


def test_a_still_border_around_a_person_is_no_bar() -> None:
    moved = scene(1).copy()
    moved[8:40, 8:16] = scene(2)[8:40, 8:16]
    moved[8:16, 8:72] = scene(2)[8:16, 8:72]
    a, b = Layout.of(scene(1)), Layout.of(moved)
    assert active_area(a, b) is None
    assert not changes_widely(a, b)
    assert changes_widely(a, Layout.of(scene(2)))


@given(st.lists(st.floats(0, 255, width=32), min_size=1, max_size=40))
def test_the_median_is_numpys(values: list[float]) -> None:
    row = np.array(values, np.float32)
    assert _median(row) == np.float32(np.median(row))
