from __future__ import annotations

from pathlib import Path

import pytest

from clusterer.report import render
from clusterer.types import ClusteringResult, Reason

from .builder import Cast, Scene, long_episode, reader


@pytest.fixture(scope="session")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Path of a page with three people (one with many pictures) and two unknowns."""
    cast = [
        Cast(range(0, 40, 2), "Ada"),
        Cast([1, 5, 9], "Bob"),
        Cast([3], "Cleo"),
        Cast([7], "Unknown 1", Reason.TOO_SMALL),
        Cast([8], "Unknown 2", Reason.NO_MATCH),
    ]
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(Scene(cast, shot_count=40).build(), reader()), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def hour() -> ClusteringResult:
    """An hour with 5,000 tracks."""
    return long_episode()


@pytest.fixture(scope="session")
def hour_sheet(hour: ClusteringResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Path of the page of `hour`."""
    path = tmp_path_factory.mktemp("hour") / "report.html"
    path.write_text(render(hour, reader()), encoding="utf-8")
    return path
