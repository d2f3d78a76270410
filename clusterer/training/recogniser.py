"""ResNet (He et al., 2016) for faces, with the best head of ArcFace's paper.

Its option E: batch norm, dropout, a linear layer and batch norm, over all places of the last map
instead of their mean, since positions in an aligned face matter (Deng et al., "ArcFace", 2019,
section 3.1).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision import models

from clusterer.training.export import Prepared, export

INPUT = "chips"
OUTPUTS = ("embeddings",)
STEM_CHANNELS = 64
HALVINGS = {"large": 5, "small": 4}
"""By stem, how often the side is halved up to the last map."""


def _after(size_px: int, halvings: int) -> int:
    """Side of a map, rounded up at each halving."""
    side: int = -(-size_px // 2**halvings)
    return side


class FaceNet(nn.Module):
    """Face → embedding.

    Parameters
    ----------
    backbone
        One of `clusterer.training.settings.BACKBONES`, with random weights.
    size_px
        Side of the pictures.
    dimension
        Of the embedding.
    stem, dropout
        See `clusterer.training.settings.FaceTraining`.

    Attributes
    ----------
    least_halved_px : side of the smallest map that a convolution halves
    """

    def __init__(
        self,
        backbone: str = "resnet18",
        size_px: int = 112,
        dimension: int = 512,
        stem: str = "large",
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        body = models.get_model(backbone, weights=None)
        features = body.fc.in_features
        if stem == "small":
            body.conv1 = nn.Conv2d(3, STEM_CHANNELS, 3, 2, 1, bias=False)
            nn.init.kaiming_normal_(body.conv1.weight, mode="fan_out", nonlinearity="relu")
            body.maxpool = nn.Identity()
        self.least_halved_px = _after(size_px, HALVINGS[stem] - 1)
        side = _after(size_px, HALVINGS[stem])
        body.avgpool = nn.Sequential(nn.BatchNorm2d(features), nn.Dropout(dropout))
        body.fc = nn.Sequential(
            nn.Linear(features * side**2, dimension, bias=False), nn.BatchNorm1d(dimension)
        )
        self.body: nn.Module = body

    def embed(self, faces: Tensor) -> Tensor:
        """Shape (n, 3, S, S), RGB, 0 to 1 → (n, dimension), of any length."""
        embeddings: Tensor = self.body(faces * 2.0 - 1.0)
        return embeddings

    def forward(self, faces: Tensor) -> Tensor:
        """Shape (n, 3, S, S), RGB, 0 to 1 → (n, dimension), of length 1."""
        return functional.normalize(self.embed(faces), dim=1)


class _Exported(Prepared):
    def forward(self, chips: Tensor) -> Tensor:
        embeddings: Tensor = self.network(self.prepared(chips))
        return embeddings


def export_face(network: FaceNet, size_px: int) -> bytes:
    """Export a network to ONNX; see `clusterer.training.export.export`.

    Its input ``chips`` is of shape (n, size_px, size_px, 3), uint8, RGB; its output ``embeddings``
    of shape (n, d), float32, of length 1.

    Raises
    ------
    ModelError
        The outputs of ONNX Runtime and torch differ.
    """
    return export(_Exported(network), size_px, INPUT, OUTPUTS)


def embed_chips(network: FaceNet, chips: Tensor, batch_size: int) -> Tensor:
    """Embed pictures in the format of the exported network, on the network's device.

    Parameters
    ----------
    network
        In evaluation mode.
    chips : tensor of shape (n, S, S, 3), uint8, RGB
    batch_size
        Pictures in a batch.

    Returns
    -------
    tensor of shape (n, d), float32, of length 1, on the CPU
    """
    whole, device = _Exported(network), next(network.parameters()).device
    with torch.no_grad():
        return torch.cat([whole(some.to(device)).float() for some in chips.split(batch_size)]).cpu()
