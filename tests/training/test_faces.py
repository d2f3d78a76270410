"""Training of faces learns, stops early, goes on where it was interrupted, and keeps the best."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from clusterer.core.errors import DataError
from clusterer.training.checkpoint import CHECKPOINT
from clusterer.training.faces import FaceEpoch, FaceTrainer
from clusterer.training.settings import FACE_LOSS_NAMES
from clusterer.training.verification import Judged
from tests.training.builder import SMALL_FACES, face_settings, people

PEOPLE = people()


def state(trainer: FaceTrainer) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in trainer.network.state_dict().items()}


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_learns_to_tell_people_apart() -> None:
    chosen = face_settings(epochs=6, batch_size=16, held_out=0.4, size_px=24)
    trainer = FaceTrainer(people(20, 6, chosen.picture_px), chosen)
    before = trainer.judge().auc
    history = trainer.run()
    assert history[-1].loss < 0.8 * history[0].loss
    assert trainer.best.auc > max(0.78, before + 0.08)
    assert not trainer.network.training


@pytest.mark.parametrize("loss", FACE_LOSS_NAMES)
def test_every_loss_trains(loss: str) -> None:
    trainer = FaceTrainer(PEOPLE, face_settings(loss=loss, epochs=1))
    before = state(trainer)
    (epoch,) = trainer.run()
    assert epoch.number == 1
    assert np.isfinite([epoch.loss, epoch.auc, epoch.accuracy, epoch.val_at_far_01]).all()
    assert not same(before, state(trainer))
    assert all(value.isfinite().all() for value in state(trainer).values())


def test_nobody_who_is_held_out_is_trained_on() -> None:
    trainer = FaceTrainer(PEOPLE, SMALL_FACES)
    whose = [set(PEOPLE.people[rows]) for rows in (trainer.train_rows, trainer.held_out_rows)]
    assert whose[0].isdisjoint(whose[1])
    assert [len(each) for each in whose] == [6, 2]
    assert trainer._loss.loss.W.shape == (SMALL_FACES.dimension, 6)


def interrupt_in_epoch(number: int) -> Callable[[float, FaceEpoch | None], None]:
    def watch(done: float, last: FaceEpoch | None) -> None:
        assert 0 <= done <= 1
        if last is not None and last.number == number - 1 and done > (number - 1) / 3:
            raise KeyboardInterrupt

    return watch


@pytest.mark.parametrize("loss", ["triplet", "sphereface"])
def test_resumes_with_the_same_result(tmp_path: Path, loss: str) -> None:
    chosen = face_settings(loss=loss)
    at_once = FaceTrainer(PEOPLE, chosen)
    at_once.run()
    with pytest.raises(KeyboardInterrupt):
        FaceTrainer(PEOPLE, chosen, tmp_path).run(interrupt_in_epoch(3))
    resumed = FaceTrainer(PEOPLE, chosen, tmp_path)
    assert len(resumed.history) == 2
    assert resumed.run() == at_once.history
    assert same(state(resumed), state(at_once))
    best = resumed.best_network().state_dict()
    assert same(best, at_once.best_network().state_dict())
    assert [path.name for path in tmp_path.iterdir()] == [CHECKPOINT]


def test_other_people_are_noticed(tmp_path: Path) -> None:
    """Triplets have no centres whose number would tell; another split would mix both sides."""
    chosen = face_settings(loss="triplet", epochs=1)
    FaceTrainer(PEOPLE, chosen, tmp_path).run()
    with pytest.raises(DataError, match="of a training on other pictures"):
        FaceTrainer(people(9), chosen, tmp_path)
    with pytest.raises(DataError, match="of a training with other settings"):
        FaceTrainer(PEOPLE, face_settings(loss="softmax", epochs=1), tmp_path)


def judged(monkeypatch: pytest.MonkeyPatch, *aucs: float) -> None:
    """Let epochs be as good as told."""
    left, real = iter(aucs), FaceTrainer.judge

    def judge(trainer: FaceTrainer) -> Judged:
        found = real(trainer)
        return Judged(next(left), found.accuracy, found.operating)

    monkeypatch.setattr(FaceTrainer, "judge", judge)


def test_stops_when_nothing_gets_better(monkeypatch: pytest.MonkeyPatch) -> None:
    judged(monkeypatch, 0.5, 0.7, 0.7, 0.6, 0.9)
    heard: list[float] = []
    states: list[dict[str, Tensor]] = []
    trainer = FaceTrainer(PEOPLE, face_settings(epochs=9, patience=2))

    def watch(done: float, last: FaceEpoch | None) -> None:
        heard.append(done)
        if last is not None and len(states) < last.number:
            states.append(state(trainer))

    assert [epoch.auc for epoch in trainer.run(watch)] == [0.5, 0.7, 0.7, 0.6]
    assert heard == sorted(heard)
    assert (heard[0], heard[-1]) == (0.0, 1.0)
    assert trainer.best.number == 2
    best = trainer.best_network().state_dict()
    assert [same(each, best) for each in states] == [False, True, False, False]
    assert not trainer.best_network().training
    assert trainer.ended()


def test_nothing_is_left_to_do_after_an_early_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(monkeypatch, 0.7, 0.6)
    chosen = face_settings(epochs=9, patience=1)
    first = FaceTrainer(PEOPLE, chosen, tmp_path)
    first.run()
    again = FaceTrainer(PEOPLE, chosen, tmp_path)
    assert again.run() == first.history
    assert len(again.history) == 2


@pytest.mark.parametrize(
    ("n", "changes", "expected"),
    [
        (3, {}, "3 people are too few. Add people"),
        (4, {"batch_size": 11}, "10 pictures to train on are too few. Add pictures, or lower"),
    ],
)
def test_too_few(n: int, changes: dict[str, object], expected: str) -> None:
    with pytest.raises(DataError, match=expected):
        FaceTrainer(people(n), face_settings(**changes))
