"""Training of the clothing encoder, and its evaluation on held-out garments."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor

from clusterer.core.errors import DataError
from clusterer.core.types import ImageArray, IntArray
from clusterer.training.augment import Studio, make_view, recolour, silhouette
from clusterer.training.garments import Garments, split
from clusterer.training.heads import Heads, Seen, mask_loss, palette
from clusterer.training.loop import Trainer, batches
from clusterer.training.losses import MetricLoss
from clusterer.training.network import ClothingNet
from clusterer.training.resident import Resident
from clusterer.training.settings import ClothingTraining


@dataclass(frozen=True, slots=True)
class Epoch:
    """Results of one epoch.

    Attributes
    ----------
    number : from 1
    loss : mean over the batches
    auc : probability that two views of one held-out garment are nearer than those of two
    recall : share of the held-out garments whose nearest second view is of the same garment
    """

    number: int
    loss: float
    auc: float
    recall: float


class ClothingTrainer(Trainer[ClothingTraining, Epoch]):
    """Trains the clothing encoder, and resumes an interrupted training.

    Parameters
    ----------
    garments
        All pictures; a share of them is held out.
    settings
    folder
        For the checkpoint; None = no checkpoint.
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
        self.garments = garments
        self._train, self._held_out = split(garments, settings.held_out, settings.seed)
        if len(self._train) < settings.batch_size or len(self._held_out) < 2:
            raise DataError(
                f"{len(garments)} pictures are too few", "Add pictures, or lower --batch-size"
            )
        super().__init__(settings, Epoch, folder, device)
        self.network: ClothingNet = ClothingNet(settings.width, settings.dimension).to(device)
        self._heads = Heads(self.network.features, len(garments.kind_names)).to(device)
        self._loss = MetricLoss(
            settings.loss, len(garments), settings.dimension, settings.temperature
        ).to(device)
        self._data = Resident(
            (garments.pictures, garments.masks, garments.has_mask, garments.kinds), self.device
        )
        backgrounds = _channels_first(torch.from_numpy(garments.backgrounds)).to(device)
        self._studio = Studio(backgrounds, settings.size_px, settings.light)
        outlined = self._train[garments.has_mask[self._train]]
        self._silhouettes = _masks(torch.from_numpy(garments.masks[outlined])).to(device)
        self._begin({"network": self.network, "heads": self._heads, "loss": self._loss})

    def judge(self) -> tuple[float, float]:
        """AUC and recall on two views each of the held-out garments; see `Epoch`."""
        self.network.eval()
        with self.fixed_randomness(), torch.no_grad():
            first, second = (self._embed(self._held_out) for _ in range(2))
        near = (first @ second.T).numpy()
        same = np.eye(len(near), dtype=bool)
        recall = float(np.mean(near.argmax(axis=1) == np.arange(len(near))))
        return float(roc_auc_score(same.ravel(), near.ravel())), recall

    def torsos(self, count: int, held_out: bool = False) -> ImageArray:
        """Views of garments in the format of the exported network; the same in each call.

        Parameters
        ----------
        count
            Greatest number of views.
        held_out
            Use the held-out garments, not those for training.

        Returns
        -------
        array of shape (n, size, size, 3), uint8, RGB
        """
        rows = self._held_out if held_out else self._train
        spread = np.linspace(0, len(rows) - 1, min(count, len(rows)))  # over all parts
        rows = rows[spread.round().astype(np.int64)]
        with self.fixed_randomness():
            views, _ = self._view(*self._load(self._data.rows(rows))[:3])
        seen: ImageArray = (views * 255.0).round().byte().permute(0, 2, 3, 1).cpu().numpy()
        return np.ascontiguousarray(seen)

    def _embed(self, rows: IntArray) -> Tensor:
        parts = []
        for some in np.array_split(rows, max(1, len(rows) // self.settings.batch_size)):
            view, _ = self._view(*self._load(self._data.rows(some))[:3])
            parts.append(self.network(view)[0].float().cpu())
        return torch.cat(parts)

    def _batches(self, epoch: int) -> list[IntArray]:
        generator = np.random.default_rng((self.settings.seed, epoch))
        return list(batches(self._train, self.settings.batch_size, generator))

    def _judged(self, number: int, loss: float) -> Epoch:
        return Epoch(number, loss, *self.judge())

    def _loss_of(self, rows: Tensor) -> Tensor:
        *garments, kinds = self._load(rows)
        seen = self._two_views(*garments)
        with self._autocast(self.settings.size_px // 16):
            described, where = self.network.describe(seen.views)
        described = described.float()
        kinds, labels = kinds.repeat(2), rows.repeat(2).to(self.device)
        loss = self._loss(self.network.project(described), labels)
        loss = loss + self.settings.head_weight * self._heads(described, kinds, seen.colours)
        total: Tensor = loss + self.settings.mask_weight * mask_loss(where.float(), seen)
        return total

    def _two_views(self, pictures: Tensor, masks: Tensor, has_mask: Tensor) -> Seen:
        share = 0.0 if self.settings.learns_centres else self.settings.recolour_share
        with torch.no_grad(), self.device:  # random numbers are made on the device, too
            pictures, masks, has_mask = silhouette(pictures, masks, has_mask, self._silhouettes)
            pictures = recolour(pictures, share)
            first, second = (self._view(pictures, masks, has_mask) for _ in range(2))
            views = torch.cat([first[0], second[0]])
            return Seen(
                views=views.contiguous(memory_format=self._format),
                masks=torch.cat([first[1], second[1]]),
                has_mask=has_mask.repeat(2),
                colours=palette(pictures, masks).repeat(2, 1),
            )

    @property
    def _format(self) -> torch.memory_format:
        """How pictures lie in memory: the faster way, where it works.

        With channels last, oneDNN on a CPU with AVX2 (seen with that of PyTorch 2.14 and 2.15)
        writes beyond the end of its memory unless there are a multiple of 8 of them.
        """
        is_safe = self.device.type != "cpu" or self.settings.width % 8 == 0
        return torch.channels_last if is_safe else torch.contiguous_format

    def _view(self, pictures: Tensor, masks: Tensor, has_mask: Tensor) -> tuple[Tensor, Tensor]:
        with torch.no_grad(), self.device:
            return make_view(pictures, masks, has_mask, self._studio)

    def _load(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Pictures, masks, whether they have one, and kinds; see `make_view`."""
        pictures, masks, has_mask, kinds = self._data.take(rows)
        return _channels_first(pictures).float() / 255.0, _masks(masks), has_mask, kinds


def _channels_first(pictures: Tensor) -> Tensor:
    return pictures.permute(0, 3, 1, 2)


def _masks(masks: Tensor) -> Tensor:
    return masks.float().unsqueeze(1) / 255.0
