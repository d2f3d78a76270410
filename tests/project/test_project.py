"""A project: its people, corrections, numbers, films, and what is written into the films."""

from __future__ import annotations

import gc
import multiprocessing
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusterer.core.errors import ConfigError, EditsError, ProjectError, ResultError
from clusterer.core.types import Action, Edit
from clusterer.edits import EditLog
from clusterer.outputs.name import name_person
from clusterer.people.amend import keys_of
from clusterer.people.decide import resolved
from clusterer.people.editor import Editor
from clusterer.people.names import BY_PROJECT
from clusterer.pipeline.process import Outcome
from clusterer.project import database, films, vectors
from clusterer.project.names import FILE
from clusterer.project.project import Project
from clusterer.project.snapshot import Snapshot, uncollected
from clusterer.project.types import Anchor, CastAction, CastEdit, FilmState, Scope
from clusterer.store import run_lock as locks
from clusterer.store.folder import ResultFolder
from tests.project.season import (
    CONFIG,
    copied,
    film,
    join,
    made_up,
    of_film,
    of_people,
    of_results,
)

TWO = ("person-1", "person-2")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Three films of two people each; Person 1 to 6 by screen time, ties by film."""
    return of_people(tmp_path / "a.cast", made_up(TWO), made_up(TWO), made_up(TWO))


@pytest.fixture(scope="module")
def two_films(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two films with results; do not change it."""
    return of_results(tmp_path_factory.mktemp("season") / "season.cast")


@pytest.fixture
def season(two_films: Project, tmp_path: Path) -> Project:
    return copied(two_films, tmp_path / "season.cast")


def who(project: Project) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(one.id, one.name, tuple(m.film for m in one.members)) for one in project]


def edits_of(project: Project, number: int) -> list[tuple[Action, str]]:
    return [(edit.action, edit.name) for edit in project.result_folder(number).edits.edits]


# --- making and opening ---------------------------------------------------------------------------


def test_a_new_project_keeps_its_settings(tmp_path: Path) -> None:
    made = Project.create(tmp_path / "a.cast", scope="archive", config=CONFIG)
    again = Project.create(tmp_path / "a.cast", scope=Scope.SEASON)
    for one in (made, again, Project(tmp_path / "a.cast")):
        assert one.scope is Scope.ARCHIVE
        assert one.config == resolved(CONFIG)
        assert (one.films, one.people, one.edits, one.crowd()) == ((), (), (), None)
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "a.cast").stat().st_mode) == 0o700


def test_a_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ProjectError, match=r"holds other files, such as notes\.txt"):
        Project.create(tmp_path)
    with pytest.raises(ProjectError, match="is not a project"):
        Project(tmp_path)
    with pytest.raises(ProjectError, match="is a file, not a project"):
        Project.create(tmp_path / "notes.txt")
    with pytest.raises(ProjectError, match="does not exist"):
        Project(tmp_path / "none.cast")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("left", [[], ["project.sqlite"], [".DS_Store"]])
def test_what_a_killed_program_left_becomes_a_project(tmp_path: Path, left: list[str]) -> None:
    folder = tmp_path / "a.cast"
    folder.mkdir()
    for name in left:
        (folder / name).touch()
    assert Project.create(folder, config=CONFIG).people == ()


def test_the_results_of_a_project_without_its_file_are_taken_up(tmp_path: Path) -> None:
    made = of_results(tmp_path / "a.cast")
    (made.path / "exports").mkdir()
    (made.path / ".DS_Store").touch()
    (made.path / FILE).write_bytes(b"")
    for opened in (Project, Project.create):
        with pytest.raises(ProjectError, match=r"is damaged \(it is empty\)"):
            opened(made.path)
    for path in made.path.glob(f"{FILE}*"):
        path.rename(tmp_path / path.name)
    assert Project.create(made.path, config=CONFIG).films == ()
    assert len(list((made.path / "results").iterdir())) == 2


@pytest.mark.parametrize("name", ["results/notes.txt", "notes.txt"])
def test_other_files_beside_results_are_refused(tmp_path: Path, name: str) -> None:
    folder = of_results(tmp_path / "a.cast", 1).path
    for path in folder.glob(f"{FILE}*"):
        path.unlink()
    (folder / name).write_text("mine")
    with pytest.raises(ProjectError, match="holds other files"):
        Project.create(folder)


# --- people and corrections -----------------------------------------------------------------------


def test_people_are_numbered_by_screen_time(project: Project) -> None:
    assert who(project) == [
        ("person-1", "Person 1", (1,)), ("person-2", "Person 2", (2,)),
        ("person-3", "Person 3", (3,)), ("person-4", "Person 4", (1,)),
        ("person-5", "Person 5", (2,)), ("person-6", "Person 6", (3,)),
    ]  # fmt: skip
    assert [one.screen_time_s for one in project][:4] == [10.0, 10.0, 10.0, 9.0]
    assert project.person("PERSON 2").id == "person-2"
    with pytest.raises(ConfigError, match="No person is named 'Zoe'"):
        project.person("Zoe")


def shown_s(project: Project) -> list[tuple[str, float]]:
    return [(one.id, one.screen_time_s) for one in project]


def with_films(path: Path, *screen_times_s: float, is_last: bool = False) -> Project:
    """A project whose films, of one person each, come one by one."""
    project = Project.create(path, config=CONFIG)
    for number, time_s in enumerate(screen_times_s, start=1):
        people = made_up(("person-1",))
        people = replace(people, screen_time_s=np.array([time_s]))
        project.put_film(film(number), people)
        project.link(is_last=is_last)
    return project


def test_numbers_are_by_screen_time_until_all_films_are_there(tmp_path: Path) -> None:
    project = with_films(tmp_path / "a.cast", 2.0, 8.0, 5.0)
    assert shown_s(project) == [("person-1", 8.0), ("person-2", 5.0), ("person-3", 2.0)]
    project.link()
    project.put_film(film(4), replace(made_up(("person-1",)), screen_time_s=np.array([9.0])))
    project.link(is_last=False)
    assert shown_s(project) == [
        ("person-4", 9.0), ("person-1", 8.0), ("person-2", 5.0), ("person-3", 2.0)
    ]  # fmt: skip


def test_numbers_stay_from_the_first_correction_on(tmp_path: Path) -> None:
    project = with_films(tmp_path / "a.cast", 2.0, 8.0)
    project.name("person-2", "Anna")
    project.put_film(film(3), replace(made_up(("person-1",)), screen_time_s=np.array([9.0])))
    project.link(is_last=False)
    assert [(one.id, one.name) for one in project] == [
        ("person-3", "Person 3"), ("person-1", "Person 1"), ("person-2", "Anna")
    ]  # fmt: skip
    project.undo()
    assert [one.id for one in project] == ["person-3", "person-1", "person-2"]


def test_a_correction_counts_at_once_and_is_undone_wholly(project: Project) -> None:
    before = who(project)
    project.same("person-2", "person-4")
    joined = who(project)
    assert ("person-2", "Person 2", (1, 2)) in joined
    assert len(joined) == 5
    project.name("person-2", "Anna")
    assert project.undo() == project.undone[0]
    assert who(project) == joined
    project.undo()
    assert who(project) == before
    assert project.undo() is None
    project.redo()
    assert who(project) == joined
    project.redo()
    assert project.person("Anna").films == (1, 2)
    assert project.redo() is None
    assert [edit.action for edit in project.edits] == [CastAction.SAME, CastAction.NAME]
    assert all(edit.at for edit in project.edits)


def test_a_correction_after_undoing_drops_what_was_undone(project: Project) -> None:
    project.name("person-1", "Anna")
    project.name("person-2", "Ben")
    project.undo()
    project.undo()
    assert [edit.name for edit in project.undone] == ["Ben", "Anna"]
    project.name("person-3", "Cleo", author="me")
    assert project.undone == ()
    assert [(edit.name, edit.author) for edit in project.edits] == [("Cleo", "me")]


def test_who_is_different_leaves_and_may_come_back(project: Project) -> None:
    project.same("person-1", "person-2")
    project.name("person-1", "Anna")
    project.different(project.anchors("Anna", 1), project.anchors("Anna", 2))
    assert project.person("Anna").films == (1,)
    project.same("Anna", "person-7")
    assert project.person("Anna").films == (1, 2)
    assert all(member.confirmed for member in project.person("Anna").members)


def test_people_can_be_hidden(project: Project) -> None:
    project.hide("person-1")
    assert project.person("person-1").hidden
    project.show("person-1")
    assert not project.person("person-1").hidden


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (CastEdit(CastAction.NAME, (Anchor("f", "1@1,2,3,4"),), name="x" * 201), "longer than 200"),
        (CastEdit(CastAction.NAME, (Anchor("f", "1@1,2,3,4"),), name="  "), "spaces only"),
        (CastEdit(CastAction.NAME, (Anchor("f", "1@1,2,3,4"),), name="a\nb"), "control char"),
        (CastEdit(CastAction.NAME, (Anchor("f", "odd"),), name="a"), "not a key"),
        (CastEdit(CastAction.NAME, (), name="a"), "concerns nobody|no who"),
        (CastEdit(CastAction.DIFFERENT, (Anchor("f", "1@1,2,3,4"),)), "concerns nobody"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(
    project: Project, edit: CastEdit, words: str
) -> None:
    with pytest.raises(EditsError, match=words):
        project.edit(edit)
    assert project.edits == ()


steps = st.lists(
    st.tuples(
        st.sampled_from(["same", "different", "name", "hide", "undo", "redo"]),
        st.integers(0, 5),
        st.integers(0, 5),
    ),
    max_size=6,
)


def do(project: Project, step: tuple[str, int, int]) -> None:
    kind, a, b = step
    rows = project.rows
    prints = {one.id: one.fingerprint for one in project.films}
    one, other = (((Anchor(prints[rows[i].film], rows[i].anchors[0])),) for i in (a, b))
    if kind == "undo":
        project.undo()
    elif kind == "redo":
        project.redo()
    elif kind == "name":
        project.edit(CastEdit(CastAction.NAME, one, name=f"N{b}"))
    elif kind == "hide":
        project.edit(CastEdit(CastAction.HIDE, one))
    elif a != b:
        project.edit(CastEdit(CastAction(CastAction[kind.upper()]), one, other))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.tuples(st.sampled_from(["same", "different", "name"]), *[st.integers(0, 5)] * 2))
def test_undoing_gives_everybody_back_their_numbers(
    tmp_path_factory: pytest.TempPathFactory, done: list[Any], last: Any
) -> None:
    folder = tmp_path_factory.mktemp("steps") / "a.cast"
    project = of_people(folder, made_up(TWO), made_up(TWO), made_up(TWO))
    for step in done:
        do(project, step)
    before, count = who(project), len(project.edits)
    do(project, last)
    after = who(project)
    if len(project.edits) > count:
        project.undo()
        assert who(project) == before
        project.redo()
        assert who(project) == after


def said(project: Project) -> list[str]:
    now = project.snapshot()
    return [repr(each) for each in (now.rows, now.doubts, now.given, now.log, now.vectors)]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.integers(0, 5))
def test_what_is_read_change_by_change_is_what_is_read_at_once(
    tmp_path_factory: pytest.TempPathFactory, done: list[Any], at: int
) -> None:
    folder = tmp_path_factory.mktemp("steps") / "a.cast"
    project = of_people(folder, made_up(TWO), made_up(TWO), made_up(TWO))
    reader = Project(folder)
    for i, step in enumerate([*done, ("name", 0, 0)]):
        if i == at:
            project.put_film(project.film(1), made_up(TWO, seconds=[9.0, 2.0]))
            project.put_film(film(4), made_up(["person-1"]))
            project.link()
        do(project, step)
        assert said(project) == said(reader) == said(Project(folder))
    project.remove("e2")
    assert said(project) == said(reader) == said(Project(folder))


def test_only_rows_that_were_written_are_read_again(project: Project) -> None:
    before = project.rows
    project.name("person-1", "Anna")
    same = [old is new for old, new in zip(before, project.rows, strict=True)]
    assert same == [row.person != 1 for row in before]


# --- films ----------------------------------------------------------------------------------------


def test_films_are_in_natural_order_and_found_by_name(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "a.cast", config=CONFIG)
    for number in (10, 2, 1):
        project.put_film(film(number))
    assert [one.name for one in project.films] == ["e1.mp4", "e2.mp4", "e10.mp4"]
    assert project.films[0].folder == "results/e1.people"
    assert project.film("E2").id == project.film("e2.mp4").id == project.film("/films/e2.mp4").id
    assert project.film(1).name == "e10.mp4"
    with pytest.raises(ConfigError, match=r"no film 'e3'\. There are: e1\.mp4, e2\.mp4"):
        project.film("e3")


def test_films_of_one_name_get_folders_of_their_own(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "a.cast", config=CONFIG)
    first = project.put_film(film(1))
    other = project.put_film(film(2).__class__(0, "E1.mkv", "/b/E1.mkv", "f", ""))
    assert (first.folder, other.folder) == ("results/e1.people", "results/E1-2.people")
    again = project.put_film(film(1))
    assert (again.id, again.folder) == (first.id, first.folder)


def test_names_that_are_not_utf8_are_kept_as_paths(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "a.cast", config=CONFIG)
    odd = replace(film(1), name="e\udcff.mp4", source="/films/e\udcff.mp4", error="e\udcff")
    made = project.put_film(odd)
    (one,) = Project(project.path).films
    assert (one.name, one.source) == ("e\ufffd.mp4", "/films/e\udcff.mp4")
    assert one.error == "e\ufffd"
    assert made.folder == one.folder == "results/e\ufffd.people"


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
def test_a_result_behind_a_link_is_not_deleted(season: Project) -> None:
    away = season.path.with_name("away")
    (season.path / "results").rename(away)
    (season.path / "results").symlink_to(away)
    season.name("person-1", "Anna")
    assert season.catch_up() == ()  # the user's own link is followed
    season.remove(1, result=True)
    assert (away / "e1.people" / "result.json").exists()


def test_a_new_film_moves_nobody_who_is_confirmed(project: Project) -> None:
    project.name("person-1", "Anna")
    project.put_film(film(4), made_up(TWO, seconds=[50.0, 1.0]))
    project.link()
    assert project.person("Anna").id == "person-1"
    assert project.people[0].id == "person-7"


def test_a_film_that_comes_back_is_remembered(project: Project) -> None:
    project.same("person-1", "person-2")
    project.name("person-1", "Anna")
    project.remove("e2")
    assert project.person("Anna").films == (1,)
    assert [one.name for one in project.films] == ["e1.mp4", "e3.mp4"]
    came = project.put_film(film(2), made_up(TWO))
    project.link()
    assert came.id == 4  # a number is never used again
    assert project.person("Anna").films == (1, 4)


def test_people_described_anew_keep_their_numbers_by_their_faces(project: Project) -> None:
    project.name("person-4", "Ben")
    swapped = made_up(TWO, anchors=["1@1,2,3,4", "0@1,2,3,4"], seconds=[9.0, 10.0])
    project.put_film(project.film(1), swapped)
    project.link()
    (ben,) = project.person("Ben").members
    assert (ben.film, ben.person, project.person("Ben").id) == (1, "person-1", "person-4")
    assert project.person("person-1").members[0].person == "person-2"


def test_faces_of_another_network_are_refused(project: Project) -> None:
    before = who(project)
    with pytest.raises(ProjectError, match="encoded by another network"):
        project.put_film(film(4), made_up(TWO, dimension=8))
    assert who(project) == before
    assert len(project.films) == 3


def test_a_film_without_people_is_no_problem(project: Project) -> None:
    project.put_film(film(4), made_up([]))
    project.link()
    assert len(project) == 6
    crowd = project.crowd()
    assert crowd is not None
    assert crowd.film.tolist() == [0, 0, 1, 1, 2, 2]


def test_unnamed_vectors_are_removed(project: Project) -> None:
    folder = project.path / "vectors"
    before = {path.name for path in folder.iterdir()}
    project.put_film(project.film(1), made_up(TWO, together=[(0, 1)]))
    assert {path.name for path in folder.iterdir()} == before  # the same vectors
    project.put_film(project.film(1), made_up(["person-1"]))
    assert len(before & {path.name for path in folder.iterdir()}) == 2
    assert len(list(folder.iterdir())) == 3


def test_damaged_vectors_say_which_film(project: Project) -> None:
    for path in (project.path / "vectors").iterdir():
        path.write_bytes(b"odd")
    assert len(Project(project.path).people) == 6
    with pytest.raises(ProjectError, match="damaged"):
        Project(project.path).crowd()


# --- the films' own folders -----------------------------------------------------------------------


def test_names_go_down_into_every_film_and_are_taken_back(season: Project) -> None:
    season.same("person-1", "person-2")
    season.name("person-1", "Anna")
    season.hide("person-3")
    assert edits_of(season, 1) == [(Action.NAME, "Anna"), (Action.HIDE, "")]
    assert edits_of(season, 2) == [(Action.NAME, "Anna")]
    assert all(
        f"{BY_PROJECT}season.cast" in edit.note for edit in season.result_folder(1).edits.edits
    )
    assert season.catch_up() == ()
    loaded = season.result_folder(1).load()
    assert [(person.name, person.hidden) for person in loaded] == [
        ("Anna", False),
        ("Person 2", True),
    ]
    assert "Anna" in season.result_folder(2).report.read_text("utf-8")
    season.undo()
    season.undo()
    assert edits_of(season, 1) == edits_of(season, 2) == []
    assert season.catch_up() == ()
    assert [person.name for person in season.result_folder(1).load()] == ["Person 1", "Person 2"]


def test_two_people_of_one_film_become_one_there_too(season: Project) -> None:
    season.same("person-1", "person-3")
    assert edits_of(season, 1) == [(Action.SAME, "")]
    season.catch_up()
    assert len(season.result_folder(1).load().people) == 1
    season.refresh(1)  # what the project wrote is not read back
    assert season.rows[0].id == "person-1"
    assert len([row for row in season.rows if row.film == 1]) == 2
    season.undo()
    season.catch_up()
    assert len(season.result_folder(1).load().people) == 2


def test_the_result_of_a_film_has_the_ids_and_names_of_the_project(season: Project) -> None:
    season.name("person-2", "Anna")
    assert [(one.id, one.name) for one in season.result(2)] == [
        ("person-2", "Anna"), ("person-4", "Person 4"),
    ]  # fmt: skip
    assert season.result(2).tables.appearances.rows[0][:2] == ("person-2", "Anna")


def test_a_name_in_a_film_counts_in_all(season: Project) -> None:
    season.same("person-1", "person-2")
    name_person(season.path / season.film(2).folder, "Person 1", "Anna")
    season.refresh(2)
    assert season.person("Anna").films == (1, 2)
    assert season.edits[1:] == season.edits[2:] or season.edits[-1].author == "e2.mp4"
    assert edits_of(season, 1) == [(Action.NAME, "Anna")]


def test_films_are_added_and_removed_together(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "a.cast", config=CONFIG)
    before = project.snapshot().change
    made = project.put_films(replace(film(n), name="same.mp4") for n in (1, 2, 3))
    assert project.snapshot().change == before + 1
    assert [one.id for one in made] == [1, 2, 3]
    assert [one.folder for one in made] == [
        "results/same.people", "results/same-2.people", "results/same-3.people",
    ]  # fmt: skip
    assert project.put_films([replace(film(2), id=0, name="other.mp4")])[0].id == 2
    with pytest.raises(ConfigError, match="There is no film"):
        project.remove(1, 9)
    assert len(project.films) == 3
    project.remove(1, 3)
    assert [one.name for one in project.films] == ["other.mp4"]


def test_all_films_are_taken_over_at_once(season: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2):
        name_person(season.path / season.film(number).folder, "Person 1", "Anna")
    links: list[bool] = []
    link = Project.link
    monkeypatch.setattr(Project, "link", lambda self: (links.append(True), link(self))[1])
    assert season.take_over() == ()
    assert season.person("Anna").films == (1, 2)
    assert links == [True]
    assert season.take_over() == ()
    assert links == [True], "there is nothing more"


def test_a_film_that_cannot_be_taken_over_is_named_and_others_are(season: Project) -> None:
    for number in (1, 2):
        name_person(season.path / season.film(number).folder, "Person 1", "Anna")
    (season.path / season.film(1).folder / "result.json").write_text("{}")
    (note,) = season.take_over()
    assert "corrections in e1.mp4 itself are not in the project yet" in note
    assert season.person("Anna").films == (2,)
    with season.writing():
        other = Project(season.path)
        monkey = pytest.MonkeyPatch()
        monkey.setattr(locks, "WAIT_S", 0.0)
        (note,) = other.take_over()
        monkey.undo()
    assert "e1.mp4" in note


def test_the_same_name_in_two_films_is_one_person(season: Project) -> None:
    for number, name in ((1, "Anna"), (2, "ANNA")):
        name_person(season.path / season.film(number).folder, "Person 1", name)
        season.refresh(number)
    assert season.person("Anna").films == (1, 2)
    assert season.edits == ()


def test_the_last_word_counts_between_film_and_project(season: Project) -> None:
    season.same("person-1", "person-2")
    season.name("person-1", "Anna")
    name_person(season.path / season.film(1).folder, "Anna", "Zoe")
    season.refresh(1)
    assert season.person("Zoe").films == (1, 2)
    assert edits_of(season, 2) == [(Action.NAME, "Zoe")]
    season.name("Zoe", "Cleo")
    season.refresh(1)
    assert season.person("Cleo").films == (1, 2)
    assert len(season.edits) == 4


def test_a_name_given_in_a_film_while_it_was_described_is_taken_over(season: Project) -> None:
    people = season.describe(1)
    name_person(season.result_folder(1).path, "Person 1", "Anna")
    season.put_film(season.film(1), people)
    assert [one.id for one in season.outdated()] == [1]
    season.put_film(season.film(1), people, own=films.digest(()))  # as a run says it
    assert [one.id for one in season.outdated()] == [1]
    season.refresh(1)
    assert season.outdated() == ()
    assert season.person("Anna").films == (1,)


def test_other_corrections_of_a_film_stay(season: Project) -> None:
    folder = season.result_folder(1)
    own = Edit(Action.NOT_A_FACE, tracks=("60@400,50,440,98",))
    folder.write_edits(EditLog((own,), (own,), "e1.mp4"))
    season.name("person-1", "Anna")
    log = season.result_folder(1).edits
    assert (log.edits[0], log.undone, len(log.edits)) == (own, (own,), 2)
    season.undo()
    assert season.result_folder(1).edits == EditLog((own,), (own,), "e1.mp4")


def test_a_film_in_use_is_left_out_and_caught_up(
    season: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "WAIT_S", 0.1)
    other = ResultFolder(season.result_folder(1).path)
    with other.locked(), other.editing():
        season.same("person-1", "person-2")
        season.name("person-1", "Anna")
        assert edits_of(season, 1) == []
        assert edits_of(season, 2) == [(Action.NAME, "Anna")]
        (note,) = season.catch_up()
        assert note.startswith("e1.mp4: Another cluster-video")
    assert season.person("Anna").films == (1, 2)
    assert season.catch_up() == ()
    assert edits_of(season, 1) == [(Action.NAME, "Anna")]
    assert season.result_folder(1).load().people[0].name == "Anna"


@pytest.mark.parametrize("way", ["catch up", "refresh"])
def test_what_a_film_undid_of_the_project_is_written_again(season: Project, way: str) -> None:
    season.name("person-1", "Anna")
    season.catch_up()
    folder = season.result_folder(1)
    folder.write_edits(replace(folder.edits, edits=(), undone=folder.edits.edits))
    if way == "refresh":
        season.refresh(1)
    else:
        assert season.catch_up() == ()
        assert folder.load().people[0].name == "Anna"
    assert edits_of(season, 1) == [(Action.NAME, "Anna")]
    assert folder.edits.undone == ()


def test_who_is_hidden_stays_hidden_in_later_films(demo: Outcome, tmp_path: Path) -> None:
    project = of_film(tmp_path / "season.cast", demo, 1)
    project.hide("person-2")
    join(project, demo, 2)
    project.link()
    hidden = [each for each in project.people if each.hidden]
    assert [(each.id, each.films) for each in hidden] == [("person-2", (1, 2))]
    assert edits_of(project, 2) == [(Action.HIDE, "")]
    assert [each.id for each in project.result(2).people if each.hidden] == ["person-2"]
    project.undo()
    assert not any(each.hidden for each in project.people)
    assert edits_of(project, 1) == edits_of(project, 2) == []


def test_who_was_hidden_in_a_film_itself_is_hidden_in_later_ones(
    demo: Outcome, tmp_path: Path
) -> None:
    project = of_film(tmp_path / "season.cast", demo, 1)
    folder = project.result_folder(1)
    hide = Editor(folder.load()).hide("Person 1")
    folder.write_edits(folder.edits.adding(hide))
    project.refresh(1)
    join(project, demo, 2)
    project.link()
    assert [each.films for each in project.people if each.hidden] == [(1, 2)]
    assert [each.name for each in project.result(2).people if each.hidden] == ["Person 1"]


def test_who_is_in_the_background_of_all_films_is_so_in_the_project(tmp_path: Path) -> None:
    both, first = [np.array([True, True]), np.array([True, False])]
    film = made_up(TWO)
    project = of_people(
        tmp_path / "a.cast", replace(film, background=both), replace(film, background=first)
    )
    ids = [each.id for each in project.people if each.background]
    behind = {
        (m.film, m.person) for each in project.people if each.background for m in each.members
    }
    assert behind == {(1, "person-1"), (1, "person-2"), (2, "person-1")}
    status = {row[0]: row[2] for row in project.tables.people.rows}
    assert sorted(status.values()) == ["background"] * 3 + ["person"]
    project.name(ids[0], "Ann")  # who has a name is not
    assert [each.id for each in project.people if each.background] == ids[1:]
    (shown,) = [each for each in project.people if not (each.background or each.name == "Ann")]
    project.same(shown.id, ids[1])  # nor who is in the foreground of one film
    assert [each.id for each in project.people if each.background] == ids[2:]
    project.undo()
    assert [each.id for each in project.people if each.background] == ids[1:]
    project.remove(2)
    assert "background of film 2" not in project.snapshot().meta


def test_people_of_the_background_are_not_asked_about(demo: Outcome, tmp_path: Path) -> None:
    project = of_film(tmp_path / "season.cast", demo, 2)
    now = project.snapshot()
    (a, *_), (b, *_) = now.rows_of[1], now.rows_of[2]
    question = (0, a.film, a.position, b.film, b.position, 1.0, 0.5, 1.0)
    asked = replace(now, questions=([question], []))
    assert len(asked.doubts) == 1
    meta = {f"background of film {film}": "[0]" for film in (1, 2)}
    assert replace(asked, meta=now.meta | meta).doubts == ()
    with pytest.raises(ProjectError, match="is damaged"):
        _ = replace(asked, meta=now.meta | {"background of film 1": "x"}).people


def test_what_another_project_wrote_is_taken_back(season: Project) -> None:
    season.name("person-1", "Anna")
    season.catch_up()
    result = season.film(1)
    season.remove(1)
    again = season.put_film(replace(result, id=0, folder=result.folder))
    season.put_film(again, season.describe(again))
    season.undo()
    season.link()
    assert season.catch_up() == ()
    assert edits_of(season, again.id) == []


def test_results_are_only_read_if_something_is_to_be_written(
    season: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    season.name("person-1", "Anna")
    season.catch_up()
    season.put_film(season.film(1), season.describe(1))
    dimension = season.film_people(1).sums.shape[1]
    season.put_film(film(3), made_up(TWO, dimension=dimension))
    season.link()

    def load(_folder: ResultFolder) -> Any:
        raise AssertionError("a result was read")

    monkeypatch.setattr(ResultFolder, "load", load)
    assert season.catch_up() == ()
    assert not season.snapshot().behind


def test_catching_up_never_raises(season: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "WAIT_S", 0.1)
    season.name("person-1", "Anna")
    with locks.run_lock(season.path):
        (note,) = season.catch_up()
    assert note.startswith("e1.mp4: Another cluster-video")
    assert season.catch_up() == ()


def test_a_film_without_result_is_caught_up_when_it_has_one(season: Project) -> None:
    folder = season.result_folder(1).path
    folder.rename(season.path / "away")
    season.name("person-1", "Anna")
    assert len(season.catch_up()) == 1
    assert not folder.exists()
    (season.path / "away").rename(folder)
    assert season.catch_up() == ()
    assert edits_of(season, 1) == [(Action.NAME, "Anna")]


def test_reading_the_change_is_not_a_change(season: Project) -> None:
    season.name("person-1", "Anna")
    change = season.change
    season.catch_up()
    assert Project(season.path).change == season.change == change
    season.undo()
    assert season.change == change + 1


def test_removing_deletes_a_result_only_when_asked(season: Project) -> None:
    folder = season.result_folder(1).path
    season.remove(1)
    assert (folder / "result.json").exists()
    (season.result_folder(2).path / "notes.txt").write_text("mine")
    folder = season.result_folder(2).path
    season.remove(2, result=True)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    assert season.films == ()


def test_tables_cover_all_films(season: Project) -> None:
    season.same("person-1", "person-2")
    season.name("person-1", "Anna")
    people, members, appearances = season.tables
    assert people.rows[0] == ("person-1", "Anna", "person", 5.68, 2, 2)
    assert [row[:4] for row in members.rows] == [
        ("e1.mp4", "person-1", "Anna", "person-1"),
        ("e1.mp4", "person-3", "Person 3", "person-2"),
        ("e2.mp4", "person-1", "Anna", "person-1"),
        ("e2.mp4", "person-4", "Person 4", "person-2"),
    ]
    assert appearances.columns[:3] == ("film", "person", "name")
    assert [row[0] for row in appearances.rows] == ["e1.mp4"] * 3 + ["e2.mp4"] * 3
    frame = season.to_pandas()
    assert frame.groupby("film").size().to_dict() == {"e1.mp4": 3, "e2.mp4": 3}
    assert season.tables.to_pandas()["people"]["films"].tolist() == [2, 1, 1]


# --- several programs -----------------------------------------------------------------------------


def hold(path: Path, ready: Any, done: Any, lasting: bool) -> None:
    project = Project(path)
    with project.running() if lasting else project.writing():
        ready.set()
        done.wait(30)


@pytest.mark.parametrize("lasting", [False, True])
def test_one_writer_at_a_time_and_readers_never_wait(
    project: Project, lasting: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "WAIT_S", 0.1)
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=hold, args=(project.path, ready, done, lasting))
    other.start()
    try:
        assert ready.wait(30)
        assert len(Project(project.path).people) == 6
        if lasting:
            project.name("person-1", "Anna")  # a run keeps only runs out
            with pytest.raises(ProjectError, match="Another cluster-video"), project.running():
                pass
        else:
            with pytest.raises(ProjectError, match=rf"is writing to .*\(process {other.pid}\)"):
                project.name("person-1", "Anna")
    finally:
        done.set()
        other.join(30)
    project.name("person-1", "Ben")
    assert project.person("Ben").id == "person-1"


def test_what_another_program_wrote_is_seen(project: Project) -> None:
    other = Project(project.path)
    assert len(other) == 6
    project.name("person-1", "Anna")
    assert other.person("Anna").id == "person-1"
    other.undo()
    assert project.edits == ()


def test_a_lost_lock_never_leaves_half_a_correction(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_WAIT_S", 0.05)
    before = who(project)
    connection = sqlite3.connect(project.path / FILE, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(ProjectError, match="is locked"):
        project.name("person-1", "Anna")
    connection.execute("ROLLBACK")
    connection.close()
    assert who(project) == before
    assert project.edits == ()


@pytest.fixture
def faster(project: Project, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let another writer, whom no lock keeps out, be faster than the next change, once."""
    real = Project._now

    def begin(act: Callable[[Project], object]) -> None:
        waiting = [act]

        def now(self: Project) -> Snapshot:
            found = real(self)
            if self is project and self._depth and waiting:
                other = Project(self.path)
                other._depth = 1  # as where the lock is another one
                waiting.pop()(other)
            return found

        monkeypatch.setattr(Project, "_now", now)

    return begin


@pytest.mark.parametrize(
    "change",
    [
        lambda project: project.name("person-1", "Anna"),
        lambda project: project.link(),
        lambda project: project.put_film(film(4), made_up(TWO)),
        lambda project: project.put_film(film(2), made_up(TWO)),
        lambda project: project.remove(3),
        lambda project: project.configure(scope="archive"),
    ],
)
def test_another_writers_correction_is_never_overwritten(
    project: Project, faster: Callable[..., None], change: Callable[[Project], object]
) -> None:
    faster(lambda other: other.name("person-2", "Ben"))
    change(project)
    assert Project(project.path).person("Ben").id == "person-2"
    assert "Ben" in {edit.name for edit in project.edits}


@pytest.mark.parametrize("back", [Project.undo, Project.redo])
def test_nothing_is_undone_that_nobody_saw(
    project: Project, faster: Callable[..., None], back: Callable[[Project], object]
) -> None:
    project.name("person-1", "Anna")
    project.name("person-3", "Cleo")
    project.undo()
    faster(lambda other: other.name("person-2", "Ben"))
    with pytest.raises(ProjectError, match="has changed meanwhile"):
        back(project)
    assert [edit.name for edit in project.edits] == ["Anna", "Ben"]


def test_a_project_that_changes_all_the_time_is_left_alone(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = project.snapshot()
    project.name("person-2", "Ben")
    monkeypatch.setattr(Project, "_now", lambda _project: stale)
    with pytest.raises(ProjectError, match="has changed meanwhile"):
        project.name("person-1", "Anna")


def test_what_a_change_raises_stays_what_it_is(project: Project) -> None:
    with pytest.raises(OSError, match="a mistake"), project.writing():
        raise OSError("a mistake")
    with pytest.raises(ResultError):
        project.refresh(1)


def test_a_film_is_removed_with_all_that_follows_or_not_at_all(project: Project) -> None:
    before = who(project)
    for path in (project.path / "vectors").glob("1-*.npy"):
        path.rename(project.path / "away")
    project = Project(project.path)
    with pytest.raises(ProjectError, match="vectors"):
        project.remove(2)
    assert [one.id for one in project.films] == [1, 2, 3]
    assert who(project) == before


def test_people_of_a_film_are_read_again_if_they_were_replaced(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, real = Project(project.path), vectors.read
    people = replace(made_up(TWO), sums=np.ones((2, 4), np.float32))
    waiting = [people]

    def read(*args: Any) -> Any:
        if waiting:
            other.put_film(other.film(1), waiting.pop())
        return real(*args)

    monkeypatch.setattr(vectors, "read", read)
    assert project.film_people(1).sums.tolist() == people.sums.tolist()


def test_few_films_are_kept_in_memory(tmp_path: Path) -> None:
    project = of_people(tmp_path / "a.cast", *[made_up(("person-1",))] * 9)
    for number in range(1, 10):
        people = project.film_people(number)
        assert project.film_people(number) is people
    assert len(project._described) < 9


def rows_of(project: Project) -> Sequence[Any]:
    crowd = project.crowd()
    assert crowd is not None
    return crowd.sums.tolist()


def test_the_crowd_is_in_the_order_in_which_films_came(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "a.cast", config=CONFIG)
    for number in (2, 1):
        project.put_film(film(number), made_up(TWO[:number]))
    project.link()
    assert [(row.film, row.id) for row in project.rows] == [
        (1, "person-1"), (1, "person-2"), (2, "person-1"),
    ]  # fmt: skip
    np.testing.assert_array_equal(rows_of(project)[0], [0, 1, 2, 3])
    assert [one.state for one in project.films] == [FilmState.DONE] * 2
    assert project.whose(project.anchors("person-1")[0]) == project.person("person-1")
    assert project.whose(Anchor("f", "1@1,2,3,4")) is None


def test_a_merge_in_a_film_counts_in_all(season: Project) -> None:
    season.same("person-1", "person-2")
    season.same("person-3", "person-4")
    season.name("person-3", "Ben")
    folder = season.result_folder(1)
    editor = Editor(films.own(folder.load()))
    folder.write_edits(EditLog((*folder.edits.edits, editor.same("Person 1", "Person 2"))))
    season.refresh(1)
    assert who(season) == [("person-1", "Ben", (1, 2, 2))]
    assert edits_of(season, 2) == [(Action.SAME, ""), (Action.NAME, "Ben")]


def test_hiding_in_a_film_counts_in_all(season: Project) -> None:
    season.same("person-1", "person-2")
    folder = season.result_folder(2)
    editor = Editor(folder.load())
    folder.write_edits(EditLog((editor.hide("Person 1"),)))
    season.refresh(2)
    assert season.person("person-1").hidden
    assert edits_of(season, 1) == [(Action.HIDE, "")]
    season.show("person-1")
    assert edits_of(season, 1) == []
    assert edits_of(season, 2) == [(Action.HIDE, ""), (Action.SHOW, "")]
    season.refresh(2)
    assert not season.person("person-1").hidden


def test_who_is_split_in_a_film_keeps_the_part_with_the_face_that_was_named(
    season: Project,
) -> None:
    season.name("person-1", "Anna")
    folder = season.result_folder(1)
    result = folder.load()
    track = next(t for t in result.people[0].track_ids if t != positions_of(season, "Anna"))
    folder.write_edits(folder.edits.adding(Editor(result).new([track])))
    season.refresh(1)
    assert season.person("Anna").films == (1,)
    assert len(season) == 5
    assert [name for _, name, _ in who(season)].count("Anna") == 1


def positions_of(project: Project, name: str) -> int | None:
    """Track of the face that stands for a person of the first film."""
    (anchor,) = project.anchors(name, 1)
    return keys_of(project.result_folder(1).load().analysis).track(anchor.key)


def test_a_result_of_another_encoder_is_not_described(season: Project) -> None:
    config = replace(CONFIG, clustering=replace(CONFIG.clustering, metric="cosine", threshold=0.1))
    other = Project.create(season.path.with_name("other.cast"), config=config)
    one = other.put_film(film(1))
    shutil.copytree(season.result_folder(1).path, other.path / one.folder)
    with pytest.raises(ProjectError, match=r"e1\.mp4 was encoded by dlib for l2"):
        other.describe(one)


@uncollected()
def _fail() -> None:
    with uncollected():
        pass
    assert not gc.isenabled()
    raise ZeroDivisionError


def test_the_collector_is_as_before_after_linking() -> None:
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError):
        _fail()
    assert gc.isenabled()
