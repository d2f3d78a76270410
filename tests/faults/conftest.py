"""The folders that every test of faults begins with."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.disk import Disk
from tests.faults.work import WORK, Work, files, prepare, seen, without_networks

MEMORY = Path("/dev/shm")


@pytest.fixture(scope="session")
def space() -> Iterator[Path]:
    """A folder in memory where the system has one: thousands of folders are made and deleted."""
    fast = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    folder = Path(tempfile.mkdtemp(prefix="faults-", dir=MEMORY if fast else None)).resolve()
    yield folder
    shutil.rmtree(folder)


@dataclass(frozen=True, slots=True)
class Case:
    """Something that a user does, and what it leads to if nothing goes wrong.

    Attributes
    ----------
    work : it
    before : the folder before
    old, new : what a reader finds before and after
    whole : all files after
    steps : kind of each change of the disk
    """

    work: Work
    before: Path
    old: object
    new: object
    whole: dict[str, object]
    steps: list[str]

    def copy(self) -> Path:
        """The folder before, to try in."""
        to = self.before.with_name("try")
        shutil.rmtree(to, ignore_errors=True)
        return Path(shutil.copytree(self.before, to))


@pytest.fixture(scope="module", params=WORK)
def case(request: pytest.FixtureRequest, space: Path) -> Iterator[Case]:
    with without_networks():
        home = space / request.module.__name__ / request.param
        home.mkdir(parents=True)
        before, work = home / "before", WORK[request.param]
        prepare(before, work)
        done = Path(shutil.copytree(before, home / "done"))
        disk = Disk(done)
        with disk.watched():
            work.do(done)
        yield Case(work, before, seen(before), seen(done), files(done), disk.steps)
        shutil.rmtree(home)
