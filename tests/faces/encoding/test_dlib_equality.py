"""The embeddings equal those of dlib itself."""

from __future__ import annotations

import dlib
import numpy as np
import pytest

from clusterer.core.config import EncodingConfig
from clusterer.core.types import ImageArray
from clusterer.faces import encoding
from clusterer.faces.encoding import Encoder
from tests.faces.encoding.conftest import Chips


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return encoding.create(EncodingConfig(encoder="dlib"), 1)


@pytest.fixture(scope="module")
def original() -> dlib.face_recognition_model_v1:
    (weights,) = encoding.weights("dlib")
    return dlib.face_recognition_model_v1(str(weights.find()))


def check(encoder: Encoder, original: dlib.face_recognition_model_v1, chips: ImageArray) -> None:
    expected = np.array([original.compute_face_descriptor(chip) for chip in chips])
    assert np.abs(encoder.encode(chips) - expected).max() < 1e-5


def test_one_face(
    encoder: Encoder, original: dlib.face_recognition_model_v1, one_person: Chips
) -> None:
    check(encoder, original, one_person(encoder))


def test_extremes(encoder: Encoder, original: dlib.face_recognition_model_v1) -> None:
    flat = np.zeros((3, 150, 150, 3), np.uint8)
    flat[1], flat[2, ..., 0] = 255, 255
    check(encoder, original, flat)


@pytest.mark.footage
def test_ten_people(
    encoder: Encoder,
    original: dlib.face_recognition_model_v1,
    ten_people: tuple[Chips, np.ndarray],
) -> None:
    check(encoder, original, ten_people[0](encoder))
