"""Losses for metric learning by name: softmax, and others from pytorch-metric-learning."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from pytorch_metric_learning import losses, miners
from torch import Tensor, nn
from torch.nn import functional

ANNEALED = "annealed sphereface"
"""SphereFace whose margin grows slowly; otherwise it hardly learns from random weights."""
ANNEALING_BASE, ANNEALING_RATE, ANNEALING_LEAST = 1000.0, 0.12, 5.0
"""Weight of the plain cosine in SphereFace: base / (1 + rate * step), or the least; base, gamma and
lambda_min of the authors' own network definition (github.com/wy1iu/sphereface)."""


class MetricLoss(nn.Module):
    """A loss on embeddings and labels, with its miner where it needs one.

    Parameters
    ----------
    name
        One of `clusterer.training.settings.LOSS_NAMES` or `FACE_LOSS_NAMES`, or `ANNEALED`.
    n_classes
        Number of labels; needed only by losses that learn a centre per class (ArcFace, CosFace,
        SphereFace, softmax).
    dimension
        Of the embeddings. SphereFace and softmax depend on their length, the others do not.
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


class _Gathered(losses.LargeMarginSoftmaxLoss):
    """Large-margin softmax that keeps a GPU busy.

    The library picks the cosines of the own classes by a mask, and has to wait for their number.
    """

    def compute_loss(self, embeddings: Tensor, labels: Tensor, *_: None) -> dict[str, Any]:
        self.cast_types(embeddings.dtype, embeddings.device)
        cosine, own = self.get_cosine(embeddings), labels.unsqueeze(1)
        changed = self.modify_cosine_of_target_classes(cosine.gather(1, own).squeeze(1))
        logits = self.scale_logits(cosine.scatter(1, own, changed.unsqueeze(1)), embeddings)
        found = {
            "losses": self.cross_entropy(logits, labels),
            "indices": torch.arange(len(labels), device=labels.device),
            "reduction_type": "element",
        }
        return {"loss": found}


class _ArcFace(_Gathered, losses.ArcFaceLoss): ...


class _CosFace(_Gathered, losses.CosFaceLoss): ...


class _SphereFace(_Gathered, losses.SphereFaceLoss): ...


class _Annealed(_SphereFace):
    """Mix of the plain cosine and SphereFace's, the former from nearly all to five sixths."""

    def __init__(self, n_classes: int, dimension: int) -> None:
        super().__init__(n_classes, dimension)
        self.register_buffer("steps", torch.zeros(()))  # kept in checkpoints

    def modify_cosine_of_target_classes(self, cosine: Tensor) -> Tensor:
        plain = ANNEALING_BASE / (1.0 + ANNEALING_RATE * self.steps)
        plain = plain.clamp_min(ANNEALING_LEAST)  # on the device: it is not waited for
        self.steps += 1
        hard = super().modify_cosine_of_target_classes(cosine)
        return (plain * cosine + hard) / (1.0 + plain)


class _Softmax(nn.Module):
    """A linear layer and cross entropy, with the interface of the other losses."""

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
    scaled = {} if scale is None or name in ("sphereface", ANNEALED) else {"scale": scale}
    of_classes = {
        "arcface": _ArcFace,
        "cosface": _CosFace,
        "sphereface": _SphereFace,
        ANNEALED: _Annealed,
    }
    with warnings.catch_warnings():
        # SphereFace passes a tensor to SciPy, which NumPy deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        return of_classes[name](n_classes, dimension, **scaled)
