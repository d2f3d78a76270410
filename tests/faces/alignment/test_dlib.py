"""dlib's chips: the same bytes as from dlib itself."""

from __future__ import annotations

import hashlib

import dlib
import numpy as np
import pytest

from clusterer.core.errors import ModelError
from clusterer.core.types import ImageArray
from clusterer.faces import alignment
from clusterer.faces.alignment import Aligner, predictor
from clusterer.models.bundled import PREDICTOR, Weights
from tests.faces.alignment.builder import FACE, faces


@pytest.fixture(scope="module")
def aligner() -> Aligner:
    return alignment.create("dlib", 150, 0.25)


@pytest.mark.parametrize(("size_px", "padding"), [(150, 0.25), (112, 0.25), (96, 0.4)])
def test_a_chip_equals_one_cut_by_dlib(astronaut: ImageArray, size_px: int, padding: float) -> None:
    chip = alignment.create("dlib", size_px, padding).align(astronaut, faces(FACE))
    # 105 px high around (222.5, 117.5): a square of 84 px, 5.25 px lower
    original = dlib.shape_predictor(str(PREDICTOR.find()))
    shape = original(astronaut, dlib.rectangle(180, 81, 264, 165))
    assert np.array_equal(chip[0], dlib.get_face_chip(astronaut, shape, size_px, padding))


def test_landmarks_of_the_detector_do_not_matter(aligner: Aligner, astronaut: ImageArray) -> None:
    points = np.arange(10.0).reshape(1, 5, 2)
    with_points = aligner.align(astronaut, faces(FACE, landmarks=points))
    assert np.array_equal(with_points, aligner.align(astronaut, faces(FACE)))


def test_damaged_or_missing_weights(aligner: Aligner, monkeypatch: pytest.MonkeyPatch) -> None:
    content = PREDICTOR.read()
    assert aligner.models == {
        "shape_predictor_5_face_landmarks.dat": hashlib.sha256(content).hexdigest()
    }
    monkeypatch.setattr(predictor, "PREDICTOR", Weights("clusterer", "py.typed", "ab"))
    for name in ("dlib", "five-point"):
        with pytest.raises(ModelError, match="is damaged"):
            alignment.create(name, 150)
    monkeypatch.setattr(predictor, "PREDICTOR", Weights("no_such_package", "a.dat", ""))
    with pytest.raises(ModelError, match="is missing"):
        alignment.create("dlib", 150)
