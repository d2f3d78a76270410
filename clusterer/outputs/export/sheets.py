"""A timeline as tables, for spreadsheets and programs: the columns of ``appearances.csv``."""

from __future__ import annotations

from clusterer.core.tables import APPEARANCES, Row, Table
from clusterer.outputs.export.timeline import Part, Span, Timeline


def appearances_sheet(timeline: Timeline) -> Table:
    """One row per appearance, in time order."""
    return Table(
        "appearances", APPEARANCES, tuple(_row(timeline, *mark) for mark in timeline.marks())
    )


def people_sheet(timeline: Timeline) -> Table:
    """One row per person: screen time, number of appearances, first and last timecode."""
    columns = ("person", "name", "screen_time_s", "appearances", "first_timecode", "last_timecode")
    return Table("people", columns, tuple(_person(timeline, part) for part in timeline.parts))


def _row(timeline: Timeline, part: Part, span: Span) -> Row:
    start_s, end_s = map(timeline.time_s, (span.start, span.end))
    length_s = timeline.seconds(span.length)
    return (
        part.id,
        part.name,
        round(float(start_s), 3),
        round(float(end_s), 3),
        round(float(length_s), 3),
        timeline.timecode(span.start),
        timeline.timecode(span.end),
        span.start,
        span.end,
        span.shot,
    )


def _person(timeline: Timeline, part: Part) -> Row:
    frames = sum(span.length for span in part.spans)
    return (
        part.id,
        part.name,
        round(float(timeline.seconds(frames)), 3),
        len(part.spans),
        timeline.timecode(part.spans[0].start),
        timeline.timecode(part.spans[-1].end),
    )
