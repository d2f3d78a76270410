"""Training data on the device that trains, so that a step waits for no copy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

SHARE = 0.5
"""Of the free memory of a GPU; the rest is for the network, its gradients and activations."""


class Resident:
    """Arrays of one length, on the device if they fit there, otherwise in main memory.

    Parameters
    ----------
    arrays
        The first dimension counts the rows.
    device
        That trains.

    Attributes
    ----------
    place : device on which the arrays are
    """

    def __init__(self, arrays: Sequence[NDArray[Any]], device: torch.device) -> None:
        free = free_bytes(device)
        fits = free is None or sum(array.nbytes for array in arrays) <= SHARE * free
        self.place = device if fits else torch.device("cpu")
        self._device = device
        self._arrays = [torch.from_numpy(array).to(self.place) for array in arrays]

    def rows(self, rows: NDArray[np.int64]) -> Tensor:
        """Row numbers, where `take` needs them; of the same shape."""
        return torch.from_numpy(rows).to(self.place)

    def take(self, rows: Tensor) -> tuple[Tensor, ...]:
        """Copies of some rows of each array, on the device that trains.

        Parameters
        ----------
        rows : tensor of shape (n,), int64, on `place`
        """
        return tuple(self._moved(array[rows]) for array in self._arrays)

    def _moved(self, part: Tensor) -> Tensor:
        if self._device.type == "cuda" and self.place.type == "cpu":
            part = part.pin_memory()  # only such memory is copied while the GPU computes
        return part.to(self._device, non_blocking=True)


def free_bytes(device: torch.device) -> int | None:
    """Free memory of a GPU; None = the device computes in main memory."""
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else None
