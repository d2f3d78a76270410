from __future__ import annotations

import pytest

from clusterer.core.types import ClusteringResult
from tests.outputs.report.builder import Scene, long_episode
from tests.outputs.report.crew import DRESSED


@pytest.fixture
def dressed() -> Scene:
    return DRESSED


@pytest.fixture(scope="session")
def hour() -> ClusteringResult:
    """An hour with 5,000 tracks."""
    return long_episode()
