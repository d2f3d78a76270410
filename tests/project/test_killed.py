"""Whatever is done to a project, killed at any time it opens as before or as after."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from clusterer.outputs import report
from clusterer.project import database
from clusterer.project.project import Project
from tests.faults.disk import Disk
from tests.project.season import CONFIG, copied, film, made_up, of_results

POINTS = 9
"""Of each work, evenly between its first and last change."""
MEMORY = Path("/dev/shm")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


def name(project: Project) -> None:
    project.name("person-1", "Anna")
    project.catch_up()


def undo(project: Project) -> None:
    project.undo()
    project.catch_up()


def add(project: Project) -> None:
    project.put_film(film(3), made_up(["person-1", "person-2"], dimension=8))
    project.link()


def describe(project: Project) -> None:
    project.put_film(project.film(1), made_up(["person-1"], dimension=8))
    project.link()


def remove(project: Project) -> None:
    project.remove(1, result=True)


WORK: dict[str, Callable[[Project], None]] = {
    "name": name, "undo": undo, "add": add, "describe": describe, "remove": remove,
}  # fmt: skip


@pytest.fixture(scope="module")
def space() -> Iterator[Path]:
    """A folder in memory where the system has one: each try copies and syncs a project."""
    fast = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    folder = Path(tempfile.mkdtemp(prefix="killed-", dir=MEMORY if fast else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def before(space: Path) -> Project:
    project = of_results(space / "before.cast")
    project.same("person-1", "person-2")
    project.catch_up()
    return project


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "render", lambda *_, **__: "page")


def seen(project: Project) -> tuple[Any, ...]:
    """What a reader finds, without times."""
    edits = [(e.action, e.who, e.others, e.name) for e in project.edits]
    crowd = project.crowd()
    assert crowd is not None
    facts = [(f.id, f.name, f.state) for f in project.films]
    people = repr(project.people)
    return facts, people, edits, len(project.undone), crowd.sums.tolist()


def counted(act: Callable[[int], None], place: Path, work: Callable[[Project], None]) -> None:
    """Do it, calling `act` before each statement of SQL and each change of the disk."""
    step = 0

    def tick(*_: object) -> None:
        nonlocal step
        act(step)
        step += 1

    real = database._connect

    def connect(file: Path, way: str) -> sqlite3.Connection:
        connection = real(file, way)
        connection.set_trace_callback(tick)
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_connect", connect)
        with Disk(place, tick).watched():
            work(Project(place))


def killed(step: int, place: Path, work: Callable[[Project], None]) -> bool:
    """Whether the work was killed before a step, in a process of its own."""
    child = os.fork()
    if not child:

        def act(now: int) -> None:
            if now == step:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            counted(act, place, work)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("kind", WORK)
def test_a_project_whose_writer_was_killed_opens_and_goes_on(
    kind: str, before: Project, space: Path
) -> None:
    work, steps = WORK[kind], []
    done = copied(before, space / kind / "done" / "a.cast")
    counted(steps.append, done.path, work)
    old, new = seen(before), seen(Project(done.path))
    assert len(steps) > 20
    home = space / kind / "try" / "a.cast"
    found = []
    for step in range(0, len(steps), max(1, len(steps) // POINTS)):
        shutil.rmtree(home.parent, ignore_errors=True)
        home.parent.mkdir()
        copied(before, home)
        assert killed(step, home, work)
        project = Project(home)
        half = seen(project)
        if kind in {"add", "describe", "remove"}:  # two steps: the film, then who is who
            with project.writing():
                assert len(project.films) in {len(old[0]), len(new[0])}
            project.link()
        else:
            assert half in (old, new)
        found.append(half == old)
        if seen(project) == old or kind in {"add", "describe"}:
            work(project)
        project.catch_up()
        assert seen(Project(home)) == new
        for one in project.films:
            if (project.path / one.folder).exists():
                project.result_folder(one).load()
        named = set(project._now().vectors.values())
        assert {path.name for path in (home / "vectors").iterdir()} == named
    assert found[0]
    assert not found[-1]


def test_a_project_that_was_begun_is_made_again(tmp_path: Path) -> None:
    def make(_: object) -> None:
        Project.create(tmp_path / "a.cast", config=CONFIG)

    real = database._connect
    for step in range(0, 40, 3):
        shutil.rmtree(tmp_path / "a.cast", ignore_errors=True)
        child = os.fork()
        if not child:
            count = 0

            def tick(*_: object, step: int = step) -> None:
                nonlocal count
                if count == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                count += 1

            def connect(file: Path, way: str) -> sqlite3.Connection:
                connection = real(file, way)
                connection.set_trace_callback(tick)
                return connection

            database._connect = connect
            make(None)
            os._exit(0)
        os.waitpid(child, 0)
        assert Project.create(tmp_path / "a.cast", config=CONFIG).people == ()
