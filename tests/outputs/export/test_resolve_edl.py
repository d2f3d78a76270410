"""Timeline markers of DaVinci Resolve, read back by regular expressions."""

from __future__ import annotations

import pytest
from hypothesis import given

from clusterer.outputs.export import Timeline, create
from clusterer.outputs.export.resolve_edl import COLORS
from tests.outputs.export.cut_readers import resolve as read
from tests.outputs.export.marked import NTSC, day, frames, part, spoken, timeline, timelines

# As in a list that Resolve wrote: two spaces behind an event, the note before |C:.
GOLDEN = """\
TITLE: Episode 1
FCM: NON-DROP FRAME

001  001      V     C        01:00:00:00 01:00:00:01 01:00:00:00 01:00:00:01  
 |C:ResolveColorBlue |M:Anna |D:48

002  001      V     C        01:00:10:24 01:00:11:00 01:00:10:24 01:00:11:00  
Together: Anna (25 frames), Борис/2 (1 frame) |C:ResolveColorBlue |M:Anna, Борис/2 |D:25

003  001      V     C        01:00:12:00 01:00:12:01 01:00:12:00 01:00:12:01  
 |C:ResolveColorCyan |M:Борис/2 |D:10
"""  # noqa: W291 - the format's own spaces


def write(shown: Timeline) -> dict[str, bytes]:
    return create("resolve-edl").files(shown)


def test_golden() -> None:
    anna = part("Anna", (0, 48), (274, 299))
    boris = part("Борис|2", (274, 275), (300, 310), number=1)
    files = write(timeline(anna, boris))
    assert {name: text.decode() for name, text in files.items()} == {
        "Episode 1.resolve-markers.edl": GOLDEN
    }


def test_drop_frame_only_if_it_is_stated() -> None:
    anna = part("Anna", (2, 5))
    for start, begin in (("", "01:00:00:02"), ("00:00:59;28", "00:01:00;02")):
        files = write(timeline(anna, rate=NTSC[30], start=start))
        (marker,) = read(files["Episode 1.resolve-markers.edl"], drop=";" in start)
        assert marker["begin"] == begin


def test_nobody() -> None:
    content = b"TITLE: Episode 1\nFCM: NON-DROP FRAME\n"
    assert write(timeline()) == {"Episode 1.resolve-markers.edl": content}


@given(timelines())
def test_frames_come_back(shown: Timeline) -> None:
    files = write(shown)
    assert files == write(shown)
    (content,) = files.values()
    markers = read(content, shown.drop)
    first = frames(shown.start or "01:00:00:00", shown.rate)
    whole = day(shown.rate, shown.drop)
    starts = sorted({span.start for _, span in shown.marks()})
    assert len(markers) == len(starts)
    for marker, start in zip(markers, starts, strict=True):
        marks = [(who, span) for who, span in shown.marks() if span.start == start]
        begin = frames(marker["begin"], shown.rate)
        assert begin == (first + start) % whole
        assert frames(marker["after"], shown.rate) == (begin + 1) % whole
        assert int(marker["length"]) == max(span.length for _, span in marks)
        names = [spoken(who).replace("|", "/") for who, _ in marks]
        assert marker["name"] == ", ".join(names)
        assert marker["color"] == COLORS[marks[0][0].number % 16]
        for name, (_, span) in zip(names, marks, strict=True):
            assert len(marks) == 1 or f"{name} ({span.length} frame" in marker["note"]


@pytest.mark.parametrize(("number", "color"), [(0, "Blue"), (15, "Cream"), (16, "Blue")])
def test_a_color_per_person(number: int, color: str) -> None:
    (content,) = write(timeline(part("Anna", (0, 1), number=number))).values()
    assert [marker["color"] for marker in read(content)] == [color]


def test_a_thousand_markers_are_two_lists() -> None:
    files = write(timeline(part("Anna", *((2 * n, 2 * n + 1) for n in range(1000)))))
    assert list(files) == ["Episode 1.resolve-markers.edl", "Episode 1.resolve-markers.2.edl"]
    assert [len(read(content)) for content in files.values()] == [999, 1]
    (last,) = read(files["Episode 1.resolve-markers.2.edl"])
    assert (last["number"], last["begin"]) == ("001", "01:01:19:23")
