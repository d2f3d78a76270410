"""Who is on screen when, and the captions, subtitles and chapters made of it, written by hand."""

from __future__ import annotations

import io
from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise

import av
import pytest
from hypothesis import given

from clusterer.outputs.export import Timeline, create
from clusterer.outputs.export.cues import clock, cues
from clusterer.outputs.export.timeline import one_line
from tests.outputs.export.builder import HOSTILE, part, timeline, timelines


def text(name: str, content: Timeline) -> str:
    (data,) = create(name).files(content).values()
    return data.decode()


def test_by_hand() -> None:
    anna = part("Anna", (10, 20), (20, 30), (40, 100))
    boris = part("Boris", (25, 45), number=1)
    found = [
        (cast.start, cast.end, [who.name for who in cast.parts])
        for cast in cues(timeline(anna, boris))
    ]
    assert found == [
        (0, 10, []),
        (10, 25, ["Anna"]),
        (25, 30, ["Anna", "Boris"]),
        (30, 40, ["Boris"]),
        (40, 45, ["Anna", "Boris"]),
        (45, 100, ["Anna"]),
    ]


def test_nobody_all_the_time() -> None:
    (cast,) = cues(timeline())
    assert (cast.start, cast.end, cast.parts) == (0, 100, ())


@given(timelines())
def test_against_the_definition(content: Timeline) -> None:
    found = cues(content)
    assert [cast.start for cast in found] == [0, *(cast.end for cast in found[:-1])]
    assert found[-1].end == content.length
    for before, after in pairwise(found):
        assert before.parts != after.parts
    for cast in found:
        for frame in {cast.start, cast.end - 1}:
            assert list(cast.parts) == list(on_screen(content, frame))


def on_screen(content: Timeline, frame: int) -> Iterable[object]:
    return (who for who in content.parts if any(s.start <= frame < s.end for s in who.spans))


@pytest.mark.parametrize(
    ("frame", "rate", "expected"),
    [
        (0, Fraction(25), "00:00:00.000"),
        (1, Fraction(24), "00:00:00.041"),  # 41.67 ms
        (24, Fraction(24000, 1001), "00:00:01.001"),
        (215_784, Fraction(30000, 1001), "01:59:59.992"),  # 7199.9928 s
        (60 * 3600 * 101, Fraction(60), "101:00:00.000"),
    ],
)
def test_times(frame: int, rate: Fraction, expected: str) -> None:
    assert clock(frame / rate, ".") == expected


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(60000, 1001), Fraction(240)])
def test_a_cue_is_on_when_its_frames_are_due_and_only_then(rate: Fraction) -> None:
    for frame in range(1, 3000):
        hours, minutes, seconds = clock(frame / rate, ".").split(":")
        time = int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)
        assert (frame - 1) / rate < time <= frame / rate


CAST = timeline(part("Tom & <Jerry>", (12, 25)), part("a=b;#\\ {c}", (24, 50), number=1))
"""At 25 frames a second, 4 s."""


def test_webvtt() -> None:
    assert text("vtt", CAST) == (
        "WEBVTT\n"
        "\n"
        "00:00:00.480 --> 00:00:00.960\n"
        "Tom &amp; &lt;Jerry&gt;\n"
        "\n"
        "00:00:00.960 --> 00:00:01.000\n"
        "Tom &amp; &lt;Jerry&gt;\n"
        "a=b;#\\ {c}\n"
        "\n"
        "00:00:01.000 --> 00:00:02.000\n"
        "a=b;#\\ {c}\n"
        "\n"
    )
    assert text("vtt", timeline()) == "WEBVTT\n\n"


def test_subrip() -> None:
    assert text("srt", CAST) == (
        "\ufeff1\n"
        "00:00:00,480 --> 00:00:00,960\n"
        "Tom & \u2039Jerry\u203a\n"
        "\n"
        "2\n"
        "00:00:00,960 --> 00:00:01,000\n"
        "Tom & \u2039Jerry\u203a\n"
        "a=b;#\\ (c)\n"
        "\n"
        "3\n"
        "00:00:01,000 --> 00:00:02,000\n"
        "a=b;#\\ (c)\n"
    )
    assert text("srt", timeline()) == ""


@pytest.mark.parametrize("name", ["vtt", "srt"])
def test_ffmpeg_reads_the_same_cues(name: str) -> None:
    content = timeline(
        *(part(one_line(hostile), (2 * i, 2 * i + 1)) for i, hostile in enumerate(HOSTILE)),
    )
    form = {"vtt": "webvtt", "srt": "srt"}[name]
    with av.open(io.BytesIO(text(name, content).encode()), format=form) as container:
        packets = [packet for packet in container.demux() if packet.size]
    ms = [(packet.pts, packet.pts + packet.duration) for packet in packets]
    assert ms == [(80 * i, 80 * i + 40) for i in range(len(HOSTILE))]
    assert all(len(bytes(packet).decode().splitlines()) == 1 for packet in packets)


def test_chapters() -> None:
    content = timeline(part("Tom", (0, 25)), part("a=b;#\\", (24, 50), number=1), at="29.97")
    assert text("chapters", content) == (
        ";FFMETADATA1\n"
        "title=episode.mov\n"
        "[CHAPTER]\nTIMEBASE=1001/30000\nSTART=0\nEND=24\ntitle=Tom\n"
        "[CHAPTER]\nTIMEBASE=1001/30000\nSTART=24\nEND=25\ntitle=Tom, a\\=b\\;\\#\\\\ \n"
        "[CHAPTER]\nTIMEBASE=1001/30000\nSTART=25\nEND=50\ntitle=a\\=b\\;\\#\\\\ \n"
        "[CHAPTER]\nTIMEBASE=1001/30000\nSTART=50\nEND=100\ntitle=(nobody)\n"
    )
