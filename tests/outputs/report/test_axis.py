"""Times in words and places."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.clock import Clock
from clusterer.core.timecode import timecode
from clusterer.core.types import VideoInfo
from clusterer.outputs.report.axis import Axis, short
from tests.outputs.report.builder import Scene


def axis(length_s: float, rate: Fraction = Fraction(25)) -> Axis:
    video = VideoInfo("x.mp4", 640, 360, rate, Fraction(1, 90000), 1800, length_s)
    return Axis(Clock(video, rate), length_s)


@pytest.mark.parametrize(("value", "text"), [(12.5, "12.5"), (100.0, "100"), (0.00049, "0")])
def test_short(value: float, text: str) -> None:
    assert short(value) == text


@settings(deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([Fraction(24), Fraction(30000, 1001)]))
def test_timecode_is_of_the_nearest_frame(ticks: int, rate: Fraction) -> None:
    exact = round(ticks * Fraction(1, 90000) * rate)
    assert axis(60, rate).timecode(1800 + ticks) == timecode(exact, rate, None)


def test_axis_covers_shots_beyond_the_stated_duration() -> None:
    result = Scene([], shot_count=3, shot_frames=25).build()
    assert Axis.of(result.analysis).length_s == 3.0
