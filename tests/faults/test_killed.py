"""Killed by the system: locks are free again, and the same work can be done again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.own_process import environment
from tests.faults.disk import Disk
from tests.faults.work import WORK, corrections, files, prepare, seen, without_networks

EACH = 15
"""Every so many changes of the disk."""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
@pytest.mark.parametrize("name", ["run with other settings", "run with --replace", "review"])
def test_killed_by_the_system(name: str, space: Path) -> None:
    home = space / f"killed {name}"
    home.mkdir()
    with without_networks():
        prepare(home / "before", WORK[name])
        done = Path(shutil.copytree(home / "before", home / "done"))
        disk = Disk(done)
        with disk.watched():
            WORK[name].do(done)
        old, new, kept = seen(home / "before"), seen(done), corrections(home / "before")
        steps = [str(step) for step in range(EACH // 2, len(disk.steps), EACH)]
        ran = subprocess.run(
            [sys.executable, "-m", "tests.faults.killing", name, home / "before", home, *steps],
            capture_output=True,
            text=True,
            env=environment(),
            check=True,
        )
        assert ran.stdout.split("\n")[:-1] == [f"{step} {signal.SIGKILL.value}" for step in steps]
        for step in steps:
            assert seen(home / step) in (old, new), step
            assert all(edits in corrections(home / step) for edits in kept if edits), step
            WORK[name].do(home / step)
            assert files(home / step) == files(done), step
    shutil.rmtree(home)
