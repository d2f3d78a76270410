"""Training of a face encoder, and its evaluation on held-out people."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from clusterer.core.errors import DataError
from clusterer.core.types import FloatArray, ImageArray, IntArray
from clusterer.training.face_views import make_face_view, whole_faces
from clusterer.training.identities import Identities, split_people
from clusterer.training.loop import Trainer, batches, some_of_each
from clusterer.training.losses import ANNEALED, MetricLoss
from clusterer.training.recogniser import FaceNet, embed_chips
from clusterer.training.resident import Resident
from clusterer.training.settings import FaceTraining
from clusterer.training.verification import HeldOutPairs, Judged, balanced_pairs, judge


@dataclass(frozen=True, slots=True)
class FaceEpoch:
    """Results of one epoch.

    Attributes
    ----------
    number : from 1
    loss : mean over the batches
    auc : probability that a pair of one held-out person is nearer than one of two
    accuracy : of the pairs of held-out people, cross-validated
    val_at_far_01, val_at_far_001 : share of the pairs of one person that is accepted when at most
        1 in 100, 1 in 1000 of the pairs of two people is; with fewer pairs, when none is
    """

    number: int
    loss: float
    auc: float
    accuracy: float
    val_at_far_01: float
    val_at_far_001: float


class FaceTrainer(Trainer[FaceTraining, FaceEpoch]):
    """Trains a face encoder, and resumes an interrupted training.

    Parameters
    ----------
    faces
        All pictures; a share of the people is held out.
    settings
    folder
        For the checkpoint; None = no checkpoint.
    device
        ``cpu`` or ``cuda``; bfloat16 is used where the device is faster with it.

    Raises
    ------
    DataError
        There are too few people or pictures, or the checkpoint in the folder is damaged or of
        another training.
    """

    def __init__(
        self,
        faces: Identities,
        settings: FaceTraining,
        folder: Path | None = None,
        device: str = "cpu",
    ) -> None:
        self.faces = faces
        self.train_rows, self.held_out_rows = split_people(faces, settings.held_out, settings.seed)
        if len(self.train_rows) < settings.batch_size:
            raise DataError(
                f"{len(self.train_rows)} pictures to train on are too few",
                "Add pictures, or lower --batch-size",
            )
        super().__init__(settings, FaceEpoch, folder, device)
        names, self._labels = np.unique(faces.people[self.train_rows], return_inverse=True)
        labels = np.full(len(faces), -1, dtype=np.int64)  # of held-out people: none
        labels[self.train_rows] = self._labels
        self._data = Resident((faces.pictures, labels), self.device)
        held_out = torch.from_numpy(self.chips(self.held_out_rows))
        self._held_out = held_out.to(self._data.place)
        self.pairs: HeldOutPairs = balanced_pairs(faces.people[self.held_out_rows])
        self.network: FaceNet = FaceNet(
            settings.backbone, settings.size_px, settings.dimension, settings.stem, settings.dropout
        ).to(device, memory_format=torch.channels_last)
        name = ANNEALED if settings.loss == "sphereface" else settings.loss
        self._loss = MetricLoss(name, len(names), settings.dimension, scale=settings.scale).to(
            device
        )
        self._best: dict[str, Tensor] = {}
        self._begin({"network": self.network, "loss": self._loss})

    @property
    def best(self) -> FaceEpoch:
        """The first epoch of the greatest AUC; needs at least one epoch."""
        return max(self.history, key=lambda epoch: epoch.auc)

    def ended(self) -> bool:
        """Whether all epochs are done, or the AUC has not improved for too long."""
        waited = len(self.history) - self.best.number if self.history else 0
        return super().ended() or waited >= self.settings.patience

    def best_network(self) -> FaceNet:
        """The network after the best epoch, on the CPU."""
        network: FaceNet = copy.deepcopy(self.network).cpu().eval()
        network.load_state_dict(self._best)
        return network

    def judge(self) -> Judged:
        """Evaluate the current network on held-out people."""
        self.network.eval()
        return judge(self.embed(self.network), self.pairs)

    def embed(self, network: FaceNet) -> FloatArray:
        """Embeddings of the held-out pictures, shape (m, d), float32."""
        found: FloatArray = embed_chips(network, self._held_out, self.settings.batch_size).numpy()
        return found

    def chips(self, rows: IntArray) -> ImageArray:
        """Pictures in the format of the exported network.

        Returns
        -------
        array of shape (n, size, size, 3), uint8, RGB
        """
        pictures = torch.from_numpy(self.faces.pictures[rows]).permute(0, 3, 1, 2)
        seen: ImageArray = whole_faces(pictures, self.settings.size_px).numpy()
        return seen

    def _batches(self, epoch: int) -> list[IntArray]:
        chosen, generator = self.settings, np.random.default_rng((self.settings.seed, epoch))
        if chosen.loss == "triplet":
            size, each = chosen.batch_size, chosen.per_person
            found = some_of_each(self._labels, size, each, generator)
            return [self.train_rows[rows] for rows in found]
        return list(batches(self.train_rows, chosen.batch_size, generator))

    def _loss_of(self, rows: Tensor) -> Tensor:
        pictures, labels = self._data.take(rows)
        with torch.no_grad():
            pictures = pictures.permute(0, 3, 1, 2).float().div_(255.0)
            views = make_face_view(pictures, self.settings.size_px)
        views = views.contiguous(memory_format=torch.channels_last)
        with self._autocast(self.network.least_halved_px):
            embeddings = self.network.embed(views)
        loss: Tensor = self._loss(embeddings.float(), labels)
        return loss

    def _judged(self, number: int, loss: float) -> FaceEpoch:
        found = self.judge()
        vals = (at.val for at in found.operating)
        epoch = FaceEpoch(number, loss, found.auc, found.accuracy, *vals)
        if not self.history or epoch.auc > self.best.auc:
            state = self.network.state_dict()
            self._best = {name: value.detach().cpu().clone() for name, value in state.items()}
        return epoch

    def _census(self) -> list[list[Any]]:
        """Names and picture counts: a checkpoint with another split would leak held-out people."""
        counts = np.bincount(self.faces.people, minlength=len(self.faces.names))
        return [list(each) for each in zip(self.faces.names, counts.tolist(), strict=True)]

    def _state(self) -> dict[str, Any]:
        return {**super()._state(), "best": self._best, "people": self._census()}

    def _take(self, content: dict[str, Any]) -> None:
        if content["people"] != self._census():
            raise ValueError("other people")
        super()._take(content)
        self._best = content["best"]
