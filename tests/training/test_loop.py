"""The rate of a training, where it runs, and when it ends."""

from __future__ import annotations

import pytest
import torch

from clusterer.training.loop import WARM_UP, choose_device, schedule


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
