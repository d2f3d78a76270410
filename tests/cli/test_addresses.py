"""Addresses on the command line: opened only where that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import clusterer
from tests.cli.conftest import Ran
from tests.digests import digests
from tests.project.tiny_films import tiny_film

fsspec = pytest.importorskip("fsspec", reason="the extra [cluster] is not installed")
Command = Callable[..., Ran]
QUICK = ("--sample-rate", "2", "--detection-width", "256", "--min-faces", "1", "--workers", "1")


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Any]:
    """The file system of memory://, with a film."""
    system = fsspec.filesystem("memory")
    system.pipe("/films/e0.mp4", tiny_film(tmp_path / "films" / "e0.mp4").read_bytes())
    yield system
    system.store.clear()


def test_refused_unless_asked_for(command: Command, files: Any) -> None:
    assert command("memory://films/e0.mp4").error == (
        "Error: memory://films/e0.mp4 is an address, and cluster-video works offline. Download the"
        " video and give the file, or add --scratch DIR to read it through a copy there\n"
    )
    assert list(Path().iterdir()) == []


def test_one_film(command: Command, files: Any) -> None:
    ran = command("memory://films/e0.mp4", "--scratch", "scratch", *QUICK)
    assert ran.code == 0
    assert sorted(path.name for path in Path().iterdir()) == ["e0.people", "scratch"]
    assert clusterer.load("e0.people").analysis.video.path == "e0.mp4"


def test_a_project(command: Command, files: Any, tmp_path: Path) -> None:
    files.pipe("/films/e1.mp4", tiny_film(tmp_path / "films" / "e1.mp4", 1).read_bytes())
    how = ("--scratch", "scratch", "--scratch-size", "0.01")
    assert command("memory://films/e0.mp4", "--project", "s.cast", *how, *QUICK).code == 0
    assert command("add", "s.cast", "memory://films/e1.mp4", *how, "--workers", "1").code == 0
    ran = command("add", "s.cast", "memory://films/none.mp4", *how, "--workers", "1")
    assert ran.code == 1
    assert "Error: There is no memory://films/none.mp4. Check the address" in ran.err
    assert command("list", "s.cast").out.count(" done ") == 2


def test_a_project_goes_on_with_films_at_addresses(command: Command, files: Any) -> None:
    how = ("--scratch", "scratch")
    assert command("memory://films/e0.mp4", "--project", "s.cast", *how, *QUICK).code == 0
    ran = command("s.cast", *how, "--workers", "1")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("s.cast: 1 film (1 unchanged), ")
    files.rm("/films/e0.mp4")
    ran = command("s.cast", *how, "--workers", "1")
    gone = "Error: There is no memory://films/e0.mp4. Check the address\n"
    assert (ran.code, ran.err) == (1, gone)
    assert command("list", "s.cast").out.count(" done ") == 1


def test_a_result_there_and_back(command: Command, files: Any, demo: clusterer.Outcome) -> None:
    address = "memory://results/demo.people"
    assert command("copy", demo.folder, address).out == f"Result: {address}\n"
    assert command("copy", address, "back.people").out == "Result: back.people\n"
    assert digests(Path("back.people")) == digests(demo.folder)
    assert "is not empty" in command("copy", address, "back.people").error
    assert "must be an address" in command("copy", "a", "b").error
    assert "must be an address" in command("copy", address, address).error


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--scratch-size", "0"), "'0.0' is not a size of a scratch folder. Give it in GB"),
        (("--cluster", "tcp://a:1", "--workers", "2"), "--workers and --cluster exclude each"),
        (("--cluster", "a:1"), "a:1 is not the address of a scheduler. Give it as tcp://host"),
    ],
)
def test_what_makes_no_sense(
    command: Command, tmp_path: Path, args: tuple[str, ...], message: str
) -> None:
    if "a:1" in args:
        pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
    assert message in command(tiny_film(tmp_path / "e0.mp4"), *args).error
