"""dlib's CNN detector: the same numbers as in dlib."""

from __future__ import annotations

import dlib
import numpy as np
import pytest

from clusterer.core.config import DetectionConfig
from clusterer.core.errors import ModelError
from clusterer.core.types import Frame, ImageArray
from clusterer.faces.detection import create, weights
from clusterer.faces.detection.cnn import Cnn, suppress
from clusterer.faces.detection.pyramid import layout, to_picture
from clusterer.media import probe
from clusterer.models.dlib_onnx.layers import Search
from tests.conftest import DEMO


@pytest.fixture(scope="module")
def cnn() -> Cnn:
    detector = create(DetectionConfig(detector="cnn"), 1)
    assert isinstance(detector, Cnn)
    return detector


@pytest.fixture(scope="module")
def original() -> dlib.cnn_face_detection_model_v1:
    (file,) = weights("cnn")
    return dlib.cnn_face_detection_model_v1(str(file.find()))


@pytest.fixture(scope="module")
def portrait() -> ImageArray:
    return np.asarray(pytest.importorskip("skimage.data").astronaut())


def check(cnn: Cnn, original: dlib.cnn_face_detection_model_v1, image: ImageArray) -> int:
    """Compare with dlib, and return the number of faces."""
    expected = original(image, 0)
    rectangles = [(r.left(), r.top(), r.right(), r.bottom()) for r in (e.rect for e in expected)]
    boxes, margins = cnn.find(image)
    assert len(boxes) == len(expected)
    if len(boxes):
        assert np.abs(boxes - np.array(rectangles)).max() <= 1
        assert np.abs(margins - [e.confidence for e in expected]).max() < 1e-3
    return len(boxes)


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (slice(0, 260), slice(100, 360)),
        (slice(60, 200), slice(0, 512)),  # wide: the second column of the canvas is short
        (slice(0, 512), slice(150, 300)),  # tall
        (slice(60, 180), slice(170, 290)),  # hardly larger than the face
        (slice(90, 120), slice(190, 201)),
    ],
)
def test_boxes_and_margins_equal_dlibs(
    cnn: Cnn,
    original: dlib.cnn_face_detection_model_v1,
    portrait: ImageArray,
    rows: slice,
    columns: slice,
) -> None:
    image = np.ascontiguousarray(portrait[rows, columns])
    assert check(cnn, original, image) == (1 if image.shape[1] > 50 else 0)


def test_the_sample_film_equals_dlib(cnn: Cnn, original: dlib.cnn_face_detection_model_v1) -> None:
    cv2 = pytest.importorskip("cv2")
    film, faces = cv2.VideoCapture(str(DEMO)), 0
    for time_s in np.linspace(0.2, probe(DEMO).duration_s - 0.5, 6):
        film.set(cv2.CAP_PROP_POS_MSEC, 1000 * time_s)
        good, image = film.read()
        assert good
        faces += check(cnn, original, np.ascontiguousarray(image[:, :, ::-1]))
    assert faces >= 4


def test_upsampling_finds_smaller_faces(portrait: ImageArray) -> None:
    small = np.ascontiguousarray(portrait[::2, ::2])  # its face is 52 px high
    detections = [
        create(DetectionConfig(detector="cnn", upsample=times), 1).detect([Frame(0, 0, small)])[0]
        for times in (0, 1)
    ]
    assert [int((one.scores > 0.5).sum()) for one in detections] == [0, 1]
    box = detections[1].boxes[detections[1].scores.argmax()]
    assert np.abs(box - np.array([90, 35, 135, 87])).max() < 15


def test_suppression_by_hand() -> None:
    boxes = np.array([[0, 0, 9, 9], [0, 0, 9, 14], [0, 0, 9, 39], [100, 0, 109, 9]])
    margins = np.array([3, 2, 1, 4], np.float32)
    # 100 of 150 px are shared, then 100 of 400
    assert suppress(boxes, margins, Search((80, 80), 0.5, 1.0)).tolist() == [3, 0, 2]
    assert suppress(boxes, margins, Search((80, 80), 0.7, 1.0)).tolist() == [3, 0, 1, 2]
    # the first is inside the others
    assert suppress(boxes, margins, Search((80, 80), 0.7, 0.9)).tolist() == [3, 0]


@pytest.mark.parametrize("size", [(640, 360), (31, 700), (700, 31), (1, 1), (97, 131)])
def test_copies_are_on_the_canvas_and_do_not_overlap(size: tuple[int, int]) -> None:
    where = layout(*size)
    owner = np.zeros((where.height_px, where.width_px), int)
    for left, top, width, height in where.tiles:
        owner[top : top + height, left : left + width] += 1
        assert top >= 0
        assert top + height <= where.height_px
        assert left >= 0
        assert left + width <= where.width_px
    assert owner.max() == 1
    assert where.tiles[0].tolist() == [11, 11, *size]


def test_nearest_copy_and_conversion_to_the_picture_by_hand() -> None:
    where = layout(120, 60)  # the first copy, 100 by 50, lies 10 px below
    assert where.tiles[1].tolist() == [11, 81, 100, 50]
    assert where.nearest(np.array([[0, 0], [60, 74], [60, 77], [60, 90]])).tolist() == [0, 0, 1, 1]
    points = np.array([[5.0, 10, 15, 20]] * 2)
    expected = [[5, 10, 15, 20], [6.3, 12.3, 18.3, 24.3]]
    np.testing.assert_allclose(to_picture(points, np.array([0, 1])), expected)


def test_damaged_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusterer.models.bundled.read_file", lambda _: b"\x01\x01")
    with pytest.raises(ModelError, match=r"mmod_human_face_detector\.dat is damaged"):
        create(DetectionConfig(detector="cnn"), 1)
