import numpy as np
import pytest

from clusterer.clothing.colours import DIMENSION, describe_torso
from clusterer.clothing.region import torso_boxes, visible_torso


def test_the_torso_lies_below_the_face() -> None:
    assert torso_boxes(np.array([[100, 50, 120, 80]], np.float32)).tolist() == pytest.approx(
        np.array([[88, 86, 132, 152]])
    )


def test_no_face_has_no_torso() -> None:
    assert torso_boxes(np.zeros((0, 4), np.float32)).shape == (0, 4)


@pytest.mark.parametrize(("height_px", "share"), [(152, 1.0), (119, 0.5), (86, 0.0), (60, 0.0)])
def test_the_visible_share_is_what_the_picture_holds(height_px: int, share: float) -> None:
    boxes = np.array([[100, 50, 120, 80]], np.float32)
    assert visible_torso(boxes, 0, 640, height_px)[3] == pytest.approx(share)


def test_a_face_in_front_covers_the_torso() -> None:
    boxes = np.array([[100, 50, 120, 80], [88, 86, 132, 119]], np.float32)
    rows, columns, seen, share = visible_torso(boxes, 0, 640, 360)
    assert (rows, columns) == (slice(86, 152), slice(88, 132))
    assert not seen[:33].any()
    assert seen[33:].all()
    assert share == pytest.approx(0.5)


def test_colours_are_of_length_one_and_differ() -> None:
    image = np.zeros((200, 200, 3), np.uint8)
    image[:, :100] = (200, 30, 30)
    image[:, 100:] = (30, 30, 200)
    boxes = np.array([[40, 20, 60, 50], [140, 20, 160, 50]], np.float32)
    red, blue = (describe_torso(image, boxes, row)[0] for row in (0, 1))
    assert red.shape == (DIMENSION,)
    assert np.linalg.norm(red) == pytest.approx(1.0)
    assert red @ blue == 0.0


def test_what_another_face_covers_does_not_count() -> None:
    image = np.full((200, 200, 3), (200, 30, 30), np.uint8)
    boxes = np.array([[100, 50, 120, 80], [88, 86, 132, 119]], np.float32)
    alone, _ = describe_torso(image, boxes[:1], 0)
    image[86:119, 88:132] = (30, 200, 30)
    covered, share = describe_torso(image, boxes, 0)
    assert covered == pytest.approx(alone)
    assert share == pytest.approx(0.5)


def test_a_torso_out_of_the_picture_is_not_known() -> None:
    colours, share = describe_torso(
        np.zeros((50, 200, 3), np.uint8), np.array([[100, 20, 120, 50]], np.float32), 0
    )
    assert share == 0.0
    assert not colours.any()
