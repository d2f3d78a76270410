"""Losses for metric learning by name: softmax, and others from pytorch-metric-learning."""

from __future__ import annotations

import warnings
from typing import Any

from pytorch_metric_learning import losses, miners
from torch import Tensor, nn
from torch.nn import functional


class MetricLoss(nn.Module):
    """A loss on embeddings and labels, with its miner where it needs one.

    Parameters
    ----------
    name
        One of `clusterer.training.settings.LOSS_NAMES` or `FACE_LOSS_NAMES`.
    n_classes
        Labels go from 0 up to it; only the losses that learn a centre per class (ArcFace, CosFace,
        SphereFace, softmax) need it.
    dimension
        Of the embeddings. SphereFace and softmax weigh their length, the others leave it out.
    temperature
        Of InfoNCE and SupCon.
    scale
        Of ArcFace and CosFace; None = 64, as in the papers.
    """

    def __init__(
        self,
        name: str,
        n_classes: int,
        dimension: int,
        temperature: float = 0.07,
        scale: float | None = None,
    ) -> None:
        super().__init__()
        self.loss: Any = _make(name, n_classes, dimension, temperature, scale)
        self.miner: Any = miners.TripletMarginMiner(0.2, "semihard") if name == "triplet" else None

    def forward(self, embeddings: Tensor, labels: Tensor) -> Tensor:
        """Shape (n, dimension) and (n,) → scalar."""
        mined = self.miner(embeddings, labels) if self.miner else None
        loss: Tensor = self.loss(embeddings, labels, mined)
        return loss


class _Softmax(nn.Module):
    """A linear layer and cross entropy, called as the others are."""

    def __init__(self, n_classes: int, dimension: int) -> None:
        super().__init__()
        self.linear = nn.Linear(dimension, n_classes)

    def forward(self, embeddings: Tensor, labels: Tensor, _mined: None) -> Tensor:
        return functional.cross_entropy(self.linear(embeddings), labels)


def _make(
    name: str, n_classes: int, dimension: int, temperature: float, scale: float | None
) -> Any:
    if name == "infonce":
        return losses.NTXentLoss(temperature=temperature)
    if name == "supcon":
        return losses.SupConLoss(temperature=temperature)
    if name == "triplet":
        return losses.TripletMarginLoss(margin=0.2)
    if name == "softmax":
        return _Softmax(n_classes, dimension)
    scaled = {} if scale is None or name == "sphereface" else {"scale": scale}
    of_classes = {
        "arcface": losses.ArcFaceLoss,
        "cosface": losses.CosFaceLoss,
        "sphereface": losses.SphereFaceLoss,
    }
    with warnings.catch_warnings():
        # SphereFace hands a tensor to SciPy, of which NumPy disapproves.
        warnings.simplefilter("ignore", DeprecationWarning)
        return of_classes[name](n_classes, dimension, **scaled)
