"""Shrinking and padding before detection."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.faces.detection.picture import pad, shrink


@pytest.mark.parametrize(
    ("size", "side", "expected"),
    [
        ((720, 1280), 640, (360, 640)),
        ((1280, 720), 640, (640, 360)),
        ((360, 640), 640, (360, 640)),
        ((100, 50), 640, (100, 50)),  # never enlarged
        ((1080, 1920), 512, (288, 512)),
        ((357, 641), 512, (285, 512)),  # 357 * 512 / 641 = 285.2
        ((1, 5000), 512, (1, 512)),  # a side never vanishes
    ],
)
def test_sizes(size: tuple[int, int], side: int, expected: tuple[int, int]) -> None:
    small, scale = shrink(np.zeros((*size, 3), np.uint8), side)
    assert small.shape == (*expected, 3)
    np.testing.assert_allclose(scale * expected[::-1], size[::-1], rtol=1e-6)


def test_a_small_picture_is_returned_unchanged() -> None:
    image = np.zeros((20, 30, 3), np.uint8)
    assert shrink(image, 30)[0] is image


def test_fine_stripes_are_averaged_not_sampled() -> None:
    # One white column in four: sampling columns would give 0 or 255; the mean is 64.
    image = np.zeros((64, 256, 3), np.uint8)
    image[:, ::4] = 255
    small, _ = shrink(image, 64)
    assert np.abs(small.astype(int) - 64).max() <= 1


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 400), st.integers(1, 400), st.integers(64, 300))
def test_scale_maps_points_to_the_source(height: int, width: int, side: int) -> None:
    x = np.linspace(0, 255, width)[None, :, None]
    image = np.broadcast_to(x, (height, width, 3)).astype(np.uint8)
    small, scale = shrink(image, side)
    assert max(small.shape[:2]) <= max(side, 1)
    middle = small.shape[1] // 2
    source = (middle + 0.5) * scale[0] - 0.5
    shade = 255 * source / max(width - 1, 1)
    step = 255 / max(width - 1, 1) * scale[0] + 2
    assert abs(float(small[0, middle, 0]) - shade) <= (step if width > 1 else 255)


def test_padding_adds_black_right_and_below() -> None:
    image = np.arange(33 * 20 * 3, dtype=np.uint32).reshape(33, 20, 3).astype(np.uint8)
    canvas = pad(image)
    assert canvas.shape == (1, 3, 64, 32)
    assert canvas.dtype == np.float32
    np.testing.assert_array_equal(canvas[0, :, :33, :20], image.transpose(2, 0, 1))
    assert canvas[0, :, 33:].max() == canvas[0, :, :, 20:].max() == 0
