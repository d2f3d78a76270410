"""People and appearances that go into an export."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Protocol, TypeVar

from clusterer.core.clock import Clock, conform
from clusterer.core.errors import ConfigError
from clusterer.core.text import folded
from clusterer.core.timecode import frame_number, timecode
from clusterer.core.types import Appearance, ClusteringResult, Identity, Reason
from clusterer.outputs.export.timeline import Part, Span, Timeline, one_line

_REEL = re.compile("[A-Za-z0-9_-]{1,8}")
"""As the format edl takes it; see `clusterer.outputs.export.edl`."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What goes into an export.

    Attributes
    ----------
    people
        Names or ids, in any case, or several separated by commas; empty = everybody who is not
        hidden.
    min_duration_s
        Appearances shorter than this are left out: after joining, before handles.
    gap_s
        Appearances of one person no farther apart than this become one.
    handles
        Frames added before and after each, as far as the video goes.
    include_unknown
        Include unidentified faces, each as a separate entry.
    start_timecode
        Of the first frame, ``HH:MM:SS:FF``, or ``HH:MM:SS;FF`` for drop-frame; None = that of the
        file.
    rate
        Frames per second; None = the file's.
    reel
        Reel name in cut lists (format edl): up to 8 letters, digits, ``_`` and ``-``, written in
        capitals; empty = made from the file's name.

    Raises
    ------
    ConfigError
        A value is out of its range.

    Examples
    --------
    >>> clusterer.Choice(people=("Person 1",), min_duration_s=0.5, handles=12).handles
    12
    >>> clusterer.Choice(gap_s=-1)
    Traceback (most recent call last):
        ...
    clusterer.core.errors.ConfigError: gap is -1. Give 0 or more
    """

    people: Sequence[str] = ()
    min_duration_s: float = 0.0
    gap_s: float = 0.0
    handles: int = 0
    include_unknown: bool = False
    start_timecode: str | None = None
    rate: Fraction | None = None
    reel: str = ""

    def __post_init__(self) -> None:
        people = (self.people,) if isinstance(self.people, str) else tuple(self.people)
        object.__setattr__(self, "people", people)
        for name, value in (
            ("shortest appearance", self.min_duration_s),
            ("gap", self.gap_s),
            ("handles", self.handles),
        ):
            if not 0 <= value < 1e6:
                raise ConfigError(f"{name} is {value:g}", "Give 0 or more")
        if self.rate is not None and not 1 <= self.rate <= 1000:
            raise ConfigError(f"rate is {self.rate}", "Give frames per second, such as 23.976")
        if self.reel and not _REEL.fullmatch(self.reel):
            raise ConfigError(
                f"reel is {self.reel!r}", "Give 1 to 8 letters, digits, _ or -, such as AX"
            )
        object.__setattr__(self, "reel", self.reel.upper())


EVERYTHING = Choice()


def choose(result: ClusteringResult, choice: Choice = EVERYTHING) -> Timeline:
    """Choose people and appearances, and count them in whole frames.

    Parameters
    ----------
    result
    choice

    Raises
    ------
    ConfigError
        There is nobody of that name, or the start is not a timecode of the rate.
    """
    analysis = result.analysis
    rate, warnings = conform(analysis, choice.rate)
    clock = Clock(analysis.video, rate)
    start = clock.start if choice.start_timecode is None else _start(choice.start_timecode, rate)
    length = max(
        1,
        math.floor(Fraction(analysis.video.duration_s) * rate + Fraction(1, 2)),
        *(clock.frame(shot.end_pts) for shot in analysis.shots),
        *(shot.end_frame for shot in analysis.shots if not warnings),
    )
    # Without a warning the frames are the video's own, independent of rounded pts.
    to_span = _exact_span if not warnings else partial(_nearest_span, clock, length)
    parts = [
        Part(who.id, one_line(who.name) or who.id, number, spans, who.confidence)
        for number, who in _chosen(result, choice)
        if (spans := _spans(map(to_span, who.appearances), rate, choice, length))
    ]
    return Timeline(analysis.video, rate, start, length, tuple(parts), warnings, choice.reel)


def _chosen(result: ClusteringResult, choice: Choice) -> Iterator[tuple[int, Identity]]:
    """People, with their numbers by screen time, then unknowns."""
    unknowns = [u for u in result.unknowns if u.reason is not Reason.NOT_A_FACE]
    everyone = list(enumerate([*result.people, *unknowns]))
    wanted = {who.id for who in named(result.people, choice.people)}
    for number, who in everyone:
        is_person = number < len(result.people)
        is_wanted = who.id in wanted if choice.people else not who.hidden
        if is_wanted if is_person else choice.include_unknown:
            yield number, who


class Named(Protocol):
    """Whoever has an id and a name, such as an `Identity`."""

    @property
    def id(self) -> str:
        """Such as ``person-1``."""

    @property
    def name(self) -> str:
        """For display."""


Who = TypeVar("Who", bound=Named)


def named(people: Sequence[Who], wanted: Sequence[str]) -> list[Who]:
    """People by names or ids, in any case. A text with commas that is not a name is split at them.

    A text that is an id means nobody else, whatever others are called.

    Parameters
    ----------
    people
        Everybody.
    wanted
        As of `Choice.people`.

    Raises
    ------
    ConfigError
        There is nobody of that name.
    """
    ids = {_folded(who.id) for who in people}
    known = ids | {_folded(who.name) for who in people}
    by_id: set[str] = set()
    by_name: set[str] = set()
    for text in wanted:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        for name in [text] if _folded(text) in known else parts or [text]:
            if _folded(name) not in known:
                names = ", ".join(one_line(who.name) for who in people[:20]) or "nobody"
                raise ConfigError(f"No person is named {name!r}", f"There are: {names}")
            (by_id if _folded(name) in ids else by_name).add(_folded(name))
    return [who for who in people if _folded(who.id) in by_id or _folded(who.name) in by_name]


def _spans(spans: Iterable[Span], rate: Fraction, choice: Choice, length: int) -> tuple[Span, ...]:
    # By their decimal digits: as a float, 0.48 s is not quite 12 frames at 25 Hz.
    gap, least = (Fraction(str(s)) * rate for s in (choice.gap_s, choice.min_duration_s))
    joined = _join(spans, gap if choice.gap_s else Fraction(-1))
    kept = [span for span in joined if span.length >= least]
    if not choice.handles:
        return tuple(kept)
    wide = [
        replace(
            span,
            start=max(0, span.start - choice.handles),
            end=min(max(length, span.end), span.end + choice.handles),
        )
        for span in kept
    ]
    return tuple(_join(wide, Fraction(0)))


def _exact_span(seen: Appearance) -> Span:
    return Span(seen.start_frame, seen.end_frame, seen.shot_index)


def _nearest_span(clock: Clock, length: int, seen: Appearance) -> Span:
    """The nearest frames: at least one, starting within the video."""
    start = max(0, min(clock.frame(seen.start_pts), length - 1))
    return Span(start, max(start + 1, clock.frame(seen.end_pts)), seen.shot_index)


def _join(spans: Iterable[Span], gap: Fraction) -> list[Span]:
    """Join spans no farther apart than a gap; if it is negative, only those that overlap."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if joined and span.start - joined[-1].end <= gap:
            joined[-1] = replace(joined[-1], end=max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def _start(wanted: str, rate: Fraction) -> str:
    """The start that the user gave; ConfigError if it does not exist at the rate."""
    frame_number(wanted, rate)
    if wanted.replace(";", ":") == timecode(0, rate, wanted) != wanted:
        raise ConfigError(
            f"{wanted!r} is a drop-frame timecode, at {float(rate):.6g} frames per second",
            "Only 29.97 and 59.94 have drop-frame; write a colon before the frames",
        )
    return wanted


def _folded(name: str) -> str:
    """A name for comparison, as it is shown."""
    return folded(one_line(name))
