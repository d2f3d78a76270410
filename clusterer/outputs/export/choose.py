"""People and appearances that go into an export."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial

from clusterer.core.clock import Clock, conform
from clusterer.core.errors import ConfigError
from clusterer.core.named import MOST_NAMES, Who
from clusterer.core.text import folded
from clusterer.core.timecode import frame_number, timecode
from clusterer.core.types import Appearance, ClusteringResult, Identity, Reason
from clusterer.outputs.export.boxes import Boxes
from clusterer.outputs.export.label import label
from clusterer.outputs.export.timeline import Part, Span, Timeline, one_line

_REEL = re.compile("[A-Za-z0-9_-]{1,8}")
"""As the format edl takes it; see `clusterer.outputs.export.edl`."""
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\[\]:_-]+(?:/[A-Za-z0-9._~%!$&'()*+,;=:@-]*)*")
"""Of RFC 3986, without query and fragment, behind which no name of a file can stand."""
_TOO_FEW = ("Who is on screen together takes at least two people", "Name them, as in anna,boris")


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
    begin, end
        Part of the film, half-open; appearances are cut to it, before they are joined and before
        handles. Seconds as a player counts, or a timecode ``HH:MM:SS:FF``, which counts as the
        export does; None = where the film begins or ends.
    together
        Only where all of `people`, at least two, are on screen at once.
    base_url
        Web address of the folder in which film and export will lie (format iiif); empty = unknown.
    roles
        Name, in any case → whom the person plays, or what they do (format kodi).

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
    begin: float | str | None = None
    end: float | str | None = None
    together: bool = False
    base_url: str = ""
    roles: Mapping[str, str] = field(default_factory=dict, hash=False)

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
        for name, when in (("begin", self.begin), ("end", self.end)):
            if not isinstance(when, str | None) and not 0 <= when < 1e6:
                raise ConfigError(f"{name} is {when:g}", "Give 0 or more seconds")
        if self.together and not self.people:
            raise ConfigError(*_TOO_FEW)
        if self.base_url and not _ADDRESS.fullmatch(self.base_url):
            raise ConfigError(
                f"base URL is {self.base_url!r}",
                "Give the web address of a folder, such as https://archive.example/films/",
            )

    @property
    def is_partial(self) -> bool:
        """Whether it is of some people or of a part of the film only."""
        return bool(self.people) or self.begin is not None or self.end is not None


EVERYTHING = Choice()


def choose(
    result: ClusteringResult, choice: Choice = EVERYTHING, called: str | None = None
) -> Timeline:
    """Choose people and appearances, and count them in whole frames.

    Parameters
    ----------
    result
    choice
    called
        What tells the files of a partial export from those of the whole; None = as of
        `clusterer.outputs.export.label.label`.

    Raises
    ------
    ConfigError
        There is nobody of that name, the start is not a timecode of the rate, the part of the film
        is empty, or fewer than two people are to be seen together.
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
    found = seen_by(result, choice, to_span, part_of(choice, clock, start))
    boxes = Boxes(result.analysis, None if not warnings else clock)
    parts = [
        Part(who.id, one_line(who.name) or who.id, number, boxes.on(spans, who), who.confidence)
        for number, who, seen in found
        if (spans := _spans(seen, rate, choice, length))
    ]
    if not parts and choice.is_partial:
        warnings = (*warnings, _nobody(choice))
    if called is None:
        called = label(choice, [who.name for who in named(result.people, choice.people)])
    return Timeline(
        video=analysis.video,
        rate=rate,
        start=start,
        length=length,
        parts=tuple(parts),
        warnings=warnings,
        reel=choice.reel,
        label=called,
        base_url=choice.base_url and f"{choice.base_url.rstrip('/')}/",
        roles={_folded(name): one_line(role) for name, role in choice.roles.items()},
    )


def choose_some(result: ClusteringResult, choice: Choice, what: str = "show") -> Timeline:
    """As `choose`, but there is somebody; `what` is to be done with them, for the error.

    Raises
    ------
    ConfigError
        As of `choose`; also if nobody is on screen there.
    """
    timeline = choose(result, choice)
    if not timeline.parts:
        why = timeline.warnings[-1] if timeline.warnings else "nobody is on screen"
        raise ConfigError(f"There is nothing to {what}: {why}", "Choose other people or times")
    return timeline


def seen_by(
    result: ClusteringResult,
    choice: Choice,
    to_span: Callable[[Appearance], Span],
    part: tuple[int, int],
) -> list[tuple[int, Identity, list[Span]]]:
    """When the chosen people are seen in a part of the film, before anything is joined.

    Parameters
    ----------
    result
    choice
    to_span
        Appearance → span, in frames or in ticks.
    part
        Its first frame or tick, and the first one behind it.

    Returns
    -------
    number, person and spans of each

    Raises
    ------
    ConfigError
        There is nobody of that name, or fewer than two people are to be seen together.
    """
    wanted = named(result.people, choice.people)
    if choice.together:
        check_several(wanted)
    found = [
        (number, who, clipped(map(to_span, who.appearances), part))
        for number, who in _chosen(result, choice)
    ]
    if choice.together:
        ids = {who.id for who in wanted}
        shared = at_once([spans for _, who, spans in found if who.id in ids])
        found = [(number, who, at_once([spans, shared])) for number, who, spans in found]
    return found


def check_several(people: Sized) -> None:
    """Raise ConfigError unless there are at least two people to be seen together."""
    if len(people) < 2:
        raise ConfigError(*_TOO_FEW)


def clipped(spans: Iterable[Span], part: tuple[int, int]) -> list[Span]:
    """What of the spans lies in a part of the film.

    Parameters
    ----------
    spans
    part
        First frame, and the first one behind it.
    """
    start, end = part
    return [
        replace(span, start=max(start, span.start), end=min(end, span.end))
        for span in spans
        if span.start < end and span.end > start
    ]


def at_once(people: Sequence[Sequence[Span]]) -> list[Span]:
    """Where all people are on screen; each one's spans in any order, those of the answer in time's.

    Parameters
    ----------
    people
        At least one. The shots are those of the first.
    """
    first, *others = (
        joined(spans, Fraction(0)) if i else list(spans) for i, spans in enumerate(people)
    )
    common = sorted(first, key=lambda span: (span.start, span.end))
    for spans in others:
        common = [cut for each in spans for cut in clipped(common, (each.start, each.end))]
    return sorted(common, key=lambda span: (span.start, span.end))


def part_of(choice: Choice, clock: Clock, start: str) -> tuple[int, int]:
    """First frame of the wanted part of a film, and the first one behind it."""
    begin = 0 if choice.begin is None else _at(choice.begin, clock, start)
    end = sys.maxsize if choice.end is None else _at(choice.end, clock, start)
    if end <= begin:
        raise ConfigError(
            f"The part of the film from {choice.begin or 0} to {choice.end} is empty",
            "Let it end after its beginning, within the film",
        )
    return begin, end


def _at(when: float | str, clock: Clock, start: str) -> int:
    """The nearest frame, counted from the first; 0 for times before it."""
    if isinstance(when, str):
        first = frame_number(start, clock.rate) if start else 0
        return max(0, frame_number(when, clock.rate) - first)
    since = Fraction(str(when)) - clock.video.delay_s
    return max(0, math.floor(since * clock.rate + Fraction(1, 2)))


def _nobody(choice: Choice) -> str:
    where = " in this part of the film" if (choice.begin, choice.end) != (None, None) else ""
    what = "the people are never on screen at once" if choice.together else "nobody is on screen"
    return f"{what}{where}"


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
                names = ", ".join(one_line(who.name) for who in people[:MOST_NAMES]) or "nobody"
                raise ConfigError(f"No person is named {name!r}", f"There are: {names}")
            (by_id if _folded(name) in ids else by_name).add(_folded(name))
    return [who for who in people if _folded(who.id) in by_id or _folded(who.name) in by_name]


def _spans(spans: Iterable[Span], rate: Fraction, choice: Choice, length: int) -> tuple[Span, ...]:
    # By their decimal digits: as a float, 0.48 s is not quite 12 frames at 25 Hz.
    gap, least = (Fraction(str(s)) * rate for s in (choice.gap_s, choice.min_duration_s))
    together = joined(spans, gap if choice.gap_s else Fraction(-1))
    kept = [span for span in together if span.length >= least]
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
    return tuple(joined(wide, Fraction(0)))


def _exact_span(seen: Appearance) -> Span:
    return Span(seen.start_frame, seen.end_frame, seen.shot_index)


def _nearest_span(clock: Clock, length: int, seen: Appearance) -> Span:
    """The nearest frames: at least one, starting within the video."""
    start = max(0, min(clock.frame(seen.start_pts), length - 1))
    return Span(start, max(start + 1, clock.frame(seen.end_pts)), seen.shot_index)


def joined(spans: Iterable[Span], gap: Fraction) -> list[Span]:
    """Join spans no farther apart than a gap; if it is negative, only those that overlap."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if found and span.start - found[-1].end <= gap:
            found[-1] = replace(found[-1], end=max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


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
