"""Painted eyes, open and closed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from clusterer.core.types import FloatArray, ImageArray
from clusterer.faces.eyes import rate_eyes

CORNERS = np.array([[160.0, 60], [120, 60], [40, 60], [80, 60]])
"""Outer and inner corner of the right eye as seen, then of the left."""


def face(*, is_open: bool, scale: float = 1.0) -> ImageArray:
    """Skin with two eyes: almonds of white with a dark iris, or only the line of the lids."""
    image = np.full((120, 200, 3), 170, np.uint8)
    for x in (60, 140):
        if is_open:
            cv2.ellipse(image, (x, 60), (20, 9), 0, 0, 360, (235, 235, 235), -1)
            cv2.circle(image, (x, 60), 7, (30, 20, 20), -1)
        else:
            cv2.line(image, (x - 30, 62), (x + 30, 62), (60, 50, 50), 2)
    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
def test_open_eyes_are_rated_above_closed_ones(scale: float) -> None:
    corners = CORNERS * scale
    assert rate_eyes(face(is_open=True, scale=scale), corners) == 1.0
    assert rate_eyes(face(is_open=False, scale=scale), corners) < 0.5


def test_one_closed_eye_lowers_the_rating() -> None:
    image = face(is_open=True)
    image[:, 100:] = face(is_open=False)[:, 100:]
    both = rate_eyes(face(is_open=True), CORNERS)
    assert rate_eyes(face(is_open=False), CORNERS) <= rate_eyes(image, CORNERS) <= both


def test_a_turned_head_changes_little() -> None:
    turn = cv2.getRotationMatrix2D((100, 60), 25, 1.0)
    image = cv2.warpAffine(face(is_open=True), turn, (200, 120), borderValue=(170, 170, 170))
    corners = CORNERS @ turn[:, :2].T + turn[:, 2]
    assert rate_eyes(image, corners) == 1.0


@pytest.mark.parametrize("corners", [CORNERS, CORNERS * 0, CORNERS - 500])
def test_nothing_to_see(corners: FloatArray) -> None:
    assert rate_eyes(np.full((120, 200, 3), 99, np.uint8), corners) == 0.0
