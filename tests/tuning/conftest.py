from __future__ import annotations

from pathlib import Path

import pytest

from clusterer.tuning import Clip, Row, Space, load, sources, sweep
from tests.tuning.builder import store


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, ...]:
    """Two films with their truth."""
    folder = tmp_path_factory.mktemp("films")
    paths = [store(folder / f"{name}.people", seed) for seed, name in enumerate(("one", "two"))]
    return tuple(load(source) for source in sources(paths))


@pytest.fixture(scope="session")
def swept(films: tuple[Clip, ...]) -> tuple[Row, ...]:
    """All methods and metrics, three thresholds each and the default."""
    return sweep(films, Space(grid={"l2": [0.2, 0.3, 0.5], "cosine": [0.01, 0.05, 0.3]}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A result folder with a truth file beside it."""
    return store(tmp_path / "one.people")
