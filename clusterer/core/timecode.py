"""SMPTE timecodes, the times that a user types, and lengths as people say them.

Source of the arithmetic: SMPTE ST 12-1. Drop-frame leaves out the first two numbers (four at 60
frames per second) of every minute except each tenth, so that the clock keeps step with 29.97 Hz.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction

from clusterer.core.errors import ConfigError

_TIMECODE = re.compile(r"(\d\d):([0-5]\d):([0-5]\d)([:;])(\d\d)")
_TIME = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d*)?|\.\d+)")
_HOURS_A_DAY = 24
_NOISE = 1e-6
"""What sums of ticks, which differ between Python and a browser, may be off."""


def timecode(frame_count: int, rate: Fraction, start: str | None = None) -> str:
    """Timecode of a frame.

    Parameters
    ----------
    frame_count
        Frames since the first, 0 or more.
    rate
        Frames per second; the timecode counts at the nearest whole rate.
    start
        Timecode of the first frame, ``HH:MM:SS:FF``; with ``;`` before the frames and a rate of
        29.97 or 59.94 Hz the count is drop-frame. None = 00:00:00:00.

    Returns
    -------
    str
        ``HH:MM:SS:FF``, or ``HH:MM:SS;FF`` for drop-frame. After 24 hours it begins anew.

    Raises
    ------
    ConfigError
        `start` is no timecode of this rate.
    """
    if frame_count < 0:
        raise ValueError(f"frame_count is {frame_count}")
    nominal = nominal_rate(rate)
    dropped = _dropped(rate, start)
    total = frame_count + (frame_number(start, rate) if start else 0)
    minute, ten_minutes = _lengths(nominal, dropped)
    total %= ten_minutes * 6 * _HOURS_A_DAY
    if dropped:
        tens, rest = divmod(total, ten_minutes)
        # The first minute of ten is whole; each one after it has numbers left out before it.
        later_minutes = max(0, rest - dropped) // minute
        total += dropped * (9 * tens + later_minutes)
    seconds, frames = divmod(total, nominal)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    mark = ";" if dropped else ":"
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{frames:02}"


def frame_number(text: str, rate: Fraction) -> int:
    """Count of frames from 00:00:00:00 to a timecode.

    Raises
    ------
    ConfigError
        It is no timecode, or not one that a clip of this rate can have.
    """
    remedy = "Write HH:MM:SS:FF, with a semicolon before the frames for drop-frame"
    match = _TIMECODE.fullmatch(text)
    if match is None:
        raise ConfigError(f"{text!r} is no timecode", remedy)
    hours, minutes, seconds, frames = (int(match[group]) for group in (1, 2, 3, 5))
    nominal = nominal_rate(rate)
    if hours >= _HOURS_A_DAY or frames >= nominal:
        raise ConfigError(f"{text!r} is no timecode at {float(rate):.4g} frames per second", remedy)
    dropped = _dropped(rate, text)
    if minutes % 10 and not seconds and frames < dropped:
        raise ConfigError(f"{text!r} does not exist in drop-frame timecode", remedy)
    total_minutes = hours * 60 + minutes
    left_out = dropped * (total_minutes - total_minutes // 10)
    return (total_minutes * 60 + seconds) * nominal + frames - left_out


def nominal_rate(rate: Fraction) -> int:
    """Whole rate that a timecode counts at, frames per second, at least 1."""
    if rate <= 0:
        raise ValueError(f"frame rate is {rate}")
    return max(1, math.floor(rate + Fraction(1, 2)))


def parse_time_s(text: str) -> float:
    """Seconds of a time as a user types it: ``90``, ``1:30`` or ``00:01:30.5``.

    Raises
    ------
    ConfigError
        It is no such time.
    """
    match = _TIME.fullmatch(text.strip())
    error = ConfigError(f"{text!r} is no time", "Write seconds (90.5), M:SS or H:MM:SS")
    if match is None:
        raise error
    hours, minutes, seconds = match.groups()
    if (minutes and float(seconds) >= 60) or (hours and int(minutes) >= 60):
        raise error
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)


def spoken(seconds: float) -> str:
    """A length as people say it: ``4.2 s``, ``3 min 05 s``, ``1 h 02 min``.

    On a terminal as on a page, whose script has the same rule (``cv.spoken``): tenths below a
    minute, whole seconds from there, whole minutes from an hour; to the nearest, halves up. What
    would round to a minute is one: 59.96 s is ``1 min 00 s``.
    """
    tenths = _nearest(10 * max(0.0, seconds))
    if tenths < 600:
        return f"{tenths // 10}.{tenths % 10} s"
    whole = _nearest(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = _nearest(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def _nearest(value: float) -> int:
    """Halves up, also those that arithmetic made a little less."""
    return math.floor(value + 0.5 + _NOISE)


def _dropped(rate: Fraction, start: str | None) -> int:
    """Numbers left out at a minute: 2 at 29.97 Hz, 4 at 59.94 Hz, else none."""
    nominal = nominal_rate(rate)
    # Half a per mille below the whole rate is the middle between 30 and 30000/1001.
    is_ntsc = nominal in (30, 60) and rate < nominal * Fraction(1999, 2000)
    return nominal // 15 if start and ";" in start and is_ntsc else 0


def _lengths(nominal: int, dropped: int) -> tuple[int, int]:
    """Frames in a minute that drops, and in ten minutes."""
    return nominal * 60 - dropped, nominal * 600 - 9 * dropped
