"""What a workbook, a Parquet file and JSON hold besides the frames."""

from __future__ import annotations

import io
import json
import sys
import zipfile

import openpyxl
import pyarrow.parquet as pq
import pytest

from clusterer.core.errors import DependencyError
from clusterer.outputs.export import create
from tests.outputs.export.builder import part, timeline

CONTENT = timeline(part("=1+1", (0, 30), (60, 90)), part("_x0041_", (30, 31), number=1))
"""At 25 frames a second from 00:00:00:00."""


def only(name: str) -> bytes:
    (data,) = create(name).files(CONTENT).values()
    return data


def test_workbook() -> None:
    book = openpyxl.load_workbook(io.BytesIO(only("xlsx")))
    assert list(book["people"].iter_rows(values_only=True)) == [
        ("person", "name", "screen_time_s", "appearances", "first_timecode", "last_timecode"),
        ("person-1", "=1+1", 2.4, 2, "00:00:00:00", "00:00:03:15"),
        ("person-2", "_x005F_x0041_", 0.04, 1, "00:00:01:05", "00:00:01:06"),
    ]
    rows = list(book["appearances"].iter_rows(values_only=True))
    assert rows[1] == (
        "person-1", "=1+1", 0, 1.2, 1.2, "00:00:00:00", "00:00:01:05", 0, 30, 0,
    )  # fmt: skip
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        name, code = sheet["B2"], sheet["F2"]
        assert (name.data_type, code.data_type) == ("s", "s")
        assert (name.number_format, code.number_format) == ("@", "@")


def test_workbook_has_no_date_of_writing() -> None:
    with zipfile.ZipFile(io.BytesIO(only("xlsx"))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        facts = archive.read("docProps/core.xml").decode()
    assert facts.count("1980-01-01T00:00:00Z") == 2
    assert ">cluster-video</dc:creator>" in facts


def test_parquet() -> None:
    table = pq.read_table(io.BytesIO(only("parquet")))
    assert table.schema.metadata == {
        b"schema": b"1",
        b"video": b"episode.mov",
        b"rate": b"25/1",
        b"start_timecode": b"00:00:00:00",
        b"length_frames": b"100",
    }
    assert {field.name: str(field.type) for field in table.schema} == {
        "person": "string",
        "name": "string",
        "confidence": "double",
        "start_s": "double",
        "end_s": "double",
        "start_timecode": "string",
        "end_timecode": "string",
        "start_frame": "int64",
        "end_frame": "int64",
        "shot": "int64",
    }
    assert not any(field.nullable for field in table.schema)
    assert table.to_pylist()[0] == {
        "person": "person-1",
        "name": "=1+1",
        "confidence": 0.875,
        "start_s": 0.0,
        "end_s": 1.2,
        "start_timecode": "00:00:00:00",
        "end_timecode": "00:00:01:05",
        "start_frame": 0,
        "end_frame": 30,
        "shot": 0,
    }


def test_parquet_needs_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "clusterer.outputs.export.parquet", raising=False)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DependencyError) as error:
        create("parquet")
    assert str(error.value) == (
        'The library pyarrow is missing. Install it: pip install ".[parquet]"'
    )


def test_json() -> None:
    content = json.loads(only("json"))
    people = content.pop("people")
    assert content == {
        "schema": 1,
        "video": "episode.mov",
        "rate": [25, 1],
        "drop_frame": False,
        "start_timecode": "00:00:00:00",
        "length_frames": 100,
    }
    assert people[1] == {
        "person": "person-2",
        "name": "_x0041_",
        "confidence": 0.875,
        "appearances": [
            {
                "start_frame": 30,
                "end_frame": 31,
                "start_timecode": "00:00:01:05",
                "end_timecode": "00:00:01:06",
                "start_s": 1.2,
                "end_s": 1.24,
                "shot": 0,
            }
        ],
    }
