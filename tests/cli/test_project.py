"""``list``, ``people``, ``remove``, ``name`` and ``export`` with a project."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clusterer.cli.project import bar, differences
from clusterer.core.config import Config
from clusterer.core.errors import ResultError
from clusterer.core.tables import read_table
from clusterer.outputs.export import names
from clusterer.outputs.export.choose import named
from clusterer.outputs.name import name_person
from clusterer.people.decide import resolved
from clusterer.project.export import file_stems
from clusterer.project.project import Project
from clusterer.project.types import FilmState
from clusterer.store.folder import ResultFolder
from tests import result_folder
from tests.cli.conftest import Ran
from tests.project.season import film, of_results
from tests.test_docs import DOCS, blocks, text_of

Command = Callable[..., Ran]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two films; Person 1 of both is Anna. Do not change it."""
    project = of_results(tmp_path_factory.mktemp("season") / "season.cast")
    project.same("person-1", "person-2")
    project.name("person-1", "Anna")
    project.put_film(film(10).__class__(0, "e10.mp4", "/films/e10.mp4", "f", "", state=FAILED))
    return project.path


FAILED = FilmState.FAILED


@pytest.fixture
def season(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "season.cast"))


def test_list_shows_the_films_in_order(command: Command, made: Path) -> None:
    ran = command("list", made)
    assert (ran.code, ran.err) == (0, "")
    *lines, last = ran.out.splitlines()
    assert last.startswith("Scope: season; settings: ")
    assert "encoder dlib" in last
    assert [line.split() for line in lines] == [
        ["film", "state", "people", "length"],
        ["e1.mp4", "done", "2", "4.0", "s"],
        ["e2.mp4", "done", "2", "4.0", "s"],
        ["e10.mp4", "failed", "0"],
    ]
    facts = json.loads(command("list", made, "--json").out)
    assert [(one["film"], one["state"], one["people"]) for one in facts] == [
        ("e1.mp4", "done", 2), ("e2.mp4", "done", 2), ("e10.mp4", "failed", 0),
    ]  # fmt: skip


def test_people_shows_a_bar_for_each_film(command: Command, made: Path) -> None:
    ran = command("people", made)
    head, first, *others = ran.out.splitlines()
    assert head.split() == [
        "person",
        "name",
        "on",
        "screen",
        "confirmed",
        "e1.mp4",
        "e2.mp4",
    ]  # e10.mp4 has no result
    assert first.split() == ["person-1", "Anna", "5.7", "s", "2", "of", "2", "█" * 10, "█" * 10]
    assert [line.split()[:2] for line in others] == [["person-3", "Person"], ["person-4", "Person"]]
    rows = list(csv.reader(io.StringIO(command("people", made, "--csv").out)))
    assert rows[1] == ["person-1", "Anna", "person", "5.68", "2", "2"]
    facts = json.loads(command("people", made, "--json").out)
    assert [one["named"] for one in facts] == [True, False, False]
    assert facts[1]["films"] == [
        {"film": "e1.mp4", "person": "person-2", "screen_time_s": 0.44, "confirmed": False}
    ]
    assert "exclude each other" in command("people", made, "--csv", "--json").error


def test_hidden_people_are_listed_only_when_asked(command: Command, season: Path) -> None:
    Project(season).hide("person-3")
    assert "person-3" not in command("people", season).out
    assert "person-3" not in command("people", season, "--csv").out
    assert "Person 3 (hidden)" in command("people", season, "--all").out


@pytest.mark.parametrize(
    ("value", "most", "expected"),
    [
        (0, 5, ""),
        (5, 0, ""),
        (5, 5, "█" * 10),
        (2.5, 5, "█" * 5),
        (0.001, 5, "▏"),
        (1.9, 5, "███▊"),
    ],
)
def test_a_bar_has_eighths_of_characters(value: float, most: float, expected: str) -> None:
    assert bar(value, most) == expected


def test_remove_takes_films_out(command: Command, season: Path) -> None:
    ran = command("remove", season, "e1", "e10.mp4")
    assert (ran.code, ran.out, ran.err) == (0, "Removed e1.mp4\nRemoved e10.mp4\n", "")
    assert [one.name for one in Project(season).films] == ["e2.mp4"]
    assert (season / "results" / "e1.people" / "result.json").exists()
    assert "no film 'e1'" in command("remove", season, "e2", "e1").error
    assert [one.name for one in Project(season).films] == ["e2.mp4"]
    command("remove", season, "e2", "--delete-results", "-q")
    assert not (season / "results" / "e2.people").exists()


def test_name_names_a_person_in_all_films(command: Command, season: Path) -> None:
    ran = command("name", season, "anna", "Ann")
    assert (ran.code, ran.out, ran.err) == (0, "anna is Ann\n", "")
    for number in (1, 2):
        result = ResultFolder(season / "results" / f"e{number}.people").load()
        assert [person.name for person in result] == ["Ann", "Person 2"]
    assert command("name", season, "Ann", "").out == "Ann is Person 1\n"
    assert "No person is named 'Zoe'" in command("name", season, "Zoe", "Anna").error
    assert "spaces only" in command("name", season, "person-1", "  ").error


def test_name_names_a_person_of_a_result(command: Command, tmp_path: Path) -> None:
    folder = result_folder.write(result_folder.decided(), tmp_path / "small.people")
    assert command("name", folder, "Person 2", "Bob").out == "Person 2 is Bob\n"
    assert [person.name for person in ResultFolder(folder).load()] == ["Person 1", "Bob"]
    assert command("name", folder, "Bob", "").out == "Bob is Person 2\n"
    assert "person and a name" in command("name", folder, "Bob").error
    assert "person and a name" in command("name", folder).error


def test_export_writes_a_timeline_per_film_and_one_table(command: Command, season: Path) -> None:
    ran = command("export", season, "--people", "ANNA", "--format", "json", "--format", "srt")
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "")
    assert lines[0] == "1 person, 4 appearances in 2 films"
    exports = season / "exports"
    stems = ["e1+Anna", "e2+Anna"]  # the films' own names are those of one file
    assert {path.name for path in exports.iterdir()} == {
        *(f"{stem}.{ending}" for stem in stems for ending in ("json", "srt")),
        "season+Anna.cast.appearances.csv",
    }
    content = json.loads((exports / f"{stems[0]}.json").read_bytes())
    assert [(who["person"], who["name"]) for who in content["people"]] == [("person-1", "Anna")]
    table = read_table(exports / "season+Anna.cast.appearances.csv")
    assert [row[:3] for row in table.rows] == [
        ("e1.mp4", "person-1", "Anna"), ("e1.mp4", "person-1", "Anna"),
        ("e2.mp4", "person-1", "Anna"), ("e2.mp4", "person-1", "Anna"),
    ]  # fmt: skip


def test_stale_files_of_a_project_are_removed(command: Command, season: Path) -> None:
    export = ("export", season, "--format", "edl", "--people", "person-1")
    assert "Removed" not in command(*export).out
    assert command("name", season, "anna", "Ann").code == 0
    assert command(*export).out.splitlines()[-1] == (
        "Removed 3 files of an earlier export: e1+Anna.edl, e2+Anna.edl, "
        "season+Anna.cast.appearances.csv"
    )
    assert {path.name for path in (season / "exports").iterdir()} == {
        "e1+Ann.edl", "e2+Ann.edl", "season+Ann.cast.appearances.csv",
    }  # fmt: skip


def test_films_without_the_people_are_left_out(
    command: Command, season: Path, tmp_path: Path
) -> None:
    ran = command(
        "export", season, "--people", "person-4", "--format", "srt", "-o", f"{tmp_path}/out/"
    )
    assert ran.out.splitlines()[0] == "1 person, 1 appearance in 1 film"
    assert len(list((tmp_path / "out").iterdir())) == 2
    assert "No person is named 'Zoe'" in (
        command("export", season, "--people", "Zoe", "--format", "srt").error
    )


def test_every_format_is_written_for_a_project(
    command: Command, season: Path, tmp_path: Path
) -> None:
    wanted = [part for name in names() for part in ("--format", name)]
    ran = command("export", season, *wanted, "-o", tmp_path / "out", "--handles", "5")
    assert ran.code == 0
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert len([name for name in written if name.startswith(("e1.", "e2."))]) == len(written) - 1
    assert len(written) > 2 * 14


@pytest.mark.parametrize("args", [("list",), ("people",), ("remove", "e1"), ("export", "srt")])
def test_what_is_no_project_is_refused_in_one_line(
    command: Command, tmp_path: Path, args: tuple[str, ...]
) -> None:
    name, *more = args
    more = ["--format", "srt"] if name == "export" else more
    assert command(name, tmp_path / "none.cast", *more).code == 1
    (tmp_path / "odd.cast").mkdir()
    (tmp_path / "odd.cast" / "project.sqlite").write_bytes(b"odd" * 1000)
    assert "is damaged" in command(name, tmp_path / "odd.cast", *more).error


def test_the_commands_of_the_page_on_seasons_run(command: Command, tmp_path: Path) -> None:
    project = of_results(Path("season.cast"))
    project.name("person-2", "Ben")
    page = blocks(text_of(DOCS / "how-to" / "season.md"))
    for line in (line for block in page for line in block.splitlines()):
        words = line.replace("e07.mp4", "e2.mp4").split()
        assert words[0] == "cluster-video"
        if words[1] in {"list", "people", "name", "export", "remove"}:  # others need films, or stay
            assert command(*words[1:]).code == 0, line


def test_a_damaged_result_stops_no_other_film(command: Command, season: Path) -> None:
    (season / "results" / "e1.people" / "result.json").write_text("{")
    ran = command("export", season, "--format", "srt")
    assert ran.code == 1
    assert {path.name for path in (season / "exports").iterdir()} == {
        "e2.srt", "season.cast.appearances.csv",
    }  # fmt: skip
    (line,) = [line for line in ran.err.splitlines() if line.startswith("Error")]
    assert line.startswith("Error: e1.mp4 is left out: ")
    assert line.endswith(f"To make its result anew: cluster-video {season}")
    shutil.rmtree(season / "results")
    assert command("export", season, "--format", "srt").code == 1


@pytest.mark.parametrize("args", [("export", "--format", "srt"), ("people",), ("name", "Bea", "B")])
def test_corrections_in_a_film_are_taken_over(
    command: Command, season: Path, args: tuple[str, ...]
) -> None:
    name_person(season / "results" / "e2.people", "person-2", "Bea")
    assert "Bea" not in [who.name for who in Project(season)]
    ran = command(args[0], season, *args[1:])
    assert (ran.code, ran.err) == (0, "")
    assert {"Bea", "B"} & {who.name for who in Project(season)}


@pytest.mark.parametrize("name", ["person-14", "Person 19", "PERSON 4", "Unknown", "unknown-3"])
def test_names_like_automatic_ones_are_refused(
    command: Command, season: Path, tmp_path: Path, name: str
) -> None:
    folder = result_folder.write(result_folder.decided(), tmp_path / "small.people")
    for place in (season, folder):
        assert "is like an automatic name" in command("name", place, "person-1", name).error


def test_a_name_that_is_taken_joins_nobody(command: Command, season: Path) -> None:
    before = [(who.id, who.name) for who in Project(season)]
    error = command("name", season, "person-3", "anna").error
    assert "person-1 is called Anna already" in error
    assert f"cluster-video review {season}" in error
    assert [(who.id, who.name) for who in Project(season)] == before


def test_the_names_of_files_depend_on_no_choice_of_people() -> None:
    names = ["d1/e1.mp4", "d2/e1.mp4", "E2.mp4", "e2.mkv", "d1-e1.mov", "a.mp4", "a-mp4.mp4"]
    films = [replace(film(i), id=i, name=name) for i, name in enumerate(names, start=1)]
    stems = file_stems(films)
    assert len({stem.casefold() for stem in stems.values()}) == len(films)
    assert stems[2] == "d2-e1"
    assert stems[6] == "a"


def test_a_film_keeps_its_file_names_with_fewer_people(command: Command, season: Path) -> None:
    project = Project(season)
    for number in (1, 2):
        project.put_film(replace(project.film(number), name=f"d{number}/e1.mp4"))
    for more in ((), ("--people", "person-3"), ("--people", "person-4")):
        command("export", season, "--format", "srt", "-o", f"out/{len(more)}{more[-1:]}/", *more)
    written = sorted(path.name for path in Path("out").rglob("*.srt"))
    assert written == ["d1-e1+Person 3.srt", "d1-e1.srt", "d2-e1+Person 4.srt", "d2-e1.srt"]


def test_an_id_is_nobody_elses_name(season: Path) -> None:
    people = Project(season).people
    odd = [people[0], replace(people[1], name=people[2].id), people[2]]
    assert named(odd, [people[2].id]) == [people[2]]


def test_list_says_why_films_failed_below(command: Command, season: Path) -> None:
    project = Project(season)
    error = "/films/e10.mp4 cannot be opened"
    left = replace(project.film("e10"), state=FilmState.QUARANTINED, error=error, attempts=2)
    project.put_film(left)
    lines = command("list", season).out.splitlines()
    assert lines[3].split() == ["e10.mp4", "left", "alone", "0"]
    assert lines[-1] == "e10.mp4 cannot be opened"
    with pytest.raises(ResultError, match=r"e10\.mp4 failed: e10\.mp4 cannot be opened"):
        project.result("e10")


def test_settings_are_named_where_they_differ() -> None:
    one = Config()
    video = replace(one.analysis.video, start_s=3.0)
    other = replace(one, analysis=replace(one.analysis, video=video))
    assert differences(other, one) == ["start s 3 (was none)"]
    assert differences(resolved(one)) == []


def test_a_film_is_removed_by_the_path_that_was_typed(command: Command, season: Path) -> None:
    Path("films").mkdir()
    Path("films/e1.mp4").touch()
    project = Project(season)
    project.put_film(replace(project.film("e1"), source=str(Path("films/e1.mp4").resolve())))
    assert command("remove", season, "films/../films/e1.mp4").code == 0
    assert [one.name for one in Project(season).films] == ["e2.mp4", "e10.mp4"]


def test_mistakes_with_a_project_are_told(command: Command, season: Path) -> None:
    swapped = command("find", season, "anna.jpg").error
    assert "is a project, not a photograph" in swapped
    Path("a.mp4").touch()
    assert f"cluster-video add {season} a.mp4" in command("a.mp4", "-o", season).error
    ran = command("name", season, "--gallery", "none")
    assert (ran.code, ran.out) == (1, "")
    Project.create("new.cast")
    assert "no people yet" in command("name", "new.cast", "person-1", "Anna").error
