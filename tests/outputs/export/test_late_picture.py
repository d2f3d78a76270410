"""A picture that begins after the sound: seconds are a player's, frames the picture's own."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from fractions import Fraction

from clusterer.core.tables import appearances_table, faces_table, people_table
from clusterer.outputs.export.chapters import Chapters
from clusterer.outputs.export.csv import Csv
from clusterer.outputs.export.json import Json
from clusterer.outputs.export.srt import Srt
from clusterer.outputs.export.timeline import Timeline
from clusterer.outputs.export.vtt import Vtt
from tests.outputs.export.builder import part, timeline
from tests.small_result import small_result

DELAY_S = Fraction(3, 2)
CAST = timeline(part("Ann", (0, 25)), part("Bob", (24, 50), number=1))
"""At 25 frames a second, 4 s."""


def late(found: Timeline) -> Timeline:
    delay_pts = DELAY_S / found.video.time_base
    base = found.video.time_base / 2  # half a frame, so that 1.5 s are whole ticks
    video = replace(found.video, time_base=base, delay_pts=round(2 * delay_pts))
    assert video.delay_s == DELAY_S
    return replace(found, video=video)


def only(files: dict[str, bytes]) -> str:
    (content,) = files.values()
    return content.decode("utf-8-sig")


def test_captions() -> None:
    cues = only(Vtt().files(late(CAST))).split("\n\n")[1:]
    assert [cue.strip() for cue in cues[:3]] == [
        "00:00:01.500 --> 00:00:02.460\nAnn",
        "00:00:02.460 --> 00:00:02.500\nAnn\nBob",
        "00:00:02.500 --> 00:00:03.500\nBob",
    ]
    assert "\n00:00:02,460 --> 00:00:02,500\nAnn\nBob\n" in only(Srt().files(late(CAST)))


def test_chapters_begin_where_players_begin() -> None:
    lines = only(Chapters().files(late(CAST))).splitlines()[2:]
    assert lines[:5] == [
        "[CHAPTER]",
        "TIMEBASE=1/1000000",
        "START=0",
        "END=1500000",
        "title=(nobody)",
    ]
    starts = [line for line in lines if line.startswith("START=")]
    assert starts == ["START=0", "START=1500000", "START=2460000", "START=2500000", "START=3500000"]
    assert lines[-2] == "END=5500000"


def test_nobody_is_one_chapter_from_the_start() -> None:
    found = only(Chapters().files(late(timeline(part("Ann", (25, 50))))))
    assert found.splitlines()[2:8] == [
        "[CHAPTER]",
        "TIMEBASE=1/1000000",
        "START=0",
        "END=2500000",
        "title=(nobody)",
        "[CHAPTER]",
    ]


def test_tables_of_exports() -> None:
    (row,) = json.loads(only(Json().files(late(timeline(part("Ann", (25, 50)))))))["people"]
    seen = row["appearances"][0]
    assert (seen["start_s"], seen["end_s"]) == (2.5, 3.5)
    assert (seen["start_frame"], seen["start_timecode"]) == (25, "00:00:01:00")
    files = Csv().files(late(timeline(part("Ann", (25, 50)))))
    content = files["episode.appearances.csv"].decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [(r["start_s"], r["end_s"], r["duration_s"]) for r in rows] == [("2.5", "3.5", "1.0")]


def test_tables_of_a_result() -> None:
    plain = small_result()
    video = replace(plain.analysis.video, delay_pts=19_200)  # 1.5 s
    result = replace(plain, analysis=replace(plain.analysis, video=video))
    for table, moved in (
        (people_table, ["first_s", "last_s"]),
        (appearances_table, ["start_s", "end_s"]),
        (faces_table, ["time_s"]),
    ):
        before, now = table(plain), table(result)
        for old, new in zip(before.rows, now.rows, strict=True):
            by_name = dict(zip(before.columns, zip(old, new, strict=True), strict=True))
            for name, (was, is_now) in by_name.items():
                assert is_now == (was + 1.5 if name in moved else was)
    assert [who.id for who in result.at(1.5)] == [who.id for who in plain.at(0.0)]
    assert list(result.at(0.0)) == []
