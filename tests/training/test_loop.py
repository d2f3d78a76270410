"""The rate of a training, where it runs, and when it ends."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from clusterer.training import loop
from clusterer.training.faces import FaceTrainer
from clusterer.training.loop import WARM_UP, choose_device, has_bfloat16, schedule
from tests.training.builder import SMALL_FACES, face_settings, people


@pytest.mark.parametrize(
    ("done", "part"),
    [(0.0, 0.02), (WARM_UP, 0.99384), (0.5, 0.5), (1.0, 0.0)],
)
def test_the_rate_rises_and_falls(done: float, part: float) -> None:
    assert schedule(done) == pytest.approx(part, abs=1e-5)


def test_device_and_threads() -> None:
    threads = torch.get_num_threads()
    assert choose_device() == ("cuda" if torch.cuda.is_available() else "cpu")
    assert torch.get_num_threads() == threads
    try:
        choose_device(2)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)


@pytest.mark.parametrize(
    ("has", "least_halved_px", "expected"),
    [(True, 2, torch.bfloat16), (True, 1, torch.float32), (False, 2, torch.float32)],
)
def test_precision(
    monkeypatch: pytest.MonkeyPatch, has: bool, least_halved_px: int, expected: torch.dtype
) -> None:
    monkeypatch.setattr(loop, "has_bfloat16", lambda _device: has)
    trainer = FaceTrainer(people(), SMALL_FACES)
    with trainer._autocast(least_halved_px):
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype is expected


@pytest.mark.parametrize(
    ("device", "native", "expected"),
    [("cuda", True, True), ("cuda", False, False), ("cpu", True, True), ("cpu", False, False),
     ("meta", True, False)],
)  # fmt: skip
def test_devices_that_compute_in_16_bits(
    monkeypatch: pytest.MonkeyPatch, device: str, native: bool, expected: bool
) -> None:
    """Those that imitate it do not count."""

    def supports(including_emulation: bool = True) -> bool:
        return native or including_emulation

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supports)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: native)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    assert has_bfloat16(torch.device(device)) is expected


class Crossings(TorchDispatchMode):
    """Counts what connects two devices."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        del types
        result = func(*args, **(kwargs or {}))
        parts = tree_leaves((args, kwargs, result))
        if len({part.device for part in parts if isinstance(part, torch.Tensor)}) > 1:
            self.found.append(str(func))
        return result


@pytest.mark.parametrize("loss", ["arcface", "cosface", "softmax", "sphereface"])
def test_an_epoch_of_faces_waits_for_no_copy(loss: str) -> None:
    """On ``meta``, which stands for a GPU, and from which no value can be read."""
    trainer = FaceTrainer(people(), face_settings(loss=loss), device="meta")
    trainer._train_epoch(0, lambda *_: None)  # constants are copied once
    with Crossings() as crossings:
        losses = trainer._train_epoch(1, lambda *_: None)
    assert losses.is_meta
    assert len(losses) == 30 // SMALL_FACES.batch_size
    assert crossings.found == ["aten._to_copy.default"], "the rows of all batches"
    everything = [*trainer.network.parameters(), *trainer.network.buffers()]
    assert all(each.is_meta for each in everything)
    state = trainer._optimizer.state.values()
    assert all(each["exp_avg"].is_meta for each in state)
