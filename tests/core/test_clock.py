"""The rate at which frames are counted; no mark is off by more than half a frame."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.clock import NAMED_RATES, Clock, conform, exact, nearest_named
from clusterer.core.types import Analysis, Appearance, ClusteringResult, Shot
from clusterer.outputs.export.choose import Choice, choose
from tests.small_result import small_analysis, small_result

NTSC = [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001)]


def analysis(
    stated: Fraction, pts: list[int], time_base: Fraction, every: int = 1, start_pts: int = 0
) -> Analysis:
    """A video whose frames have these pts, with every n-th frame sampled."""
    frames = np.arange(0, len(pts), every)
    info = replace(
        small_analysis().video,
        frame_rate=stated,
        time_base=time_base,
        start_pts=start_pts,
        duration_s=float((pts[-1] - start_pts) * time_base),
        start_timecode=None,
    )
    return replace(
        small_analysis(), video=info, sampled_frames=frames, sampled_pts=np.array(pts)[frames]
    )


def constant(
    stated: Fraction, rate: Fraction, time_base: Fraction, count: int = 5000, start_pts: int = 0
) -> Analysis:
    """Frames at a constant rate, in ticks that cannot represent it exactly."""
    pts = [start_pts + round(i / rate / time_base) for i in range(count)]
    return analysis(stated, pts, time_base, 6, start_pts)


@pytest.mark.parametrize("rate", NAMED_RATES, ids=str)
@pytest.mark.parametrize("ticks", [1000, 12800, 15360, 90000])
@pytest.mark.parametrize("start_pts", [0, -37, 126_000])
def test_constant_rates_are_kept_in_every_clock(rate: Fraction, ticks: int, start_pts: int) -> None:
    found = constant(rate, rate, Fraction(1, ticks), start_pts=start_pts)
    assert conform(found) == (rate, ())


@pytest.mark.parametrize(
    ("stated", "rate"),
    [
        ("2997/125", NTSC[0]),
        ("23.98", NTSC[0]),
        ("19001/317", NTSC[2]),  # FFmpeg, of a Matroska file
        ("2997/100", NTSC[1]),
        ("59.94", NTSC[2]),
        ("29.97003", NTSC[1]),
        ("25.001", Fraction(25)),
        ("24.24", Fraction(24)),  # a last frame that lasts no time, of a hundred
        ("1000", Fraction(30)),  # a clock stated as a rate
        ("90000/3003", NTSC[1]),
    ],
)
def test_rates_that_containers_round(stated: str, rate: Fraction) -> None:
    assert conform(constant(Fraction(stated), rate, Fraction(1, 90_000))) == (rate, ())


@pytest.mark.parametrize(
    "rate", [Fraction(1), Fraction(5), Fraction(12), Fraction(15), Fraction(48), Fraction(120),
             Fraction(120_000, 1001), Fraction(15_000, 1001), Fraction(240)], ids=str,
)  # fmt: skip
def test_other_constant_rates_are_kept(rate: Fraction) -> None:
    assert conform(constant(rate, rate, Fraction(1, 90_000))) == (rate, ())


@pytest.mark.parametrize(
    ("rate", "counted"),
    [("1/2", 1), ("1/5", 1), ("1/20", 1), ("3/10", 3), ("2/3", 2), ("12.5", 25), ("7.5", 15)],
)
@pytest.mark.parametrize("stated", [None, "1/7", "25"])
def test_rates_that_timecodes_cannot_count(rate: str, counted: int, stated: str | None) -> None:
    """Counted at a whole multiple, timecodes are the seconds of the film."""
    own = Fraction(rate)
    if stated and own > 1:
        return  # such rates are stated; of a slow video the mean is tried
    found = constant(Fraction(stated or own), own, Fraction(1, 1000), 40)
    assert conform(found) == (
        counted,
        (f"The video has {float(own):.6g} frames per second; frames are counted at {counted}",),
    )
    clock = Clock.of(found)
    for frame, pts in zip(found.sampled_frames.tolist(), found.sampled_pts.tolist(), strict=True):
        hours, minutes, seconds, frames = map(int, clock.timecode(pts).split(":"))
        total_s = 3600 * hours + 60 * minutes + seconds + Fraction(frames, counted)
        assert total_s == frame / own


def test_a_slow_video_of_variable_rate_is_counted_in_seconds() -> None:
    found = analysis(Fraction(1, 5), [0, 5000, 8000, 20_000, 21_000], Fraction(1, 1000))
    rate, (warning,) = conform(found)
    assert rate == 25
    assert "variable rate, 0.1905 frames per second on average" in warning
    assert Clock.of(found).timecode(20_000) == "00:00:20:00"


@pytest.mark.parametrize("rate", NAMED_RATES, ids=str)
@pytest.mark.parametrize("ticks", [1000, 90_000])
@pytest.mark.parametrize("every", [1, 5, 6])
@pytest.mark.parametrize("pauses", [{50: 3.0}, {20: 0.5, 50: 3.0, 90: 10.0}, {30: 0.04, 31: 0.04}])
def test_pauses_do_not_change_the_rate(
    rate: Fraction, ticks: int, every: int, pauses: dict[int, float]
) -> None:
    times = [
        i / rate + sum(Fraction(pause) for at, pause in pauses.items() if i > at)
        for i in range(300)
    ]
    found = analysis(rate, [round(time * ticks) for time in times], Fraction(1, ticks), every)
    assert conform(found)[0] == rate


def test_one_frame() -> None:
    assert conform(analysis(Fraction(25), [0], Fraction(1, 25))) == (Fraction(25), ())


@pytest.mark.parametrize(
    ("stated", "average", "named"),
    [("26.7", "26.67", 25), ("120", "26.67", 25), ("1000", "26.67", 25)],
)
def test_a_variable_rate_is_conformed_to_the_nearest_named(
    stated: str, average: str, named: int
) -> None:
    steps = [4, 3, 6, 5] * 50  # of 1/120 s
    pts = [sum(steps[:i]) for i in range(len(steps))]
    rate, warnings = conform(analysis(Fraction(stated), pts, Fraction(1, 120)))
    assert rate == named
    (warning,) = warnings
    assert warning.startswith("The video has a variable rate, 26.")
    assert warning.endswith("frames are counted at 25, so marks may be off by half a frame")


def test_a_frame_left_out_makes_the_rate_variable() -> None:
    pts = [i * 40 for i in range(200) if i != 120]
    rate, warnings = conform(analysis(Fraction(25), pts, Fraction(1, 1000)))
    assert rate == 25
    assert "variable rate" in warnings[0]
    assert conform(analysis(Fraction(25), pts[:120], Fraction(1, 1000))) == (Fraction(25), ())


def test_the_user_may_choose_another_rate() -> None:
    found = constant(Fraction(25), Fraction(25), Fraction(1, 12800))
    assert conform(found, Fraction(25)) == (Fraction(25), ())
    rate, (warning,) = conform(found, Fraction("29.97"))
    assert rate == NTSC[1]
    assert warning == (
        "The video has 25 frames per second; frames are counted at 29.97, so marks may be off by "
        "half a frame"
    )


@given(st.fractions(1, 1000))
def test_rates_are_short(rate: Fraction) -> None:
    found = exact(rate)
    assert found in NAMED_RATES or found.denominator <= 1001
    assert abs(found - rate) <= rate / 1000
    assert exact(found) == found


def test_a_rate_close_to_a_named_one_is_that_one() -> None:
    assert exact(Fraction("24.0096001")) == exact(Fraction("24.0096")) == 24


@pytest.mark.parametrize("rate", ["24.02", "23.95", "25.02", "29.94", "59.9", "60.04"])
def test_rates_between_the_named_are_not_taken_for_them(rate: str) -> None:
    assert exact(Fraction(rate)) == Fraction(rate)


@given(st.fractions(1, 1000))
def test_the_nearest_named(rate: Fraction) -> None:
    found = nearest_named(rate)
    assert all(abs(found - rate) <= abs(other - rate) for other in NAMED_RATES)


@given(
    st.sampled_from(NAMED_RATES),
    st.integers(0, 9 * 3600 * 60),
    st.sampled_from([1000, 12_800, 90_000]),
)
def test_a_clock_finds_the_frame(rate: Fraction, frame: int, ticks: int) -> None:
    clock = Clock(replace(small_analysis().video, time_base=Fraction(1, ticks), start_pts=7), rate)
    assert clock.frame(7 + round(frame / rate * ticks)) == frame


def result_of(found: Analysis, pts: list[int], spans: list[tuple[int, int]]) -> ClusteringResult:
    """One person, seen from frame to frame of a video whose frames have these pts."""
    whole = Shot(0, 0, len(pts) - 1, pts[0], pts[-1])
    seen = tuple(Appearance(0, a, b, pts[a], pts[b], (0,)) for a, b in spans)
    result = small_result()
    person = replace(result.people[0], appearances=seen)
    video = replace(found, shots=(whole,))
    return replace(result, analysis=video, people=(person,), unknowns=())


@given(st.data(), st.sampled_from([None, *NAMED_RATES]))
def test_every_mark_is_off_by_half_a_frame_at_most(
    data: st.DataObject, wanted: Fraction | None
) -> None:
    """However long frames last; what is shorter than a frame of the rate becomes one frame."""
    time_base = Fraction(1, 1000)
    steps = data.draw(st.lists(st.integers(1, 300), min_size=2, max_size=60))
    pts = [sum(steps[:i]) for i in range(len(steps) + 1)]
    cuts = sorted(data.draw(st.sets(st.integers(0, len(steps)), min_size=2)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    result = result_of(analysis(Fraction(25), pts, time_base), pts, spans)
    timeline = choose(result, Choice(rate=wanted))
    assert timeline.rate in NAMED_RATES or not timeline.warnings
    frames = {frame for _, span in timeline.marks() for frame in (span.start, span.end)}
    for first, after in spans:
        start, end = (pts[i] * time_base * timeline.rate for i in (first, after))
        allowed = Fraction(1, 2) if end - start >= 1 else Fraction(3, 2)
        covering = [s for _, s in timeline.marks() if s.start - allowed <= start < s.end + allowed]
        assert covering
        if end - start >= 2:
            assert min(abs(frame - start) for frame in frames) <= Fraction(1, 2)
            assert min(abs(frame - end) for frame in frames) <= Fraction(1, 2)
    assert all(0 <= span.start < span.end <= timeline.length for _, span in timeline.marks())


def test_a_slow_film_is_exported_in_its_seconds() -> None:
    pts = [0, 2000, 4000, 6000, 8000]
    result = result_of(analysis(Fraction(1, 2), pts, Fraction(1, 1000)), pts, [(1, 3)])
    timeline = choose(result)
    ((_, span),) = timeline.marks()
    assert (timeline.rate, span.start, span.end, timeline.length) == (1, 2, 6, 8)
    assert (timeline.timecode(span.start), timeline.timecode(span.end)) == (
        "00:00:02:00",
        "00:00:06:00",
    )


def test_a_constant_rate_keeps_the_frames_of_the_video() -> None:
    """A file that states its clock as its rate: a frame seems to end a tick after it began."""
    pts = [round(i * Fraction(1000, 30)) for i in range(300)]
    found = analysis(Fraction(1000), pts, Fraction(1, 1000), 30)
    result = result_of(found, pts, [(0, 100)])
    seen = replace(result.people[0].appearances[0], start_frame=30, end_frame=61)
    seen = replace(seen, start_pts=pts[30], end_pts=pts[60] + 1)
    person = replace(result.people[0], appearances=(seen,))
    timeline = choose(replace(result, people=(person,)))
    assert (timeline.rate, timeline.warnings) == (30, ())
    assert [(span.start, span.end) for _, span in timeline.marks()] == [(30, 61)]
    whole = Shot(0, 0, 300, pts[0], pts[299] + 1)
    result = replace(result, analysis=replace(found, shots=(whole,)))
    assert choose(result).length == 300


def test_an_appearance_shorter_than_a_frame_at_the_end_is_the_last_frame() -> None:
    pts = [0, 400, 404, 406]  # ms; at 50 Hz frames 20, 20.2 and 20.3
    result = result_of(analysis(Fraction(25), pts, Fraction(1, 1000)), pts, [(2, 3)])
    timeline = choose(result, Choice(rate=Fraction(50)))
    ((_, span),) = timeline.marks()
    assert (span.start, span.end, timeline.length) == (19, 20, 20)
    pts = [0, 412, 416, 418]  # frames 20.6, 20.8 and 20.9
    result = result_of(analysis(Fraction(25), pts, Fraction(1, 1000)), pts, [(2, 3)])
    ((_, span),) = choose(result, Choice(rate=Fraction(50))).marks()
    assert (span.start, span.end) == (20, 21)


def test_two_hours_of_drop_frame_end_within_half_a_frame() -> None:
    rate, time_base = NTSC[1], Fraction(1, 90_000)
    two_hours = 7200 * 90_000
    pts = [i * 3003 for i in range(215_786)]
    found = analysis(rate, pts, time_base, 30)
    last = min(i for i, time in enumerate(pts) if time >= two_hours)
    assert last == 215_785  # frame 215784 begins 6.6 ms before two hours are over
    result = result_of(found, pts, [(0, 215_784)])
    timeline = choose(result, Choice(start_timecode="00:00:00;00"))
    ((_, span),) = timeline.marks()
    assert span.end == 215_784
    assert timeline.timecode(span.end) == "02:00:00;00"
    assert abs(timeline.seconds(span.end) - 7200) <= timeline.seconds(1) / 2
    assert choose(result).timecode(span.end) == "01:59:52:24"  # the other count lags by 7.2 s
