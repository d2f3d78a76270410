"""The contract of alignments; every registered one must pass."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from clusterer.core.errors import ConfigError
from clusterer.core.types import ImageArray
from clusterer.faces import alignment
from clusterer.faces.alignment import ALIGNMENTS, Aligner
from tests.faces.alignment.builder import FACE, faces


@pytest.fixture(scope="module", params=sorted(ALIGNMENTS.built_in))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def aligner(name: str) -> Aligner:
    return alignment.create(name, 96, 0.2)


def test_shape_and_models(name: str, aligner: Aligner, astronaut: ImageArray) -> None:
    chips = aligner.align(astronaut, faces(FACE, FACE + 10))
    assert (chips.shape, chips.dtype) == ((2, 96, 96, 3), np.uint8)
    assert set(aligner.models) == {file.name for file in alignment.weights(name)}


def test_no_faces(aligner: Aligner, astronaut: ImageArray) -> None:
    assert aligner.align(astronaut, faces()).shape == (0, 96, 96, 3)


def test_a_chip_is_the_same_in_a_larger_picture(aligner: Aligner, astronaut: ImageArray) -> None:
    large = np.zeros((1080, 1920, 3), np.uint8)
    large[200:712, 700:1212] = astronaut
    shifted = FACE + np.tile(np.array([700, 200], np.float32), 2)
    original, moved = aligner.align(astronaut, faces(FACE)), aligner.align(large, faces(shifted))
    assert np.abs(original.astype(int) - moved).max() <= 2  # a shift far from 0 is rounded


def test_chips_are_independent(aligner: Aligner, astronaut: ImageArray) -> None:
    boxes = np.stack([FACE, FACE + 40, FACE * 2])
    one_by_one = np.concatenate([aligner.align(astronaut, faces(box)) for box in boxes])
    assert np.array_equal(aligner.align(astronaut, faces(*boxes)), one_by_one)


def test_read_only_and_strided_pictures(aligner: Aligner, astronaut: ImageArray) -> None:
    flipped = np.ascontiguousarray(astronaut[:, ::-1])
    flipped.setflags(write=False)
    expected = aligner.align(astronaut, faces(FACE))
    assert np.array_equal(aligner.align(flipped[:, ::-1], faces(FACE)), expected)
    frozen = astronaut.copy()
    frozen.setflags(write=False)
    assert np.array_equal(aligner.align(frozen, faces(FACE)), expected)


@pytest.mark.parametrize(
    "box", [[0, 0, 0, 0], [-80, -90, 20, 10], [500, 500, 900, 900], [-90, -90, -50, -50]]
)
@pytest.mark.parametrize("points", ["none", "coincident", "outside"])
def test_faces_at_the_edge(
    aligner: Aligner, astronaut: ImageArray, box: list[int], points: str
) -> None:
    landmarks = {
        "none": None,
        "coincident": np.full((1, 5, 2), 7.0),
        "outside": np.arange(10.0).reshape(1, 5, 2) - 5000,
    }[points]
    assert aligner.align(astronaut, faces(box, landmarks=landmarks)).shape == (1, 96, 96, 3)


def test_unknown_alignment() -> None:
    with pytest.raises(ConfigError, match=r"no alignment named 'eyes'\. Choose from box, dlib"):
        alignment.create("eyes", 112)
    with pytest.raises(ConfigError, match="eyes"):
        alignment.weights("eyes")


def test_importing_loads_nothing_heavy() -> None:
    code = (
        "import sys, clusterer.faces.alignment; print(sorted({'cv2', 'dlib'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert result.stdout.strip() == b"[]"
