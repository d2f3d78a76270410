"""Training data lies on the device if it fits there."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from clusterer.training import resident
from clusterer.training.resident import SHARE, Resident

PICTURES = np.arange(5 * 4, dtype=np.uint8).reshape(5, 2, 2)
LABELS = np.arange(5)
BYTES = PICTURES.nbytes + LABELS.nbytes
META = torch.device("meta")
"""Stands for a GPU."""


@pytest.mark.parametrize(
    ("free", "place"),
    [(None, "meta"), (BYTES / SHARE, "meta"), (BYTES / SHARE - 1, "cpu")],
)
def test_what_does_not_fit_stays_in_main_memory(
    monkeypatch: pytest.MonkeyPatch, free: float | None, place: str
) -> None:
    monkeypatch.setattr(resident, "free_bytes", lambda _device: free)
    data = Resident((PICTURES, LABELS), META)
    assert data.place.type == place
    rows = data.rows(np.array([3, 1]))
    assert rows.device.type == place
    pictures, labels = data.take(rows)
    assert (pictures.device, labels.device) == (META, META)
    assert (pictures.shape, pictures.dtype) == ((2, 2, 2), torch.uint8)


def test_rows_are_copies_in_their_order() -> None:
    data = Resident((PICTURES, LABELS), torch.device("cpu"))
    pictures, labels = data.take(data.rows(np.array([3, 1, 3])))
    assert labels.tolist() == [3, 1, 3]
    assert pictures.numpy().tolist() == PICTURES[[3, 1, 3]].tolist()
    pictures.zero_()
    assert PICTURES.any()


def test_on_the_processor_nothing_is_copied() -> None:
    """So that the pictures are not in memory twice."""
    pictures = PICTURES.copy()
    data = Resident((pictures,), torch.device("cpu"))
    pictures[2] = 7
    assert (data.take(data.rows(np.array([2])))[0] == 7).all()


def test_only_a_gpu_has_memory_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _device: (7, 9))
    found = [resident.free_bytes(torch.device(name)) for name in ("cuda", "cpu")]
    assert found == [7, None]
