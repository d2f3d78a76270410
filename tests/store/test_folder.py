"""A result on disk, opened by its path: whole, missing, foreign, damaged or earlier."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import clusterer
from clusterer.core.errors import EditsError, ResultError
from clusterer.core.types import Action, Edit
from clusterer.edits import EditLog
from clusterer.store.names import MARKER, frame_picture, torso_picture
from tests.result_folder import decided, write
from tests.small_result import pictures
from tests.store.test_load import assert_same

LOG = EditLog((Edit(Action.NAME, who=("0@100,50,140,98",), name="Ada"),), (), "small.mp4")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(decided(), tmp_path / "small.people")


def test_the_result(path: Path) -> None:
    folder = clusterer.ResultFolder(path)
    assert folder.is_result
    assert_same(folder.load(), decided())
    assert_same(clusterer.load(path), folder.load())
    assert clusterer.ResultFolder(str(path)).path == path


def test_where_things_lie(path: Path) -> None:
    folder = clusterer.ResultFolder(path)
    assert folder.report == path / "report.html"
    assert folder.edits_file == path / "edits.json"
    assert folder.exports == path / "exports"
    assert {"report.html", "people.csv", "result.json"} <= folder.names


@pytest.mark.parametrize("loaded", [True, False])
def test_pictures_by_detection_row(path: Path, loaded: bool) -> None:
    (path / "chips" / torso_picture(2, 50)).write_bytes(b"torso")
    (path / "chips" / frame_picture(2, 50)).write_bytes(b"frame")
    folder = clusterer.ResultFolder(path)
    if loaded:
        folder.load()
    assert [folder.picture(row) for row in (0, 1, 5, 7)] == list(
        pictures(decided().analysis).values()
    )
    assert folder.torso(5) == b"torso"
    assert folder.frame(5) == b"frame"


def test_pictures_of_a_person(path: Path) -> None:
    folder = clusterer.ResultFolder(path)
    first, second = folder.load().people
    assert folder.pictures(first) == {0: b"picture 0", 5: b"picture 5"}
    assert folder.pictures(second) == {1: b"picture 1"}
    next((path / "chips").glob("00000-*.jpg")).unlink()
    assert folder.pictures(first) == {5: b"picture 5"}, "one that is gone is left out"


@pytest.mark.parametrize("row", [2, 8, 9, -1, -9, 99])
def test_none_where_no_picture_is_kept(path: Path, row: int) -> None:
    folder = clusterer.ResultFolder(path)
    assert folder.picture(row) is None
    assert folder.torso(row) is None


@pytest.mark.parametrize("row", ["0", None, 0.5])
def test_a_row_is_a_whole_number(path: Path, row: Any) -> None:
    with pytest.raises(TypeError):
        clusterer.ResultFolder(path).picture(row)


def test_a_picture_deleted_after_loading_is_none(path: Path) -> None:
    folder = clusterer.ResultFolder(path)
    row = folder.load().people[0].cover_row
    assert folder.picture(row) is not None
    shutil.rmtree(path / "chips")
    assert folder.picture(row) is None


def test_pictures_are_those_of_what_was_loaded_last(path: Path, tmp_path: Path) -> None:
    """A run may write another analysis while the folder is open."""
    folder = clusterer.ResultFolder(path)
    first = folder.load()
    write(decided((0, 0, 1, 1)), path)
    assert folder.load().labels.tolist() != first.labels.tolist()
    assert folder.picture(0) == b"picture 0"


def test_corrections(path: Path) -> None:
    folder = clusterer.ResultFolder(path)
    assert folder.edits == EditLog()
    folder.write_edits(LOG)
    assert folder.edits == clusterer.ResultFolder(path).edits == LOG
    assert "edits.json" in clusterer.ResultFolder(path).names
    assert folder.load().edits == (), "as the tables have them"


def test_corrections_that_cannot_be_read_again_change_nothing(path: Path) -> None:
    folder = clusterer.ResultFolder(path)
    folder.write_edits(LOG)
    with pytest.raises(EditsError):
        folder.write_edits(EditLog((Edit(Action.NAME, who=LOG.edits[0].who, name="a" * 9999),)))
    assert folder.edits == LOG


def test_damaged_corrections(path: Path) -> None:
    folder = clusterer.ResultFolder(path)
    folder.edits_file.write_text("{")
    with pytest.raises(EditsError, match=r"edits\.json is damaged"):
        _ = folder.edits
    assert_same(folder.load(), decided())


@pytest.mark.parametrize("kind", ["missing", "empty", "foreign", "file"])
def test_no_result(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.people"
    if kind == "file":
        path.write_text("mine")
    elif kind != "missing":
        path.mkdir()
    if kind == "foreign":
        (path / "notes.txt").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    folder = clusterer.ResultFolder(path)
    assert not folder.is_result
    with pytest.raises(ResultError) as refused:
        folder.load()
    assert refused.value.remedy == "Give a folder that cluster-video wrote"
    for ask in (folder.picture, folder.torso):
        with pytest.raises(ResultError) as refused:
            ask(0)
        assert refused.value.remedy
    assert folder.edits == EditLog() or kind == "file"
    assert sorted(tmp_path.rglob("*")) == before, "reading writes nothing"


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "no JSON": (lambda path: (path / "result.json").write_text("{"), "is damaged"),
    "no result": (lambda path: (path / "result.json").unlink(), "is missing"),
    "no analysis": (lambda path: (path / "analysis.npz").unlink(), "is missing"),
    "analysis": (lambda path: (path / "analysis.npz").write_bytes(b"x"), "is damaged"),
    "no pictures": (lambda path: shutil.rmtree(path / "chips"), "pictures are missing"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged(path: Path, damage: str) -> None:
    spoil, expected = DAMAGE[damage]
    spoil(path)
    folder = clusterer.ResultFolder(path)
    with pytest.raises(ResultError, match=expected) as refused:
        folder.load()
    assert refused.value.remedy.startswith("Run cluster-video on the video again")
    assert folder.is_result
    if "result" not in damage and damage != "no JSON":
        with pytest.raises(ResultError, match=expected) as refused:
            folder.picture(0)
        assert refused.value.remedy.startswith("Run cluster-video on the video again")


def test_of_an_earlier_version(path: Path) -> None:
    (path / MARKER).unlink()
    folder = clusterer.ResultFolder(path)
    assert folder.is_result
    assert folder.film is None
    assert_same(folder.load(), decided())
    assert folder.picture(0) == b"picture 0"
    folder.write_edits(LOG)
    assert folder.edits == LOG


def test_of_a_later_version(path: Path) -> None:
    content = json.loads((path / "result.json").read_text("utf-8"))
    (path / "result.json").write_text(json.dumps({**content, "schema": 99}))
    with pytest.raises(ResultError, match=r"another version \(schema 99\)"):
        clusterer.ResultFolder(path).load()
