from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from clusterer.core.types import Detections, Frame, ImageArray
from clusterer.faces.quality import crop_face, measure_quality, rate_pose, rate_sharpness, rate_size

FACE = np.array([185.0, 65.0, 260.0, 170.0], np.float32)  # of skimage's astronaut
ROWS, COLUMNS = 200, 300
GRADIENT = np.zeros((ROWS, COLUMNS, 3), np.uint8)
GRADIENT[..., 0] = np.arange(ROWS)[:, None]  # red encodes the row, green half of the column
GRADIENT[..., 1] = np.arange(COLUMNS)[None] // 2
FRONTAL = np.array([[-10, 0], [10, 0], [0, 11.4], [-7, 20], [7, 20]], np.float64)


@pytest.fixture(scope="module")
def astronaut() -> ImageArray:
    image: ImageArray = pytest.importorskip("skimage.data").astronaut()
    return image


# --- size ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("height_px", "rating"),
    [(0, 0), (15, 0), (16, 0), (32, 0.25), (48, 0.5), (64, 0.75), (80, 1), (500, 1)],
)
def test_size(height_px: float, rating: float) -> None:
    assert rate_size(np.array([height_px], np.float32)).tolist() == [rating]


@given(hnp.arrays(np.float32, 20, elements=st.floats(0, 1e4, width=32)))
def test_a_larger_face_never_lowers_the_rating(heights_px: np.ndarray) -> None:
    ratings = rate_size(np.sort(heights_px))
    assert (np.diff(ratings) >= 0).all()
    assert ((ratings >= 0) & (ratings <= 1)).all()


# --- pose ---------------------------------------------------------------------------------------


def moved(nose_x: float = 0.0, nose_y: float = 11.4) -> np.ndarray:
    points = FRONTAL.copy()
    points[2] = nose_x, nose_y
    return points


@pytest.mark.parametrize(
    ("landmarks", "rating"),
    [
        (FRONTAL, 1.0),
        (moved(nose_x=8.5), 0.5),  # 0.85 of half the eyes' distance: 45 degrees, cos² = 1/2
        (moved(nose_x=-8.5), 0.5),
        (moved(nose_x=17), 0.2),  # tan = 2, cos² = 1/5
        (moved(nose_x=85), 1 / 101),
        (moved(nose_y=20), 0.5),  # on the line of the mouth
        (moved(nose_y=15.7), 0.75),  # half way to it
        (moved(nose_y=-30), 0.5),
        (moved(nose_x=8.5, nose_y=20), 0.25),
        (np.zeros((5, 2)), 0.0),  # all coincident
        (FRONTAL * [0, 1], 0.0),  # both eyes coincident
        (np.full((5, 2), np.nan), 1.0),
    ],
)
def test_pose(landmarks: np.ndarray, rating: float) -> None:
    rated = rate_pose(np.asarray(landmarks, np.float32)[None])
    assert rated.dtype == np.float32
    assert rated.tolist() == pytest.approx([rating], abs=1e-6)


faces = hnp.arrays(
    np.float64, (5, 2), elements=st.integers(-400, 400).map(lambda tenths: tenths / 10)
).map(lambda noise: FRONTAL + noise * 0.2)


@given(hnp.arrays(np.float32, (3, 5, 2), elements=st.floats(-1e4, 1e4, width=32)))
def test_pose_is_between_0_and_1(landmarks: np.ndarray) -> None:
    ratings = rate_pose(landmarks)
    assert ((ratings >= 0) & (ratings <= 1)).all()


@given(faces, st.floats(-180, 180), st.floats(0.2, 5), st.floats(-500, 500))
def test_pose_is_independent_of_roll_scale_and_place(
    face: np.ndarray, degrees: float, scale: float, shift: float
) -> None:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    # Near the limits of the pitch rating (mouth level with the eyes) rounding could matter.
    face[3:, 1] = np.maximum(face[3:, 1], face[:2, 1].max() + 15)
    face[:2, 0] = [min(face[0, 0], -3), max(face[1, 0], 3)]
    turned = face @ turn.T * scale + shift
    assert rate_pose(turned[None])[0] == pytest.approx(rate_pose(face[None])[0], abs=1e-4)


@given(faces)
def test_pose_is_independent_of_left_and_right(face: np.ndarray) -> None:
    mirrored = (face * [-1, 1])[[1, 0, 2, 4, 3]]
    assert rate_pose(mirrored[None])[0] == pytest.approx(rate_pose(face[None])[0], abs=1e-6)


@given(st.floats(0, 40), st.floats(0, 40))
def test_turning_further_never_raises_the_rating(a: float, b: float) -> None:
    near, far = sorted([a, b])
    nearer, farther = rate_pose(np.stack([moved(nose_x=near), moved(nose_x=far)]))
    assert nearer >= farther


# --- sharpness ----------------------------------------------------------------------------------


def test_blur_lowers_sharpness_at_every_size(astronaut: ImageArray) -> None:
    for scale in (0.5, 1.0, 3.0):
        image = cv2.resize(astronaut, None, fx=scale, fy=scale)
        sigmas = [0.01, 1.0, 2.0, 4.0, 8.0]
        ratings = [
            rate_sharpness(cv2.GaussianBlur(image, (0, 0), sigma * scale), FACE * scale)
            for sigma in sigmas
        ]
        assert ratings == sorted(ratings, reverse=True)
        assert ratings[0] > 0.95
        assert ratings[-1] < 0.05


@pytest.mark.parametrize("kernel", [(25, 1), (1, 25)])
def test_motion_blur_lowers_sharpness(astronaut: ImageArray, kernel: tuple[int, int]) -> None:
    assert rate_sharpness(cv2.blur(astronaut, kernel), FACE) < 0.3


def test_size_and_light_hardly_matter(astronaut: ImageArray) -> None:
    rating = rate_sharpness(astronaut, FACE)
    large = cv2.resize(astronaut, None, fx=4, fy=4)
    assert rate_sharpness(large, FACE * 4) == pytest.approx(rating, abs=0.01)
    assert rate_sharpness(astronaut // 3, FACE) == pytest.approx(rating, abs=0.01)


def test_sharpness_by_hand() -> None:
    # Stripes: no differences along them. Checkerboard of 0 and 100: second differences of ±200
    # both ways, variance 2500, to which 4 are added.
    stripes = np.zeros((20, 20, 3), np.uint8)
    stripes[:, ::2] = 100
    box = np.array([0, 0, 20, 20], np.float32)
    assert rate_sharpness(stripes, box) == 0.0
    board = (np.indices((20, 20)).sum(axis=0) % 2 * 100).astype(np.uint8)
    detail = 40000 / 2504
    rating = detail**2 / (detail**2 + 0.04**2)
    assert rate_sharpness(np.repeat(board[..., None], 3, 2), box) == pytest.approx(rating)


@pytest.mark.parametrize("height", [150, 160, 163, 350])
def test_a_large_face_is_shown_like_a_small_one(height: int) -> None:
    image = np.repeat(np.repeat(GRADIENT, 4, axis=0), 4, axis=1)
    box = np.array([4 * 100, 4 * 80, 4 * 100 + height, 4 * 80 + height], np.float32)
    large, small = (
        decoded(crop_face(picture, corners, side_px=64)).astype(int)
        for picture, corners in ((image, box), (GRADIENT, box / 4))
    )
    assert large.shape == small.shape
    assert np.abs(large - small).max() <= 6  # of 256 levels, of which a row of `image` is a quarter


@settings(deadline=None)
@given(hnp.arrays(np.float32, 4, elements=st.floats(-60, 360, width=32)))
def test_any_box_has_a_sharpness(corners: np.ndarray) -> None:
    box = np.concatenate(
        [np.minimum(corners[:2], corners[2:]), np.maximum(corners[:2], corners[2:])]
    )
    assert 0.0 <= rate_sharpness(GRADIENT, box) <= 1.0


# --- all ratings ---------------------------------------------------------------------------------


def test_quality_has_a_row_for_every_detection(astronaut: ImageArray) -> None:
    boxes = np.stack([FACE, [600, 600, 610, 620], [0, 0, 0, 0]])
    detections = Detections.of_frame(Frame(0, 0, astronaut), boxes, [0.9, 0.5, 0.0])
    quality = measure_quality(astronaut, detections)
    assert len(quality) == 3
    assert quality.size.tolist() == [1.0, 0.0625, 0.0]
    assert quality.score.tolist() == pytest.approx([0.9, 0.5, 0.0])
    assert quality.pose.tolist() == [1.0, 1.0, 1.0]
    assert quality.sharpness[0] > 0.9
    assert quality.sharpness[1:].tolist() == [0.0, 0.0]


def test_quality_of_no_detections(astronaut: ImageArray) -> None:
    assert len(measure_quality(astronaut, Detections.empty())) == 0


# --- crops --------------------------------------------------------------------------------------


def decoded(jpeg: bytes) -> ImageArray:
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]


@pytest.mark.parametrize(
    ("box", "side", "top", "left"),
    [
        ([140, 80, 160, 120], 136, 66, 116),  # 68 px of source, enlarged twice
        ([100, 50, 180, 150], 160, 15, 55),  # 170 px, shrunk
        ([0, 0, 20, 40], 136, 0, 0),  # moved in from the corner
        ([280, 160, 300, 200], 136, 132, 232),
        ([0, 0, 300, 200], 160, 0, 50),  # larger than the picture
        ([50, 60, 50, 60], 2, 60, 50),  # empty
    ],
)
def test_crop(box: list[int], side: int, top: int, left: int) -> None:
    crop = decoded(crop_face(GRADIENT, np.array(box, np.float32)))
    assert crop.shape == (side, side, 3)
    red, green, _ = crop[0, 0].astype(int)
    assert abs(red - top) <= 4
    assert abs(green - left / 2) <= 4


def test_crop_of_another_side() -> None:
    box = np.array([100, 50, 180, 150], np.float32)
    assert decoded(crop_face(GRADIENT, box, side_px=64)).shape == (64, 64, 3)


@settings(deadline=None)
@given(hnp.arrays(np.float32, 4, elements=st.floats(-300, 600, width=32)), st.integers(1, 300))
def test_every_box_has_a_crop(corners: np.ndarray, side_px: int) -> None:
    box = np.concatenate(
        [np.minimum(corners[:2], corners[2:]), np.maximum(corners[:2], corners[2:])]
    )
    rows, columns, _ = decoded(crop_face(GRADIENT, box, side_px)).shape
    assert rows == columns <= side_px
