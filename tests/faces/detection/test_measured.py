"""The registry's figures match what the detectors find in the sample film."""

from __future__ import annotations

from types import ModuleType

import pytest

from clusterer.core.config import DetectionConfig
from clusterer.core.errors import ModelError
from clusterer.core.types import Frame
from clusterer.evaluation import Truth, read_truth
from clusterer.faces.detection import DETECTORS, create
from tests.conftest import DEMO

SLOW = {"cnn"}
"""Ten seconds on one thread: measured by the benchmark only, and held to dlib in `test_cnn`."""


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    """The command that the figures come from."""
    module: ModuleType = pytest.importorskip("benchmarks.faces.detectors")
    return module


@pytest.fixture(scope="module")
def truth() -> Truth:
    return read_truth(DEMO.with_suffix(".truth.csv"))


@pytest.fixture(scope="module")
def frames(benchmark: ModuleType, truth: Truth) -> list[Frame]:
    """Those of the benchmark that show a face: the others have no part in recall."""
    return [frame for frame in benchmark.labelled(DEMO, truth) if frame.index in truth.frame]


@pytest.mark.parametrize("name", sorted(set(DETECTORS.built_in) - SLOW))
def test_recall(
    name: str, benchmark: ModuleType, frames: list[Frame], truth: Truth, downloaded: None
) -> None:
    measured = DETECTORS.built_in[name].measured
    try:
        detector = create(DetectionConfig(detector=name), 2)
    except ModelError as error:
        pytest.skip(str(error))
    assert measured is not None
    found = dict(zip([frame.index for frame in frames], detector.detect(frames), strict=True))
    recall = benchmark.Looked(found, 0.0).scores(truth).face_recall
    assert measured.score == pytest.approx(recall, abs=0.01)
    assert measured.time_ms > 0


def test_what_is_not_at_hand_has_no_figures() -> None:
    assert DETECTORS.built_in["scrfd"].measured is None
