"""Timelines for tests: by hand, and any that there can be."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from clusterer.core.types import VideoInfo
from clusterer.outputs.export import Part, Span, Timeline
from clusterer.outputs.export.timeline import one_line

RATES: dict[str, tuple[Fraction, str]] = {
    "23.976": (Fraction(24000, 1001), "01:00:00:00"),
    "24": (Fraction(24), "00:59:58:00"),
    "25": (Fraction(25), ""),
    "29.97 drop": (Fraction(30000, 1001), "01:08:58;12"),
    "29.97": (Fraction(30000, 1001), "00:59:58:00"),
    "30": (Fraction(30), "10:00:00:00"),
    "50": (Fraction(50), "00:59:58:49"),
    "59.94 drop": (Fraction(60000, 1001), "00:00:59;30"),
    "59.94": (Fraction(60000, 1001), "00:00:00:00"),
    "60": (Fraction(60), "01:00:00:00"),
}
"""Every rate that editing programs know, with the timecode of the first frame."""

HOSTILE = (
    "Smith, John",
    'The "Boss"',
    "=1+1",
    "@SUM(A1)",
    "-2",
    "#N/A",
    "<b>Tom & Jerry</b>",
    "</name>]]><!--",
    "&amp; &#10;",
    "A --> B",
    "00:00:01,000 --> 00:00:02,000",
    "|C:ResolveColorRed |M:x |D:9",
    "* FROM CLIP NAME: x",
    "a;b#c=d\\",
    "{\\an8}",
    "%s {} ${x}",
    "_x0041_",
    "'quoted'",
    "../../etc/passwd",
    "..",
    "CON",
    "a:b?c*",
    "12",
    "\ufeffmark",
    "\u202eright to left",
    "נועה",
    "张伟 👩‍👩‍👧",
    "Zoe\u0308",
    "\U0010fffe",
    "x" * 300,
    "張" * 300,
    "two\nlines\r\n\tand\x00more\x85 \u2028\ud800\uffff",
)

PATHS = (
    "footage/episode.mov",
    "C:\\videos\\episode 1.mp4",
    "/films/a:b?<c>|*.mov",
    "films/张伟 & Zoë #1 100%.mkv",
    "films/\udcff broken.mp4",
    "films/two\nlines.mp4",
    "films/CON.mp4",
    "films/.mp4",
    "films/" + "張" * 80 + ".mov",
    "",
)


def video(
    rate: Fraction, start: str = "", path: str = PATHS[0], frames: int = 100, start_pts: int = 0
) -> VideoInfo:
    base = Fraction(1, rate.numerator)
    seconds = float(frames / rate)
    return VideoInfo(path, 640, 360, rate, base, start_pts, seconds, start or None)


def part(name: str, *spans: tuple[int, int], number: int = 0) -> Part:
    """A person seen in these frames, each in a shot of its own."""
    seen = tuple(Span(start, end, shot) for shot, (start, end) in enumerate(spans))
    return Part(f"person-{number + 1}", name, number, seen, 0.875)


def timeline(
    *parts: Part, at: str = "25", path: str = PATHS[0], frames: int | None = None
) -> Timeline:
    rate, start = RATES[at]
    length = frames or max([100, *(span.end for who in parts for span in who.spans)])
    return Timeline(video(rate, start, path, length), rate, start, length, parts)


def _spans(cuts: list[int]) -> tuple[tuple[int, int], ...]:
    ordered = sorted(set(cuts))
    return tuple(zip(ordered[::2], ordered[1::2], strict=False))


_SHORT = st.integers(0, 400)
_LONG = st.integers(0, 9 * 3600 * 60)
SPANS = (
    st.one_of(st.lists(_SHORT, max_size=12), st.lists(_LONG, max_size=6)).map(_spans).filter(bool)
)
ANY_NAME = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=()), min_size=1)
)
NAMES = ANY_NAME.map(lambda name: one_line(name) or "x")
"""Names as parts have them."""


@st.composite
def timelines(draw: st.DrawFn, *, hostile: bool = False) -> Timeline:
    """Any timeline at any of `RATES`; names are plain and differ, or hostile."""
    found = draw(st.lists(SPANS, max_size=5))
    names = [draw(NAMES) if hostile else f"Person {number + 1}" for number in range(len(found))]
    people = [
        part(name, *spans, number=number)
        for number, (name, spans) in enumerate(zip(names, found, strict=True))
    ]
    path = draw(st.sampled_from(PATHS)) if hostile else PATHS[0]
    return timeline(*people, at=draw(st.sampled_from(sorted(RATES))), path=path)
