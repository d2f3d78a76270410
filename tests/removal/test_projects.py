"""Purging a project: all of it, some films, or one person of all films."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from clusterer.core.errors import ConfigError, ProjectError, ResultError
from clusterer.gallery.keep import file_name
from clusterer.outputs.name import name_person
from clusterer.people.editor import Editor
from clusterer.project import database, vectors
from clusterer.project.names import FILE
from clusterer.project.project import Project
from clusterer.project.types import FilmState
from clusterer.removal import results
from clusterer.removal.purge import purge
from clusterer.removal.types import PurgedKind
from clusterer.store import withdrawn
from clusterer.store.exported import Batch, write_exports
from clusterer.store.film import Film
from clusterer.store.folder import load
from clusterer.store.names import WITHDRAWN
from clusterer.store.owned import OwnedFolder
from tests.project.season import CONFIG, film
from tests.removal.traces import Traces, traces_of
from tests.result_folder import decided, write
from tests.small_result import small_analysis

NAMES = ("Ann", "Bob", "Archer", "Baker")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two films; Ann Archer is in both, Bob Baker in the first; do not change it."""
    project = Project.create(tmp_path_factory.mktemp("made") / "season.cast", config=CONFIG)
    for number in (1, 2):
        one = project.put_film(film(number))
        chance = np.random.default_rng(number)
        vectors_ = chance.normal(size=(4, 8)).astype(np.float32)
        path = project.path / one.folder
        write(decided(analysis=replace(small_analysis(), chip_embeddings=vectors_)), path)
        for picture in (path / "chips").iterdir():
            picture.write_bytes(chance.bytes(600))
        own = OwnedFolder(path)
        own.set_film(Film(one.name, one.fingerprint))
        own.ensure_marker()
        project.put_film(one, project.describe(one))
    project.link()
    first, second = (
        next(
            who
            for who in project.people
            if who.films == (n,) and who.members[0].person == "person-1"
        )
        for n in (1, 2)
    )
    project.same(first, second)
    project.name(first.id, "Ann Archer")
    project.name(next(w for w in project.people if w.films == (1,)), "Bob Baker")
    assert project.catch_up() == ()
    batch = Batch(("table", "season", ""), {"season.cast.appearances.csv": b"Ann Archer"})
    write_exports(project.path / "exports", [batch])
    return project.path


@pytest.fixture
def season(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "season.cast")


def traces(season: Path, *names: str) -> Traces:
    """All vectors and pictures of a project."""
    found = [
        traces_of(path, load(path).analysis) for path in sorted((season / "results").iterdir())
    ]
    pooled = [
        row
        for name in vectors.names_in(season)
        for row in np.load(season / vectors.FOLDER / name)
        if row.any()
    ]
    return Traces(
        tuple(row for each in found for row in each.vectors) + tuple(pooled),
        tuple(picture for each in found for picture in each.pictures),
        names,
    )


def made_old(season: Path, number: int, days: float = 100) -> None:
    folder = Project(season).result_folder(number).path
    for name in ("analysis.npz", "result.json", "edits.json"):
        os.utime(folder / name, times=(0, time.time() - days * 86400))


# --- everything -----------------------------------------------------------------------------------


def test_nothing_of_a_project_is_left(season: Path) -> None:
    wanted = traces(season, *NAMES)
    assert len(wanted.vectors) > 8
    purged = purge(season)
    assert [each.kind for each in purged.folders] == [PurgedKind.PROJECT, *[PurgedKind.RESULT] * 2]
    assert {"Ann Archer", "Bob Baker"} <= {*purged.people}
    assert wanted.found(season.parent) == []
    assert not season.exists()


def test_files_of_others_stay_in_a_project(season: Path) -> None:
    (season / "notes.txt").write_text("mine")
    (season / "vectors" / "mine.npy").write_bytes(b"mine")
    purge(season)
    assert (season / "notes.txt").read_text() == "mine"
    assert (season / "vectors" / "mine.npy").read_bytes() == b"mine"
    assert not (season / FILE).exists()


def test_tables_of_films_stay(season: Path) -> None:
    wanted, before = traces(season), Project(season)
    rows = before.result(1).tables.appearances.rows
    purge(season, keep_tables=True)
    after = Project(season)
    assert wanted.found(season) == []
    assert [each.state for each in after.films] == [FilmState.PURGED] * 2
    assert (after.people, after.edits, after.crowd()) == ((), (), None)
    names = {who.name for who in load(after.result_folder(1).path)}
    assert names == {"Ann Archer", "Bob Baker"}
    assert len(load(after.result_folder(1).path).tables.appearances.rows) == len(rows)
    assert not after.is_unclean


def test_no_name_stays_without_names(season: Path) -> None:
    purge(season, keep_tables=True, keep_names=False)
    assert Traces(names=NAMES).found(season) == []


def test_an_empty_project_can_be_made_anew_beside_what_was_withdrawn(season: Path) -> None:
    purge(season, people=["Ann Archer"])
    left_out = withdrawn.read(season)
    purge(season)
    assert withdrawn.read(season) == left_out
    assert Project.create(season, config=CONFIG).films == ()


# --- films ----------------------------------------------------------------------------------------


def test_films_of_a_certain_age_go(season: Path) -> None:
    made_old(season, 1)
    first, second = (traces_of(f.path, load(f.path).analysis) for f in folders(season))
    gone = Traces(first.vectors, first.pictures, ("Bob", "Baker"))
    assert purge(season, older_than=timedelta(days=200)).folders == ()
    purge(season, older_than=timedelta(days=90))
    project = Project(season)
    assert [each.state for each in project.films] == [FilmState.PURGED, FilmState.DONE]
    assert gone.found(season) == []
    assert second.found(season)
    assert {who.name for who in project.people} >= {"Ann Archer"}
    assert all(who.films == (2,) for who in project.people)
    assert purge(season, older_than=timedelta(days=90)).folders == ()


def test_named_films_go(season: Path) -> None:
    purge(season, films=["e2.mp4"], keep_tables=True)
    project = Project(season)
    assert [each.state for each in project.films] == [FilmState.DONE, FilmState.PURGED]
    assert load(project.result_folder(2).path).analysis.is_bare
    assert not load(project.result_folder(1).path).analysis.is_bare
    with pytest.raises(ConfigError, match="There is no film"):
        purge(season, films=["e3.mp4"])


def folders(season: Path) -> list[OwnedFolder]:
    project = Project(season)
    return [project.result_folder(each) for each in project.films]


# --- people ---------------------------------------------------------------------------------------


def of_person(season: Path, name: str) -> Traces:
    """Vectors and pictures of a person in all films, and pools of them in the project."""
    project = Project(season)
    found = []
    for each in project.films:
        seen = project.result(each)
        tracks = [t for who in seen.people if who.name == name for t in who.track_ids]
        path = project.result_folder(each).path
        found.append(traces_of(path, seen.analysis, tracks))
    number = project.person(name).number
    rows = [i for i, row in enumerate(project.rows) if row.person == number]
    crowd = project.crowd()
    assert crowd is not None
    return Traces(
        tuple(row for each in found for row in each.vectors) + tuple(crowd.sums[rows]),
        tuple(picture for each in found for picture in each.pictures),
        (name, *name.split()),
    )


def test_nothing_of_a_person_is_left_in_any_film(season: Path) -> None:
    ann, bob = of_person(season, "Ann Archer"), of_person(season, "Bob Baker")
    before = Project(season)
    others = {who.id: (who.name, who.films) for who in before.people if who.name != "Ann Archer"}
    assert ann.found(season)
    purge(season, people=["ann archer"])
    after = Project(season)
    assert ann.found(season) == []
    assert {who.id: (who.name, who.films) for who in after.people} == others
    assert {line.rpartition(": ")[2] for line in bob.found(season)} >= {"name Bob Baker"}
    assert all(each.state is FilmState.DONE for each in after.films)
    assert not after.is_unclean
    assert after.catch_up() == ()
    for each in after.films:
        assert after.result(each).people


def test_a_withdrawn_person_is_left_out_of_the_same_films_only(season: Path) -> None:
    prints = {each.fingerprint for each in Project(season).films}
    purge(season, people=["Ann Archer"])
    assert withdrawn.read(season).keys() == prints
    for folder in folders(season):
        assert withdrawn.read(folder.path).keys() == {folder.fingerprint}


def test_the_date_of_a_person_goes_with_the_name(season: Path) -> None:
    Project(season).set_dates(people={"Ann Archer": "1965", "bob baker": "1970", "Cleo": "1980"})
    purge(season, people=["Bob Baker"])
    assert Traces(names=("Bob", "bob baker", "Baker")).found(season) == []
    assert Project(season).snapshot().not_before == {"Ann Archer": "1965", "Cleo": "1980"}
    purge(season, films=["e1.mp4"])
    assert Project(season).snapshot().not_before == {"Ann Archer": "1965", "Cleo": "1980"}
    purge(season, films=["e2.mp4"])  # nobody is named Ann any more; of Cleo nothing is known yet
    assert Project(season).snapshot().not_before == {"Cleo": "1980"}


def test_a_track_that_was_cut_since_is_left_out_and_no_other(season: Path) -> None:
    """The tracks of the result that was saved before the cut have other numbers."""
    folder, seen = Project(season).result_folder(1), Project(season).result(1)
    rows = seen.analysis.tracks[seen.person("Bob Baker").track_ids[0]].detection_rows
    cut = Editor(seen).cut(1, 0.2)
    folder.write_edits(folder.edits.adding(cut))
    purge(season, people=["Bob Baker"])
    wanted = set(seen.analysis.detections.pts[rows].tolist())
    for place in (season, folder.path):
        (tracks,) = withdrawn.read(place).values()
        assert {pts for track in tracks for pts in track.pts} == wanted


def test_nobody_by_that_name_in_a_project(season: Path) -> None:
    with pytest.raises(ConfigError, match=r"No person in .* is named 'Zoe'"):
        purge(season, people=["Zoe"])


@pytest.mark.parametrize("step", range(4))
def test_a_killed_purge_can_be_repeated(
    season: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = of_person(season, "Ann Archer")
    dies_at(monkeypatch, step)
    with pytest.raises(KeyboardInterrupt):
        purge(season, people=["Ann Archer"])
    monkeypatch.undo()
    purge(season, people=["Ann Archer"])
    assert ann.found(season) == []
    assert not Project(season).is_unclean


def dies_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Have a withdrawal die before its steps: a film, the next, the decisions, the cleaning."""

    def dying(home: type, name: str, after: int = 0) -> None:
        whole, calls = getattr(home, name), []

        def replaced(*args: object) -> object:
            calls.append(args)
            if len(calls) > after:
                raise KeyboardInterrupt
            return whole(*args)

        monkeypatch.setattr(home, name, replaced)

    [
        lambda: dying(results.ResultPurge, "carry_out"),
        lambda: dying(results.ResultPurge, "carry_out", 1),
        lambda: dying(Project, "forget_decisions"),
        lambda: dying(Project, "put_film", 1),
    ][step]()


def test_a_killed_purge_of_films_can_be_repeated(
    season: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_old(season, 1)
    first = traces_of(folders(season)[0].path, load(folders(season)[0].path).analysis)
    dies_at(monkeypatch, 0)
    with pytest.raises(KeyboardInterrupt):
        purge(season, older_than=timedelta(days=90))
    monkeypatch.undo()
    assert first.found(season)
    purge(season, older_than=timedelta(days=90))
    assert first.found(season) == []


def test_a_name_given_in_a_film_is_known(season: Path) -> None:
    project = Project(season)
    name_person(project.result_folder(2).path, "Person 2", "Carl Cook")
    carl = Traces(names=("Carl", "Cook"))
    assert carl.found(season)
    purge(season, people=["Carl Cook"])
    assert carl.found(season) == []


def test_a_person_goes_from_a_film_that_failed_since(season: Path) -> None:
    project = Project(season)
    ann = of_person(season, "Ann Archer")
    project.put_film(replace(project.film(1), state=FilmState.FAILED, error="cannot be read"))
    purge(season, people=["Ann Archer"])
    assert ann.found(season) == []


def test_a_film_whose_result_is_gone_is_forgotten(season: Path) -> None:
    ann = of_person(season, "Ann Archer")
    shutil.rmtree(Project(season).result_folder(1).path)
    purged = purge(season, people=["Ann Archer"])
    assert "e1.mp4 has no result any more; all its people go" in purged.notes
    assert ann.found(season) == []
    assert [who.films for who in Project(season).people] == [(2,)]


def test_a_film_that_waits_goes_on_waiting(season: Path) -> None:
    project = Project(season)
    begun = project.put_film(replace(film(3), state=FilmState.WAITING))
    OwnedFolder(project.path / begun.folder).write({".partial/000000.npz": b"vectors"})
    purge(season, keep_tables=True)
    after = Project(season)
    assert [each.state.value for each in after.films] == ["purged", "purged", "waiting"]
    assert not after.result_folder(3).path.exists()


def test_it_is_said_that_files_of_others_are_left(season: Path) -> None:
    (season / "notes.txt").write_text("mine")
    (note,) = purge(season).notes
    assert "still holds 1 file that cluster-video did not write" in note


def test_a_link_is_not_followed(season: Path, tmp_path: Path) -> None:
    (season / "results").rename(tmp_path / "elsewhere")
    (season / "results").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ProjectError, match="reached by a link"):
        purge(season)
    assert (tmp_path / "elsewhere" / "e1.people" / "analysis.npz").exists()


# --- what is refused ------------------------------------------------------------------------------


def test_a_film_of_a_project_is_not_purged_alone(season: Path) -> None:
    with pytest.raises(ResultError, match=r"belongs to the project season\.cast"):
        purge(season / "results" / "e1.people")


def test_a_run_at_work_in_a_project_is_respected(season: Path) -> None:
    with Project(season).running(), pytest.raises(ProjectError, match="Another cluster-video"):
        purge(season)
    assert len(Project(season).films) == 2


def test_free_pages_are_overwritten(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "a.cast", config=CONFIG)
    with database.writing(tmp_path / "a.cast" / FILE) as connection:
        connection.execute("INSERT INTO person VALUES (7, 'Zebedee Zed', 0)")
    with database.writing(tmp_path / "a.cast" / FILE) as connection:
        connection.execute("DELETE FROM person")
    reader = sqlite3.connect(tmp_path / "a.cast" / FILE)
    try:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM meta").fetchone()
        with pytest.raises(ProjectError):
            project.clean()
    finally:
        reader.close()
    project.clean()
    assert Traces(names=("Zebedee",)).found(tmp_path) == []


def test_all_is_found_in_a_folder_of_projects_results_and_galleries(
    season: Path, tmp_path: Path
) -> None:
    path = write(decided(), tmp_path / "deep" / "er" / "one.people")
    picture = b"picture of Ann"
    gallery = tmp_path / "gallery" / "Ann Archer"
    gallery.mkdir(parents=True)
    (gallery / file_name(picture)).write_bytes(picture)
    (gallery / "passport.jpg").write_bytes(b"of the user")
    planned = purge(tmp_path, dry_run=True)
    assert [each.kind.value for each in planned.folders] == [
        "result", "project", "result", "result", "gallery",
    ]  # fmt: skip
    purge(tmp_path, people=["Ann Archer"])
    assert [each.name for each in gallery.iterdir()] == ["passport.jpg"]
    assert len(load(path).people) == 2
    purge(tmp_path)
    left = sorted(p.name for p in tmp_path.rglob("*") if p.is_file() and "exports" not in p.parts)
    assert left == [
        ".cluster-video.jsonl", ".cluster-video.jsonl", "passport.jpg",
        WITHDRAWN, WITHDRAWN, WITHDRAWN,
    ]  # fmt: skip
