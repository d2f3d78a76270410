"""The registry, and the rules of `finish`."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import DetectionConfig
from clusterer.core.errors import ConfigError
from clusterer.core.types import Frame
from clusterer.faces.detection import DETECTORS, create, names, weights
from clusterer.faces.detection.base import finish
from clusterer.models.bundled import Weights
from clusterer.outputs.report.wording import UNKNOWN_LICENCE, licence

FRAME = Frame(index=3, pts=90, image=np.zeros((100, 200, 3), np.uint8))
CONFIG = DetectionConfig(min_score=0.5, min_face_px=10)


def test_importing_the_package_loads_no_model_library() -> None:
    code = (
        "import sys, clusterer.faces.detection; "
        "print([m for m in ('cv2', 'dlib', 'onnx', 'onnxruntime', 'skimage') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_names_are_sorted_and_complete() -> None:
    assert names() == tuple(sorted(DETECTORS.built_in))
    assert DetectionConfig().detector in names()


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="'haar'") as caught:
        create(DetectionConfig(detector="haar"), 1)
    assert all(name in caught.value.remedy for name in names())
    with pytest.raises(ConfigError, match="'haar'"):
        weights("haar")


def test_the_weights_of_every_detector_can_be_hashed_without_loading_it() -> None:
    assert [file.name for file in weights("centerface")] == ["centerface.onnx"]
    assert weights("hog") == ()
    carried = [file for name in names() for file in weights(name) if isinstance(file, Weights)]
    assert {file.package for file in carried} == {"clusterer", "face_recognition_models", "skimage"}
    assert all(file.find().is_file() for file in carried)


@pytest.mark.parametrize("name", names())
def test_every_file_has_a_licence_in_the_report(name: str) -> None:
    for file in weights(name):
        assert licence(file.name) != UNKNOWN_LICENCE
    assert licence("det_10g.onnx") == "Non-commercial research only (InsightFace)"


def test_zero_threads_are_refused() -> None:
    with pytest.raises(ConfigError, match="threads is 0"):
        create(DetectionConfig(), 0)


def test_finish_clips_drops_and_sorts() -> None:
    boxes = np.array(
        [
            [150, 20, 230, 60],  # crosses the right edge: clipped to 200
            [50, 60, 70, 80],  # same left edge as the next, lower: comes after it
            [50, 10, 70, 30],
            [-20, -20, 30, 9.5],  # 9.5 px remain of its height: dropped
            [0, 90, 20, 130],  # exactly 10 px remain: kept
            [200, 20, 240, 60],  # nothing remains of its width: dropped
            [20, 20, 40, 40],  # score just under the limit: dropped
        ]
    )
    scores = np.array([0.9, 0.5, 0.6, 0.9, 0.7, 0.9, 0.499])
    landmarks = np.arange(7)[:, None, None] * np.ones((7, 5, 2))
    result = finish(FRAME, boxes, scores, landmarks, CONFIG)
    assert result.boxes.tolist() == [
        [0, 90, 20, 100],
        [50, 10, 70, 30],
        [50, 60, 70, 80],
        [150, 20, 200, 60],
    ]
    assert result.landmarks[:, 0, 0].tolist() == [4, 2, 1, 0]
    assert result.scores.tolist() == np.float32([0.7, 0.6, 0.5, 0.9]).tolist()
    assert result.frame_index.tolist() == [3] * 4
    assert result.pts.tolist() == [90] * 4


def test_of_two_equal_boxes_the_higher_score_comes_first() -> None:
    boxes = np.array([[5, 5, 40, 40], [5, 5, 40, 40]])
    result = finish(FRAME, boxes, np.array([0.6, 0.8]), None, CONFIG)
    assert result.scores.tolist() == np.float32([0.8, 0.6]).tolist()
    assert np.isnan(result.landmarks).all()


coordinate = st.floats(-300, 500, width=32)


@given(st.lists(st.tuples(coordinate, coordinate, coordinate, coordinate, st.floats(0, 1))))
def test_invariants_of_finish_for_any_boxes(rows: list[tuple[float, ...]]) -> None:
    table = np.array(rows, np.float64).reshape(-1, 5)
    boxes = np.concatenate(
        [np.minimum(table[:, :2], table[:, 2:4]), np.maximum(table[:, :2], table[:, 2:4])], axis=1
    )
    result = finish(FRAME, boxes, table[:, 4], None, CONFIG)
    assert (result.boxes >= 0).all()
    assert (result.boxes <= [200, 100, 200, 100]).all()
    assert (result.scores >= 0.5).all()
    assert (result.heights_px >= 10).all()
    keys = [(*box[:2], -score) for box, score in zip(result.boxes, result.scores, strict=True)]
    assert keys == sorted(keys)
