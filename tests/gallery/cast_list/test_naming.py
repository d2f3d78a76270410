"""Names of a list in a result: there and back through each format, times, and what is in doubt."""

from __future__ import annotations

import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import clusterer
from clusterer.core.errors import CastListError
from clusterer.core.types import Action
from clusterer.gallery import name_by_list
from clusterer.outputs.name import name_person
from clusterer.people.names import given_names, named_by_gallery
from tests import result_folder
from tests.small_result import small_analysis

NAMES = ("Smith, Anna", "Zoë =1+1")


@pytest.fixture(scope="module")
def unnamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Person 1 in frames 0 to 21 and 50 to 100 at 25 Hz from 01:00:00:00, Person 2 in 0 to 11."""
    folder = tmp_path_factory.mktemp("listed") / "small.people"
    return result_folder.write(result_folder.decided(), folder)


@pytest.fixture
def folder(unnamed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(unnamed, tmp_path / "small.people"))


@pytest.fixture(scope="module")
def exports(unnamed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small result with names, in every format that can be read back."""
    place = tmp_path_factory.mktemp("exports")
    named = Path(shutil.copytree(unnamed, place / "small.people"))
    for person, name in enumerate(NAMES, start=1):
        name_person(named, f"person-{person}", name)
    result = clusterer.load(named)
    for form in ("edl", "resolve-edl", "fcpxml", "csv"):
        clusterer.export(result, form, place)
        clusterer.export(result, form, place / "other", clusterer.Choice(
            start_timecode="10:00:00:00", rate=Fraction(50)
        ))  # fmt: skip
    return place


def cast(tmp_path: Path, content: str, name: str = "cast.csv") -> Path:
    path = tmp_path / name
    path.write_text(content)
    return path


def names_of(folder: Path) -> tuple[str, ...]:
    return tuple(person.name for person in clusterer.load(folder).people)


@pytest.mark.parametrize(
    "file",
    ["small.edl", "small.resolve-markers.edl", "small.fcpxml", "small.appearances.csv"],
)
def test_there_and_back(folder: Path, exports: Path, file: str) -> None:
    naming = name_by_list(folder, exports / file)
    assert names_of(folder) == NAMES == tuple(person.name for person in naming.result.people)
    assert naming.notes == ()
    edits = clusterer.load(folder).edits
    assert [edit.action for edit in edits] == [Action.NAME] * 2
    assert edits[0].note == f"Person 1 is {NAMES[0]}, by the list: {file}, by time, 100%"
    assert all(name in (folder / "people.csv").read_text() for name in ("Smith, Anna", "Zoë"))
    result = clusterer.load(folder)
    assert len(named_by_gallery(result, given_names(result))) == 2, "no reviewer said so"


@pytest.mark.parametrize("file", ["small.edl", "small.resolve-markers.edl"])
def test_there_and_back_at_another_rate_and_start(folder: Path, exports: Path, file: str) -> None:
    with pytest.raises(CastListError, match=r"with --(rate|start-timecode)"):
        name_by_list(folder, exports / "other" / file)
    assert names_of(folder) == ("Person 1", "Person 2")
    name_by_list(folder, exports / "other" / file, start_timecode="10:00:00:00", rate=Fraction(50))
    assert names_of(folder) == NAMES


def test_frames_seconds_and_timecodes_mean_the_same(folder: Path, tmp_path: Path) -> None:
    rows = "name,in,out\nAnna,0,0.84\nAnna,01:00:02:00,01:00:04:00\n"
    naming = name_by_list(folder, cast(tmp_path, rows))
    (anna,) = naming.names
    assert (anna.person, anna.was, anna.why) == ("person-1", "Person 1", "by time, 100%")


def test_the_programme_is_the_record(folder: Path, tmp_path: Path) -> None:
    """A cut list by which the film was made: its sources are elsewhere."""
    events = [
        "001  A003 V C 14:02:11:05 14:02:12:01 01:00:00:00 01:00:00:21",
        "* FROM CLIP NAME: Anna",
        "002  A004 V C 15:02:11:05 15:02:13:05 01:00:02:00 01:00:04:00",
        "* FROM CLIP NAME: Anna",
        "003  A005 V C 15:02:11:05 15:02:13:05 01:59:02:00 01:59:04:00",
        "* FROM CLIP NAME: Ben",
    ]
    naming = name_by_list(folder, cast(tmp_path, "\n".join(events), "cut.edl"))
    assert names_of(folder) == ("Anna", "Person 2")
    assert naming.notes == (
        "1 of the listed times are not within the film",
        "Times are taken as those of the record, not of the source",
    )
    assert [each.why for each in naming.names] == [
        "by time, 100%",
        "its times are not within the film",
    ]


def test_what_is_not_clear_is_said_and_not_done(folder: Path, tmp_path: Path) -> None:
    """Both are seen in frames 0 to 11."""
    rows = "name,role,start_frame,end_frame\nAnna,,0,1\nBen,Guard,0,1\nCleo,,,\n"
    naming = name_by_list(folder, cast(tmp_path, rows))
    assert names_of(folder) == ("Person 1", "Person 2")
    assert [(each.name, each.person, each.role) for each in naming.names] == [
        ("Anna", "", ""), ("Ben", "", "Guard"), ("Cleo", "", ""),
    ]  # fmt: skip
    assert naming.names[0].why == "not clear by time; nearest: Person 2 55%, Person 1 51%"
    assert naming.names[2].why == "the list has neither times nor photographs"
    assert clusterer.load(folder).edits == ()


def test_somebody_who_may_be_two_is_noted(tmp_path: Path) -> None:
    """The person of frames 0 to 21 and the one of 50 to 100 are listed as one."""
    folder = result_folder.write(result_folder.decided((0, 1, 2, -1)), tmp_path / "small.people")
    rows = "name,start_frame,end_frame\nAnna,0,21\nAnna,50,100\n"
    naming = name_by_list(folder, cast(tmp_path, rows))
    assert names_of(folder) == ("Anna", "Person 2", "Person 3")
    assert naming.notes == (
        "Person 2 has no name and is seen in the times of Anna (100%): perhaps the same person",
        "Person 3 has no name and is seen in the times of Anna (100%): perhaps the same person",
    )


def test_names_of_reviewers_are_kept(folder: Path, tmp_path: Path) -> None:
    name_person(folder, "person-2", "anna")
    rows = "name,start_frame,end_frame\nAnna,0,21\nAnna,50,100\nBen,0,100\n"
    naming = name_by_list(folder, cast(tmp_path, rows))
    assert names_of(folder) == ("Ben", "anna")
    assert [each.why for each in naming.names] == ["somebody has the name", "by time, 86%"]


def test_names_can_be_undone_and_are_not_given_again(folder: Path, exports: Path) -> None:
    name_by_list(folder, exports / "small.edl")
    own = clusterer.ResultFolder(folder)
    log = own.edits
    with own.editing():
        own.write_edits(clusterer.EditLog((), log.edits, log.video))
    name_by_list(folder, exports / "small.edl")
    assert names_of(folder) == ("Person 1", "Person 2")


def test_once_more_changes_nothing(folder: Path, exports: Path) -> None:
    name_by_list(folder, exports / "small.edl")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    naming = name_by_list(folder, exports / "small.edl")
    assert {each.why for each in naming.names} == {"somebody has the name"}
    assert {path: path.read_bytes() for path in before} == before


def test_what_cannot_be_read_changes_nothing(folder: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(CastListError, match=r"not a timecode at 25 .* with --rate"):
        name_by_list(folder, cast(tmp_path, "name,in\nAnna,01:00:00:99\n"))
    with pytest.raises(CastListError, match="cannot be read"):
        name_by_list(folder, cast(tmp_path, "<a", "cut.fcpxml"))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_times_of_other_films_do_not_count(folder: Path, tmp_path: Path) -> None:
    rows = (
        "name,film,start_frame,end_frame\nAnna,SMALL.mp4,0,21\nAnna,small,50,100\nBen,e2.mp4,0,11\n"
    )
    naming = name_by_list(folder, cast(tmp_path, rows))
    assert [each.person for each in naming.names] == ["person-1", ""]


def test_photographs_that_cannot_be_used_are_noted(folder: Path, tmp_path: Path) -> None:
    rows = "name,photo,start_frame,end_frame\nAnna,none.jpg,0,100\n"
    naming = name_by_list(folder, cast(tmp_path, rows))
    assert names_of(folder) == ("Anna", "Person 2")
    assert len(naming.notes) == 1
    assert "none.jpg" in naming.notes[0]


def test_a_film_without_a_timecode_begins_where_resolve_begins(tmp_path: Path) -> None:
    analysis = small_analysis()
    analysis = replace(analysis, video=replace(analysis.video, start_timecode=None))
    folder = result_folder.write(result_folder.decided(analysis=analysis), tmp_path / "a.people")
    result = clusterer.load(folder)
    named = clusterer.amend(result, [clusterer.Editor(result).name("Person 1", "Anna")])
    for form in ("resolve-edl", "edl", "fcpxml"):
        (path, *_) = clusterer.export(named, form, tmp_path / form)
        again = Path(shutil.copytree(folder, tmp_path / f"{form}.people"))
        assert name_by_list(again, path).names[0].person == "person-1"
