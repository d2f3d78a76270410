"""Times in words and places."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.clock import Clock
from clusterer.core.timecode import timecode
from clusterer.core.types import VideoInfo
from clusterer.outputs.report.axis import MAX_TICKS, Axis, clock, short
from tests.outputs.report.builder import Scene


def axis(length_s: float, rate: Fraction = Fraction(25)) -> Axis:
    video = VideoInfo("x.mp4", 640, 360, rate, Fraction(1, 90000), 1800, length_s)
    return Axis(Clock(video, rate), length_s)


@pytest.mark.parametrize(("value", "text"), [(12.5, "12.5"), (100.0, "100"), (0.00049, "0")])
def test_short(value: float, text: str) -> None:
    assert short(value) == text


def test_clock() -> None:
    assert clock(125, hours=False) == "2:05"
    assert clock(3725, hours=True) == "1:02:05"


def test_ticks_of_a_minute() -> None:
    assert [t.label for t in axis(53).ticks()] == ["0:00", "0:10", "0:20", "0:30", "0:40", "0:50"]


@settings(deadline=None)
@given(st.floats(0.05, 200_000))
def test_ticks_are_few_and_lie_inside(length_s: float) -> None:
    ticks = axis(length_s).ticks()
    assert 1 <= len(ticks) <= MAX_TICKS + 1
    assert all(0 <= float(tick.x) <= 100 for tick in ticks)


@settings(deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([Fraction(24), Fraction(30000, 1001)]))
def test_timecode_is_of_the_nearest_frame(ticks: int, rate: Fraction) -> None:
    exact = round(ticks * Fraction(1, 90000) * rate)
    assert axis(60, rate).timecode(1800 + ticks) == timecode(exact, rate, None)


def test_axis_covers_shots_beyond_the_stated_duration() -> None:
    result = Scene([], shot_count=3, shot_frames=25).build()
    assert Axis.of(result.analysis).length_s == 3.0
