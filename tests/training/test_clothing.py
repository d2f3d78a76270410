"""Training learns, goes on where it was interrupted, and refuses what is of another training."""

from __future__ import annotations

import colorsys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from clusterer.core.errors import DataError, ResultError
from clusterer.training import clothing
from clusterer.training.augment import spread
from clusterer.training.checkpoint import CHECKPOINT
from clusterer.training.clothing import ClothingTrainer, Epoch
from clusterer.training.settings import LOSS_NAMES
from tests.training.builder import SMALL, garments, settings

GARMENTS = garments()


def state(trainer: ClothingTrainer) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in trainer.network.state_dict().items()}


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def in_other_light(
    pictures: Tensor, masks: Tensor, _has_mask: Tensor, _studio: object
) -> tuple[Tensor, Tensor]:
    """Views that only differ in brightness."""
    seen = functional.interpolate(pictures, (SMALL.size_px, SMALL.size_px))
    seen = seen * torch.exp(spread(len(seen), -1.2, 0.0)) + 0.05 * torch.randn_like(seen)
    return seen.clamp(0, 1), functional.interpolate(masks, (SMALL.size_px, SMALL.size_px))


def test_learns_to_tell_garments_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Garments of one colour each, which the network has to know again, bright or dark."""
    monkeypatch.setattr(clothing, "make_view", in_other_light)
    some = garments(64)
    for row, picture in enumerate(some.pictures):
        hue = colorsys.hsv_to_rgb(row * 0.618 % 1, 0.5 + row * 0.37 % 0.5, 0.4 + row * 0.71 % 0.6)
        picture[:] = np.array(hue) * 255
    chosen = settings(epochs=12, batch_size=16, width=8, temperature=0.2, recolour_share=0.0)
    trainer = ClothingTrainer(some, chosen)
    auc, recall = trainer.judge()
    history = trainer.run()
    assert [epoch.number for epoch in history] == list(range(1, 13))
    assert history[-1].loss < 0.5 * history[0].loss
    assert history[-1].auc > max(0.85, auc + 0.05)
    assert history[-1].recall > recall
    assert not trainer.network.training


@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_every_loss_trains(loss: str) -> None:
    trainer = ClothingTrainer(GARMENTS, settings(loss=loss, epochs=1))
    before = state(trainer)
    (epoch,) = trainer.run()
    assert np.isfinite([epoch.loss, epoch.auc, epoch.recall]).all()
    assert not same(before, state(trainer))
    assert all(value.isfinite().all() for value in state(trainer).values())


def test_the_same_seed_gives_the_same_network() -> None:
    first, second, other = (
        ClothingTrainer(GARMENTS, settings(epochs=1, seed=seed)) for seed in (1, 1, 2)
    )
    assert first.run() == second.run()
    assert same(state(first), state(second))
    other.run()
    assert not same(state(first), state(other))


def interrupt_in_epoch(number: int) -> Callable[[float, Epoch | None], None]:
    def watch(done: float, last: Epoch | None) -> None:
        assert 0 <= done <= 1
        if last is not None and last.number == number - 1 and done > (number - 1) / SMALL.epochs:
            raise KeyboardInterrupt

    return watch


@pytest.mark.parametrize("loss", ["infonce", "arcface"])
@pytest.mark.parametrize("epoch", [2, 3])
def test_resumes_with_the_same_result(tmp_path: Path, epoch: int, loss: str) -> None:
    chosen = settings(loss=loss)
    at_once = ClothingTrainer(GARMENTS, chosen)
    at_once.run()
    with pytest.raises(KeyboardInterrupt):
        ClothingTrainer(GARMENTS, chosen, tmp_path).run(interrupt_in_epoch(epoch))
    resumed = ClothingTrainer(GARMENTS, chosen, tmp_path)
    assert len(resumed.history) == epoch - 1
    assert resumed.run() == at_once.history
    assert same(state(resumed), state(at_once))
    assert [path.name for path in tmp_path.iterdir()] == [CHECKPOINT]


def test_a_finished_training_does_nothing(tmp_path: Path) -> None:
    first = ClothingTrainer(GARMENTS, settings(epochs=1), tmp_path)
    first.run()
    again = ClothingTrainer(GARMENTS, settings(epochs=1), tmp_path)
    assert again.run(interrupt_in_epoch(1)) == first.history
    assert same(state(again), state(first))


def test_progress_reaches_the_end() -> None:
    heard: list[tuple[float, Epoch | None]] = []
    history = ClothingTrainer(GARMENTS, SMALL).run(lambda *said: heard.append(said))
    parts = [done for done, _ in heard]
    assert parts == sorted(parts)
    assert heard[0] == (0.0, None)
    assert heard[-1] == (1.0, history[-1])


@pytest.mark.parametrize("changes", [{"epochs": 9}, {"seed": 1}, {"width": 8}, {"parts": ("a",)}])
def test_the_checkpoint_of_another_training_is_refused(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    ClothingTrainer(GARMENTS, settings(epochs=1), tmp_path).run()
    before = (tmp_path / CHECKPOINT).read_bytes()
    with pytest.raises(DataError, match="of a training with other settings") as error:
        ClothingTrainer(GARMENTS, settings(**{"epochs": 1} | changes), tmp_path)
    assert "--output" in error.value.remedy
    assert (tmp_path / CHECKPOINT).read_bytes() == before


def test_other_pictures_are_noticed(tmp_path: Path) -> None:
    chosen = settings(epochs=1, loss="cosface")
    ClothingTrainer(GARMENTS, chosen, tmp_path).run()
    with pytest.raises(DataError, match="of a training on other pictures"):
        ClothingTrainer(garments(40), chosen, tmp_path)


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_damaged_checkpoint(tmp_path: Path, damage: bytes | None) -> None:
    ClothingTrainer(GARMENTS, settings(epochs=1), tmp_path).run()
    path = tmp_path / CHECKPOINT
    path.write_bytes(path.read_bytes()[:-1000] if damage is None else damage)
    with pytest.raises(DataError, match=r"checkpoint\.pt is damaged"):
        ClothingTrainer(GARMENTS, settings(epochs=1), tmp_path)


def test_a_file_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    trainer = ClothingTrainer(GARMENTS, settings(epochs=1), tmp_path / "file" / "folder")
    with pytest.raises(ResultError, match="Cannot write"):
        trainer.run()


@pytest.mark.parametrize(
    ("n", "changes"), [(8, {}), (32, {"batch_size": 32}), (9, {"held_out": 0.1})]
)
def test_too_few_pictures(n: int, changes: dict[str, object]) -> None:
    with pytest.raises(DataError, match=f"{n} pictures are too few. Add pictures, or lower"):
        ClothingTrainer(garments(n), settings(**changes))


def test_judging_leaves_the_training_alone() -> None:
    trainer = ClothingTrainer(GARMENTS, SMALL)
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    assert trainer.judge() == trainer.judge()
    trainer.torsos(5)
    assert torch.equal(torch.rand(4), expected)


def test_torsos_as_the_exported_network_takes_them() -> None:
    trainer = ClothingTrainer(GARMENTS, SMALL)
    torsos = trainer.torsos(5)
    assert torsos.shape == (5, SMALL.size_px, SMALL.size_px, 3)
    assert torsos.dtype == np.uint8
    assert torsos.flags.c_contiguous
    assert 40 < torsos.mean() < 215
    assert (trainer.torsos(5) == torsos).all()
    assert len(trainer.torsos(1000)) == 24
    assert len(trainer.torsos(1000, held_out=True)) == 8


@pytest.mark.parametrize(("loss", "share"), [("infonce", 1.0), ("arcface", 0.0)])
def test_both_views_share_new_colours(
    loss: str, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Views as they are, but for their size, show what was done before they were made."""

    def plain(pictures: Tensor, masks: Tensor, _has_mask: Tensor, _studio: object) -> tuple:
        return functional.interpolate(pictures, (32, 32)), functional.interpolate(masks, (32, 32))

    monkeypatch.setattr(clothing, "make_view", plain)
    trainer = ClothingTrainer(GARMENTS, settings(loss=loss, recolour_share=1.0))
    rows = np.flatnonzero(GARMENTS.has_mask)[:6]  # of others, a silhouette may cut the picture
    seen = trainer._two_views(*trainer._load(torch.from_numpy(rows))[:3])
    first, second = seen.views.chunk(2)
    assert torch.equal(first, second)
    assert torch.equal(seen.colours[:6], seen.colours[6:])
    pictures = torch.from_numpy(GARMENTS.pictures[rows]).permute(0, 3, 1, 2).float() / 255
    as_read = functional.interpolate(pictures, (32, 32))
    changed = (first - as_read).abs().amax((1, 2, 3)) > 0.01
    assert changed.float().mean() == share
