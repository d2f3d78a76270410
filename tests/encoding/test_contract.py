"""What every registered encoder must keep."""

from __future__ import annotations

import numpy as np
import pytest

from clusterer import encoding
from clusterer.config import EncodingConfig
from clusterer.encoding import Encoder
from clusterer.types import ImageArray


@pytest.fixture(scope="module", params=encoding.names())
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return encoding.create(EncodingConfig(encoder=request.param, batch_size=4), 1)


def noise(encoder: Encoder, count: int) -> ImageArray:
    side = encoder.chip_size_px
    random = np.random.default_rng(0)
    return random.integers(0, 256, (count, side, side, 3), np.uint8)


def test_says_what_it_is(encoder: Encoder) -> None:
    assert encoder.name in encoding.names()
    assert encoder.models == {file.name: file.sha256() for file in encoding.weights(encoder.name)}


@pytest.mark.parametrize("count", [0, 1, 4, 5])
def test_shape_and_dtype(encoder: Encoder, count: int) -> None:
    embeddings = encoder.encode(noise(encoder, count))
    assert embeddings.shape == (count, encoder.dimension)
    assert embeddings.dtype == np.float32
    assert np.isfinite(embeddings).all()
    assert (np.linalg.norm(embeddings, axis=1) > 0).all()


def test_same_chips_same_bytes(encoder: Encoder, one_person: ImageArray) -> None:
    assert encoder.encode(one_person).tobytes() == encoder.encode(one_person).tobytes()


def test_batches_do_not_matter(encoder: Encoder, one_person: ImageArray) -> None:
    one_by_one = np.concatenate([encoder.encode(chip[None]) for chip in one_person])
    assert np.abs(encoder.encode(one_person) - one_by_one).max() < 1e-6
    backwards = encoder.encode(one_person[::-1])[::-1]
    assert np.abs(backwards - one_by_one).max() < 1e-6


def test_threads_do_not_matter(encoder: Encoder, one_person: ImageArray) -> None:
    other = encoding.create(EncodingConfig(encoder=encoder.name, batch_size=16), 2)
    assert np.abs(encoder.encode(one_person) - other.encode(one_person)).max() < 1e-6


def test_read_only_and_strided_chips(encoder: Encoder, one_person: ImageArray) -> None:
    frozen = one_person.copy()
    frozen.setflags(write=False)
    mirrored = frozen[:, :, ::-1]
    expected = encoder.encode(np.ascontiguousarray(mirrored))
    assert np.array_equal(encoder.encode(mirrored), expected)


def test_chips_are_left_alone(encoder: Encoder, one_person: ImageArray) -> None:
    before = one_person.copy()
    encoder.encode(one_person)
    assert np.array_equal(one_person, before)


def test_one_person_stays_one(encoder: Encoder, one_person: ImageArray) -> None:
    distances = np.linalg.norm(
        np.diff(encoder.encode(one_person)[[0, 1, 0, 2, 0, 7]], axis=0), axis=1
    )
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
def test_people_are_told_apart(encoder: Encoder, ten_people: tuple[ImageArray, np.ndarray]) -> None:
    chips, people = ten_people
    embeddings = encoder.encode(chips).astype(np.float64)
    distances = np.linalg.norm(embeddings[:, None] - embeddings[None], axis=2)
    pairs = np.triu(np.ones_like(distances, bool), 1)
    same = people[:, None] == people[None]
    assert (pairs & same).sum() >= 5
    within, between = distances[pairs & same], distances[pairs & ~same]
    assert within.max() < between.min()
    assert (between > encoding.default_threshold(encoder.name, "l2")).all()
