"""The square around the box, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from clusterer.core.types import ImageArray
from clusterer.faces import alignment
from tests.faces.alignment.builder import faces

ROWS, COLUMNS = 200, 250
GRADIENT = np.full((ROWS, COLUMNS, 3), 255, np.uint8)
GRADIENT[..., 0] = np.arange(ROWS)[:, None]  # red encodes the row, green the column
GRADIENT[..., 1] = np.arange(COLUMNS)[None]


def cut(box: list[int], size_px: int, padding: float) -> ImageArray:
    return alignment.create("box", size_px, padding).align(GRADIENT, faces(box))[0]


@pytest.mark.parametrize(
    ("box", "padding", "left", "top", "side"),
    [
        ([100, 50, 140, 90], 0.0, 100, 50, 40),
        ([100, 50, 130, 90], 0.0, 95, 50, 40),  # the longer side is used
        ([100, 50, 140, 90], 0.5, 80, 30, 80),  # 20 px more on each side
        ([100, 50, 140, 74], 0.25, 90, 32, 60),
    ],
)
def test_square_around_the_box(
    box: list[int], padding: float, left: int, top: int, side: int
) -> None:
    assert np.array_equal(cut(box, side, padding), GRADIENT[top : top + side, left : left + side])


def test_shrinking_averages() -> None:
    chip = cut([100, 50, 140, 90], 20, 0.0)
    assert chip[0, 0, 0] in {50, 51}  # of rows 50 and 51
    assert np.abs(np.diff(chip[:, 0, 0].astype(int)) - 2).max() <= 1


def test_enlarged() -> None:
    assert cut([100, 50, 110, 60], 40, 0.0).shape == (40, 40, 3)


def test_a_chip_is_black_outside_the_picture() -> None:
    chip = cut([-10, -10, 10, 10], 20, 0.0)
    assert (chip[:10] == 0).all()
    assert (chip[:, :10] == 0).all()
    assert np.array_equal(chip[10:, 10:], GRADIENT[:10, :10])
    chip = cut([240, 190, 260, 210], 20, 0.0)
    assert np.array_equal(chip[:10, :10], GRADIENT[190:, 240:])
    assert (chip[10:] == 0).all()
    assert (cut([400, 400, 420, 420], 20, 0.0) == 0).all()
