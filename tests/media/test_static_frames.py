"""Skipping samples while nothing moves."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.types import ImageArray
from clusterer.media.static_frames import StaticFrames


def picture(left: int | None = None, grey: int = 90) -> ImageArray:
    """A grey picture, with a bright square of a small face's size."""
    image = np.full((90, 160, 3), grey, np.uint8)
    if left is not None:
        image[40:50, left : left + 10] = 230
    return image


def test_every_other_static_frame_is_skipped() -> None:
    static_frames = StaticFrames(16.0)
    static_frames.sample(picture(20))
    assert [static_frames.skips(picture(20)) for _ in range(5)] == [True, False] * 2 + [True]


def test_nothing_is_skipped_while_a_face_moves() -> None:
    static_frames = StaticFrames(16.0)
    static_frames.sample(picture(20))
    assert not any(static_frames.skips(picture(left)) for left in range(30, 130, 10))


def test_noise_is_not_treated_as_motion() -> None:
    rng = np.random.default_rng(0)
    static_frames = StaticFrames(16.0)
    static_frames.sample(picture(20))
    noisy = picture(20).astype(np.int64) + rng.integers(-8, 9, (90, 160, 3))
    assert static_frames.skips(noisy.astype(np.uint8))


def test_first_picture_and_another_size_are_sampled() -> None:
    static_frames = StaticFrames(16.0)
    assert not static_frames.skips(picture())
    assert not static_frames.skips(picture()[:45])


@given(st.lists(st.integers(0, 255), min_size=1, max_size=12))
def test_level_0_skips_nothing(greys: list[int]) -> None:
    static_frames = StaticFrames(0.0)
    assert not any(static_frames.skips(picture(grey=grey)) for grey in greys)


@given(st.lists(st.integers(0, 255), min_size=2, max_size=12), st.floats(0.0, 255.0))
def test_never_two_in_a_row(greys: list[int], level: float) -> None:
    static_frames = StaticFrames(level)
    passed = [static_frames.skips(picture(grey=grey)) for grey in greys]
    assert not any(a and b for a, b in pairwise(passed))


def test_slow_change_is_measured_from_the_last_sample() -> None:
    static_frames = StaticFrames(16.0)
    static_frames.sample(picture(grey=90))
    assert static_frames.skips(picture(grey=100))
    assert static_frames.skips(picture(grey=110)) is False
    assert static_frames.skips(picture(grey=115)) is True
