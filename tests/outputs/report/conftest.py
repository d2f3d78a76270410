from __future__ import annotations

from pathlib import Path

import pytest

from clusterer.core.types import ClothingDecision, ClusteringResult, Move, Reason
from clusterer.outputs.report import render
from tests.outputs.report.builder import Cast, Scene, long_episode, reader, torso_reader
from tests.outputs.report.crew import CREW


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
def crew(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Path of the page of `CREW`, to be corrected."""
    path = tmp_path_factory.mktemp("crew") / "report.html"
    path.write_text(render(CREW.build(), reader(), names=("Eve",)), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def dressed() -> Scene:
    """Ada, of whose tracks 0, 2, 4, … clothing moved the last three, of Bob's the one of 1, 3."""
    return Scene(
        [
            Cast(range(0, 12, 2), "Ada"),
            Cast([1, 3], "Bob"),
            Cast([5], "Unknown 1", Reason.NO_MATCH),
        ],
        shot_count=12,
        clothing=(
            ClothingDecision(1, Move.SPLIT, -0.2, -2.3026, None),
            ClothingDecision(5, Move.SPLIT, 0.0, -2.0, 1.0),
            ClothingDecision(6, Move.JOINED, 0.1, 2.9957, 0.6931),
            ClothingDecision(7, Move.JOINED, 1.0986, 1.6094, -1.0986),
            ClothingDecision(8, Move.JOINED, 1.0986, 1.6094, -1.0986),
        ),
    )


@pytest.fixture(scope="session")
def dressed_sheet(dressed: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Path of the page of `dressed`; of the second face of track 8 no torso is kept."""
    read = torso_reader()
    path = tmp_path_factory.mktemp("dressed") / "report.html"
    html = render(dressed.build(), reader(), lambda row: None if row == 33 else read(row))
    path.write_text(html, encoding="utf-8")
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
