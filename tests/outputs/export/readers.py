"""Readers of the formats that have nothing of ours in them: what was written, in frames.

Timecodes are counted by OpenTimelineIO. Each reader takes the files of one export and gives what it
finds, as frames since the video's first.
"""

from __future__ import annotations

import csv
import html
import io
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import av
import openpyxl
import opentimelineio as otio
import pyarrow.parquet as pq
import pytest
import webvtt

from clusterer.core.cells import restored
from tests.outputs.export import cut_readers, library_readers, project_readers

Files = dict[str, bytes]


class Mark(NamedTuple):
    """Somebody in a half-open stretch of frames."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Scale:
    """What a reader is told: the rate, and the timecode of the first frame."""

    rate: Fraction
    start: str

    def frame(self, timecode: str) -> int:
        """Frames since the first."""
        count = self._count(timecode) - (self._count(self.start) if self.start else 0)
        last = re.sub(r"^\d\d", "23", "00:59:59:00" if ":" in timecode[-3:] else "00:59:59;00")
        return count % (self._count(last) + round(self.rate))

    def due(self, ms: int) -> int:
        """First frame that is due at this time or later."""
        return math.ceil(ms * self.rate / 1000)

    def _count(self, timecode: str) -> int:
        return int(otio.opentime.from_timecode(timecode, float(self.rate)).value)


def only(files: Files, ending: str) -> bytes:
    """The file that is called like the others and has this ending, the shortest name: not
    ``a.xray.json`` for ``.json``."""
    return files[min((name for name in files if name.endswith(ending)), key=len)]


def checked(rows: list[dict[str, Any]], scale: Scale) -> list[Mark]:
    """Rows of a table of appearances; frames, timecodes and seconds must say the same."""
    marks = []
    for row in rows:
        mark = Mark(row["name"], int(row["start_frame"]), int(row["end_frame"]))
        assert scale.frame(row["start_timecode"]) == mark.start
        assert scale.frame(row["end_timecode"]) == mark.end
        for seconds, frame in ((row["start_s"], mark.start), (row["end_s"], mark.end)):
            assert abs(float(seconds) - frame / scale.rate) <= 0.0005 + 1e-9
        marks.append(mark)
    return marks


def read_csv(files: Files, scale: Scale) -> list[Mark]:
    def rows(ending: str) -> list[dict[str, Any]]:
        text = io.StringIO(only(files, ending).decode(), newline="")
        found = csv.DictReader(text, strict=True)
        return [row | {"name": restored(row["name"])} for row in found]

    marks = checked(rows(".appearances.csv"), scale)
    assert sorted({mark.name for mark in marks}) == sorted({r["name"] for r in rows(".people.csv")})
    return marks


def read_xlsx(files: Files, scale: Scale) -> list[Mark]:
    book = openpyxl.load_workbook(io.BytesIO(only(files, ".xlsx")))
    assert book.sheetnames == ["appearances", "people"]
    for sheet in book:
        header, *cells = sheet.iter_rows()
        for row in cells:
            for title, cell in zip(header, row, strict=True):
                is_text = title.value in ("person", "name") or title.value.endswith("_timecode")
                assert cell.data_type == ("s" if is_text else "n"), (title.value, cell.value)
    header, *values = book["appearances"].iter_rows(values_only=True)
    rows = [dict(zip(header, row, strict=True)) for row in values]
    for row in rows:  # openpyxl leaves the codes of characters as they are
        row["name"] = re.sub("_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), row["name"])
    return checked(rows, scale)


def read_json(files: Files, scale: Scale) -> list[Mark]:
    content = json.loads(only(files, ".json"))
    assert Fraction(*content["rate"]) == scale.rate
    rows = [
        {"name": who["name"], **seen} for who in content["people"] for seen in who["appearances"]
    ]
    return checked(rows, scale)


def read_parquet(files: Files, scale: Scale) -> list[Mark]:
    table = pq.read_table(io.BytesIO(only(files, ".parquet")))
    assert Fraction(table.schema.metadata[b"rate"].decode()) == scale.rate
    return checked(table.to_pylist(), scale)


def read_vtt(files: Files, scale: Scale) -> list[Mark]:
    captions = webvtt.from_string(only(files, ".vtt").decode(), strict=True)
    return joined(_cues(captions, scale))


def read_srt(files: Files, scale: Scale) -> list[Mark]:
    if not only(files, ".srt"):
        return []
    return joined(_cues(webvtt.from_buffer(io.BytesIO(only(files, ".srt")), format="srt"), scale))


def _cues(captions: webvtt.WebVTT, scale: Scale) -> list[Mark]:
    return [
        Mark(html.unescape(line), *(scale.due(_ms(time)) for time in (cue.start, cue.end)))
        for cue in captions
        for line in cue.lines
    ]


def _ms(time: str) -> int:
    hours, minutes, seconds, ms = map(int, re.split("[:.,]", time))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms


def read_chapters(files: Files, scale: Scale) -> list[Mark]:
    with av.open(io.BytesIO(only(files, ".chapters.txt")), format="ffmetadata") as container:
        if not hasattr(container, "chapters"):
            pytest.skip("this PyAV, older than 16, reads no chapters")
        chapters = container.chapters()
    marks, end = [], 0
    for chapter in chapters:
        assert chapter["time_base"] == 1 / scale.rate
        assert chapter["start"] == end, "no gap"
        end = chapter["end"]
        title = chapter["metadata"]["title"]
        if title != "(nobody)":
            marks += [Mark(name, chapter["start"], end) for name in title.split(", ")]
    return joined(marks)


def read_edl(files: Files, scale: Scale) -> list[Mark]:
    return [Mark(*found) for found in cut_readers.read_edl(files, scale)]


def read_resolve_edl(files: Files, scale: Scale) -> list[Mark]:
    from_one = Scale(scale.rate, scale.start or "01:00:00:00")
    return [Mark(*found) for found in cut_readers.read_resolve_edl(files, from_one)]


def read_avid(files: Files, scale: Scale) -> list[Mark]:
    return [Mark(*found) for found in cut_readers.read_avid(files, scale)]


def read_otio(files: Files, scale: Scale) -> list[Mark]:
    return [Mark(*found) for found in project_readers.read_otio(only(files, ".otio"), scale)]


def read_premiere_xml(files: Files, scale: Scale) -> list[Mark]:
    content = only(files, ".premiere.xml")
    return [Mark(*found) for found in project_readers.read_premiere_xml(content, scale)]


def read_premiere_csv(files: Files, scale: Scale) -> list[Mark]:
    content = only(files, ".premiere.csv")
    return [Mark(*found) for found in project_readers.read_premiere_csv(content, scale)]


def read_fcpxml(files: Files, scale: Scale) -> list[Mark]:
    return [Mark(*found) for found in project_readers.read_fcpxml(only(files, ".fcpxml"), scale)]


def read_iiif(files: Files, scale: Scale) -> list[Mark]:
    found = library_readers.read_iiif(
        only(files, ".annotations.json"), only(files, ".manifest.json")
    )
    return [Mark(name, scale.due(start), scale.due(end)) for name, start, end in found]


def read_kodi(files: Files, scale: Scale) -> list[Mark]:
    found = library_readers.read_kodi(only(files, ".nfo"), only(files, ".xray.json"))
    return joined([Mark(name, scale.due(start), scale.due(end)) for name, start, end in found])


def read_xmp(files: Files, scale: Scale) -> list[Mark]:
    return [Mark(*found) for found in project_readers.read_xmp(only(files, ".xmp"), scale)]


def joined(marks: list[Mark]) -> list[Mark]:
    """Each name's marks that touch or overlap, as one: all that formats of cues can tell."""
    found: list[Mark] = []
    for mark in sorted(marks):
        if found and found[-1].name == mark.name and mark.start <= found[-1].end:
            found[-1] = found[-1]._replace(end=max(found[-1].end, mark.end))
        else:
            found.append(mark)
    return found


@dataclass(frozen=True)
class Reading:
    """How a format is read, and what it can tell.

    Attributes
    ----------
    read : gives the marks
    cast : it says who is on screen, so that appearances which touch are one
    plain : names of any kind come back as they were
    """

    read: Callable[[Files, Scale], list[Mark]]
    cast: bool = False
    plain: bool = True

    def expected(self, marks: list[Mark]) -> list[Mark]:
        """What must be found, sorted."""
        return joined(marks) if self.cast else sorted(marks)


READINGS = {
    "avid": Reading(read_avid),
    "chapters": Reading(read_chapters, cast=True, plain=False),
    "csv": Reading(read_csv),
    "edl": Reading(read_edl),
    "fcpxml": Reading(read_fcpxml),
    "iiif": Reading(read_iiif),
    "json": Reading(read_json),
    "kodi": Reading(read_kodi, cast=True),
    "otio": Reading(read_otio),
    "parquet": Reading(read_parquet),
    "premiere-csv": Reading(read_premiere_csv),
    "premiere-xml": Reading(read_premiere_xml),
    "resolve-edl": Reading(read_resolve_edl, plain=False),
    "srt": Reading(read_srt, cast=True, plain=False),
    "vtt": Reading(read_vtt, cast=True),
    "xlsx": Reading(read_xlsx),
    "xmp": Reading(read_xmp),
}
"""By format."""
