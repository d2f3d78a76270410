"""Appearances as markers, for programs that allow one marker per frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from clusterer.core.errors import ConfigError
from clusterer.outputs.export.timeline import Part, Span, Timeline, one_line


@dataclass(frozen=True, slots=True)
class Marker:
    """All appearances that begin at one frame.

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
        """The first person, whose colour the marker has."""
        return self.marks[0][0]

    @property
    def name(self) -> str:
        """Everybody's name, on one line."""
        return ", ".join(shown_name(part) for part, _ in self.marks)

    @property
    def lengths(self) -> str:
        """Length of each appearance; empty if there is one, which the marker's length states."""
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
    """A person's name on one line; the id if nothing of it can be shown."""
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
