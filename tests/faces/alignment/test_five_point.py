"""Landmarks are mapped to ArcFace's template."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.geometry import similarity
from clusterer.core.types import ImageArray
from clusterer.faces import alignment
from clusterer.faces.alignment.five_point import TEMPLATE, TIGHT_TEMPLATE
from clusterer.faces.alignment.predictor import Predictor
from tests.faces.alignment.builder import FACE, faces

# The eyes of the astronaut, read off by eye.
EYES = np.array([[203.0, 103.0], [245.0, 104.0]])


def turned(points: np.ndarray, degrees: float, scale: float, shift: np.ndarray) -> np.ndarray:
    """Points turned clockwise in the picture, scaled and shifted."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return scale * points @ turn.T + shift


def disc(point: np.ndarray, radius_px: int) -> ImageArray:
    """A black picture with a white disc."""
    image = np.zeros((600, 800, 3), np.uint8)
    centre = (round(16 * point[0]), round(16 * point[1]))  # 4 fractional bits
    cv2.circle(image, centre, 16 * radius_px, (255, 255, 255), -1, cv2.LINE_AA, 4)
    return image


def middle(chip: ImageArray) -> np.ndarray:
    """Centre of the bright area, px."""
    light = chip[..., 0].astype(np.float64)
    rows, columns = np.indices(light.shape)
    return np.array([(columns * light).sum(), (rows * light).sum()]) / light.sum()


@pytest.mark.parametrize("size_px", [112, 160, 224])
@pytest.mark.parametrize(
    ("degrees", "scale", "shift"),
    [(0, 2.0, (100, 100)), (30, 2.5, (300, 100)), (-75, 3.0, (200, 400)), (180, 2.0, (500, 400))],
)
def test_points_land_on_the_template(
    degrees: float, scale: float, shift: tuple[int, int], size_px: int
) -> None:
    points = turned(TEMPLATE, degrees, scale, np.array(shift))
    box = [*points.min(axis=0), *points.max(axis=0)]
    aligner, detections = (
        alignment.create("five-point", size_px),
        faces(box, landmarks=points[None]),
    )
    for point, target in zip(points, TEMPLATE * size_px / 112, strict=True):
        (chip,) = aligner.align(disc(point, round(4 * scale)), detections)
        assert middle(chip) == pytest.approx(target, abs=0.5)


def test_points_on_the_template_are_not_moved() -> None:
    image = np.random.default_rng(0).integers(0, 256, (300, 300, 3), np.uint8)
    (chip,) = alignment.create("five-point", 112).align(
        image, faces([0, 0, 112, 112], landmarks=TEMPLATE[None])
    )
    assert np.array_equal(chip, image[:112, :112])


def test_the_tight_template_is_that_of_open_model_zoo() -> None:
    stated = [
        [0.31556875000000000, 0.46157410714285714],
        [0.68262291666666670, 0.45983393849206350],
        [0.50026249999999990, 0.64050535714285710],
        [0.34947187500000004, 0.82469196428571428],
        [0.65343645833333330, 0.82325078373015870],
    ]
    assert np.allclose(TIGHT_TEMPLATE / 112, stated, rtol=0, atol=1e-6)


@pytest.mark.parametrize("size_px", [112, 128])
def test_points_land_on_the_tight_template(size_px: int) -> None:
    points = turned(TIGHT_TEMPLATE, 20, 1.5, np.array([200, 100]))
    detections = faces([*points.min(axis=0), *points.max(axis=0)], landmarks=points[None])
    aligner = alignment.create("five-point-tight", size_px)
    for point, target in zip(points, TIGHT_TEMPLATE * size_px / 112, strict=True):
        (chip,) = aligner.align(disc(point, 6), detections)
        assert middle(chip) == pytest.approx(target, abs=0.5)


def test_without_landmarks_the_eyes_are_aligned(astronaut: ImageArray) -> None:
    eyes = Predictor().eyes(astronaut, FACE)
    assert eyes == pytest.approx(EYES, abs=4)
    (chip,) = alignment.create("five-point", 112).align(astronaut, faces(FACE))
    expected = cv2.warpAffine(astronaut, similarity(eyes, TEMPLATE[:2]), (112, 112))
    assert np.array_equal(chip, expected)


def test_a_chip_is_black_outside_the_picture() -> None:
    white = np.full((50, 50, 3), 255, np.uint8)
    points = TEMPLATE - [80, 0]  # the picture covers columns -80 to -30 of the chip: nothing
    (chip,) = alignment.create("five-point", 112).align(
        white, faces([0, 0, 9, 9], landmarks=points[None])
    )
    assert (chip[:49, 80:] == 255).all()
    assert (chip[:, :79] == 0).all()
    assert (chip[51:] == 0).all()


numbers = st.floats(-300, 300)
points_of_faces = st.lists(st.tuples(numbers, numbers), min_size=5, max_size=5).map(np.array)


@settings(deadline=None)
@given(st.floats(-180, 180), st.floats(0.2, 5), st.tuples(numbers, numbers))
def test_similarity_undoes_rotation_scale_and_shift(
    degrees: float, scale: float, shift: tuple[float, float]
) -> None:
    points = turned(TEMPLATE, degrees, scale, np.array(shift))
    matrix = similarity(points, TEMPLATE)
    assert points @ matrix[:, :2].T + matrix[:, 2] == pytest.approx(TEMPLATE, abs=1e-6)
    eyes = similarity(points[:2], TEMPLATE[:2])
    assert np.allclose(eyes, matrix, atol=1e-6)


@settings(deadline=None)
@given(points_of_faces, st.floats(-180, 180), st.floats(0.2, 5))
def test_the_result_is_independent_of_the_initial_position(
    noise: np.ndarray, degrees: float, scale: float
) -> None:
    points = TEMPLATE + noise / 30
    moved = turned(points, degrees, scale, np.array([30.0, -20.0]))
    landed = [p @ m[:, :2].T + m[:, 2] for p in (points, moved) for m in [similarity(p, TEMPLATE)]]
    assert np.allclose(*landed, atol=1e-6)


@settings(deadline=None)
@given(points_of_faces)
def test_the_similarity_is_the_best_fit(noise: np.ndarray) -> None:
    points = TEMPLATE + noise / 30
    best = similarity(points, TEMPLATE)

    def error(m: np.ndarray) -> float:
        return float(((points @ m[:, :2].T + m[:, 2] - TEMPLATE) ** 2).sum())

    for a, b, x, y in np.eye(4)[:, None, :].reshape(4, 4) * 1e-3:
        nudge = np.array([[a, -b, x], [b, a, y]])
        assert error(best) <= error(best + nudge) + 1e-9
        assert error(best) <= error(best - nudge) + 1e-9


def test_similarity_by_hand() -> None:
    # A quarter turn clockwise in the picture, twice as large, then (5, 1): (1, 0) lands on (5, 3)
    source = np.array([[0.0, 0.0], [1.0, 0.0]])
    assert similarity(source, np.array([[5.0, 1.0], [5.0, 3.0]])) == pytest.approx(
        np.array([[0, -2, 5], [2, 0, 1]])
    )


def test_the_predictor_is_made_when_a_face_lacks_landmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bool] = []
    make = Predictor._predictor.func
    counted = cached_property(lambda predictor: (made.append(True), make(predictor))[1])
    counted.__set_name__(Predictor, "_predictor")
    monkeypatch.setattr(Predictor, "_predictor", counted)
    aligner = alignment.create("five-point", 112)
    image = np.zeros((600, 800, 3), np.uint8)
    landmarks = TEMPLATE.astype(np.float32)[None]
    aligner.align(image, replace(faces([FACE]), landmarks=landmarks))
    assert made == []
    for _ in range(2):
        aligner.align(image, replace(faces([FACE]), landmarks=np.full_like(landmarks, np.nan)))
    assert made == [True]
