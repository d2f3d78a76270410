import numpy as np
import pytest

from clusterer.clothing.colours import count_colours
from clusterer.clothing.palette import DIMENSION
from clusterer.clothing.region import FILL, SIDE_PX, cut_torso, torso_boxes, visible_torso

FACE = np.array([[100, 50, 120, 80]], np.float32)
"""Its torso is 88 to 132 px wide and 86 to 152 px high."""
BEFORE = np.array([[100, 50, 120, 80], [88, 86, 132, 119]], np.float32)
"""With a face in front of the upper half of that torso."""


def test_the_torso_lies_below_the_face() -> None:
    assert torso_boxes(FACE).tolist() == pytest.approx(np.array([[88, 86, 132, 152]]))


def test_no_faces() -> None:
    assert torso_boxes(np.zeros((0, 4), np.float32)).shape == (0, 4)


@pytest.mark.parametrize(("height_px", "share"), [(152, 1.0), (119, 0.5), (86, 0.0), (60, 0.0)])
def test_the_visible_share_is_the_part_inside_the_picture(height_px: int, share: float) -> None:
    assert visible_torso(FACE, 0, 640, height_px)[3] == pytest.approx(share)


def test_a_face_in_front_covers_the_torso() -> None:
    rows, columns, seen, share = visible_torso(BEFORE, 0, 640, 360)
    assert (rows, columns) == (slice(86, 152), slice(88, 132))
    assert not seen[:33].any()
    assert seen[33:].all()
    assert share == pytest.approx(0.5)


def test_a_torso_is_cut_to_a_square() -> None:
    image = np.zeros((200, 200, 3), np.uint8)
    image[86:119, 88:132] = (200, 30, 30)
    image[119:152, 88:132] = (30, 30, 200)
    torso = cut_torso(image, FACE, 0)
    assert torso.picture.shape == (SIDE_PX, SIDE_PX, 3)
    assert (torso.picture[: SIDE_PX // 2 - 1] == (200, 30, 30)).all()
    assert (torso.picture[SIDE_PX // 2 + 1 :] == (30, 30, 200)).all()
    assert torso.seen.all()
    assert torso.share == pytest.approx(1.0)


def test_the_part_below_the_picture_is_filled() -> None:
    torso = cut_torso(np.full((119, 200, 3), 200, np.uint8), FACE, 0)
    half = SIDE_PX // 2
    assert torso.seen[:half].all()
    assert not torso.seen[half:].any()
    assert (torso.picture[half:] == FILL).all()
    assert torso.share == pytest.approx(0.5)


def test_a_face_in_front_is_filled() -> None:
    torso = cut_torso(np.full((200, 200, 3), 200, np.uint8), BEFORE, 0)
    half = SIDE_PX // 2
    assert (torso.picture[:half] == FILL).all()
    assert (torso.picture[half:] == 200).all()


@pytest.mark.parametrize("box", [[0, 0, 1, 1], [-50, -50, -20, -10], [150, 190, 190, 199]])
def test_any_box_gives_a_square(box: list[int]) -> None:
    torso = cut_torso(np.zeros((200, 200, 3), np.uint8), np.array([box], np.float32), 0)
    assert torso.picture.shape == (SIDE_PX, SIDE_PX, 3)
    assert 0.0 <= torso.share <= 1.0


def test_colours_are_of_length_one_and_differ() -> None:
    image = np.zeros((200, 200, 3), np.uint8)
    image[:, :100] = (200, 30, 30)
    image[:, 100:] = (30, 30, 200)
    boxes = np.array([[40, 20, 60, 50], [140, 20, 160, 50]], np.float32)
    red, blue = (count_colours(cut_torso(image, boxes, row)) for row in (0, 1))
    assert red.shape == (DIMENSION,)
    assert np.linalg.norm(red) == pytest.approx(1.0)
    assert red @ blue == 0.0


def test_colours_behind_another_face_are_ignored() -> None:
    image = np.full((200, 200, 3), (200, 30, 30), np.uint8)
    alone = count_colours(cut_torso(image, FACE, 0))
    image[86:119, 88:132] = (30, 200, 30)
    covered = cut_torso(image, BEFORE, 0)
    assert count_colours(covered) == pytest.approx(alone)
    assert covered.share == pytest.approx(0.5)


def test_a_torso_outside_the_picture_is_unknown() -> None:
    low = np.array([[100, 20, 120, 50]], np.float32)
    torso = cut_torso(np.zeros((50, 200, 3), np.uint8), low, 0)
    assert torso.share == 0.0
    assert not count_colours(torso).any()
