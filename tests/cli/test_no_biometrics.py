"""``--no-biometrics``: nothing but tables is left."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import clusterer
from clusterer.cli import season
from clusterer.project.types import FilmState
from clusterer.store.folder import load
from tests.cli.conftest import Ran
from tests.cli.own_process import run
from tests.conftest import DEMO

Command = Callable[..., Ran]
SHORT = ("--end", "8", "--sample-rate", "2", "--detection-width", "256", "--workers", "1")


def pictures_and_vectors(folder: Path) -> list[str]:
    """Files that hold any."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if b"\xff\xd8\xff" in content or b"/9j/4" in content:  # a JPEG, also in base64
            found.append(path.name)
        if path.suffix == ".npz":
            with np.load(path) as arrays:
                sizes = {name: arrays[name].size for name in arrays.files}
            found += [name for name in sizes if name.startswith("chip_") and sizes[name]]
        if path.suffix == ".npy":
            found.append(path.name)
    return found


def test_a_result_of_tables(command: Command) -> None:
    assert command(DEMO, *SHORT, "--no-biometrics").code == 0
    assert pictures_and_vectors(Path()) == []
    assert Path("demo.people/people.csv").read_text(encoding="utf-8").count("\n") > 1
    assert "only tables" in command("review", "demo.people").error
    assert command("export", "demo.people", "--format", "edl").code == 0
    assert "Nothing to remove" in command("purge", "demo.people", "--keep-tables").out


def test_films_of_a_project_leave_tables(command: Command) -> None:
    assert command(DEMO, "--project", "a.cast", *SHORT, "--no-biometrics").code == 0
    project = clusterer.Project("a.cast")
    (film,) = project.films
    assert film.state.value == "purged"
    assert pictures_and_vectors(project.path) == []
    assert load(project.result_folder(film).path).people
    assert "1 purged" in command("add", "a.cast", DEMO).out
    assert "purged" in command("list", "a.cast").out
    assert command("a.cast").code == 0  # nothing is analysed again


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of one film with pictures and vectors, which the tests copy."""
    place = tmp_path_factory.mktemp("stored")
    assert run(DEMO, "--project", "a.cast", *SHORT, cwd=place).returncode == 0
    return place / "a.cast"


@pytest.fixture
def before(command: Command, stored: Path) -> clusterer.Project:
    """That project, in the working folder."""
    del command
    return clusterer.Project(shutil.copytree(stored, "a.cast"))


def test_films_that_a_run_passes_over_keep_theirs(
    command: Command, before: clusterer.Project
) -> None:
    ran = command("add", "a.cast", DEMO, "--no-biometrics")
    assert ran.err == (
        "Note: 1 film done before and passed over: pictures and vectors stay;"
        " cluster-video purge a.cast --keep-tables removes them\n"
    )
    assert "1 unchanged" in ran.out
    assert [film.state for film in before.films] == [FilmState.DONE]
    assert pictures_and_vectors(before.path)


def test_films_that_a_run_does_anew_leave_tables(
    command: Command, before: clusterer.Project
) -> None:
    changed = ["--detection-width", "240", "--workers", "1", "--no-biometrics"]
    ran = command(DEMO, "--project", "a.cast", *changed)
    assert "1 done" in ran.out
    assert "passed over" not in ran.err
    assert [film.state for film in before.films] == [FilmState.PURGED]
    assert pictures_and_vectors(before.path) == []


@pytest.mark.parametrize("begun", [True, False])
def test_a_film_that_an_interrupted_run_began_anew_leaves_tables(
    command: Command, before: clusterer.Project, monkeypatch: pytest.MonkeyPatch, begun: bool
) -> None:
    def interrupted(*_args: object, **_how: object) -> None:
        if begun:
            before.result_folder(before.films[0]).write({".partial/000000.npz": b"vectors"})
        raise KeyboardInterrupt

    monkeypatch.setattr(season, "process_all", interrupted)
    assert command("add", "a.cast", DEMO, "--no-biometrics").code == 130
    assert (pictures_and_vectors(before.path) == []) is begun


def test_what_needs_stored_faces_is_refused(command: Command) -> None:
    more = ["--cluster", "tcp://host:1"]
    assert "--cluster has faces looked at" in command(DEMO, "--no-biometrics", *more).error
    assert not Path("demo.people").exists()
