"""The contract of detectors; every registered one must pass."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from clusterer.core.config import DetectionConfig
from clusterer.core.errors import ModelError
from clusterer.core.geometry import iou
from clusterer.core.types import Detections, Frame
from clusterer.faces.detection import Detector, create, names
from clusterer.faces.detection.picture import shrink
from tests.faces.detection.scrfd_network import in_place, likeness

FACE = np.array([[180.0, 70.0, 270.0, 175.0]], np.float32)
"""Eileen Collins' face in the astronaut picture (public domain, NASA), read off by eye."""


def frame(image: np.ndarray, index: int = 0) -> Frame:
    return Frame(index=index, pts=1000 + 10 * index, image=image)


def black(height: int, width: int) -> np.ndarray:
    return np.zeros((height, width, 3), np.uint8)


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, (height, width, 3), np.uint8)


@pytest.fixture(scope="module", params=names())
def detector(
    request: pytest.FixtureRequest,
    downloaded: None,
    portrait: np.ndarray,
    pair: np.ndarray,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Detector]:
    config = DetectionConfig(detector=request.param)
    try:
        result = create(config, threads=2)
    except ModelError as error:
        if request.param != "scrfd":
            pytest.skip(str(error))
    else:
        yield result
        return
    # Its weights are not free for every use: a network that finds two faces replaces them.
    small, scale = shrink(pair, config.width_px)
    left = (FACE[0] - [80, 0, 80, 0]) / np.tile(scale, 2)
    network = likeness([(portrait, FACE[0]), (small, left)])
    with in_place(network, tmp_path_factory.mktemp("models")):
        yield create(config, threads=2)


@pytest.fixture(scope="module")
def portrait() -> np.ndarray:
    data = pytest.importorskip("skimage.data")
    return np.asarray(data.astronaut())


@pytest.fixture(scope="module")
def pair(portrait: np.ndarray) -> np.ndarray:
    """Two people side by side, the right one lower."""
    canvas = np.full((420, 640, 3), 90, np.uint8)
    canvas[:300, :300] = portrait[:300, 80:380]
    canvas[120:, 330:630] = portrait[:300, 80:380]
    return canvas


def same(a: Detections, b: Detections) -> bool:
    return all(
        np.array_equal(getattr(a, name), getattr(b, name), equal_nan=name == "landmarks")
        for name in ("frame_index", "pts", "boxes", "scores", "landmarks")
    )


def test_has_its_name_and_models(detector: Detector, request: pytest.FixtureRequest) -> None:
    assert detector.name == request.node.callspec.params["detector"]
    assert all(len(digest) == 64 and int(digest, 16) >= 0 for digest in detector.models.values())


def test_no_frames(detector: Detector) -> None:
    assert detector.detect([]) == []


@pytest.mark.parametrize("size", [(360, 640), (0, 0), (0, 5)])
def test_an_empty_picture_has_no_faces(detector: Detector, size: tuple[int, int]) -> None:
    (result,) = detector.detect([frame(black(*size))])
    assert len(result) == 0
    assert result.landmarks.shape == (0, 5, 2)


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (31, 33), (2, 700), (701, 1), (97, 131)])
def test_odd_sizes(detector: Detector, size: tuple[int, int]) -> None:
    (result,) = detector.detect([frame(noise(*size))])
    assert (result.boxes >= 0).all()
    assert (result.boxes <= [size[1], size[0], size[1], size[0]]).all()


@pytest.mark.parametrize("size", [(2, 700), (700, 2)])
def test_a_strip_gives_the_same_result_each_time(detector: Detector, size: tuple[int, int]) -> None:
    result = detector.detect([frame(noise(*size))] * 20)
    assert len({(one.boxes.tobytes(), one.scores.tobytes()) for one in result}) == 1


def test_finds_a_real_face(detector: Detector, portrait: np.ndarray) -> None:
    (result,) = detector.detect([frame(portrait, index=41)])
    overlaps = iou(FACE, result.boxes)[0]
    assert (overlaps > 0.3).sum() == 1
    assert result.scores[overlaps.argmax()] == result.scores.max()
    assert set(result.frame_index) == {41}
    assert set(result.pts) == {1410}


def test_landmarks_are_in_their_places(detector: Detector, portrait: np.ndarray) -> None:
    (result,) = detector.detect([frame(portrait)])
    points = result.landmarks[iou(FACE, result.boxes)[0].argmax()]
    if np.isnan(points).all():
        return
    left_eye, right_eye, nose, left_mouth, right_mouth = points
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_mouth[0] < nose[0] < right_mouth[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])
    assert ((FACE[0, :2] < points) & (points < FACE[0, 2:])).all()


def test_landmarks_are_all_known_or_all_unknown(detector: Detector, pair: np.ndarray) -> None:
    (result,) = detector.detect([frame(pair)])
    assert np.isnan(result.landmarks).all() or np.isfinite(result.landmarks).all()


def test_boxes_of_a_large_picture_are_in_source_pixels(
    detector: Detector, portrait: np.ndarray
) -> None:
    large = portrait.repeat(3, axis=0).repeat(3, axis=1)
    (result,) = detector.detect([frame(large)])
    assert iou(3 * FACE, result.boxes).max() > 0.3
    assert np.abs(result.boxes - 3 * FACE).max(axis=1).min() < 0.5 * 3 * 105


def test_sorted_by_left_edge_then_top(detector: Detector, pair: np.ndarray) -> None:
    (result,) = detector.detect([frame(pair)])
    assert len(result) >= 2
    keys = [(box[0], box[1]) for box in result.boxes]
    assert keys == sorted(keys)


def test_boxes_stay_inside_the_picture(detector: Detector, portrait: np.ndarray) -> None:
    cut = np.ascontiguousarray(portrait[85:, 190:400])  # forehead and cheek are cut off
    (result,) = detector.detect([frame(cut)])
    assert len(result) >= 1
    assert (result.boxes >= 0).all()
    assert (result.boxes <= [210, 427, 210, 427]).all()
    assert (result.boxes[:, 2:] > result.boxes[:, :2]).all()


def test_a_batch_of_any_sizes_equals_single_frames(
    detector: Detector, portrait: np.ndarray, pair: np.ndarray
) -> None:
    pictures = [portrait, pair, black(360, 640), portrait[::-1].copy(), pair, noise(100, 60)]
    frames = [frame(image, index) for index, image in enumerate(pictures)]
    batch = detector.detect(frames)
    assert len(batch) == len(frames)
    assert all(
        same(result, detector.detect([one])[0]) for result, one in zip(batch, frames, strict=True)
    )
    assert [set(result.frame_index) <= {index} for index, result in enumerate(batch)] == [True] * 6


def test_same_pictures_same_bytes(detector: Detector, pair: np.ndarray) -> None:
    again = create(DetectionConfig(detector=detector.name), threads=1)
    before = pair.copy()
    (first,), (second,) = detector.detect([frame(pair)]), again.detect([frame(pair)])
    assert same(first, second)
    assert np.array_equal(pair, before)


def test_accepts_a_read_only_view(detector: Detector, pair: np.ndarray) -> None:
    view = pair[:, ::-1]
    view.setflags(write=False)
    copy = np.ascontiguousarray(view)
    assert same(detector.detect([frame(view)])[0], detector.detect([frame(copy)])[0])


def test_min_face_px_is_obeyed(detector: Detector, portrait: np.ndarray) -> None:
    (result,) = detector.detect([frame(portrait)])
    tallest = float(result.heights_px.max())
    for limit, expected in ((tallest - 1, True), (tallest + 1, False)):
        config = DetectionConfig(detector=detector.name, min_face_px=limit)
        (kept,) = create(config, 1).detect([frame(portrait)])
        assert (kept.heights_px >= limit).all()
        assert bool(len(kept)) is expected


def test_min_score_is_obeyed(detector: Detector, portrait: np.ndarray) -> None:
    (result,) = detector.detect([frame(portrait)])
    best = float(result.scores.max())
    for limit, expected in ((best - 0.01, True), (best + 0.01, False)):
        config = DetectionConfig(detector=detector.name, min_score=limit)
        (kept,) = create(config, 1).detect([frame(portrait)])
        assert (kept.scores >= limit).all()
        assert bool(len(kept)) is expected


def test_a_lower_min_score_only_adds(detector: Detector, pair: np.ndarray) -> None:
    counts = []
    for limit in (0.3, 0.5, 0.7):
        (result,) = create(DetectionConfig(detector=detector.name, min_score=limit), 1).detect(
            [frame(pair)]
        )
        counts.append(len(result))
    assert counts == sorted(counts, reverse=True)
