"""At which rate frames are counted.

Frames are counted from pts with exact fractions, never from rounded seconds. A file of constant
rate keeps its own count. One of variable rate is conformed: each end goes to the nearest frame of
a rate that editing programs know, so no mark is off by more than half a frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from clusterer.types import Analysis, VideoInfo

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


@dataclass(frozen=True, slots=True)
class Clock:
    """Frames of a video, counted from its first at an exact rate."""

    video: VideoInfo
    rate: Fraction

    def at(self, pts: int) -> Fraction:
        """Place of a pts in frames, exact."""
        return (int(pts) - self.video.start_pts) * self.video.time_base * self.rate

    def frame(self, pts: int) -> int:
        """The nearest frame; of two the later one."""
        return math.floor(self.at(pts) + Fraction(1, 2))


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
    stated = analysis.video.frame_rate
    own = exact(stated)
    steady = own.denominator in (1, 1001) and is_steady(analysis, own)
    rate = exact(wanted) if wanted is not None else own if steady else nearest_named(stated)
    if steady and rate == own:
        return rate, ()
    what = f"{float(stated):.6g} frames per second"
    counted = f"frames are counted at {float(rate):.6g}; marks may be off by half a frame"
    if steady:
        return rate, (f"The video has {what}, {counted}",)
    return rate, (f"The video has a variable rate, {what} on average; {counted}",)


def exact(rate: Fraction) -> Fraction:
    """The named rate that is meant by a rounded one such as 23.976; else as it is."""
    named = nearest_named(rate)
    return named if abs(named - rate) <= CLOSE * named else rate


def nearest_named(rate: Fraction) -> Fraction:
    """Of `NAMED_RATES` the nearest; of two the lower one."""
    return min(NAMED_RATES, key=lambda named: (abs(named - rate), named))


def is_steady(analysis: Analysis, rate: Fraction) -> bool:
    """Whether every frame that was looked at is the one that its pts says, at this rate."""
    clock = Clock(analysis.video, rate)
    frames, pts = analysis.sampled_frames.tolist(), analysis.sampled_pts.tolist()
    return all(clock.frame(time) == frame for frame, time in zip(frames, pts, strict=True))
