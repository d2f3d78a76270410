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
"""Take ten seconds on one thread: measured only by the benchmark, compared in `test_cnn`."""


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    """The command that measured the figures."""
    module: ModuleType = pytest.importorskip("benchmarks.faces.detectors")
    return module


@pytest.fixture(scope="module")
def truth() -> Truth:
    return read_truth(DEMO.with_suffix(".truth.csv"))


@pytest.fixture(scope="module")
def frames(benchmark: ModuleType, truth: Truth) -> list[Frame]:
    """Frames of the benchmark that show a face: the others do not affect recall."""
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
    detections_of = dict(
        zip([frame.index for frame in frames], detector.detect(frames), strict=True)
    )
    recall = benchmark.Looked(detections_of, 0.0).scores(truth).face_recall
    assert measured.score == pytest.approx(recall, abs=0.01)
    assert measured.time_ms > 0


def test_a_detector_that_is_not_measured_has_no_figures() -> None:
    assert DETECTORS.built_in["scrfd"].measured is None
