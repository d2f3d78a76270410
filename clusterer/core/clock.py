"""The rate at which frames are counted.

Frames are counted from pts with exact fractions, never from rounded seconds. A file of constant
rate keeps its own count, or that of a whole multiple if timecodes could not count its frames: those
of 12.5 frames per second are counted at 25. One of variable rate is conformed: each boundary goes
to the nearest frame of a rate that editing programs support, so no mark is off by more than half a
frame.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from typing import Protocol

from clusterer.core.errors import ConfigError
from clusterer.core.timecode import nominal_rate, timecode
from clusterer.core.types import IntArray, VideoInfo

NAMED_RATES: tuple[Fraction, ...] = (
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
)
"""Frames per second that every editing program supports."""
CLOSE = Fraction(1, 2500)
"""Relative tolerance for rates that containers round: under half the gap from 23.976 to 24."""
WHOLE = (1, 2, 1001)
"""Denominators of constant rates from 1 Hz; 2 for 12.5 and the like. Slower ones have any."""
MOST_COUNTED_HZ = 120
"""Highest whole multiple at which the frames of a constant rate are counted."""
SLOW_HZ = 20
"""A variable rate below it is near none that is named, and is conformed to `OF_SLOW`."""
OF_SLOW = Fraction(25)
"""Whole, so that timecodes are the seconds of the film; a frame is 40 ms."""
USUAL = Fraction(3, 4)
"""A film whose rate is the same in more than this part of its frames has that rate, with pauses."""


class Sampled(Protocol):
    """The part of an `Analysis` that the rate follows from; see there."""

    @property
    def video(self) -> VideoInfo:
        """Properties of the file."""

    @property
    def sampled_frames(self) -> IntArray:
        """Shape (s,), every frame that was analysed."""

    @property
    def sampled_pts(self) -> IntArray:
        """Shape (s,)."""


@dataclass(frozen=True)
class Clock:
    """Counts the frames of a video from its first, at an exact rate."""

    video: VideoInfo
    rate: Fraction

    @classmethod
    def of(cls, analysis: Sampled) -> Clock:
        """The clock of a video at its own rate or, if that is variable, the nearest named one."""
        return cls(analysis.video, conform(analysis)[0])

    @cached_property
    def start(self) -> str:
        """Timecode of the first frame as the file states it; empty if invalid at this rate."""
        stated = self.video.start_timecode
        try:
            return timecode(0, self.rate, stated) if stated else ""
        except ConfigError:
            return ""

    @cached_property
    def _frames_a_tick(self) -> Fraction:
        return self.video.time_base * self.rate

    def at(self, pts: int) -> Fraction:
        """Exact position of a pts, in frames."""
        return (int(pts) - self.video.start_pts) * self._frames_a_tick

    def frame(self, pts: int) -> int:
        """The nearest frame; ties to the later."""
        return math.floor(self.at(pts) + Fraction(1, 2))

    def timecode(self, pts: int) -> str:
        """Timecode of the nearest frame."""
        return timecode(max(0, self.frame(pts)), self.rate, self.start or None)


def conform(analysis: Sampled, wanted: Fraction | None = None) -> tuple[Fraction, tuple[str, ...]]:
    """The rate at which frames are counted, and warnings about it.

    Parameters
    ----------
    analysis
        Its sampled frames show whether the rate is constant.
    wanted
        Frames per second; None = the file's own or, if that is variable, the nearest named one.

    Returns
    -------
    exact rate; warnings
    """
    constant = steady_rate(analysis)
    own = (_countable(constant) if constant else None) or _conformed(usual_rate(analysis))
    rate = own if wanted is None else exact(wanted)
    if rate == constant:
        return rate, ()
    counted = f"frames are counted at {float(rate):.6g}"
    if constant and (rate / constant).denominator == 1:
        return rate, (f"The video has {float(constant):.6g} frames per second; {counted}",)
    counted += ", so marks may be off by half a frame"
    if constant:
        return rate, (f"The video has {float(constant):.6g} frames per second; {counted}",)
    average = f"{float(mean_rate(analysis)):.4g} frames per second on average"
    return rate, (f"The video has a variable rate, {average}; {counted}",)


def _countable(rate: Fraction) -> Fraction | None:
    """The rate at which timecodes count frames of a constant rate and stay in step with it.

    A whole number, 1000/1001 of one, or else the least whole multiple; None if that is too high.
    """
    nominal = nominal_rate(rate)
    if rate in (nominal, Fraction(nominal * 1000, 1001)):
        return rate
    return Fraction(rate.numerator) if rate.numerator <= MOST_COUNTED_HZ else None


def _conformed(rate: Fraction) -> Fraction:
    return nearest_named(rate) if rate >= SLOW_HZ else OF_SLOW


def exact(rate: Fraction) -> Fraction:
    """The named rate that a rounded one such as 23.976 stands for; else the rate, simplified."""
    short = rate.limit_denominator(1001)
    named = nearest_named(short)
    return named if abs(named - short) <= CLOSE * named else short


def nearest_named(rate: Fraction) -> Fraction:
    """The nearest of `NAMED_RATES`; ties to the lower."""
    return min(NAMED_RATES, key=lambda named: (abs(named - rate), named))


def mean_rate(analysis: Sampled) -> Fraction:
    """Frames per second between the first and the last sampled frame.

    For a variable rate, containers may state anything up to the ticks of their clock.
    """
    frames, pts = analysis.sampled_frames, analysis.sampled_pts
    if len(frames) < 2 or pts[-1] <= pts[0]:
        return analysis.video.frame_rate
    return (int(frames[-1]) - int(frames[0])) / (
        (int(pts[-1]) - int(pts[0])) * analysis.video.time_base
    )


def usual_rate(analysis: Sampled) -> Fraction:
    """The rate of most of a video, apart from pauses and frames left out; else its mean."""
    frames, pts = analysis.sampled_frames.tolist(), analysis.sampled_pts.tolist()
    steps = [(f - e, q - p) for e, f, p, q in zip(frames, frames[1:], pts, pts[1:], strict=False)]
    steps = sorted((step for step in steps if min(step) > 0), key=lambda step: Fraction(*step))
    sums = list(accumulate(count for count, _ in steps))
    if not sums:
        return mean_rate(analysis)
    middle = steps[bisect_left(sums, sums[-1] / 2)]
    same = [step for step in steps if _is_of(Fraction(*middle), step, middle[1])]
    counted = sum(count for count, _ in same)
    if counted <= USUAL * sums[-1]:
        return mean_rate(analysis)
    usual: Fraction = counted / (sum(ticks for _, ticks in same) * analysis.video.time_base)
    return usual


def _is_of(typical: Fraction, step: tuple[int, int], ticks: int) -> bool:
    """Whether so many frames in so many ticks are of a rate, itself measured over some ticks."""
    rounding = typical * (1 + Fraction(step[1], ticks))  # by a tick each
    return abs(step[1] * typical - step[0]) <= min(rounding, Fraction(1, 3))


def steady_rate(analysis: Sampled) -> Fraction | None:
    """The constant rate of a video; None if it is variable.

    Tries the rate that the file states. If that is a mean, a last frame of another duration shifts
    it; so whole rates near the mean, these times 1000/1001, and the mean of a slow video are tried
    next, nearest first.
    """
    stated, mean = exact(analysis.video.frame_rate), mean_rate(analysis)
    whole = nominal_rate(mean)
    candidates = sorted(
        {Fraction(whole), Fraction(whole * 1000, 1001), mean.limit_denominator(1001), *NAMED_RATES},
        key=lambda rate: abs(rate - mean),
    )
    tried = (rate for rate in (stated, *candidates) if rate.denominator in WHOLE or rate < 1)
    return next((rate for rate in tried if is_steady(analysis, rate)), None)


def is_steady(analysis: Sampled, rate: Fraction) -> bool:
    """Whether the pts of every sampled frame matches its index at this rate."""
    scale, start = analysis.video.time_base * rate, analysis.video.start_pts
    up, down = 2 * scale.numerator, scale.denominator  # `Clock.frame` in integers
    frames, pts = analysis.sampled_frames.tolist(), analysis.sampled_pts.tolist()
    return all(
        ((time - start) * up + down) // (2 * down) == frame
        for frame, time in zip(frames, pts, strict=True)
    )
