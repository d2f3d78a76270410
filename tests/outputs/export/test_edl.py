"""CMX 3600, read back by pycmx."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pycmx
import pytest
from hypothesis import given

from clusterer.core.errors import ConfigError
from clusterer.outputs.export import Timeline, create
from clusterer.outputs.export.edl import reel_name
from tests.outputs.export.cut_readers import edl
from tests.outputs.export.marked import NAMES, NTSC, day, frames, part, spoken, timeline, timelines

EVERYBODY = """\
TITLE: Episode 1\r
FCM: NON-DROP FRAME\r
001  EPISODE1 V     C        10:00:00:00 10:00:01:23 01:00:00:00 01:00:01:23\r
* FROM CLIP NAME: Episode 1.mov\r
* COMMENT: Anna\r
002  EPISODE1 V     C        10:00:01:23 10:00:04:00 01:00:01:23 01:00:04:00\r
* FROM CLIP NAME: Episode 1.mov\r
* COMMENT: Борис\r
003  EPISODE1 V     C        10:00:06:00 10:00:07:00 01:00:04:00 01:00:05:00\r
* FROM CLIP NAME: Episode 1.mov\r
* COMMENT: Anna\r
"""
BORIS = """\
TITLE: Episode 1 _____\r
FCM: NON-DROP FRAME\r
001  EPISODE1 V     C        10:00:01:23 10:00:04:00 01:00:00:00 01:00:02:02\r
* FROM CLIP NAME: Episode 1.mov\r
* COMMENT: Борис\r
"""
DROPPED = """\
TITLE: Episode 1\r
FCM: DROP FRAME\r
001  EPISODE1 V     C        00:00:59;28 00:01:00;04 01:00:00;00 01:00:00;04\r
* FROM CLIP NAME: Episode 1.mov\r
* COMMENT: Anna\r
"""


def write(shown: Timeline) -> dict[str, bytes]:
    return create("edl").files(shown)


def edits(content: bytes) -> list[pycmx.Edit]:
    return edl(content)[1]


def test_golden() -> None:
    anna, boris = part("Anna", (0, 48), (150, 175)), part("Борис", (48, 100), number=1)
    files = write(timeline(anna, boris, start="10:00:00:00"))
    assert list(files) == ["Episode 1.edl", "Episode 1.Anna.edl", "Episode 1.Борис.edl"]
    assert files["Episode 1.edl"].decode() == EVERYBODY
    assert files["Episode 1.Борис.edl"].decode() == BORIS


def test_golden_of_drop_frame() -> None:
    files = write(timeline(part("Anna", (0, 4)), rate=NTSC[30], start="00:00:59;28"))
    assert {name: text.decode() for name, text in files.items()} == {"Episode 1.edl": DROPPED}


def test_four_numbers_are_left_out_at_59_94() -> None:
    shown = timeline(part("Anna", (0, 4)), rate=NTSC[60], start="00:00:59;58")
    (edit,) = edits(write(shown)["Episode 1.edl"])
    assert (edit.source_in, edit.source_out) == ("00:00:59;58", "00:01:00;06")


def test_nobody() -> None:
    content = b"TITLE: Episode 1\r\nFCM: NON-DROP FRAME\r\n"
    assert write(timeline()) == {"Episode 1.edl": content}


def test_the_reel_that_is_asked_for() -> None:
    shown = timeline(part("Anna", (0, 4)), part("Ben", (4, 9), number=1))
    files = write(replace(shown, reel="AX"))
    assert {edit.source for name in files for edit in edits(files[name])} == {"AX"}


@given(timelines())
def test_frames_come_back(shown: Timeline) -> None:
    files = write(shown)
    assert files == write(shown)
    lists = [shown.marks()]
    if len(shown.parts) > 1:
        lists += [[(who, span) for span in who.spans] for who in shown.parts]
    assert len(files) == len(lists)
    for content, marks in zip(files.values(), lists, strict=True):
        check(shown, content, marks)


def check(shown: Timeline, content: bytes, marks: list) -> None:
    found, cuts, names = edl(content)
    assert len(found.title) <= 70
    assert (b"FCM: DROP FRAME\r\n" in content) is (";" in shown.start)
    first = frames(shown.start or "00:00:00:00", shown.rate)
    whole = day(shown.rate, shown.drop)
    at = frames("01:00:00;00" if shown.drop else "01:00:00:00", shown.rate)
    assert len(cuts) == len(marks)
    for cut, (_, span) in zip(cuts, marks, strict=True):
        source = [frames(text, shown.rate) for text in (cut.source_in, cut.source_out)]
        record = [frames(text, shown.rate) for text in (cut.record_in, cut.record_out)]
        assert source == [(first + span.start) % whole, (first + span.end) % whole]
        assert record == [at % whole, (at + span.length) % whole]
        assert (record[1] - record[0]) % whole == (source[1] - source[0]) % whole == span.length
        assert cut.source == "EPISODE1"
        assert cut.clip_name == "Episode 1.mov"
        assert cut.transition.cut
        assert cut.channels.video
        at += span.length
    assert names == [spoken(who) for who, _ in marks]


def test_a_thousand_appearances_are_two_lists() -> None:
    shown = timeline(part("Anna", *((2 * n, 2 * n + 1) for n in range(1000))))
    files = write(shown)
    assert list(files) == ["Episode 1.edl", "Episode 1.2.edl"]
    assert [len(edits(content)) for content in files.values()] == [999, 1]
    (last,) = edits(files["Episode 1.2.edl"])
    assert (last.source_in, last.record_in) == ("00:01:19:23", "01:00:00:00")


def test_no_file_takes_the_place_of_another() -> None:
    spans = [(2 * n, 2 * n + 1) for n in range(1000)]
    names = ("2", "2", "Anna", "ANNA", "Anna-2", "e\u0301", "é", "a?", "a*", "resolve-markers")
    people = [part(name, *spans, number=n) for n, name in enumerate((*names, "Anna.2", "..", "/"))]
    files = write(timeline(*people))
    assert len(files) == 14 + 2 * len(people)
    assert len({name.casefold() for name in files}) == len(files)
    assert "Episode 1.resolve-markers.edl" not in files
    assert files.keys() >= {"Episode 1._2-2.edl", "Episode 1.ANNA-2.edl", "Episode 1.Anna-2-2.edl"}


@pytest.mark.parametrize("name", NAMES)
def test_names_of_files_are_short_and_safe(name: str) -> None:
    shown = timeline(part(name, (0, 1)), part("B", (0, 1), number=1), path=f"{'ж' * 300}.mov")
    for file in write(shown):
        assert len(file.encode()) < 240
        assert not set(file) & set('<>:"/\\|?*\n\t')


def test_a_long_title_is_cut() -> None:
    shown = timeline(part("Anna", (0, 1)), part("B", (0, 1), number=1), path=f"{'x' * 90}.mov")
    everybody, anna, _ = (edl(content)[0].title for content in write(shown).values())
    assert everybody == "x" * 70
    assert anna == f"{'x' * 40} Anna"


@pytest.mark.parametrize(
    ("stem", "reel"),
    [
        ("Épisode_12 (final)", "EPISODE_"),
        ("s01 e02", "S01E02"),
        ("ab", "AB"),
        ("серия", "AX"),
        ("___", "AX"),
        ("", "AX"),
        ("black", "BLACK_"),
        ("Bl", "BL_"),
        ("ﬁlm ß", "FILMSS"),
    ],
)
def test_reel(stem: str, reel: str) -> None:
    assert reel_name(stem) == reel


@pytest.mark.parametrize("format_", ["edl", "resolve-edl", "avid"])
def test_rates_of_three_digits_are_refused(format_: str) -> None:
    shown = timeline(part("Anna", (0, 1)), rate=Fraction(120))
    with pytest.raises(ConfigError, match="120 frames per second"):
        create(format_).files(shown)
    assert create(format_).files(replace(shown, rate=Fraction(100)))
