"""SMPTE timecodes, times as typed by a user, and durations for display.

Source of the arithmetic: SMPTE ST 12-1. Drop-frame skips the first two numbers (four at 60 frames
per second) of every minute except each tenth, to stay in step with 29.97 Hz.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache

from clusterer.core.errors import ConfigError

_TIMECODE = re.compile(r"(\d\d):([0-5]\d):([0-5]\d)([:;])(\d\d)")
_TIME = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d*)?|\.\d+)")
_HOURS_A_DAY = 24
_NOISE = 1e-6
"""Rounding error of sums of ticks, which differs between Python and a browser."""


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
        ``HH:MM:SS:FF``, or ``HH:MM:SS;FF`` for drop-frame. Wraps after 24 hours.

    Raises
    ------
    ConfigError
        `start` is not a timecode at this rate.
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
        # The first minute of ten is complete; each later one has numbers skipped before it.
        later_minutes = max(0, rest - dropped) // minute
        total += dropped * (9 * tens + later_minutes)
    seconds, frames = divmod(total, nominal)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    mark = ";" if dropped else ":"
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{frames:02}"


def frame_number(text: str, rate: Fraction) -> int:
    """Number of frames from 00:00:00:00 to a timecode.

    Raises
    ------
    ConfigError
        It is not a timecode, or not valid at this rate.
    """
    remedy = "Write HH:MM:SS:FF, with a semicolon before the frames for drop-frame"
    match = _TIMECODE.fullmatch(text)
    if match is None:
        raise ConfigError(f"{text!r} is not a timecode", remedy)
    hours, minutes, seconds, frames = (int(match[group]) for group in (1, 2, 3, 5))
    nominal = nominal_rate(rate)
    if hours >= _HOURS_A_DAY or frames >= nominal:
        raise ConfigError(
            f"{text!r} is not a timecode at {float(rate):.4g} frames per second", remedy
        )
    dropped = _dropped(rate, text)
    if minutes % 10 and not seconds and frames < dropped:
        raise ConfigError(f"{text!r} does not exist in drop-frame timecode", remedy)
    total_minutes = hours * 60 + minutes
    left_out = dropped * (total_minutes - total_minutes // 10)
    return (total_minutes * 60 + seconds) * nominal + frames - left_out


def is_timecode(text: str) -> bool:
    """Whether a text has the form of a timecode, ``HH:MM:SS:FF`` or ``HH:MM:SS;FF``."""
    return _TIMECODE.fullmatch(text) is not None


@lru_cache(maxsize=16)
def nominal_rate(rate: Fraction) -> int:
    """Whole rate that a timecode counts at, frames per second, at least 1."""
    if rate <= 0:
        raise ValueError(f"frame rate is {rate}")
    return max(1, math.floor(rate + Fraction(1, 2)))


def parse_time_s(text: str) -> float:
    """Parse a time as typed by a user, in seconds: ``90``, ``1:30`` or ``00:01:30.5``.

    Raises
    ------
    ConfigError
        It is not in this form.
    """
    match = _TIME.fullmatch(text.strip())
    error = ConfigError(f"{text!r} is not a time", "Write seconds (90.5), M:SS or H:MM:SS")
    if match is None:
        raise error
    hours, minutes, seconds = match.groups()
    if (minutes and float(seconds) >= 60) or (hours and int(minutes) >= 60):
        raise error
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)


def spoken(seconds: float) -> str:
    """Format a duration for people: ``4.2 s``, ``3 min 05 s``, ``1 h 02 min``.

    The page follows the same rule (``web/src/words/format.ts``): tenths below a minute, whole
    seconds below an hour, whole minutes above; halves round up. A value that rounds to a minute is
    shown as one: 59.96 s is ``1 min 00 s``.
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
    """Round halves up, allowing for rounding errors."""
    return math.floor(value + 0.5 + _NOISE)


@lru_cache(maxsize=16)
def _dropped(rate: Fraction, start: str | None) -> int:
    """Numbers skipped at a minute: 2 at 29.97 Hz, 4 at 59.94 Hz, else 0."""
    nominal = nominal_rate(rate)
    # Half a per mille below the whole rate is midway between 30 and 30000/1001.
    is_ntsc = nominal in (30, 60) and rate < nominal * Fraction(1999, 2000)
    return nominal // 15 if start and ";" in start and is_ntsc else 0


def _lengths(nominal: int, dropped: int) -> tuple[int, int]:
    """Frames in a minute with skipped numbers, and in ten minutes."""
    return nominal * 60 - dropped, nominal * 600 - 9 * dropped
