"""Photographs → encodings, on frames of the sample film."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from clusterer.core.config import AnalysisConfig, EncodingConfig
from clusterer.core.errors import ClustererError
from clusterer.core.types import Frame, ImageArray
from clusterer.faces import alignment, detection, encoding
from clusterer.gallery.photographs import (
    PhotographEncoder,
    decode_photograph,
    encode_photographs,
    read_photograph,
)
from tests.conftest import DEMO

CONFIG = AnalysisConfig()
TWO_FACES = 480  # a frame with two faces, according to demo.truth.csv


@pytest.fixture(scope="module")
def picture() -> ImageArray:
    """A frame of the sample film with two faces."""
    with av.open(str(DEMO)) as container:
        raw = next(islice(container.decode(video=0), TWO_FACES, None))
        return np.asarray(raw.to_ndarray(format="rgb24"), np.uint8)


@pytest.fixture(scope="module")
def encoder() -> PhotographEncoder:
    return PhotographEncoder(CONFIG)


def write(path: Path, image: ImageArray) -> Path:
    cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    return path


def by_hand(image: ImageArray, face: int) -> np.ndarray:
    """Encoding of one of the two faces, from left to right."""
    found = detection.create(CONFIG.detection, 1).detect([Frame(0, 0, image)])[0]
    made = encoding.create(CONFIG.encoding, 1)
    aligner = alignment.create(made.alignment, made.chip_size_px, made.padding)
    return made.encode(aligner.align(image, found[face : face + 1]))[0]


@pytest.mark.parametrize("face", [0, 1])
def test_the_face_nearest_to_the_middle(
    picture: ImageArray, encoder: PhotographEncoder, face: int
) -> None:
    boxes = detection.create(CONFIG.detection, 1).detect([Frame(0, 0, picture)])[0].boxes
    # A grey margin on one side moves one of the faces to the middle, and adds no face.
    middle = float(boxes[face, 0] + boxes[face, 2]) / 2
    margin = round(abs(picture.shape[1] - 2 * middle))
    sides = (margin, 0) if middle < picture.shape[1] / 2 else (0, margin)
    padded = np.pad(picture, ((0, 0), sides, (0, 0)), constant_values=128)
    found = encoder.encode(padded)
    assert found is not None
    assert found.shape == (encoder.dimension,)
    assert np.abs(found - by_hand(padded, face)).max() < 1e-4
    assert np.abs(found - by_hand(padded, 1 - face)).max() > 1e-2


def test_files_with_and_without_a_face(
    picture: ImageArray, encoder: PhotographEncoder, tmp_path: Path
) -> None:
    face = write(tmp_path / "häß.png", picture)
    grey = write(tmp_path / "grey.png", np.full((40, 60, 3), 128, np.uint8))
    told: list[tuple[int, int]] = []
    found = encode_photographs([grey, face, grey, face], progress=lambda *n: told.append(n))
    assert found.has_face.tolist() == [False, True, False, True]
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    expected = encoder.encode(picture)
    assert expected is not None
    for row in (1, 3):
        assert np.abs(found.embeddings[row] - expected).max() < 1e-5
    assert not found.embeddings[[0, 2]].any()


def test_batches_do_not_matter(picture: ImageArray) -> None:
    images = [picture, picture[:, ::-1], np.zeros_like(picture), picture, picture[:, ::-1]]
    one_by_one, together = (
        PhotographEncoder(AnalysisConfig(encoding=EncodingConfig(batch_size=size))).encode_all(
            iter(images)
        )
        for size in (1, 3)
    )
    assert (
        one_by_one.has_face.tolist()
        == together.has_face.tolist()
        == [True, True, False, True, True]
    )
    assert np.abs(one_by_one.embeddings - together.embeddings).max() < 1e-5
    assert np.abs(together.embeddings[0] - together.embeddings[3]).max() < 1e-5
    assert np.abs(together.embeddings[0] - together.embeddings[1]).max() > 1e-3


def test_no_photographs(encoder: PhotographEncoder) -> None:
    found = encoder.encode_all(iter([]))
    assert found.embeddings.shape == (0, encoder.dimension)
    assert found.has_face.shape == (0,)


def test_pictures_are_rgb(tmp_path: Path) -> None:
    red = np.zeros((8, 8, 3), np.uint8)
    red[..., 0] = 255
    assert (read_photograph(write(tmp_path / "red.png", red)) == red).all()


@pytest.mark.parametrize("content", [b"", b"This is not a picture.", b"\xff\xd8\xff\xe0"])
def test_no_picture(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    assert decode_photograph(content) is None
    with pytest.raises(ClustererError, match=r"a\.jpg is not a readable picture\. Give a JPEG"):
        encode_photographs([path])


def test_missing_photograph(tmp_path: Path) -> None:
    with pytest.raises(ClustererError, match=r"Cannot read .*a\.jpg \(no such file or directory\)"):
        encode_photographs([tmp_path / "a.jpg"])
