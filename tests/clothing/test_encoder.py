from pathlib import Path

import numpy as np
import pytest

from clusterer.clothing import encoder as module
from clusterer.clothing.description import LEAST_SHARE, PICTURE_PX, describe_torsos
from clusterer.clothing.encoder import DIMENSION, ClothingEncoder
from clusterer.clothing.region import SIDE_PX, Torso
from clusterer.core.errors import ModelError
from clusterer.core.types import ImageArray
from clusterer.models.bundled import CLOTHING
from clusterer.models.runtime import CPU_BATCH


@pytest.fixture(scope="module")
def encoder() -> ClothingEncoder:
    return ClothingEncoder(1)


def torsos(count: int, seed: int = 0) -> ImageArray:
    """Garments of one colour and a coarse pattern each."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (count, 8, 8, 3), dtype=np.uint8)
    return coarse.repeat(SIDE_PX // 8, axis=1).repeat(SIDE_PX // 8, axis=2)


def torso(picture: ImageArray, share: float = 1.0) -> Torso:
    seen = np.zeros((SIDE_PX, SIDE_PX), bool)
    seen[: round(share * SIDE_PX)] = True
    return Torso(picture, seen, share)


def test_embeddings_are_of_length_one(encoder: ClothingEncoder) -> None:
    embeddings = encoder.encode(torsos(3))
    assert embeddings.shape == (3, DIMENSION)
    assert embeddings.dtype == np.float32
    assert np.linalg.norm(embeddings, axis=1) == pytest.approx(np.ones(3), abs=1e-4)


def test_batches_do_not_matter(encoder: ClothingEncoder) -> None:
    many = torsos(2 * CPU_BATCH + 1)
    together = encoder.encode(many)
    alone = np.concatenate([encoder.encode(one[None]) for one in many])
    assert together == pytest.approx(alone, abs=1e-4)


def test_a_run_takes_few_torsos(encoder: ClothingEncoder, runs: list[int]) -> None:
    encoder.encode(torsos(2 * CPU_BATCH + 1))
    assert runs == [CPU_BATCH, CPU_BATCH, 1]


def test_the_same_torsos_give_the_same_bytes(encoder: ClothingEncoder) -> None:
    first, second = (ClothingEncoder(1).encode(torsos(4)) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_no_torsos(encoder: ClothingEncoder) -> None:
    embeddings = encoder.encode(np.zeros((0, SIDE_PX, SIDE_PX, 3), np.uint8))
    assert embeddings.shape == (0, DIMENSION)


def test_light_changes_the_embedding_less_than_colour_does(encoder: ClothingEncoder) -> None:
    red = np.full((SIDE_PX, SIDE_PX, 3), (170, 40, 40), np.uint8)
    dimmed = (red * 0.85).astype(np.uint8)
    blue = np.full((SIDE_PX, SIDE_PX, 3), (40, 40, 170), np.uint8)
    embeddings = encoder.encode(np.stack([red, dimmed, blue]))
    assert embeddings[0] @ embeddings[1] > embeddings[0] @ embeddings[2] + 0.2


def test_the_background_hardly_changes_the_embedding(encoder: ClothingEncoder) -> None:
    """A striped shirt in front of two walls, and another in front of one of them."""
    stripes = np.indices((SIDE_PX, SIDE_PX))[0] // 8 % 2 == 0
    middle = slice(SIDE_PX // 5, -SIDE_PX // 5)

    def before(wall: tuple[int, int, int], shirt: tuple[int, int, int]) -> ImageArray:
        picture = np.full((SIDE_PX, SIDE_PX, 3), wall, np.uint8)
        cloth = np.where(stripes[..., None], shirt, (230, 230, 230)).astype(np.uint8)
        picture[:, middle] = cloth[:, middle]
        return picture

    one, elsewhere, other = encoder.encode(
        np.stack(
            [
                before((60, 70, 50), (40, 40, 150)),
                before((140, 110, 90), (40, 40, 150)),
                before((60, 70, 50), (150, 60, 40)),
            ]
        )
    )
    assert one @ elsewhere > one @ other + 0.2


@pytest.mark.parametrize(
    "wrong", [np.zeros((1, 64, 64, 3), np.uint8), np.zeros((1, SIDE_PX, SIDE_PX, 3), np.float32)]
)
def test_other_shapes_and_types_are_rejected(encoder: ClothingEncoder, wrong: ImageArray) -> None:
    with pytest.raises(ValueError, match="not torsos of 96 px"):
        encoder.encode(wrong)


def test_damaged_weights_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusterer.models.bundled.read_file", lambda _: b"no network")
    with pytest.raises(
        ModelError, match=r"clothing.int8.onnx is damaged.*Install cluster-video again"
    ):
        ClothingEncoder(1)


def test_the_weights_are_small_and_documented() -> None:
    path = CLOTHING.find()
    assert path.stat().st_size <= 12e6
    card = path.with_name("MODEL_CARD.md").read_text(encoding="utf-8")
    for word in (CLOTHING.sha256(), "CC0", "Apache-2.0", "seed", "cluster-video train clothing"):
        assert word in card
    assert path.parent == Path(module.__file__).parent


def test_torsos_are_described_in_order(encoder: ClothingEncoder) -> None:
    first, second = torsos(2)
    described = describe_torsos(
        [torso(first), torso(second, LEAST_SHARE / 2), torso(second)], encoder
    )
    embeddings = encoder.encode(np.stack([first, second]))
    assert described[0].clothing == pytest.approx(embeddings[0], abs=1e-5)
    assert described[2].clothing == pytest.approx(embeddings[1], abs=1e-5)
    assert not described[1].clothing.any()
    assert [w.share for w in described] == [1.0, LEAST_SHARE / 2, 1.0]


def test_pictures_show_the_visible_part(encoder: ClothingEncoder) -> None:
    import cv2  # noqa: PLC0415 (only here)

    whole, half, none = describe_torsos(
        [torso(torsos(1)[0], share) for share in (1.0, 0.5, 0.0)], encoder
    )
    width, height = PICTURE_PX
    for described, rows in ((whole, height), (half, height // 2)):
        decoded = cv2.imdecode(np.frombuffer(described.picture, np.uint8), cv2.IMREAD_COLOR)
        assert decoded.shape == (rows, width, 3)
    assert none.picture == b""


def test_an_invisible_torso_has_an_empty_description(encoder: ClothingEncoder) -> None:
    assert describe_torsos([], encoder) == []
