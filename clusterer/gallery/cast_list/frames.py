"""Times of a list → frames of a film."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePath

import numpy as np

from clusterer.core.errors import CastListError, ConfigError
from clusterer.core.text import folded_file
from clusterer.core.timecode import frame_number
from clusterer.gallery.cast_list.overlap import Spans
from clusterer.gallery.cast_list.types import CastList, Moment, Stretch
from clusterer.outputs.export.choose import joined
from clusterer.outputs.export.timeline import Span, Timeline

Pair = tuple[Moment, Moment]


@dataclass(frozen=True, slots=True)
class Seen:
    """When the people of a list are seen in a film.

    Attributes
    ----------
    spans : of each entry, as of `clusterer.gallery.cast_list.overlap`; may be empty
    outside : number of stretches that are not within the film
    is_record : whether times are those of the record
    """

    spans: tuple[Spans, ...]
    outside: int
    is_record: bool


def seen_in(cast: CastList, timeline: Timeline, film: str) -> Seen:
    """Find out which frames the times of a list mean.

    Where a list states times of source and record, and not whether the film is its source, those
    count of which more are within the film, in doubt those of the record.

    Parameters
    ----------
    cast
    timeline
        Of the film: its rate, first timecode and length count.
    film
        Its file name.

    Raises
    ------
    CastListError
        A timecode does not exist at the rate, or none of the times is within the film.
    """
    wanted = [
        [stretch for stretch in entry.stretches if _is_of(stretch, film)] for entry in cast.entries
    ]
    ways = [[_pairs(some, record=record) for some in wanted] for record in (True, False)]
    if cast.is_of_film:
        ways = ways[::-1]
    try:
        placed = [[_spans(timeline, some) for some in way] for way in ways]
    except ConfigError as error:
        remedy = "Give the frame rate of the list with --rate"
        raise CastListError(f"{cast.source}: {error.cause}", remedy) from None
    found, is_record = placed[0], not cast.is_of_film
    if _within(placed[1]) > _within(found) and not (cast.is_of_film and _within(found)):
        found, is_record = placed[1], cast.is_of_film
    total, within = sum(map(len, wanted)), _within(found)
    if total and not within:
        end = timeline.timecode(timeline.length)
        raise CastListError(
            f"No time of {cast.source} is within the film, which runs from {timeline.timecode(0)} "
            f"to {end}",
            "Give the timecode of its first frame with --start-timecode",
        )
    return Seen(tuple(_array(some) for some in found), total - within, is_record)


def _is_of(stretch: Stretch, film: str) -> bool:
    if not stretch.film:
        return True
    named, own = PurePath(stretch.film), PurePath(film)
    return folded_file(named.name) in {folded_file(own.name), folded_file(own.stem)}


def _pairs(some: Iterable[Stretch], *, record: bool) -> list[Pair]:
    """Those times, else the others: those of the film, where only one is stated."""
    found = (
        (each.record or each.source) if record else (each.source or each.record) for each in some
    )
    return [pair for pair in found if pair is not None]


def _spans(timeline: Timeline, pairs: Iterable[Pair]) -> list[Span]:
    found = []
    for begin, end in pairs:
        first = _frame(timeline, begin)
        last = max(first + 1, _frame(timeline, end))
        first, last = max(0, first), min(last, timeline.length)
        if first < last:
            found.append(Span(first, last, 0))
    return found


def _frame(timeline: Timeline, moment: Moment) -> int:
    """The nearest frame, counted from the film's first."""
    value, rate = moment.value, timeline.rate
    if isinstance(value, str):
        frame = frame_number(value, rate) - timeline.start_frame
    elif isinstance(value, int):
        frame = value
    else:
        since = value if moment.since_first else value - timeline.video.delay_s
        frame = math.floor(since * rate + Fraction(1, 2))
    return frame + moment.after


def _within(way: Sequence[Sequence[Span]]) -> int:
    return sum(map(len, way))


def _array(spans: Iterable[Span]) -> Spans:
    kept = joined(spans, Fraction(0))
    return np.array([(span.start, span.end) for span in kept], dtype=np.int64).reshape(-1, 2)
