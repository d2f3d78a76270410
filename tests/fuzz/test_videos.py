"""60 damaged films: each is analysed, or refused in one line; none crashes or hangs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz.films import SEED, Runner, films, mutants

FILMS = 60


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return films(tmp_path_factory.mktemp("films"))


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    running = Runner()
    yield running
    running.close()


def test_whole_films_are_analysed(whole: dict[str, bytes], runner: Runner, tmp_path: Path) -> None:
    for name, content in whole.items():
        (tmp_path / name).write_bytes(content)
        ran = runner.run(tmp_path / name, tmp_path / f"{name}.people")
        assert (name, ran.code, ran.err) == (name, 0, "")


@pytest.mark.parametrize("number", range(FILMS))
def test_a_damaged_film(
    whole: dict[str, bytes], runner: Runner, tmp_path: Path, number: int
) -> None:
    name, content = mutants(whole, SEED, number)
    (tmp_path / name).write_bytes(content)
    ran = runner.run(tmp_path / name, tmp_path / "x.people")
    assert not ran.problem
    assert (tmp_path / "x.people" / "report.html").exists() == (ran.code == 0)
