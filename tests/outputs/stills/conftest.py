from __future__ import annotations

from pathlib import Path

import pytest

from clusterer.core.types import ClusteringResult
from tests.odd_clocks import write_film
from tests.result_folder import decided
from tests.video_files import picture


@pytest.fixture(scope="session")
def result() -> ClusteringResult:
    """Person 1 in frames 0, 10, 20 of one shot and 50, 60, 99 of another; person 2 in 0 and 10."""
    return decided()


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film of `result`: every frame shows its number."""
    path = tmp_path_factory.mktemp("film") / "small.mp4"
    return write_film(path, [picture(i) for i in range(100)])
