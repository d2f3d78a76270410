"""Timelines for formats of editing programs: a small one by hand, random ones at every rate."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
from hypothesis import strategies as st

from clusterer.core.timecode import timecode
from clusterer.core.types import VideoInfo
from clusterer.outputs.export.timeline import Part, Span, Timeline

FILM, NTSC, NTSC_60 = Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001)
COUNTINGS = (
    (FILM, False),
    (Fraction(24), False),
    (Fraction(25), False),
    (NTSC, True),
    (NTSC, False),
    (Fraction(30), False),
    (Fraction(50), False),
    (NTSC_60, True),
    (NTSC_60, False),
    (Fraction(60), False),
)
"""Rates, and whether timecodes are drop-frame."""
TRICKY_NAMES = (
    "Tom & Jerry",
    '<b>"Al" O\'Neil</b>]]>',
    "Zoë 张伟 نور 👩‍🚀",
    "Smith, John; Jr.",
    "\ufffe never \uffff",
    "=1+1",
    '"quoted"',
    " spaces ",
)


def video(rate: Fraction, start: str | None = None, path: str = "folder/my clip.mp4") -> VideoInfo:
    return VideoInfo(path, 1280, 720, rate, 1 / rate, 0, 60.0, start)


def small(path: str = "folder/my clip.mp4") -> Timeline:
    """29.97 drop-frame from 00:59:58;00 on, which is frame 107 832; four seconds; two people."""
    anna = Part("person-1", "Anna & Co", 0, (Span(0, 30, 0), Span(62, 63, 1)), 0.875)
    boris = Part("person-2", "Борис", 1, (Span(60, 120, 1),), 0.5)
    start = "00:59:58;00"
    return Timeline(video(NTSC, start, path), NTSC, start, 120, (anna, boris))


def named(name: str) -> Timeline:
    whole = Part("person-1", name, 0, (Span(0, 1, 0),), 1.0)
    return Timeline(video(Fraction(25)), Fraction(25), "", 50, (whole,))


def frames_of(text: str, rate: Fraction) -> int:
    """Frames from 00:00:00:00 to a timecode, by OpenTimelineIO."""
    return int(otio.opentime.from_timecode(text, float(rate)).to_frames())


def first_frame(timeline: Timeline) -> int:
    """The timeline's start, by OpenTimelineIO."""
    return frames_of(timeline.start, timeline.rate) if timeline.start else 0


def own_frame(timeline: Timeline) -> int:
    """The file's own start, by OpenTimelineIO."""
    return frames_of(timeline.video.start_timecode or "00:00:00:00", timeline.rate)


@st.composite
def spans(draw: st.DrawFn, length: int) -> tuple[Span, ...]:
    count = draw(st.integers(1, 4))
    cuts = draw(st.lists(st.integers(0, length), min_size=2 * count, max_size=2 * count))
    cuts.sort()
    pairs = zip(cuts[::2], cuts[1::2], strict=True)
    shot = draw(st.integers(0, 999))
    return tuple(Span(start, end, shot) for start, end in pairs if start < end)


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    rate, drop = draw(st.sampled_from(COUNTINGS))
    zero = "00:00:00;00" if drop else None
    starts = st.integers(0, int(20 * 3600 * rate)).map(lambda frame: timecode(frame, rate, zero))
    start = draw(starts if drop else st.one_of(st.just(""), starts))
    own = draw(st.one_of(st.none(), st.just(start or None), starts))
    length = draw(st.integers(1, int(2 * 3600 * rate)))
    text = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1)
    names = st.one_of(text, st.sampled_from(TRICKY_NAMES))
    parts = []
    for number in range(draw(st.integers(0, 4))):
        if seen := draw(spans(length)):
            confidence = draw(st.floats(0, 1))
            parts.append(Part(f"person-{number}", draw(names), number, seen, confidence))
    return Timeline(video(rate, own), rate, start, length, tuple(parts))
