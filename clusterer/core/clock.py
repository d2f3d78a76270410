"""At which rate frames are counted.

Frames are counted from pts with exact fractions, never from rounded seconds. A file of constant
rate keeps its own count. One of variable rate is conformed: each end goes to the nearest frame of
a rate that editing programs know, so no mark is off by more than half a frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from clusterer.core.errors import ConfigError
from clusterer.core.timecode import nominal_rate, timecode
from clusterer.core.types import Analysis, VideoInfo

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
"""Frames per second that every editing program knows."""
CLOSE = Fraction(1, 2500)
"""Relative, under half of what 24 and 23.976 are apart: containers round their rates."""
WHOLE = (1, 2, 1001)
"""Denominators of constant rates; 2 for 12.5 and the like."""


@dataclass(frozen=True)
class Clock:
    """Frames of a video, counted from its first at an exact rate."""

    video: VideoInfo
    rate: Fraction

    @classmethod
    def of(cls, analysis: Analysis) -> Clock:
        """The clock of a video, at its own rate or, if that is variable, the nearest named."""
        return cls(analysis.video, conform(analysis)[0])

    @cached_property
    def start(self) -> str:
        """Timecode of the first frame as the file states it; empty if none this rate can have."""
        stated = self.video.start_timecode
        try:
            return timecode(0, self.rate, stated) if stated else ""
        except ConfigError:
            return ""

    @cached_property
    def _frames_a_tick(self) -> Fraction:
        return self.video.time_base * self.rate

    def at(self, pts: int) -> Fraction:
        """Place of a pts in frames, exact."""
        return (int(pts) - self.video.start_pts) * self._frames_a_tick

    def frame(self, pts: int) -> int:
        """The nearest frame; of two the later one."""
        return math.floor(self.at(pts) + Fraction(1, 2))

    def timecode(self, pts: int) -> str:
        """Timecode of the nearest frame."""
        return timecode(max(0, self.frame(pts)), self.rate, self.start or None)


def conform(analysis: Analysis, wanted: Fraction | None = None) -> tuple[Fraction, tuple[str, ...]]:
    """The rate at which frames are counted, and what the user should know about it.

    Parameters
    ----------
    analysis
        Whose frames that were looked at say whether each lies where its number puts it.
    wanted
        Frames per second; None = the file's own, or, of a variable one, the nearest named.

    Returns
    -------
    rate, exact; warnings
    """
    own = steady_rate(analysis)
    mean = mean_rate(analysis)
    rate = exact(wanted) if wanted is not None else own or nearest_named(mean)
    if rate == own:
        return rate, ()
    counted = f"frames are counted at {float(rate):.6g}; marks may be off by half a frame"
    if own:
        return rate, (f"The video has {float(own):.6g} frames per second, {counted}",)
    average = f"{float(mean):.4g} frames per second on average"
    return rate, (f"The video has a variable rate, {average}; {counted}",)


def exact(rate: Fraction) -> Fraction:
    """The named rate that is meant by a rounded one such as 23.976; else the rate, in short."""
    short = rate.limit_denominator(1001)
    named = nearest_named(short)
    return named if abs(named - short) <= CLOSE * named else short


def nearest_named(rate: Fraction) -> Fraction:
    """Of `NAMED_RATES` the nearest; of two the lower one."""
    return min(NAMED_RATES, key=lambda named: (abs(named - rate), named))


def mean_rate(analysis: Analysis) -> Fraction:
    """Frames per second between the first and the last frame that were looked at.

    Containers state other rates for variable ones, up to the ticks of their clock.
    """
    frames, pts = analysis.sampled_frames, analysis.sampled_pts
    if len(frames) < 2 or pts[-1] <= pts[0]:
        return analysis.video.frame_rate
    return (int(frames[-1]) - int(frames[0])) / (
        (int(pts[-1]) - int(pts[0])) * analysis.video.time_base
    )


def steady_rate(analysis: Analysis) -> Fraction | None:
    """The constant rate of a video; None = it is variable.

    First the one that the file states is tried. A stated mean, however, is moved by a last frame of
    another length: then whole rates near the mean, and the same by 1000/1001, the nearest first.
    """
    stated, mean = exact(analysis.video.frame_rate), mean_rate(analysis)
    whole = nominal_rate(mean)
    near = sorted(
        {Fraction(whole), Fraction(whole * 1000, 1001), *NAMED_RATES},
        key=lambda rate: abs(rate - mean),
    )
    tried = (rate for rate in (stated, *near) if rate.denominator in WHOLE)
    return next((rate for rate in tried if is_steady(analysis, rate)), None)


def is_steady(analysis: Analysis, rate: Fraction) -> bool:
    """Whether every frame that was looked at is the one that its pts says, at this rate."""
    scale, start = analysis.video.time_base * rate, analysis.video.start_pts
    up, down = 2 * scale.numerator, scale.denominator  # `Clock.frame` in whole numbers
    frames, pts = analysis.sampled_frames.tolist(), analysis.sampled_pts.tolist()
    return all(
        ((time - start) * up + down) // (2 * down) == frame
        for frame, time in zip(frames, pts, strict=True)
    )
