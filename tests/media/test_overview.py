"""Whole frames, small."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from clusterer.media.overview import overview


def decoded(jpeg: bytes) -> npt.NDArray[np.uint8]:
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)
    return np.asarray(image, np.uint8)


@pytest.mark.parametrize(
    ("shape", "small"),
    [
        ((1080, 1920), (180, 320)),
        ((1920, 1080), (320, 180)),
        ((90, 160), (90, 160)),
        ((3, 3000), (1, 320)),
    ],
)
def test_the_longer_side_is_shrunk(shape: tuple[int, int], small: tuple[int, int]) -> None:
    assert decoded(overview(np.zeros((*shape, 3), np.uint8))).shape == (*small, 3)


def test_colours_stay_and_bytes_are_the_same() -> None:
    image = np.full((360, 640, 3), (200, 100, 30), np.uint8)
    image[:, 320:] = (10, 60, 220)
    small = decoded(overview(image)).astype(int)
    assert np.abs(small[90, 40] - (200, 100, 30)).max() <= 6
    assert np.abs(small[90, 280] - (10, 60, 220)).max() <= 6
    assert overview(image) == overview(image.copy())
