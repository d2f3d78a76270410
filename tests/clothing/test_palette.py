from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from clusterer.clothing.colours import count_colours
from clusterer.clothing.palette import DIMENSION, has_colours
from clusterer.clothing.region import SIDE_PX, Torso

Picture = npt.NDArray[np.uint8]


def histograms(*pictures: Picture) -> npt.NDArray[np.float32]:
    seen = np.ones((SIDE_PX, SIDE_PX), bool)
    return np.array([count_colours(Torso(each, seen, 1.0)) for each in pictures])


def plain(hue: int, saturation: int, value: int) -> Picture:
    """A torso in one colour, as OpenCV counts: hues 0 to 179."""
    hsv = np.full((SIDE_PX, SIDE_PX, 3), (hue, saturation, value), np.uint8)
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), np.uint8)


def noise(seed: int) -> Picture:
    """Grey, at random."""
    values = np.random.default_rng(seed).integers(0, 256, (SIDE_PX, SIDE_PX, 1))
    return np.repeat(values, 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize(
    ("pictures", "expected"),
    [
        ([plain(0, 200, 200), plain(120, 200, 200)], True),
        ([plain(0, 200, 200), plain(60, 100, 90), noise(0)], True),
        ([noise(0), noise(1)], False),
        ([plain(20, 60 + 10 * each, 250 - 20 * each) for each in range(12)], False),  # sepia
        ([plain(20, 100, 200), plain(35, 100, 200), noise(2)], False),
        ([plain(0, 20, 200), plain(120, 20, 200)], False),  # a pale cast
    ],
)
def test_greys_and_one_tint_are_no_colours(pictures: list[Picture], expected: bool) -> None:
    assert has_colours(histograms(*pictures)) is expected


def test_the_hue_circle_is_closed() -> None:
    assert not has_colours(histograms(plain(1, 200, 200), plain(178, 200, 200)))


def test_little_colour_may_be_noise() -> None:
    grey = noise(3)
    few, some = grey.copy(), grey.copy()
    few[:1], some[:6] = (200, 30, 30), (200, 30, 30)
    few[-1:], some[-6:] = (30, 30, 200), (30, 30, 200)
    assert not has_colours(histograms(few))
    assert has_colours(histograms(some))


def test_what_is_not_seen_is_no_evidence() -> None:
    nothing = np.zeros((2, DIMENSION), np.float32)
    assert has_colours(nothing)
    assert not has_colours(np.concatenate([nothing, histograms(noise(0))]))
