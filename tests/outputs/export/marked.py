"""Timelines for the formats of cut lists and markers, and a reader of timecodes for them."""

from __future__ import annotations

import re
from fractions import Fraction

from hypothesis import strategies as st

from clusterer.core.types import VideoInfo
from clusterer.outputs.export import Part, Span, Timeline

NTSC = {rate: Fraction(rate * 1000, 1001) for rate in (24, 30, 60)}
RATES = (NTSC[24], Fraction(24), Fraction(25), NTSC[30], Fraction(30), Fraction(50), NTSC[60],
         Fraction(60))  # fmt: skip
STARTS = ("", "00:00:00:00", "00:59:58:00", "00:08:59:20", "09:59:59:23", "23:59:58:00")
DROP_STARTS = ("00:00:00;00", "00:59:58;00", "00:00:59;28", "00:08:59;20", "00:09:59;29",
               "23:59:58;00")  # fmt: skip
NOT_SHOWN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\ufdd0-\ufdef\ufffe\uffff]")
NAMES = (
    "Anna",
    "anna",
    "Boris|Anna",
    "a\tb",
    'The "Boss", 2',
    "Шинейд д'Арк, мл.",
    "张伟 👩‍👧",
    "مريم",
    "1 001 V C 00:00:00:00",
    "* FROM CLIP NAME: x |D:7",
    "a/b",
    "a?b",
    "..",
    "two\nlines",
    "long " * 400,
)


def timeline(
    *parts: Part,
    rate: Fraction = Fraction(25),
    start: str = "",
    length: int = 1_000_000,
    path: str = "media/Episode 1.mov",
) -> Timeline:
    video = VideoInfo(path, 640, 360, rate, Fraction(1, 90000), 0, float(length / rate))
    return Timeline(video, rate, start, length, parts)


def part(name: str, *spans: tuple[int, int], number: int = 0) -> Part:
    shown = tuple(Span(start, end, 0) for start, end in spans)
    return Part(f"person-{number + 1}", name, number, shown, 0.9)


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Up to four people, with ends anywhere in two hours and near full minutes."""
    rate = draw(st.sampled_from(RATES))
    drop = rate in (NTSC[30], NTSC[60]) and draw(st.booleans())
    minute = round(rate) * 60
    near = st.builds(
        lambda minutes, more: max(0, minutes * minute + more),
        st.integers(0, 120),
        st.integers(-130, 5),
    )
    frame = near | st.integers(0, 120 * minute) | st.integers(0, 20)
    parts = []
    for number in range(draw(st.integers(0, 4))):
        ends = sorted(draw(st.sets(frame, min_size=2, max_size=8)))
        spans = tuple(zip(ends[::2], ends[1::2], strict=False))
        name = draw(st.sampled_from(NAMES) | st.text(min_size=1))
        parts.append(part(name, *spans, number=number * draw(st.integers(1, 9))))
    start = draw(st.sampled_from(DROP_STARTS if drop else STARTS))
    return timeline(*parts, rate=rate, start=start, length=120 * minute + 1)


def frames(text: str, rate: Fraction) -> int:
    """Frames since midnight, counted anew: numbers, less those that drop-frame leaves out."""
    match = re.fullmatch(r"(\d\d):(\d\d):(\d\d)([:;])(\d\d)", text)
    assert match, text
    hours, minutes, seconds, number = (int(match[i]) for i in (1, 2, 3, 5))
    nominal = round(rate)
    assert hours < 24, text
    assert max(minutes, seconds) < 60, text
    assert number < nominal, text
    total = ((hours * 60 + minutes) * 60 + seconds) * nominal + number
    if match[4] == ":":
        return total
    left_out = {30: 2, 60: 4}[nominal]
    assert rate == NTSC[nominal], rate
    assert seconds or minutes % 10 == 0 or number >= left_out, text
    return total - left_out * sum(1 for m in range(1, hours * 60 + minutes + 1) if m % 10)


def day(rate: Fraction, drop: bool) -> int:
    """Frames in 24 hours of timecode."""
    left_out = round(rate) // 15 if drop else 0
    return 24 * (3600 * round(rate) - 54 * left_out)


def spoken(who: Part) -> str:
    """A name as a reader gets it: one line, no controls; the id if there is nothing left."""
    return " ".join(NOT_SHOWN.sub(" ", who.name).split()) or who.id
