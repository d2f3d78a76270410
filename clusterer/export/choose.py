"""Who goes into an export, and which of their appearances."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from clusterer.errors import ConfigError
from clusterer.export.rates import Clock, conform
from clusterer.export.timeline import Part, Span, Timeline
from clusterer.timecode import frame_number
from clusterer.types import Appearance, ClusteringResult, Identity, Reason, VideoInfo


@dataclass(frozen=True, slots=True)
class Choice:
    """What goes into an export.

    Attributes
    ----------
    people
        Names or ids, in any case; empty = everybody who is not hidden.
    min_duration_s
        Appearances shorter than this are left out: after joining, before handles.
    gap_s
        Appearances of one person no farther apart than this become one.
    handles
        Frames added before and after each, as far as the video goes.
    include_unknown
        Faces that belong to nobody too, each by itself.
    start_timecode
        Of the first frame, ``HH:MM:SS:FF``, or ``HH:MM:SS;FF`` for drop-frame; None = as the file
        states it.
    rate
        Frames per second; None = the file's.
    """

    people: tuple[str, ...] = ()
    min_duration_s: float = 0.0
    gap_s: float = 0.0
    handles: int = 0
    include_unknown: bool = False
    start_timecode: str | None = None
    rate: Fraction | None = None

    def __post_init__(self) -> None:
        for name, value in (
            ("shortest appearance", self.min_duration_s),
            ("gap", self.gap_s),
            ("handles", self.handles),
        ):
            if not 0 <= value < 1e6:
                raise ConfigError(f"{name} is {value:g}", "Give 0 or more")
        if self.rate is not None and not 1 <= self.rate <= 1000:
            raise ConfigError(f"rate is {float(self.rate):g}", "Give frames per second, as 23.976")


EVERYTHING = Choice()
BREAKS = ("Cc", "Cs", "Zl", "Zp")
"""Categories of Unicode: controls, surrogates, separators of lines and paragraphs."""


def choose(result: ClusteringResult, choice: Choice = EVERYTHING) -> Timeline:
    """Choose people and appearances, and count them in whole frames.

    Parameters
    ----------
    result
    choice

    Raises
    ------
    ConfigError
        Nobody is called that, or the start is no timecode of the rate.
    """
    analysis = result.analysis
    rate, warnings = conform(analysis, choice.rate)
    clock = Clock(analysis.video, rate)
    start = choice.start_timecode or _stated(analysis.video, rate)
    if start:
        frame_number(start, rate)  # refuses what this rate cannot have
    length = max(
        1,
        math.floor(Fraction(analysis.video.duration_s) * rate + Fraction(1, 2)),
        *(clock.frame(shot.end_pts) for shot in analysis.shots),
    )
    parts = [
        Part(who.id, _one_line(who.name), number, spans, who.confidence)
        for number, who in _chosen(result, choice)
        if (spans := _spans(who.appearances, clock, choice, length))
    ]
    return Timeline(analysis.video, rate, start, length, tuple(parts), warnings)


def _chosen(result: ClusteringResult, choice: Choice) -> Iterator[tuple[int, Identity]]:
    """People, with their numbers by screen time, then unknowns."""
    unknowns = [u for u in result.unknowns if u.reason is not Reason.NOT_A_FACE]
    everyone = list(enumerate([*result.people, *unknowns]))
    if choice.people:
        wanted = {_folded(name) for name in choice.people}
        known = {_folded(text) for who in result.people for text in (who.name, who.id)}
        missing = [name for name in choice.people if _folded(name) not in known]
        if missing:
            names = ", ".join(who.name for who in result.people[:20]) or "nobody"
            raise ConfigError(f"Nobody is called {missing[0]!r}", f"There are: {names}")
    for number, who in everyone:
        is_person = number < len(result.people)
        named = choice.people and {_folded(who.name), _folded(who.id)} & wanted
        if (is_person and (named or (not choice.people and not who.hidden))) or (
            not is_person and choice.include_unknown
        ):
            yield number, who


def _spans(
    seen: Sequence[Appearance], clock: Clock, choice: Choice, length: int
) -> tuple[Span, ...]:
    gap, least = (Fraction(s) * clock.rate for s in (choice.gap_s, choice.min_duration_s))
    exact = [_span(appearance, clock) for appearance in seen]
    joined = _join(exact, gap if choice.gap_s else Fraction(-1))
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


def _span(seen: Appearance, clock: Clock) -> Span:
    start = max(0, clock.frame(seen.start_pts))
    return Span(start, max(start + 1, clock.frame(seen.end_pts)), seen.shot_index)


def _join(spans: Sequence[Span], gap: Fraction) -> list[Span]:
    """Make one of spans no farther apart than a gap; under 0 only of those that overlap."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if joined and span.start - joined[-1].end <= gap:
            joined[-1] = replace(joined[-1], end=max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def _stated(video: VideoInfo, rate: Fraction) -> str:
    """The file's own start; empty if it has none, or none that the conformed rate can have."""
    try:
        if video.start_timecode:
            frame_number(video.start_timecode, rate)
            return video.start_timecode
    except ConfigError:
        pass
    return ""


def _one_line(name: str) -> str:
    """A name without control characters and ends of lines; joiners, which scripts need, stay."""
    return " ".join("".join(" " if unicodedata.category(c) in BREAKS else c for c in name).split())


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()
