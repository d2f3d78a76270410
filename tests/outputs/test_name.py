"""Naming one person of a result folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterer.core.errors import ConfigError, EditsError, ResultError
from clusterer.core.types import Action, Edit
from clusterer.edits import EditLog
from clusterer.outputs.name import name_person
from clusterer.store import run_lock as locks
from clusterer.store.folder import ResultFolder
from tests import result_folder


@pytest.fixture
def folder(tmp_path: Path) -> ResultFolder:
    return ResultFolder(result_folder.write(result_folder.decided(), tmp_path / "small.people"))


def test_a_name_is_a_correction_that_tables_and_report_follow(folder: ResultFolder) -> None:
    assert name_person(folder.path, "Person 2", "Bob") == "Bob"
    (edit,) = folder.edits.edits
    assert (edit.action, edit.name, edit.note) == (Action.NAME, "Bob", "Person 2 is Bob")
    assert [person.name for person in folder.load()] == ["Person 1", "Bob"]
    assert ",Bob," in (folder.path / "people.csv").read_text("utf-8")
    assert "Bob" in folder.report.read_text("utf-8")
    assert name_person(folder.path, "bob", "") == "Person 2"


def test_corrections_that_the_tables_do_not_include_yet_count(folder: ResultFolder) -> None:
    name_person(folder.path, "Person 1", "Ann")
    log = folder.edits
    other = Edit(Action.NAME, who=log.edits[0].who, name="Anna")
    folder.write_edits(EditLog((*log.edits, other), (other,), "small.mp4"))
    name_person(folder.path, "Anna", "Annie")
    assert [edit.name for edit in folder.edits.edits] == ["Ann", "Anna", "Annie"]
    assert folder.edits.undone == ()
    with pytest.raises(ConfigError, match="No person is named 'Ann'"):
        name_person(folder.path, "Ann", "x")


def test_a_name_that_cannot_be_stored_changes_nothing(folder: ResultFolder) -> None:
    before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
    with pytest.raises(EditsError, match="longer than 200"):
        name_person(folder.path, "Person 1", "x" * 201)
    assert {path: path.read_bytes() for path in before} == before


def test_a_result_in_use_is_left_alone(
    folder: ResultFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "WAIT_S", 0.05)
    with folder.locked(), pytest.raises(ResultError, match="Another cluster-video"):
        name_person(folder.path, "Person 1", "Ann")
    assert folder.edits == EditLog()
