"""Appearances as markers, for programs that hold one marker per frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from clusterer.core.errors import ConfigError
from clusterer.outputs.export.text import one_line
from clusterer.outputs.export.timeline import Part, Span, Timeline


@dataclass(frozen=True, slots=True)
class Marker:
    """Everybody whose appearance begins at one frame.

    Attributes
    ----------
    start : frames since the video's first
    length : frames of the longest of these appearances
    marks : the appearances, by person
    """

    start: int
    length: int
    marks: tuple[tuple[Part, Span], ...]

    @property
    def part(self) -> Part:
        """Who comes first, and lends the colour."""
        return self.marks[0][0]

    @property
    def name(self) -> str:
        """Everybody's name, on one line."""
        return ", ".join(shown_name(part) for part, _ in self.marks)

    @property
    def lengths(self) -> str:
        """Who stays how long; empty if it is one, of whom the marker's own length says it."""
        if len(self.marks) == 1:
            return ""
        return ", ".join(
            f"{shown_name(part)} ({span.length} frame{'s' if span.length > 1 else ''})"
            for part, span in self.marks
        )


def markers(timeline: Timeline) -> Iterator[Marker]:
    """All appearances in time order, those that begin at one frame together."""
    for start, group in groupby(timeline.marks(), key=lambda mark: mark[1].start):
        marks = tuple(group)
        yield Marker(start, max(span.length for _, span in marks), marks)


def shown_name(part: Part) -> str:
    """A person's name on one line, or the id where nothing of it can be shown."""
    return one_line(part.name) or part.id


def require_two_digits(timeline: Timeline) -> None:
    """Refuse rates whose timecodes would need three digits for the frame.

    Raises
    ------
    ConfigError
        There are more than 100 frames per second.
    """
    if timeline.nominal > 100:
        raise ConfigError(
            f"{float(timeline.rate):.6g} frames per second: this format's timecodes count to 99",
            "Count at another rate, as with --rate 60",
        )
