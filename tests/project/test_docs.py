"""What the reference and the how-to page say about projects."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import clusterer
from clusterer.project import tables
from clusterer.project.types import CastAction, FilmState, Scope
from tests.project.season import film, of_results
from tests.test_docs import DOCS, REFERENCE, blocks, listed, rows, section, text_of


@pytest.fixture(scope="module")
def files() -> str:
    return text_of(REFERENCE / "files.md")


def test_every_file_of_a_project_is_listed(files: str, tmp_path: Path) -> None:
    project = of_results(tmp_path / "season.cast")
    named = {name.strip("/") for name in listed(section(files, "The project"))}
    assert {path.name for path in project.path.iterdir()} <= named


def test_every_correction_is_listed(files: str) -> None:
    below = section(files, "Corrections of a project")
    assert listed(below) == {action.value for action in CastAction}


def test_every_column_is_listed(files: str) -> None:
    stated = {
        row[0].strip("`"): re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", row[1]))
        for row in rows(section(files, "Tables of a project"))
    }
    assert stated["people"] == list(tables.PEOPLE)
    assert stated["members"] == list(tables.MEMBERS)


@pytest.mark.parametrize("kind", [CastAction, FilmState, Scope])
def test_the_members_of_enumerations_are_named(kind: type[CastAction]) -> None:
    _, entry = text_of(REFERENCE / "api.md").split(f"::: clusterer.{kind.__name__}\n")
    names = re.findall(r"`([A-Z]+)`", entry.partition(":::")[0])
    assert names == [member.name for member in kind]


def test_the_examples_of_the_season_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = of_results(tmp_path / "season.cast")
    project.put_film(replace(film(3), name="a.mp4", state=FilmState.FAILED, error="broken"))
    monkeypatch.chdir(tmp_path)
    (code,) = blocks(text_of(DOCS / "how-to" / "season.md"), "python")
    exec(compile(code, "season.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "['Anna', 'Person 3']" in printed
    assert clusterer.Project("season.cast").person("Anna").films == (1,)
