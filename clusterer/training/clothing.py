"""Training of the clothing encoder: loop, checkpoints, and how good it is on held-out garments."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor

from clusterer.errors import DataError
from clusterer.training.augment import Studio, make_view, recolour, silhouette
from clusterer.training.checkpoint import CHECKPOINT, REMEDY, read_checkpoint, write_checkpoint
from clusterer.training.garments import Garments, batches, split
from clusterer.training.heads import Heads, Seen, mask_loss, palette
from clusterer.training.losses import MetricLoss
from clusterer.training.network import ClothingNet
from clusterer.training.settings import ClothingTraining
from clusterer.types import ImageArray, IntArray

WARM_UP = 0.05
VIEW_SEED = 7
"""Of the views of held-out garments: always the same, so that epochs compare."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one epoch gave.

    Attributes
    ----------
    number : from 1
    loss : mean over the batches
    auc : that two views of one held-out garment are nearer than those of two
    recall : part of the held-out garments whose nearest second view is their own
    """

    number: int
    loss: float
    auc: float
    recall: float


Progress = Callable[[float, Epoch | None], None]
"""Told after every batch which part of the whole is done, 0 to 1, and the last epoch."""


class ClothingTrainer:
    """Trains the clothing encoder, and goes on where an interrupted training stopped.

    Parameters
    ----------
    garments
        All pictures; a part of them is held out.
    settings
    folder
        Where the checkpoint is kept; None = nowhere.
    device
        ``cpu`` or ``cuda``.

    Raises
    ------
    DataError
        There are too few garments for one batch, or the checkpoint in the folder is damaged or of
        another training.
    """

    def __init__(
        self,
        garments: Garments,
        settings: ClothingTraining,
        folder: Path | None = None,
        device: str = "cpu",
    ) -> None:
        self.settings = settings
        self.garments = garments
        self._train, self._held_out = split(garments, settings.held_out, settings.seed)
        if len(self._train) < settings.batch_size or len(self._held_out) < 2:
            raise DataError(
                f"{len(garments)} pictures are too few", "Add pictures, or lower --batch-size"
            )
        torch.manual_seed(settings.seed)
        self.device = torch.device(device)
        self._folder = folder
        self.network = ClothingNet(settings.width, settings.dimension).to(device)
        self._heads = Heads(self.network.features, len(garments.kind_names)).to(device)
        self._loss = MetricLoss(
            settings.loss, len(garments), settings.dimension, settings.temperature
        ).to(device)
        modules = (self.network, self._heads, self._loss)
        parameters = [p for module in modules for p in module.parameters()]
        self._optimizer = torch.optim.AdamW(
            parameters, lr=settings.learning_rate, weight_decay=settings.weight_decay
        )
        self._studio = Studio(
            _channels_first(garments.backgrounds).to(device), settings.size_px, settings.light
        )
        outlined = self._train[garments.has_mask[self._train]]
        self._silhouettes = _masks(garments.masks[outlined]).to(device)
        self.history: list[Epoch] = []
        self._restore()

    def run(self, progress: Progress | None = None) -> list[Epoch]:
        """Train all epochs that are left; the history of all.

        The checkpoint is written after each. On the processor, the same garments, settings and
        number of threads give the same network, bit for bit, whether interrupted or not.

        Raises
        ------
        ResultError
            The checkpoint cannot be written.
        """
        progress = progress or _say_nothing
        for epoch in range(len(self.history), self.settings.epochs):
            torch.manual_seed(self.settings.seed * 1_000_003 + epoch)
            losses = []
            for step, n_steps, rows in self._batches(epoch):
                done = (epoch + step / n_steps) / self.settings.epochs
                losses.append(self._step(rows, done))
                progress(done, self.history[-1] if self.history else None)
            auc, recall = self.judge()
            self.history.append(Epoch(epoch + 1, float(np.mean(losses)), auc, recall))
            self._store()
            progress((epoch + 1) / self.settings.epochs, self.history[-1])
        self.network.eval()
        return self.history

    def judge(self) -> tuple[float, float]:
        """AUC and recall on two views each of the held-out garments; see `Epoch`."""
        self.network.eval()
        with self._own_chance(), torch.no_grad():
            first, second = (self._embed(self._held_out) for _ in range(2))
        near = (first @ second.T).numpy()
        same = np.eye(len(near), dtype=bool)
        recall = float(np.mean(near.argmax(axis=1) == np.arange(len(near))))
        return float(roc_auc_score(same.ravel(), near.ravel())), recall

    def torsos(self, count: int, held_out: bool = False) -> ImageArray:
        """Views of garments as the exported network takes them; always the same.

        Parameters
        ----------
        count
            At most so many.
        held_out
            Of the garments that are not trained on.

        Returns
        -------
        array of shape (n, size, size, 3), uint8, RGB
        """
        rows = self._held_out if held_out else self._train
        spread = np.linspace(0, len(rows) - 1, min(count, len(rows)))  # over all parts
        rows = rows[spread.round().astype(np.int64)]
        with self._own_chance():
            views, _ = self._view(*self._load(rows))
        seen: ImageArray = (views * 255.0).round().byte().permute(0, 2, 3, 1).cpu().numpy()
        return np.ascontiguousarray(seen)

    @contextmanager
    def _own_chance(self) -> Iterator[None]:
        """Random numbers that are always the same, and leave those of the training alone."""
        gpu = [torch.cuda.current_device()] if self.device.type == "cuda" else []
        with torch.random.fork_rng(gpu):
            torch.manual_seed(VIEW_SEED)
            yield

    def _embed(self, rows: IntArray) -> Tensor:
        parts = []
        for some in np.array_split(rows, max(1, len(rows) // self.settings.batch_size)):
            view, _ = self._view(*self._load(some))
            parts.append(self.network(view)[0].float().cpu())
        return torch.cat(parts)

    def _batches(self, epoch: int) -> Iterator[tuple[int, int, IntArray]]:
        generator = np.random.default_rng((self.settings.seed, epoch))
        found = list(batches(self._train, self.settings.batch_size, generator))
        yield from ((step, len(found), rows) for step, rows in enumerate(found))

    def _step(self, rows: IntArray, done: float) -> float:
        self.network.train()
        for group in self._optimizer.param_groups:
            group["lr"] = self.settings.learning_rate * _schedule(done)
        seen = self._two_views(rows)
        with torch.autocast(self.device.type, torch.bfloat16):
            described, where = self.network.describe(seen.views)
        described = described.float()
        kinds = torch.from_numpy(self.garments.kinds[rows]).repeat(2).to(self.device)
        labels = torch.from_numpy(rows).repeat(2).to(self.device)
        loss = self._loss(self.network.project(described), labels)
        loss = loss + self.settings.head_weight * self._heads(described, kinds, seen.colours)
        loss = loss + self.settings.mask_weight * mask_loss(where.float(), seen)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._optimizer.step()
        return float(loss.detach())

    def _two_views(self, rows: IntArray) -> Seen:
        share = 0.0 if self.settings.learns_centres else self.settings.recolour_share
        with torch.no_grad(), self.device:  # what is drawn by chance lies on the device, too
            pictures, masks, has_mask = silhouette(*self._load(rows), self._silhouettes)
            pictures = recolour(pictures, share)
            first, second = (self._view(pictures, masks, has_mask) for _ in range(2))
            views = torch.cat([first[0], second[0]])
            return Seen(
                views=views.contiguous(memory_format=torch.channels_last),
                masks=torch.cat([first[1], second[1]]),
                has_mask=has_mask.repeat(2),
                colours=palette(pictures, masks).repeat(2, 1),
            )

    def _view(self, pictures: Tensor, masks: Tensor, has_mask: Tensor) -> tuple[Tensor, Tensor]:
        with torch.no_grad(), self.device:
            return make_view(pictures, masks, has_mask, self._studio)

    def _load(self, rows: IntArray) -> tuple[Tensor, Tensor, Tensor]:
        some = self.garments[rows]
        pictures = _channels_first(some.pictures).to(self.device).float() / 255.0
        has_mask = torch.from_numpy(some.has_mask).to(self.device)
        return pictures, _masks(some.masks).to(self.device), has_mask

    def _state(self) -> dict[str, Any]:
        return {
            "network": self.network.state_dict(),
            "heads": self._heads.state_dict(),
            "loss": self._loss.state_dict(),
            "optimizer": self._optimizer.state_dict(),
        }

    def _store(self) -> None:
        if self._folder is not None:
            history = [asdict(epoch) for epoch in self.history]
            settings = asdict(self.settings)
            content = {**self._state(), "settings": settings, "history": history}
            write_checkpoint(self._folder, content)

    def _restore(self) -> None:
        if self._folder is None:
            return
        content = read_checkpoint(self._folder, asdict(self.settings), self.device)
        if content is None:
            return
        try:
            self._take(content)
        except (KeyError, TypeError, ValueError, RuntimeError):  # sizes that do not fit
            path = self._folder / CHECKPOINT
            raise DataError(f"{path} is of a training on other pictures", REMEDY) from None

    def _take(self, content: dict[str, Any]) -> None:
        self.network.load_state_dict(content["network"])
        self._heads.load_state_dict(content["heads"])
        self._loss.load_state_dict(content["loss"])
        self._optimizer.load_state_dict(content["optimizer"])
        self.history = [Epoch(**epoch) for epoch in content["history"]]


def choose_device(threads: int | None = None) -> str:
    """Where to train: ``cuda`` if there is such a GPU, otherwise ``cpu``.

    Parameters
    ----------
    threads
        How many of the processor's threads torch may use; None = as it likes.
    """
    if threads is not None:
        torch.set_num_threads(threads)
    return "cuda" if torch.cuda.is_available() else "cpu"


def _say_nothing(_done: float, _last: Epoch | None) -> None: ...


def _schedule(done: float) -> float:
    """Part of the learning rate: a short rise, then half a cosine."""
    return min(1.0, done / WARM_UP + 0.02) * (0.5 + 0.5 * math.cos(math.pi * done))


def _channels_first(pictures: np.typing.NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(pictures).permute(0, 3, 1, 2)


def _masks(masks: np.typing.NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(masks).float().unsqueeze(1) / 255.0
