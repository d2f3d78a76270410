"""``--workers``: any number gives the same; each video has processes of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clusterer.core.cores import usable_cores
from clusterer.pipeline import workers
from clusterer.pipeline.workers import WorkerProcesses
from tests.cli.conftest import Ran
from tests.digests import digests
from tests.video_files import picture, write_video

Command = Callable[..., Ran]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen seconds of eight shots, without a face."""
    pictures = (picture(n, n // 48) for n in range(16 * 24))
    path = tmp_path_factory.mktemp("film") / "a.mp4"
    return write_video(path, pictures, options={"preset": "ultrafast", "g": "24"})


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Number of workers of each pool that starts."""
    pools: list[int] = []

    def count(most: int, *args: Any) -> Any:
        pools.append(most)
        return real(most, *args)

    real = workers.ProcessPoolExecutor
    monkeypatch.setattr(workers, "ProcessPoolExecutor", count)
    return pools


@pytest.mark.parametrize("number", ["0", "-1", "two", "1.5", ""])
def test_what_is_not_a_number_of_workers(command: Command, film: Path, number: str) -> None:
    ran = command(film, "--workers", number)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[-1].startswith("Error: Invalid value for '--workers': ")
    assert list(Path.cwd().iterdir()) == []


def test_any_number_gives_the_same(command: Command, film: Path, counted: list[int]) -> None:
    """One worker is this process; several end before people are grouped, which needs memory."""
    assert command(film, "-o", "one.people", "--workers", 1).code == 0
    assert counted == []
    bad, other = Path("bad.mp4"), Path("other.mp4")
    bad.write_bytes(b"x" * 1000)
    other.write_bytes(film.read_bytes() + b"\0\0\0\x08free")
    ran = command(film, bad, other, "-o", "all", "--workers", 2)
    assert ran.code == 1
    assert "bad.mp4" in ran.err
    assert counted == [2, 2]
    assert digests(Path("all/a.people"), "analysis.npz") == digests(
        Path("one.people"), "analysis.npz"
    )
    assert Path("all/other.people/report.html").exists()
    again = command(film, "-o", "one.people", "--workers", 2)
    assert (again.code, counted) == (0, [2, 2]), "a stored analysis needs no workers"


def test_the_default_is_the_number_of_cores() -> None:
    assert WorkerProcesses()._max_workers == min(usable_cores(), 61)


def test_a_machine_without_shared_memory(
    command: Command, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(workers, "ProcessPoolExecutor", fail)
    ran = command(film, "--workers", 2)
    assert ran.code == 0
    assert ran.err == (
        "a.mp4: no worker processes can be started ([Errno 38] Function not implemented); "
        "one does all the work\n"
    )
