"""What is done to photographs, and to the face that was found on them."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.faces.verification import blurred, compressed, shrunk, worse
from clusterer.core.types import Detections, ImageArray

HEIGHT_PX = 80


@pytest.fixture
def photograph() -> ImageArray:
    noise = np.random.default_rng(0).integers(0, 256, (160, 120, 3))
    return noise.astype(np.uint8)


@pytest.fixture
def face() -> Detections:
    return Detections(
        frame_index=np.zeros(1, np.int64),
        pts=np.zeros(1, np.int64),
        boxes=np.array([[30, 40, 90, 40 + HEIGHT_PX]], np.float32),
        scores=np.ones(1, np.float32),
        landmarks=np.full((1, 5, 2), (60, 80), np.float32),
    )


def test_the_face_shrinks_with_the_photograph(photograph: ImageArray, face: Detections) -> None:
    image, found = shrunk(HEIGHT_PX / 4)(photograph, face)
    assert image.shape == (40, 30, 3)
    assert found.boxes.tolist() == [[7.5, 10, 22.5, 30]]
    assert found.landmarks[0].tolist() == [[15, 20]] * 5


def test_small_faces_are_not_enlarged(photograph: ImageArray, face: Detections) -> None:
    image, found = shrunk(2 * HEIGHT_PX)(photograph, face)
    assert np.array_equal(image, photograph)
    assert np.array_equal(found.boxes, face.boxes)


def test_blur_and_compression_take_detail(photograph: ImageArray, face: Detections) -> None:
    soft = [blurred(sigma)(photograph, face)[0].std() for sigma in (0.02, 0.08)]
    assert photograph.std() > soft[0] > soft[1]
    errors = [
        np.abs(
            compressed(quality)(photograph, face)[0] - shrunk(64)(photograph, face)[0].astype(float)
        ).mean()
        for quality in (50, 10)
    ]
    assert 0 < errors[0] < errors[1]


def test_every_kind_keeps_one_face(photograph: ImageArray, face: Detections) -> None:
    for worsen in worse().values():
        image, found = worsen(photograph, face)
        assert image.dtype == np.uint8
        assert len(found) == 1
