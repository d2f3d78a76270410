"""Who is on screen when: a video split wherever somebody appears or disappears."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from clusterer.outputs.export.timeline import Part, Timeline


@dataclass(frozen=True, slots=True)
class Cue:
    """A stretch in which the same people are on screen.

    Attributes
    ----------
    start, end : frames since the video's first, half-open
    parts : in the order of the timeline; empty = nobody
    """

    start: int
    end: int
    parts: tuple[Part, ...]


def cues(timeline: Timeline) -> list[Cue]:
    """Split a timeline into the longest stretches in which the same people are on screen.

    They cover the video without gaps. A cut at which nobody appears or disappears ends none.
    """
    changes: dict[int, Counter[int]] = {0: Counter(), timeline.length: Counter()}
    for index, part in enumerate(timeline.parts):
        for span in part.spans:
            changes.setdefault(span.start, Counter())[index] += 1
            changes.setdefault(span.end, Counter())[index] -= 1
    found: list[Cue] = []
    count: Counter[int] = Counter()
    times = sorted(changes)
    for start, end in pairwise(times):
        for index, change in changes[start].items():
            count[index] += change
        parts = tuple(part for index, part in enumerate(timeline.parts) if count[index] > 0)
        if found and found[-1].parts == parts:
            found[-1] = Cue(found[-1].start, end, parts)
        else:
            found.append(Cue(start, end, parts))
    return found


def clock(time_s: Fraction, mark: str) -> str:
    """The time of a frame as ``HH:MM:SS`` + mark + milliseconds, rounded down.

    Both ends are rounded down: a cue is shown from its first frame until the frame after it, so a
    player that steps through frames shows it on exactly its own.
    """
    total_ms = int(time_s * 1000)
    seconds, ms = divmod(total_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{ms:03}"
