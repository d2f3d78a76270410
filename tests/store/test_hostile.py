"""Results that somebody made to do harm: each is refused in one line, before it takes memory."""

from __future__ import annotations

import io
import json
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import clusterer
from clusterer.core.errors import CacheError, ClustererError, ResultError
from clusterer.store.analysis_npz import read_arrays, read_meta
from clusterer.store.marker import MARKER, read_marker
from clusterer.store.npz import read_npz
from clusterer.store.output import write_output
from tests import result_folder

HUGE = "9" * 400
DEEP = "[" * 100_000 + "]" * 100_000
PLACES = (
    ("schema",),
    ("video", "duration_s"),
    ("config",),
    ("config", "analysis", "detection", "min_score"),
    ("config", "clustering", "threshold"),
    ("config", "clustering", "tolerance"),
    ("labels",),
    ("labels", 0),
    ("cannot_link",),
    ("identities", 0, "confidence"),
    ("identities", 0, "screen_time_s"),
    ("identities", 0, "cover_row"),
    ("identities", 0, "name"),
    ("identities", 0, "appearances", 0, "start_frame"),
    ("identities", 0, "appearances", 0, "end_pts"),
    ("grouping", "confidence", 0),
    ("grouped_under",),
    ("advice", "questions"),
    ("advice", "trees", "0"),
    ("faces", "track", 0),
    ("edits",),
    ("edit_notes",),
)
VALUES = {
    "digits": HUGE,
    "float": "1e400",
    "deep": DEEP,
    "less deep": "[" * 400 + "]" * 400,
    "object": '{"a": {"b": {}}}',
    "text": json.dumps("x\ny" * 5000),
    "half a character": '"\\ud800"',
    "nan": "NaN",
    "null": "null",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return result_folder.write(result_folder.decided(), tmp_path_factory.mktemp("hostile"))


def put(content: dict[str, Any], place: tuple[Any, ...], text: str) -> str:
    """The JSON of a result with this text at a place."""
    inner: Any = content
    for key in place[:-1]:
        inner = inner.setdefault(key, {}) if isinstance(inner, dict) else inner[key]
    inner[place[-1]] = "@here@"
    return json.dumps(content).replace('"@here@"', text)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_result(folder: Path, place: tuple[Any, ...], value: str) -> None:
    path = folder / "result.json"
    before = path.read_bytes()
    try:
        path.write_text(put(json.loads(before), place, VALUES[value]))
        try:
            result = clusterer.load(folder)
        except ResultError as error:
            check_line(error)
        else:
            fine = {"text", "null", "object", "nan"}
            assert value in fine or place[0] == "video", "no error"  # that is not read here
            clusterer.export(result, "csv", folder.parent / "out")
    finally:
        path.write_bytes(before)


def check_line(error: ClustererError) -> None:
    assert "\n" not in str(error)
    assert len(str(error)) < 700
    assert error.remedy


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    "place", [("key",), ("schema",), ("video",), ("video", "duration_s"), ("video", "frame_rate"),
              ("video", "width_px"), ("video", "start_timecode"), ("models",), ("warnings",)],
    ids=".".join,
)  # fmt: skip
def test_facts_of_the_analysis(folder: Path, place: tuple[str, ...], value: str) -> None:
    path = folder / "analysis.npz"
    before = path.read_bytes()
    try:
        with np.load(io.BytesIO(before)) as stored:
            arrays = dict(stored)
        meta = put(json.loads(arrays["meta"].tobytes()), place, VALUES[value])
        arrays["meta"] = np.frombuffer(meta.encode(), np.uint8)
        np.savez(path, **arrays)
        try:
            result = clusterer.load(folder)
        except ResultError as error:
            check_line(error)
        else:
            assert value in {"text", "null", "object", "half a character", "nan"}, "no error"
            clusterer.export(result, "csv", folder.parent / "out")
    finally:
        path.write_bytes(before)


# --- memory ---------------------------------------------------------------------------------------


def npy(shape: str, dtype: str = "|u1") -> bytes:
    head = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head


def add_member(path: Path, name: str, content: bytes, zeros: int = 0) -> None:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file, file.open(name, "w") as member:
        member.write(content)
        for _ in range(zeros >> 20):
            member.write(bytes(1 << 20))


BOMBS: dict[str, Callable[[Path], None]] = {
    "an extra member": lambda path: add_member(path, "more.npy", npy("(268435456,)"), 1 << 28),
    "a member that a shot has": lambda path: add_member(
        path, "shot.npy", npy("(268435456,)"), 1 << 28
    ),
    "a shape that is not there": lambda path: add_member(path, "shot.npy", npy("(1000000000000,)")),
    "an enormous element": lambda path: add_member(path, "shot.npy", npy("(1,)", "|V1000000000")),
    "a negative shape": lambda path: add_member(path, "shot.npy", npy("(-1, -5)") + b"12345"),
    "an object": lambda path: add_member(path, "shot.npy", npy("(1,)", "|O") + b"12345678"),
    "a member twice": lambda path: add_member(path, "boxes.npy", npy("(0,)")),
    "a deep shape": lambda path: add_member(path, "shot.npy", npy("(" * 900 + ")" * 900)),
}


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
@pytest.mark.parametrize("name", BOMBS)
def test_an_analysis_takes_no_more_memory_than_its_size_allows(tmp_path: Path, name: str) -> None:
    folder = result_folder.write(result_folder.decided(), tmp_path)
    path = folder / "analysis.npz"
    BOMBS[name](path)
    tracemalloc.start()
    try:
        if name == "an extra member":
            assert len(clusterer.load(folder).people) == 2
            read_meta(path)
        else:
            with pytest.raises(CacheError, match=r"analysis\.npz is damaged") as error:
                read_arrays(path)
            assert "\n" not in str(error.value)
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()


def test_arrays_come_back_whatever_their_order(tmp_path: Path) -> None:
    by_column = np.asfortranarray(np.arange(6, dtype=np.int64).reshape(2, 3))
    np.savez_compressed(tmp_path / "a.npz", boxes=by_column, scores=np.zeros(0), other=np.ones(3))
    found = read_npz(tmp_path / "a.npz", {"boxes", "scores", "shots"})
    assert {*found} == {"boxes", "scores"}
    assert np.array_equal(found["boxes"], by_column)
    assert found["scores"].shape == (0,)


# --- the marker -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [DEEP, HUGE, f"[{HUGE}]", '["\\ud800.csv"]', '["exports/\\udbff"]', '{"a": 1}',
     json.dumps(["x" * 100_000])],
    ids=lambda line: line[:20],
)  # fmt: skip
@pytest.mark.parametrize("first", [False, True])
def test_a_line_of_the_marker(tmp_path: Path, line: str, first: bool) -> None:
    folder = result_folder.write(result_folder.decided(), tmp_path)
    marker = folder / MARKER
    lines = marker.read_text().splitlines()
    marker.write_text("\n".join([line, *lines] if first else [*lines, line]) + "\n")
    found = read_marker(folder)
    assert (found is None) == first
    with suppress(ClustererError):
        clusterer.export(clusterer.load(folder), "srt", folder / "exports")
    write_output(tmp_path / "elsewhere", {"a.csv": "x"})


def test_a_marker_of_any_size_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusterer.store.marker.MOST_BYTES", 1000)
    folder = result_folder.write(result_folder.decided(), tmp_path)
    with (folder / MARKER).open("ab") as file:
        file.write(b"[]\n" * 1000)
    with pytest.raises(ClustererError, match="more than 1000 bytes"):
        clusterer.ResultFolder(folder).write({"people.csv": "x"})
