"""The contract of encoders; every registered one must pass."""

from __future__ import annotations

import numpy as np
import pytest

from clusterer.core.config import EncodingConfig
from clusterer.core.types import ImageArray
from clusterer.faces import encoding
from clusterer.faces.encoding import Encoder
from clusterer.models.runtime import CPU_BATCH
from tests.faces.encoding.conftest import Chips


@pytest.fixture(scope="module", params=[*encoding.names(), "own"])
def encoder(request: pytest.FixtureRequest, stand_ins: set[str], own: str) -> Encoder:
    name = own if request.param == "own" else request.param
    return encoding.create(EncodingConfig(encoder=name, batch_size=4), 1)


@pytest.fixture(scope="module")
def faces(encoder: Encoder, one_person: Chips) -> ImageArray:
    """Chips of one person, cut out as the encoder expects them."""
    return one_person(encoder)


def noise(encoder: Encoder, count: int) -> ImageArray:
    side = encoder.chip_size_px
    random = np.random.default_rng(0)
    return random.integers(0, 256, (count, side, side, 3), np.uint8)


def test_attributes(encoder: Encoder) -> None:
    assert encoder.name in encoding.names() or encoder.name.startswith(encoding.LOCAL)
    assert encoder.alignment == encoding.alignment(encoder.name)
    assert encoder.padding >= 0
    assert encoder.models == {file.name: file.sha256() for file in encoding.weights(encoder.name)}


@pytest.mark.parametrize("count", [0, 1, 4, 5])
def test_shape_and_dtype(encoder: Encoder, count: int) -> None:
    embeddings = encoder.encode(noise(encoder, count))
    assert embeddings.shape == (count, encoder.dimension)
    assert embeddings.dtype == np.float32
    assert np.isfinite(embeddings).all()
    assert (np.linalg.norm(embeddings, axis=1) > 0).all()


def test_same_chips_same_bytes(encoder: Encoder, faces: ImageArray) -> None:
    assert encoder.encode(faces).tobytes() == encoder.encode(faces).tobytes()


def test_batches_do_not_matter(encoder: Encoder, faces: ImageArray) -> None:
    one_by_one = np.concatenate([encoder.encode(chip[None]) for chip in faces])
    assert np.abs(encoder.encode(faces) - one_by_one).max() < 1e-6
    backwards = encoder.encode(faces[::-1])[::-1]
    assert np.abs(backwards - one_by_one).max() < 1e-6


def test_a_run_takes_few_chips(encoder: Encoder, runs: list[int]) -> None:
    collected = encoding.create(EncodingConfig(encoder=encoder.name, batch_size=64), 1)
    runs.clear()  # loading may try the network
    collected.encode(noise(encoder, 2 * CPU_BATCH + 1))
    assert runs == [CPU_BATCH, CPU_BATCH, 1]


def test_embeddings_depend_on_the_chips(encoder: Encoder, faces: ImageArray) -> None:
    result = encoder.encode(faces)
    distance = np.linalg.norm(result - encoder.encode(np.zeros_like(faces)), axis=1)
    assert (distance > 1e-2 * np.linalg.norm(result, axis=1)).all()
    assert (np.linalg.norm(result - encoder.encode(faces[..., ::-1]), axis=1) > 1e-4).all()


def test_threads_do_not_matter(encoder: Encoder, faces: ImageArray) -> None:
    other = encoding.create(EncodingConfig(encoder=encoder.name, batch_size=16), 2)
    assert np.abs(encoder.encode(faces) - other.encode(faces)).max() < 1e-6


def test_read_only_and_strided_chips(encoder: Encoder, faces: ImageArray) -> None:
    frozen = faces.copy()
    frozen.setflags(write=False)
    mirrored = frozen[:, :, ::-1]
    expected = encoder.encode(np.ascontiguousarray(mirrored))
    assert np.array_equal(encoder.encode(mirrored), expected)


def test_chips_are_not_changed(encoder: Encoder, faces: ImageArray) -> None:
    before = faces.copy()
    encoder.encode(faces)
    assert np.array_equal(faces, before)


def test_chips_of_one_person_are_within_the_threshold(encoder: Encoder, faces: ImageArray) -> None:
    distances = np.linalg.norm(np.diff(encoder.encode(faces)[[0, 1, 0, 2, 0, 7]], axis=0), axis=1)
    assert distances.max() < encoding.default_threshold(encoder.name, "l2")


@pytest.mark.parametrize("wrong", ["side", "channels", "dtype", "dimensions"])
def test_wrong_chips(encoder: Encoder, wrong: str) -> None:
    chips = noise(encoder, 2)
    bad = {
        "side": chips[:, 1:],
        "channels": chips[..., :1],
        "dtype": chips.astype(np.float32),
        "dimensions": chips[0],
    }[wrong]
    with pytest.raises(ValueError, match="not chips"):
        encoder.encode(bad)


@pytest.mark.footage
def test_different_people_are_farther_apart_than_one_person(
    encoder: Encoder, stand_ins: set[str], ten_people: tuple[Chips, np.ndarray]
) -> None:
    if encoder.name in stand_ins or encoder.name.startswith(encoding.LOCAL):
        pytest.skip("a stand-in cannot distinguish people")
    chips, people = ten_people
    embeddings = encoder.encode(chips(encoder)).astype(np.float64)
    distances = np.linalg.norm(embeddings[:, None] - embeddings[None], axis=2)
    pairs = np.triu(np.ones_like(distances, bool), 1)
    same = people[:, None] == people[None]
    assert (pairs & same).sum() >= 5
    within, between = distances[pairs & same], distances[pairs & ~same]
    assert within.max() < between.min()
    assert (between > encoding.default_threshold(encoder.name, "l2")).all()
