"""The training loop: epochs, steps, schedule, checkpoints, reproducible randomness."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from clusterer.core.errors import DataError
from clusterer.core.types import IntArray
from clusterer.training.checkpoint import CHECKPOINT, REMEDY, CheckpointWriter, read_checkpoint
from clusterer.training.resident import Resident

WARM_UP = 0.05
FUSED = ("cpu", "cuda")
"""Devices for which torch has AdamW as one pass over all parameters."""
VIEW_SEED = 7
"""Of the held-out views, the same in each epoch so that epochs are comparable."""


class Schedule(Protocol):
    """Settings that the loop needs: frozen dataclasses, see `clusterer.training.settings`."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def epochs(self) -> int:
        """Greatest number of epochs."""

    @property
    def seed(self) -> int:
        """Of all random numbers."""

    @property
    def learning_rate(self) -> float:
        """Of AdamW."""

    @property
    def weight_decay(self) -> float:
        """Of AdamW."""


class Numbered(Protocol):
    """Results of one epoch: a frozen dataclass of plain values."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def number(self) -> int:
        """From 1."""


S = TypeVar("S", bound=Schedule)
E = TypeVar("E", bound=Numbered)


class Trainer(ABC, Generic[S, E]):
    """Trains a network, and resumes an interrupted training.

    A subclass creates its data and modules in ``__init__``, in a fixed order, between the base's
    ``__init__`` and `_begin`.

    Parameters
    ----------
    settings
    epoch
        Class of the results of an epoch.
    folder
        For the checkpoint; None = no checkpoint.
    device
        ``cpu`` or ``cuda``.
    """

    network: nn.Module
    _data: Resident

    def __init__(self, settings: S, epoch: type[E], folder: Path | None, device: str) -> None:
        self.settings = settings
        self.device = torch.device(device)
        self.history: list[E] = []
        self._epoch = epoch
        self._folder = folder
        self._writer = CheckpointWriter(folder)
        self._modules: dict[str, nn.Module] = {}
        torch.manual_seed(settings.seed)

    def _begin(self, modules: Mapping[str, nn.Module]) -> None:
        """Register modules by their names in the checkpoint, and restore them from it.

        Raises
        ------
        DataError
            The checkpoint in the folder is damaged or of another training.
        """
        self._modules = dict(modules)
        parameters = [p for module in modules.values() for p in module.parameters()]
        self._optimizer = torch.optim.AdamW(
            parameters,
            lr=self.settings.learning_rate,
            weight_decay=self.settings.weight_decay,
            fused=self.device.type in FUSED,
        )
        self._restore()

    @abstractmethod
    def _batches(self, epoch: int) -> Sequence[IntArray]:
        """Rows of each batch of an epoch, which counts from 0; as many in each."""

    @abstractmethod
    def _loss_of(self, rows: Tensor) -> Tensor:
        """Loss of a batch, a scalar; the network is in training mode.

        It waits for no result, so that a GPU is given its next step while it computes.
        """

    @abstractmethod
    def _judged(self, number: int, loss: float) -> E:
        """Results of an epoch, given its mean loss."""

    def ended(self) -> bool:
        """Whether all epochs are done."""
        return len(self.history) >= self.settings.epochs

    def run(self, progress: Callable[[float, E | None], None] | None = None) -> list[E]:
        """Train the remaining epochs; return the results of all epochs.

        A checkpoint is written after each, while the next begins. On one kind of CPU, equal data,
        settings and numbers of threads give the same network bit for bit, interrupted or not.

        Parameters
        ----------
        progress
            Called after every batch with the share done, 0 to 1, and the last epoch's results.

        Raises
        ------
        ResultError
            The checkpoint cannot be written.
        """
        progress = progress or _ignore
        with self._writer.open():
            while not self.ended():
                epoch = len(self.history)
                losses = self._train_epoch(epoch, progress)
                self.history.append(self._judged(epoch + 1, float(losses.double().mean())))
                self._writer.write(self._content())
                done = 1.0 if self.ended() else (epoch + 1) / self.settings.epochs
                progress(done, self.history[-1])
        self.network.eval()
        return self.history

    def _train_epoch(self, epoch: int, progress: Callable[[float, E | None], None]) -> Tensor:
        """Train one epoch; the loss of each batch, on the device."""
        torch.manual_seed(self.settings.seed * 1_000_003 + epoch)
        self.network.train()
        found = self._data.rows(np.stack(self._batches(epoch)))
        losses = torch.zeros(len(found), device=self.device)
        last = self.history[-1] if self.history else None
        for step, rows in enumerate(found):
            done = (epoch + step / len(found)) / self.settings.epochs
            losses[step] = self._step(rows, done)
            progress(done, last)
        return losses

    def _step(self, rows: Tensor, done: float) -> Tensor:
        for group in self._optimizer.param_groups:
            group["lr"] = self.settings.learning_rate * schedule(done)
        loss = self._loss_of(rows)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._optimizer.step()
        return loss.detach()

    def _autocast(self, least_halved_px: int) -> AbstractContextManager[Any]:
        """Compute in bfloat16 where the device is faster with it; sums have 32 bits.

        Parameters
        ----------
        least_halved_px
            Side of the smallest map that a convolution halves. On a CPU it must not be 1: there
            oneDNN leaves the gradient of weights that meet only padding undefined, even NaN.
        """
        has = has_bfloat16(self.device) and (least_halved_px > 1 or self.device.type != "cpu")
        return torch.autocast(self.device.type, torch.bfloat16) if has else nullcontext()

    @contextmanager
    def fixed_randomness(self) -> Iterator[None]:
        """Draw the same random numbers each time, without affecting those of the training."""
        gpu = [torch.cuda.current_device()] if self.device.type == "cuda" else []
        with torch.random.fork_rng(gpu):
            torch.manual_seed(VIEW_SEED)
            yield

    def _state(self) -> dict[str, Any]:
        state = {name: module.state_dict() for name, module in self._modules.items()}
        return {**state, "optimizer": self._optimizer.state_dict()}

    def _take(self, content: dict[str, Any]) -> None:
        for name, module in self._modules.items():
            module.load_state_dict(content[name])
        self._optimizer.load_state_dict(content["optimizer"])
        self.history = [self._epoch(**epoch) for epoch in content["history"]]

    def _content(self) -> dict[str, Any]:
        history = [asdict(epoch) for epoch in self.history]
        return {**self._state(), "settings": asdict(self.settings), "history": history}

    def _restore(self) -> None:
        if self._folder is None:
            return
        content = read_checkpoint(self._folder, asdict(self.settings), self.device)
        if content is None:
            return
        try:
            self._take(content)
        except (KeyError, TypeError, ValueError, RuntimeError):  # sizes differ
            path = self._folder / CHECKPOINT
            raise DataError(f"{path} is of a training on other pictures", REMEDY) from None


def choose_device(threads: int | None = None) -> str:
    """Where to train: ``cuda`` if there is such a GPU, otherwise ``cpu``.

    Parameters
    ----------
    threads
        Number of CPU threads for torch; None = its default.
    """
    if threads is not None:
        torch.set_num_threads(threads)
    return "cuda" if torch.cuda.is_available() else "cpu"


def has_bfloat16(device: torch.device) -> bool:
    """Whether a device computes in bfloat16: GPUs since Ampere, CPUs with AVX512-BF16 or AMX.

    Others imitate it, which is slower than 32 bits.
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
    return False


def schedule(done: float) -> float:
    """Factor of the learning rate: a short warm-up, then half a cosine.

    Parameters
    ----------
    done
        Share of the training, 0 to 1.
    """
    return min(1.0, done / WARM_UP + 0.02) * (0.5 + 0.5 * math.cos(math.pi * done))


def _ignore(_done: float, _last: Numbered | None) -> None: ...


def batches(rows: IntArray, size: int, generator: np.random.Generator) -> Iterator[IntArray]:
    """Yield shuffled rows in full batches, each row once at most; drop an incomplete batch."""
    order = generator.permutation(rows)
    for start in range(0, len(order) - size + 1, size):
        yield order[start : start + size]


def some_of_each(
    people: IntArray, size: int, per_person: int, generator: np.random.Generator
) -> list[IntArray]:
    """Batches of a few pictures each of a few people, as triplet losses need.

    Parameters
    ----------
    people : array of shape (n,), of each picture
    size
        Pictures in a batch, rounded down to a multiple of `per_person`.
    per_person
        Pictures of each person; some are repeated for people with fewer.
    generator
        Of random numbers.

    Returns
    -------
    n // size batches, at least one; indices into `people`
    """
    names = np.unique(people)
    at_once = min(max(2, size // per_person), len(names))
    found = []
    for _ in range(max(1, len(people) // size)):
        rows = []
        for person in generator.permutation(names)[:at_once]:
            pictures = np.flatnonzero(people == person)
            rows.append(generator.choice(pictures, per_person, replace=len(pictures) < per_person))
        found.append(np.concatenate(rows).astype(np.int64))
    return found
