"""Files of finished shots: what was written is read, and what was damaged is refused."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusterer.core.errors import CacheError
from clusterer.core.types import Losses, Mark
from clusterer.store.analysis_npz import pack
from clusterer.store.finished import (
    FinishedPart,
    FinishedShot,
    Kind,
    Picture,
    dump_part,
    read_part,
    read_pictures,
)

STAMP = {"schema": 6, "key": "ab"}
SHOT = FinishedShot(
    Mark(10, 77),
    {"shot": np.array([1, 5, 10, 50]), "track_of_row": np.array([0, 0, 1])},
    (
        Picture(0, 1, Kind.FACE, b"one"),
        Picture(1, 4, Kind.TORSO, b""),
        Picture(1, 4, Kind.FACE, b"three"),
        Picture(1, 4, Kind.FRAME, b"whole"),
    ),
)
EMPTY = FinishedShot(
    Mark(50, 0), {"shot": np.array([5, 9, 50, 90]), "track_of_row": np.array([], np.int64)}
)
PART = FinishedPart((SHOT, EMPTY), Mark(90, 2**32 - 1), 3, 60, Losses(12, 1.5, 2.0), None)


def facts(part: FinishedPart) -> tuple[object, ...]:
    return part.next, part.entry_pts, part.stop_pts, part.losses, part.after_pts


def arrays(part: FinishedPart) -> list[object]:
    return [
        (shot.begins, {name: (a.dtype, a.tolist()) for name, a in shot.arrays.items()})
        for shot in part.shots
    ]


def check(path: Path, part: FinishedPart) -> None:
    path.write_bytes(dump_part(part, STAMP))
    found = read_part(path, STAMP)
    assert found is not None
    assert facts(found) == facts(part)
    assert arrays(found) == arrays(part)
    assert [shot.pictures for shot in found.shots] == [()] * len(part.shots)
    assert read_pictures(path, len(part.shots)) == [shot.pictures for shot in part.shots]


@pytest.mark.parametrize(
    "part",
    [
        PART,
        FinishedPart((), None),
        FinishedPart((), None, 5, 6),
        FinishedPart((EMPTY,), None, after_pts=50),
        FinishedPart((EMPTY,), None, -500, -3),
    ],
)
def test_what_was_written_is_read(tmp_path: Path, part: FinishedPart) -> None:
    check(tmp_path / "0.npz", part)


marks = st.builds(Mark, st.integers(-(2**62), 2**62), st.integers(0, 2**32 - 1))
pictures = st.builds(
    Picture, st.integers(0, 9), st.integers(0, 2**40), st.booleans(), st.binary(max_size=30)
)
shots = st.builds(
    FinishedShot,
    marks,
    st.lists(st.integers(-1, 5), max_size=5).map(
        lambda rows: {"track_of_row": np.array(rows, int)}
    ),
    st.lists(pictures, max_size=4).map(tuple),
)
ticks = st.none() | st.integers(-(2**62), 2**62)
seconds = st.none() | st.floats(0, 1e6)
parts = st.builds(
    FinishedPart,
    st.lists(shots, max_size=3).map(
        lambda some: tuple(sorted({s.begins.pts: s for s in some}.values(), key=_begins))
    ),
    st.none() | st.builds(Mark, st.just(2**62 + 1), st.integers(0, 9)),
    ticks,
    ticks,
    st.builds(Losses, ticks, seconds, seconds),
    ticks,
)


def _begins(shot: FinishedShot) -> Mark:
    return shot.begins


@given(parts)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_part_is_read_as_it_was(tmp_path: Path, part: FinishedPart) -> None:
    check(tmp_path / "0.npz", part)


@pytest.mark.parametrize("stamp", [{**STAMP, "key": "cd"}, {**STAMP, "schema": 5}, {"x": 1}])
def test_a_part_of_another_analysis_is_none(tmp_path: Path, stamp: dict[str, Any]) -> None:
    path = tmp_path / "0.npz"
    path.write_bytes(dump_part(PART, stamp))
    assert read_part(path, STAMP) is None


def test_the_same_part_gives_the_same_bytes() -> None:
    assert dump_part(PART, STAMP) == dump_part(replace(PART), dict(reversed(STAMP.items())))


def test_a_missing_file(tmp_path: Path) -> None:
    for read in (lambda: read_part(tmp_path / "0.npz", STAMP), lambda: _read(tmp_path / "0.npz")):
        with pytest.raises(CacheError):
            read()


def _read(path: Path) -> object:
    return read_pictures(path, len(PART.shots))


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_damage_is_refused_or_harmless(tmp_path: Path, data: st.DataObject) -> None:
    """Neither another error nor other content."""
    path, content = tmp_path / "0.npz", bytearray(dump_part(PART, STAMP))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    else:
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        found = read_part(path, STAMP)
    except CacheError:
        pass
    else:
        assert found is None or (facts(found), arrays(found)) == (facts(PART), arrays(PART))
    try:
        read = read_pictures(path, len(PART.shots))
    except CacheError:
        pass
    else:
        assert read == [shot.pictures for shot in PART.shots]


def written(path: Path, changes: dict[str, Any], more: dict[str, Any] | None = None) -> Path:
    """A file of a part with other facts, or other arrays."""
    names = sorted(SHOT.arrays)
    whole: dict[str, Any] = {
        "names": names,
        "begins": [asdict(s.begins) for s in PART.shots],
        "next": None,
        "entry_pts": None,
    }
    whole |= {"stop_pts": None, "after_pts": None, "losses": asdict(Losses())}
    with zipfile.ZipFile(io.BytesIO(dump_part(PART, STAMP))) as file:
        stored = {
            name.removesuffix(".npy"): np.load(io.BytesIO(file.read(name)))
            for name in file.namelist()
        }
    del stored["meta"]
    path.write_bytes(pack(stored | (more or {}), {**STAMP, **whole, **changes}))
    return path


def test_the_helper_writes_what_is_read(tmp_path: Path) -> None:
    found = read_part(written(tmp_path / "0.npz", {}), STAMP)
    assert found is not None
    assert arrays(found) == arrays(PART)


@pytest.mark.parametrize(
    "changes",
    [
        {"begins": 5},
        {"names": ["shot", "boxes"]},
        {"names": [1]},
        {"names": None},
        {"begins": [[1, 2, 3]]},
        {"begins": [{"pts": "x", "digest": 1}] * 2},
        {"begins": [{"pts": 1e400, "digest": 1}] * 2},
        {"begins": [{"pts": 50, "digest": 1}, {"pts": 10, "digest": 1}]},
        {"begins": [{"pts": 50, "digest": 1}, {"pts": 50, "digest": 2}]},
        {"begins": None},
        {"next": 7},
        {"next": {"pts": 1}},
        {"next": {"pts": 10, "digest": 77}},
        {"entry_pts": "here"},
        {"entry_pts": 1.5},
        {"stop_pts": [1]},
        {"after_pts": {}},
        {"losses": None},
        {"losses": {"damaged_pts": "x", "ends_s": None, "stated_s": None}},
    ],
)
def test_hostile_facts_are_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(CacheError, match=r"0\.npz is damaged"):
        read_part(written(tmp_path / "0.npz", changes), STAMP)


@pytest.mark.parametrize(
    "more",
    [
        {"0-picture_of": np.array([1, 2, 3])},
        {"0-picture_of": np.array([[0, 1, 0, 2**62]])},
        {"0-picture_of": np.array([[0, 1, 0, -1]])},
        {"0-picture_of": np.array([[0, 1, 0, 5]])},
        {"0-pictures": np.zeros(3, np.float32)},
        {"0-picture_of": np.array([["a", "b", "c", "d"]])},
    ],
)
def test_hostile_pictures_are_refused(tmp_path: Path, more: dict[str, Any]) -> None:
    with pytest.raises(CacheError, match=r"0\.npz is damaged"):
        read_pictures(written(tmp_path / "0.npz", {}, more), 2)


def _deep() -> bytes:
    return b"[" * 100_000


def _huge() -> bytes:
    return json.dumps({**STAMP, "begins": 10**400}).encode()


@pytest.mark.parametrize("text", [_deep, _huge, lambda: b"\xff\xfe", lambda: b"{}", lambda: b"[]"])
def test_hostile_json_is_refused(tmp_path: Path, text: Callable[[], bytes]) -> None:
    path = tmp_path / "0.npz"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file, file.open("meta.npy", "w") as member:
        np.lib.format.write_array(member, np.frombuffer(text(), np.uint8))
    path.write_bytes(buffer.getvalue())
    with suppress(CacheError):
        assert read_part(path, STAMP) is None
