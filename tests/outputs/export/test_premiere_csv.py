"""The layout of Premiere's marker list, read back by the csv module and OpenTimelineIO."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import pytest
from hypothesis import given

from clusterer.core.cells import restored
from clusterer.outputs.export import create
from clusterer.outputs.export.timeline import Timeline
from tests.outputs.export.random_timelines import (
    TRICKY_NAMES,
    first_frame,
    frames_of,
    named,
    small,
    timelines,
    video,
)

# By hand, after the examples that the module's docstring cites.
GOLDEN = (
    "\ufeffMarker Name\tDescription\tIn\tOut\tDuration\tMarker Type\n"
    "Anna & Co\tperson-1, shot 0, confidence 0.88\t00;59;58;00\t00;59;59;00\t00;00;01;00\tComment\n"
    "Борис\tperson-2, shot 1, confidence 0.50\t01;00;00;00\t01;00;02;00\t00;00;02;00\tComment\n"
    "Anna & Co\tperson-1, shot 1, confidence 0.88\t01;00;00;02\t01;00;00;03\t00;00;00;01\tComment\n"
)


def written(timeline: Timeline) -> bytes:
    ((name, content),) = create("premiere-csv").files(timeline).items()
    assert name == f"{timeline.stem}.premiere.csv"
    return content


def rows(timeline: Timeline) -> list[dict[str, str]]:
    """As the public readers do: UTF-16 by its mark, tabs."""
    text = io.StringIO(written(timeline).decode("utf-16"), newline="")
    found = csv.DictReader(text, delimiter="\t", strict=True)
    return [row | {"Marker Name": restored(row["Marker Name"])} for row in found]


def frames(text: str, rate: Fraction) -> int:
    if ";" in text:
        assert text.count(";") == 3
        text = ":".join(text.split(";")[:3]) + ";" + text.split(";")[3]
    return frames_of(text, rate)


def test_golden() -> None:
    content = written(small())
    assert content[:2] == b"\xff\xfe"
    assert content.decode("utf-16-le") == GOLDEN
    assert content == written(small())


@given(timelines())
def test_frames_survive(timeline: Timeline) -> None:
    found = rows(timeline)
    marks = timeline.marks()
    assert [row["Marker Name"] for row in found] == [part.name for part, _ in marks]
    for row, (_, span) in zip(found, marks, strict=True):
        start, end, length = (frames(row[key], timeline.rate) for key in ("In", "Out", "Duration"))
        assert start - first_frame(timeline) == span.start
        assert end - first_frame(timeline) == span.end
        assert length == span.length
        assert (";" in row["In"]) == timeline.drop
        assert row["Marker Type"] == "Comment"


@pytest.mark.parametrize("name", TRICKY_NAMES)
def test_names(name: str) -> None:
    assert rows(named(name))[0]["Marker Name"] == name


def test_no_spreadsheet_runs_a_name() -> None:
    assert "\n'=1+1\tperson-1, " in written(named("=1+1")).decode("utf-16")


def test_empty() -> None:
    timeline = Timeline(video(Fraction(25)), Fraction(25), "", 50, ())
    assert rows(timeline) == []
    assert written(timeline).decode("utf-16").count("\n") == 1
