"""At which rate frames are counted.

Frames are counted from pts with exact fractions, never from rounded seconds. A file of constant
rate keeps its own count. One of variable rate is conformed: each end goes to the nearest frame of
a rate that editing programs know, so no mark is off by more than half a frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from clusterer.timecode import nominal_rate
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
BESIDE = Fraction(1, 20)
"""Relative: how far the mean rate that a container states may be from the constant one."""
WHOLE = (1, 2, 1001)
"""Denominators of constant rates; 2 for 12.5 and the like."""


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
    own = steady_rate(analysis)
    rate = exact(wanted) if wanted is not None else own or nearest_named(stated)
    if rate == own:
        return rate, ()
    counted = f"frames are counted at {float(rate):.6g}; marks may be off by half a frame"
    if own:
        return rate, (f"The video has {float(own):.6g} frames per second, {counted}",)
    average = f"{float(stated):.6g} frames per second on average"
    return rate, (f"The video has a variable rate, {average}; {counted}",)


def exact(rate: Fraction) -> Fraction:
    """The named rate that is meant by a rounded one such as 23.976; else the rate, in short."""
    named = nearest_named(rate)
    return named if abs(named - rate) <= CLOSE * named else rate.limit_denominator(1001)


def nearest_named(rate: Fraction) -> Fraction:
    """Of `NAMED_RATES` the nearest; of two the lower one."""
    return min(NAMED_RATES, key=lambda named: (abs(named - rate), named))


def steady_rate(analysis: Analysis) -> Fraction | None:
    """The constant rate of a video; None = it is variable.

    Containers state a mean, which a last frame of another length moves: the whole rates beside it,
    and the same by 1000/1001, are tried too, the nearest first.
    """
    stated = analysis.video.frame_rate
    whole = nominal_rate(stated)
    near = {exact(stated), Fraction(whole), Fraction(whole * 1000, 1001), *NAMED_RATES}
    tried = sorted(
        (
            rate
            for rate in near
            if rate.denominator in WHOLE and abs(rate - stated) <= BESIDE * rate
        ),
        key=lambda rate: (rate != exact(stated), abs(rate - stated)),
    )
    return next((rate for rate in tried if is_steady(analysis, rate)), None)


def is_steady(analysis: Analysis, rate: Fraction) -> bool:
    """Whether every frame that was looked at is the one that its pts says, at this rate."""
    clock = Clock(analysis.video, rate)
    frames, pts = analysis.sampled_frames.tolist(), analysis.sampled_pts.tolist()
    return all(clock.frame(time) == frame for frame, time in zip(frames, pts, strict=True))
