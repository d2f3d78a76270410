"""Checkpoints are written while the training goes on, and hold the state at that time."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import torch

from clusterer.core.errors import ResultError
from clusterer.training import checkpoint
from clusterer.training.checkpoint import CHECKPOINT, CheckpointWriter, in_main_memory

WAIT_S = 10.0


def written(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = torch.load(folder / CHECKPOINT, weights_only=True)
    return content


def test_the_state_is_that_at_the_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, write = threading.Event(), checkpoint.write_checkpoint

    def waiting(folder: Path, content: dict[str, Any]) -> None:
        assert go_on.wait(WAIT_S)
        write(folder, content)

    monkeypatch.setattr(checkpoint, "write_checkpoint", waiting)
    weights, writer = torch.ones(3), CheckpointWriter(tmp_path)
    with writer.open():
        writer.write({"network": {"weights": weights}, "history": [{"number": 1}]})
        weights.zero_()  # the training goes on
        assert not (tmp_path / CHECKPOINT).exists()
        go_on.set()
    found = written(tmp_path)
    assert found["network"]["weights"].tolist() == [1, 1, 1]
    assert found["history"] == [{"number": 1}]


def test_an_interrupt_waits_for_the_checkpoint(tmp_path: Path) -> None:
    writer = CheckpointWriter(tmp_path)
    with pytest.raises(KeyboardInterrupt), writer.open():  # noqa: PT012 (the block raises)
        writer.write({"number": torch.tensor(1)})
        writer.write({"number": torch.tensor(2)})
        raise KeyboardInterrupt
    assert written(tmp_path)["number"] == 2


@pytest.mark.parametrize("more", [0, 1])
def test_a_checkpoint_that_cannot_be_written_ends_the_training(tmp_path: Path, more: int) -> None:
    """At the next one, or at the end."""
    (tmp_path / "file").touch()
    writer, reached = CheckpointWriter(tmp_path / "file"), []
    with pytest.raises(ResultError, match="Cannot write"), writer.open():  # noqa: PT012 (the block raises)
        writer.write({})
        for number in range(more):
            writer.write({})
            reached.append(number)
    assert reached == []


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    writer = CheckpointWriter(None)
    with writer.open():
        writer.write({"number": torch.tensor(1)})
    assert list(tmp_path.iterdir()) == []


def test_nested_tensors_are_copied() -> None:
    weights = torch.ones(2, requires_grad=True)
    content = {"a": [weights, 1], "b": {2: (weights.detach(), "x"), 3: None}}
    kept = in_main_memory(content)
    with torch.no_grad():
        weights.zero_()
    assert kept["a"][0].tolist() == kept["b"][2][0].tolist() == [1, 1]
    assert (kept["a"][1], kept["b"][2][1], kept["b"][3]) == (1, "x", None)
    assert not kept["a"][0].requires_grad
