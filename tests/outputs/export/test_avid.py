"""Marker text of Avid Media Composer, read back by a regular expression."""

from __future__ import annotations

import pytest
from hypothesis import given

from clusterer.outputs.export import Timeline, create
from tests.outputs.export.cut_readers import avid as read
from tests.outputs.export.marked import NTSC, day, frames, part, spoken, timeline, timelines

# The layout of a list that Media Composer wrote: user, timecode, track, colour, comment, length.
GOLDEN = (
    "Anna\t10:00:00:00\tV1\tred\tAnna\t48\n"
    "Anna, Zoë\t10:00:10:24\tV1\tred\tAnna (25 frames), Zoë (1 frame)\t25\n"
    "Zoë\t10:00:12:00\tV1\tgreen\tZoë\t10\n"
)


def write(shown: Timeline) -> bytes:
    files = create("avid").files(shown)
    assert list(files) == ["Episode 1.avid-markers.txt"]
    return files["Episode 1.avid-markers.txt"]


def test_golden() -> None:
    anna, zoe = part("Anna", (0, 48), (274, 299)), part("Zoë", (274, 275), (300, 310), number=1)
    assert write(timeline(anna, zoe, start="10:00:00:00")) == GOLDEN.encode()


def test_golden_of_drop_frame() -> None:
    shown = timeline(part("Anna", (1, 2), (2, 7)), rate=NTSC[30], start="00:00:59;28")
    assert write(shown) == (
        b"Anna\t00:00:59;29\tV1\tred\tAnna\t1\nAnna\t00:01:00;02\tV1\tred\tAnna\t5\n"
    )


def test_nobody() -> None:
    assert write(timeline()) == b""


@given(timelines())
def test_frames_come_back(shown: Timeline) -> None:
    text = write(shown)
    assert text == write(shown)
    markers = read(text)
    first = frames(shown.start or "00:00:00:00", shown.rate)
    whole = day(shown.rate, shown.drop)
    starts = sorted({span.start for _, span in shown.marks()})
    assert len(markers) == len(starts)
    for marker, start in zip(markers, starts, strict=True):
        marks = [(who, span) for who, span in shown.marks() if span.start == start]
        assert frames(marker["begin"], shown.rate) == (first + start) % whole
        assert int(marker["length"]) == max(span.length for _, span in marks)
        names = [spoken(who) for who, _ in marks]
        assert marker["name"] == ", ".join(names)
        for name, (_, span) in zip(names, marks, strict=True):
            expected = name if len(marks) == 1 else f"{name} ({span.length} frame"
            assert expected in marker["note"]


@pytest.mark.parametrize(("number", "color"), [(0, "red"), (7, "black"), (8, "red")])
def test_a_color_per_person(number: int, color: str) -> None:
    (marker,) = read(write(timeline(part("Anna", (0, 1), number=number))))
    assert marker["color"] == color


def test_more_than_a_thousand_markers_are_one_list() -> None:
    shown = timeline(part("Anna", *((2 * n, 2 * n + 1) for n in range(2000))))
    assert len(read(write(shown))) == 2000
