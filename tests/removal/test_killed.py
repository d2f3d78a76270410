"""A purge that is killed at any change of the disk can be repeated, and leads to the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from clusterer.core.errors import ConfigError, ResultError
from clusterer.removal.purge import purge
from clusterer.store.folder import load
from clusterer.store.marker import read_marker
from clusterer.store.names import MARKER
from tests.faults.disk import Disk, Stopped, stop_at, tree
from tests.removal.test_results import made
from tests.removal.traces import Traces, traces_of

__all__ = ["made"]

EACH = 8
"""Of the changes of the disk, every so many, beginning with another one in each case."""


def _all(folder: Path) -> None:
    with suppress(ResultError):  # nothing was left to do
        purge(folder)


def _tables(folder: Path) -> None:
    purge(folder, keep_tables=True, keep_names=False)


def _ann(folder: Path) -> None:
    with suppress(ConfigError):  # she was gone already
        purge(folder, people=["Ann Archer"])


CASES: dict[str, tuple[Callable[[Path], None], tuple[str, ...], tuple[int, ...] | None]] = {
    "everything": (_all, ("Ann", "Bob"), None),
    "tables stay": (_tables, ("Ann", "Bob"), None),
    "one person": (_ann, ("Ann", "Archer"), (0, 2)),
}


@pytest.mark.parametrize("name", CASES)
def test_killed_before_a_change(name: str, made: Path, tmp_path: Path) -> None:
    do, names, tracks = CASES[name]
    traces = traces_of(made, load(made).analysis, tracks, names)
    whole, steps = done(do, made, tmp_path)
    assert len(steps) > EACH
    for step in range(len(name) % EACH, len(steps), EACH):
        folder = copied(made, tmp_path)
        with Disk(folder.parent, stop_at(step)).watched(), pytest.raises(Stopped):
            do(folder)
        with Disk(folder.parent).watched():  # without waiting for the disk
            do(folder)
        assert traces.found(folder.parent) == [], f"step {step}, {steps[step]}"
        assert files(folder) == whole, f"step {step}, {steps[step]}"


def done(
    do: Callable[[Path], None], made: Path, tmp_path: Path
) -> tuple[dict[str, object], list[str]]:
    """All files in the end, and the kinds of all changes."""
    folder = copied(made, tmp_path)
    disk = Disk(folder.parent)
    with disk.watched():
        do(folder)
    return files(folder), disk.steps


def copied(made: Path, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    return Path(shutil.copytree(made, home / "small.people"))


def files(folder: Path) -> dict[str, object]:
    """All files, the marker by what it lists."""
    if not folder.exists():
        return {}
    found: dict[str, object] = {n: data for n, data in tree(folder).items() if data is not None}
    if MARKER in found:
        found[MARKER] = read_marker(folder)
    return found


def test_the_traces_are_there_before(made: Path) -> None:
    for _, names, tracks in CASES.values():
        assert traces_of(made, load(made).analysis, tracks, names).found(made)
    assert Traces(names=("Ann",)).found(made)
