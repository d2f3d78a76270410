"""Losses for metric learning, all from pytorch-metric-learning, by name."""

from __future__ import annotations

import warnings
from typing import Any

from pytorch_metric_learning import losses, miners
from torch import Tensor, nn


class MetricLoss(nn.Module):
    """A loss on embeddings and labels, with its miner where it needs one.

    Parameters
    ----------
    name
        One of `clusterer.training.settings.LOSS_NAMES`.
    n_classes
        Labels go from 0 up to it; only the losses that learn a centre per class (ArcFace, CosFace,
        SphereFace) need it.
    dimension
        Of the embeddings.
    temperature
        Of InfoNCE and SupCon.
    """

    def __init__(self, name: str, n_classes: int, dimension: int, temperature: float) -> None:
        super().__init__()
        self.loss: Any = _make(name, n_classes, dimension, temperature)
        self.miner: Any = miners.TripletMarginMiner(0.2, "semihard") if name == "triplet" else None

    def forward(self, embeddings: Tensor, labels: Tensor) -> Tensor:
        """Shape (n, dimension) and (n,) → scalar."""
        mined = self.miner(embeddings, labels) if self.miner else None
        loss: Tensor = self.loss(embeddings, labels, mined)
        return loss


def _make(name: str, n_classes: int, dimension: int, temperature: float) -> Any:
    if name == "infonce":
        return losses.NTXentLoss(temperature=temperature)
    if name == "supcon":
        return losses.SupConLoss(temperature=temperature)
    if name == "triplet":
        return losses.TripletMarginLoss(margin=0.2)
    of_classes = {
        "arcface": losses.ArcFaceLoss,
        "cosface": losses.CosFaceLoss,
        "sphereface": losses.SphereFaceLoss,
    }
    with warnings.catch_warnings():
        # SphereFace hands a tensor to SciPy, of which NumPy disapproves.
        warnings.simplefilter("ignore", DeprecationWarning)
        return of_classes[name](n_classes, dimension)
