"""Boxes and points, computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.geometry import (
    areas,
    centres,
    clip,
    distance_in_heights,
    iou,
    size_ratio,
    square,
)

UNIT = (0, 0, 10, 10)


def boxes(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


coordinate = st.floats(-500, 500, allow_nan=False, width=32)
any_boxes = st.lists(st.tuples(*[coordinate] * 4), max_size=6).map(lambda rows: boxes(*rows))


def test_areas() -> None:
    table = boxes(UNIT, (1, 2, 4, 10), (5, 5, 5, 9), (10, 10, 0, 0))
    assert areas(table).tolist() == [100, 24, 0, 0]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (UNIT, 1.0),
        ((5, 0, 15, 10), 50 / 150),
        ((5, 5, 15, 15), 25 / 175),
        ((2, 2, 4, 4), 4 / 100),
        ((10, 0, 20, 10), 0.0),
        ((50, 50, 60, 60), 0.0),
        ((5, 5, 5, 5), 0.0),
        ((10, 10, 0, 0), 0.0),
    ],
)
def test_iou(other: tuple[float, ...], expected: float) -> None:
    assert iou(boxes(UNIT), boxes(other))[0, 0] == pytest.approx(expected)


def test_two_empty_boxes_do_not_overlap() -> None:
    empty = boxes((3, 3, 3, 3))
    assert iou(empty, empty).tolist() == [[0.0]]


@given(any_boxes, any_boxes)
def test_iou_is_a_symmetric_share(a: np.ndarray, b: np.ndarray) -> None:
    overlap = iou(a, b)
    assert overlap.shape == (len(a), len(b))
    assert ((overlap >= 0) & (overlap <= 1 + 1e-6)).all()
    np.testing.assert_array_equal(overlap, iou(b, a).T)


@pytest.mark.parametrize(
    ("other", "expected"),
    [(UNIT, 1.0), ((0, 0, 3, 25), 2.5), ((0, 0, 30, 4), 2.5), ((7, 7, 90, 17), 1.0)],
)
def test_size_ratio_is_of_heights(other: tuple[float, ...], expected: float) -> None:
    assert size_ratio(boxes(UNIT), boxes(other))[0, 0] == pytest.approx(expected)
    assert size_ratio(boxes(other), boxes(UNIT))[0, 0] == pytest.approx(expected)


def test_a_box_without_height_is_far_smaller_than_any() -> None:
    ratio = size_ratio(boxes((0, 0, 5, 0)), boxes(UNIT))[0, 0]
    assert np.isfinite(ratio)
    assert ratio > 1000


@pytest.mark.parametrize(
    ("other", "expected"),
    [(UNIT, 0.0), ((25, 35, 45, 55), 50 / 20), ((10, 0, 20, 10), 1.0), ((0, 3, 10, 7), 0.0)],
)
def test_distance_in_heights_of_the_higher(other: tuple[float, ...], expected: float) -> None:
    assert distance_in_heights(boxes(UNIT), boxes(other))[0, 0] == pytest.approx(expected)


def test_centres() -> None:
    assert centres(boxes(UNIT, (2, 4, 8, 5))).tolist() == [[5, 5], [5, 4.5]]


def test_clip_keeps_the_dtype_and_what_lies_within() -> None:
    table = boxes((-5, -5, 700, 300), (10, 20, 30, 40), (650, 370, 660, 380)).astype(np.float32)
    clipped = clip(table, 640, 360)
    assert clipped.tolist() == [[0, 0, 640, 300], [10, 20, 30, 40], [640, 360, 640, 360]]
    assert clipped.dtype == np.float32


def test_square_is_moved_down() -> None:
    assert square(np.array([10, 20, 30, 60]), 8, 2).tolist() == [16, 38, 24, 46]
    assert square(np.array([10, 20, 30, 60]), 8).tolist() == [16, 36, 24, 44]


@pytest.mark.parametrize("function", [iou, size_ratio, distance_in_heights])
def test_no_boxes(function: object) -> None:
    assert callable(function)
    assert function(boxes(), boxes(UNIT)).shape == (0, 1)
    assert function(boxes(UNIT), boxes()).shape == (1, 0)
