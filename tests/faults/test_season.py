"""A run over many films that is killed or interrupted leads to the same project when run again.

KILLS=50 pytest tests/faults/test_season.py -k killed
"""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from clusterer.core.errors import ProjectError
from clusterer.project.names import is_project
from clusterer.project.project import Project
from clusterer.project.run import process_all
from tests.cli.own_process import environment
from tests.faults.disk import Disk, fail_at
from tests.project.tiny_films import LINK, QUICK, dump, season

KILLS = int(os.environ.get("KILLS", "2"))
"""So often, at random times."""
SEED = int(os.environ.get("KILLS_SEED", "1"))
WORKERS = 2
AT_WORK = 20
"""Hundredths of a second of the processor's time."""
pytestmark = pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs groups of processes")


def start(place: Path) -> subprocess.Popen[str]:
    """Begin a run, in processes of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.season", place, str(WORKERS)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def finish(process: subprocess.Popen[str]) -> int:
    _, errors = process.communicate(timeout=120)
    assert process.returncode >= 0 or not errors.strip(), errors
    return process.returncode


def run_here(place: Path) -> dict[str, Any]:
    """Run to the end; what the project says then."""
    return dump(run_over(place))


def run_over(place: Path) -> Project:
    project = Project.create(place / "s.cast", config=QUICK, link=LINK)
    process_all(sorted((place / "films").iterdir()), project)
    return project


@pytest.fixture(scope="module")
def home(space: Path) -> Iterator[Path]:
    home = space / "seasons"
    season(home / "whole" / "films")
    yield home
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def whole(home: Path) -> tuple[dict[str, Any], float]:
    """What an uninterrupted run leads to, and how long it takes in processes."""
    place = home / "timed"
    shutil.copytree(home / "whole", place)
    started_s = time.monotonic()
    assert finish(start(place)) == 0
    duration_s = time.monotonic() - started_s
    expected = run_here(home / "whole")
    assert dump(Project(place / "s.cast")) == expected
    return expected, duration_s


def fresh(home: Path, name: str) -> Path:
    place = home / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    shutil.copytree(home / "whole" / "films", place / "films")
    return place


def readable(place: Path) -> None:
    """What is there can be read, whatever happened."""
    if not is_project(place / "s.cast"):
        return  # it was not made yet
    project = Project(place / "s.cast")
    assert len(project.films) <= 3
    for film in project.films:
        if film.key:
            assert project.result(film).people


@pytest.mark.parametrize("turn", range(KILLS))
def test_killed_at_any_moment(home: Path, whole: tuple[dict[str, Any], float], turn: int) -> None:
    expected, duration_s = whole
    chances = random.Random(1000 * SEED + turn)
    place = fresh(home, "killed")
    for _ in range(chances.choice([1, 1, 2])):  # again and again, too
        process = start(place)
        time.sleep(chances.uniform(0.0, duration_s))
        os.killpg(process.pid, signal.SIGKILL)
        finish(process)
        readable(place)
    assert run_here(place) == expected


def test_interrupted(home: Path, whole: tuple[dict[str, Any], float]) -> None:
    expected, duration_s = whole
    place = fresh(home, "interrupted")
    process = start(place)
    time.sleep(0.6 * duration_s)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    readable(place)
    assert run_here(place) == expected


@pytest.mark.parametrize("share", [0.1, 0.45, 0.8])
def test_a_full_disk_costs_the_film_and_no_attempt(
    home: Path, whole: tuple[dict[str, Any], float], steps: int, share: float
) -> None:
    """A film that cannot be stored fails, others are done; a full project ends the run."""
    expected, _ = whole
    place = fresh(home, "full")
    project = Project.create(place / "s.cast", config=QUICK, link=LINK)
    with (
        suppress(ProjectError),
        Disk(place, fail_at(round(share * steps), errno.ENOSPC)).watched(),
    ):
        run_over(place)
    assert all(film.attempts == 0 for film in project.films)
    assert run_here(place) == expected


@pytest.fixture(scope="module")
def steps(home: Path) -> int:
    """How often a run changes the disk."""
    place = fresh(home, "counted")
    disk = Disk(place)
    with disk.watched():
        run_over(place)
    return len(disk.steps)


def test_a_worker_killed_once_costs_nothing(
    home: Path, whole: tuple[dict[str, Any], float]
) -> None:
    expected, _ = whole
    place = fresh(home, "worker")
    process = start(place)
    deadline_s = time.monotonic() + 60
    while not (workers := _workers(process.pid)):
        assert time.monotonic() < deadline_s
        time.sleep(0.01)
    os.kill(workers[-1], signal.SIGKILL)
    _, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (0, "")
    assert dump(Project(place / "s.cast")) == expected


def _workers(session: int) -> list[int]:
    """Worker processes of a session, at work: those that the server of forks started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8").rpartition(")")[2].split()
            command = (stat.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[3]) == session and b"forkserver" in command:
            ticks = int(fields[11]) + int(fields[12])
            found.append((int(fields[1]), int(stat.parent.name), ticks))
    servers = {pid for parent, pid, _ in found if parent == session}
    return sorted(pid for parent, pid, ticks in found if parent in servers and ticks >= AT_WORK)
