"""The result folder: complete, consistent, and untouched when writing fails."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clusterer import __version__
from clusterer.core.config import settings
from clusterer.core.errors import ResultError
from clusterer.core.types import ClusteringResult
from clusterer.outputs import save as result
from clusterer.store import result_json
from clusterer.store.folder import ResultFolder
from clusterer.store.marker import MARKER
from tests.core.test_files import FullDisk, contents
from tests.small_result import pictures, small_result

FILES = {MARKER, "appearances.csv", "faces.csv", "people.csv", "report.html", "result.json"}


def strict(text: str) -> Any:
    """Parse JSON as the standard has it: no NaN, no infinity, no name twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse, object_pairs_hook=once)


def other_result() -> ClusteringResult:
    small = small_result()
    return replace(small, people=(replace(small.people[0], name="Ada"), *small.people[1:]))


def test_writes_all_files_and_no_other(tmp_path: Path) -> None:
    result.save(small_result(), tmp_path / "a" / "b.people")
    assert contents(tmp_path / "a" / "b.people").keys() == FILES


def test_same_result_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        result.save(small_result(), tmp_path / name)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_json_is_complete() -> None:
    small = small_result()
    content = strict(result_json.to_json(small))
    assert content["schema"] == result_json.RESULT_SCHEMA
    assert content["version"] == __version__
    assert content["video"] == {
        "path": "small.mp4",
        "width_px": 640,
        "height_px": 360,
        "frame_rate": "25",
        "time_base": "1/12800",
        "start_pts": 1024,
        "duration_s": 4.0,
        "start_timecode": "01:00:00:00",
        "delay_pts": 0,
        "pixel_aspect": "1",
        "stream": None,
    }
    assert content["config"] == json.loads(json.dumps(settings(small.config)))
    assert content["config"]["clustering"]["threshold"] == 0.36
    assert content["models"] == {"a.onnx": "ab" * 32}
    assert content["warnings"] == ["the file is truncated"]
    assert content["shots"] == [
        {"start_frame": 0, "end_frame": 50},
        {"start_frame": 50, "end_frame": 100},
    ]
    assert content["labels"] == [0, 1, 0, -1]
    assert content["cannot_link"] == [[0, 1], [2, 3]]
    assert content["unknown_reasons"] == {"unknown-1": "single face"}
    for table in small.tables:
        columns = content[table.name]
        assert tuple(columns) == table.columns
        assert list(zip(*columns.values(), strict=True)) == list(table.rows)


def test_json_of_nobody_has_every_column() -> None:
    small = small_result()
    content = strict(result_json.to_json(replace(small, people=(), unknowns=())))
    assert content["people"] == {column: [] for column in small.tables.people.columns}
    assert content["appearances"]["start_s"] == []


def test_json_keeps_names_readable() -> None:
    small = small_result()
    named = replace(small, people=(replace(small.people[0], name='Zoë "张"\n'),))
    text = result_json.to_json(named)
    assert "Zoë" in text
    assert strict(text)["people"]["name"][0] == 'Zoë "张"\n'


@pytest.mark.parametrize("after", range(len(FILES - {MARKER})))
def test_full_disk_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    result.save(small_result(), tmp_path)
    before = contents(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", FullDisk(after))
        with pytest.raises(ResultError, match="no space left"):
            result.save(other_result(), tmp_path)
    after_it = contents(tmp_path)
    del before[MARKER], after_it[MARKER]  # it lists what was to be written
    assert after_it == before
    result.save(other_result(), tmp_path)
    assert contents(tmp_path).keys() == before.keys() | {MARKER}
    assert contents(tmp_path)["people.csv"] != before["people.csv"]


def test_reads_pictures_by_row(tmp_path: Path) -> None:
    analysis = small_result().analysis
    (tmp_path / "chips").mkdir()
    for name, picture in pictures(analysis).items():
        (tmp_path / "chips" / name).write_bytes(picture)
    read = ResultFolder(tmp_path, analysis).picture
    assert [read(row) for row in (0, 1, 5, 7)] == [f"picture {r}".encode() for r in (0, 1, 5, 7)]
    assert read(2) is None, "a row of which no picture is kept"
    assert read(99) is None, "no such row"
