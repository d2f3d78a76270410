"""SCRFD: outputs to faces, by hand; a tiny network replaces the download."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest

from clusterer.core.config import DetectionConfig
from clusterer.core.errors import ModelError
from clusterer.core.types import Detections, Frame, ImageArray
from clusterer.faces.detection import create
from clusterer.faces.detection.base import SCRFD
from clusterer.faces.detection.scrfd import decode
from tests.faces.detection.scrfd_network import EDGES, POINTS, bright, in_place

CELLS = ((4, 8), (2, 4), (1, 2))
"""Rows and columns at each stride of an input of 64 by 32 px."""

Outputs = list[np.ndarray]


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with in_place(bright(), tmp_path_factory.mktemp("models")):
        yield


def nothing() -> Outputs:
    cells = [2 * rows * columns for rows, columns in CELLS]
    return [np.zeros((n, width), np.float32) for width in (1, 4, 10) for n in cells]


def find(image: ImageArray, **settings: float) -> Detections:
    config = DetectionConfig(detector="scrfd", **settings)
    (result,) = create(config, 1).detect([Frame(0, 0, image)])
    return result


def red(width: int, height: int, left: int, top: int, side: int) -> ImageArray:
    """Black, with a red square."""
    image = np.zeros((height, width, 3), np.uint8)
    image[top : top + side, left : left + side, 0] = 255
    return image


def test_decode_by_hand() -> None:
    outputs = nothing()
    # Stride 8, row 2, column 5, second anchor: cell 2 * 8 + 5 = 21, row 43; corner at (40, 16).
    outputs[0][43], outputs[3][43] = 0.9, [1, 0.5, 2, 1.5]
    outputs[6][43] = [0, 0, 1, 0, 0.5, 0.25, -1, 2, 0.125, -0.5]
    # Stride 32, row 0, column 1, first anchor: row 2; corner at (32, 0).
    outputs[2][2], outputs[5][2] = 0.6, [0.25, 0, 1, 0.75]
    outputs[8][2] = np.arange(10) / 8
    boxes, scores, landmarks = decode(outputs, 64, 0.5)
    assert boxes.tolist() == [[32, 12, 56, 28], [24, 0, 64, 24]]
    assert scores.tolist() == np.float32([0.9, 0.6]).tolist()
    assert landmarks[0].tolist() == [[40, 16], [48, 16], [44, 18], [32, 32], [41, 12]]
    assert landmarks[1].tolist() == [[32, 4], [40, 12], [48, 20], [56, 28], [64, 36]]


def test_decode_keeps_a_face_at_exactly_the_score_and_accepts_a_leading_axis() -> None:
    outputs = nothing()
    outputs[1][3], outputs[1][4] = 0.4, 0.39999  # stride 16: cell 1, second anchor
    boxes, scores, landmarks = decode([part[None] for part in outputs], 64, 0.4)
    assert scores.tolist() == np.float32([0.4]).tolist()
    assert boxes.tolist() == [[16, 0, 16, 0]]
    assert landmarks.shape == (1, 5, 2)


def test_decode_without_faces() -> None:
    boxes, scores, landmarks = decode(nothing(), 64, 0.1)
    assert (boxes.shape, scores.shape, landmarks.shape) == ((0, 4), (0,), (0, 5, 2))


def test_a_red_square_by_hand(network: None) -> None:
    # One cell of stride 8: column 5, row 3. At stride 16 a quarter of a cell is red.
    result = find(red(96, 64, left=40, top=24, side=8), min_score=0.6)
    left, top, right, bottom = EDGES[0]
    expected = [40 - 8 * left, 24 - 8 * top, 40 + 8 * right, 24 + 8 * bottom]
    assert result.boxes.tolist() == [expected] == [[32, 12, 56, 48]]
    # ((255 - 127.5) / 128 + 1) / 2
    np.testing.assert_allclose(result.scores, [0.998], atol=1e-4)
    np.testing.assert_allclose(result.landmarks[0], [40, 24] + 8 * POINTS[0], rtol=1e-6)


def test_the_first_channel_is_red(network: None) -> None:
    blue = red(96, 64, left=40, top=24, side=8)[:, :, ::-1]
    assert len(find(blue, min_score=0.6)) == 0


def test_the_second_anchor_is_kept_if_it_overlaps_little(network: None) -> None:
    image = red(96, 64, left=40, top=24, side=8)
    # Second anchor: (40 - 24, 24 - 16, 48, 32), 768 px²; it shares 16 * 20 = 320 with the first of
    # 864: IoU 320 / 1312 = 0.24, under 0.4. Its score is half of the first's.
    result = find(image, min_score=0.4)
    assert result.boxes.tolist() == [[16, 8, 48, 32], [32, 12, 56, 48]]
    np.testing.assert_allclose(result.scores, [0.499, 0.998], atol=1e-4)
    np.testing.assert_allclose(result.landmarks[0], [40, 24] + 8 * POINTS[1], rtol=1e-6)


def test_neighbours_that_overlap_are_one_face(network: None) -> None:
    # Two cells side by side: their boxes of 24 by 36 px share 16 of 32 columns: IoU 0.5. With equal
    # scores the upper left is kept. Three cells apart they share nothing.
    image = red(128, 64, left=40, top=24, side=8)
    image[24:32, 48:56, 0] = 255
    image[24:32, 72:80, 0] = 255
    result = find(image, min_score=0.6)
    assert result.boxes[:, 0].tolist() == [32, 64]


def test_a_large_cell_has_large_boxes(network: None) -> None:
    # 32 px of red: one cell of stride 32, whose box is 96 by 144 px; 4 of 16; 16 of 8.
    result = find(red(192, 192, left=64, top=64, side=32), min_score=0.6)
    heights = result.heights_px.round(3).tolist()
    assert heights.count(144) == 1
    widest = result.boxes[heights.index(144)]
    assert widest.tolist() == [64 - 32, 64 - 48, 64 + 64, 64 + 96]


def test_padding_widens_the_rows_of_cells(network: None) -> None:
    # 90 px are padded to 96: twelve cells a row, not eleven.
    result = find(red(90, 50, left=40, top=24, side=8), min_score=0.6)
    assert result.boxes.tolist() == [[32, 12, 56, 48]]


def test_a_large_picture_is_shrunk_and_its_boxes_enlarged(network: None) -> None:
    # 1280 by 720 is halved to 640 by 360, and padded to 640 by 384.
    large = red(1280, 720, left=2 * 320, top=2 * 160, side=2 * 32)
    result = find(large, min_score=0.6, width_px=640)
    small = find(large[::2, ::2], min_score=0.6, width_px=640)
    assert len(result) == len(small) > 0
    np.testing.assert_allclose(result.boxes, 2 * small.boxes)
    np.testing.assert_allclose(result.landmarks, 2 * small.landmarks)


def test_a_box_is_clipped_at_the_border_and_landmarks_are_not(network: None) -> None:
    result = find(red(96, 60, left=40, top=48, side=8), min_score=0.6)
    assert result.boxes.tolist() == [[32, 36, 56, 60]]
    assert result.landmarks[0, 4].tolist() == [46, 66]  # 40 + 8 * 0.75, 48 + 8 * 2.25


def test_no_warning_for_sizes_other_than_the_declared(
    network: None, capfd: pytest.CaptureFixture[str]
) -> None:
    find(red(96, 64, left=40, top=24, side=8))
    assert capfd.readouterr() == ("", "")


def test_models_lists_the_file_with_its_hash(network: None) -> None:
    detector = create(DetectionConfig(detector="scrfd"), 1)
    assert list(detector.models) == [SCRFD.name]
    assert detector.models[SCRFD.name] != SCRFD.digest


@pytest.mark.parametrize("broken", ["landmarks", "size", "garbage"])
def test_another_network_is_refused(broken: str, tmp_path: Path) -> None:
    model = onnx.load_model_from_string(bright())
    if broken == "landmarks":
        del model.graph.output[6:]
    if broken == "size":
        for axis in (2, 3):
            model.graph.input[0].type.tensor_type.shape.dim[axis].dim_value = 640
    content = b"nothing" if broken == "garbage" else model.SerializeToString()
    with in_place(content, tmp_path), pytest.raises(ModelError) as caught:
        create(DetectionConfig(detector="scrfd"), 1)
    expected = "is damaged" if broken == "garbage" else "is not an SCRFD with landmarks"
    assert expected in str(caught.value)
    assert "models download scrfd" in caught.value.remedy


def test_it_needs_consent() -> None:
    assert SCRFD.needs_consent
    assert "Non-commercial" in SCRFD.licence
