"""ResNet-18 (He et al., "Deep Residual Learning for Image Recognition", 2016) for garments.

It predicts a mask of the garment and pools features within the mask only, since a turned torso is
surrounded by background. Features are pooled from all four stages, not from the last alone: early
stages preserve colours and patterns, the last knows the kind of garment.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from clusterer.training.augment import FILL
from clusterer.training.export import Prepared, export

DEVIATION = (0.229, 0.224, 0.225)
"""Standard deviations of ImageNet's channels, whose mean is `FILL`."""
LEAST_WEIGHT = 0.02
"""Weight of places without garment, so that there always is a mean."""
STAGES = 4
BLOCKS_PER_STAGE = 2
INPUT = "torsos"
OUTPUTS = ("embeddings", "masks")


class Block(nn.Module):
    """Two 3x3 convolutions with a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(outputs)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: Tensor) -> Tensor:
        """Shape (n, inputs, H, W) → (n, outputs, H / stride, W / stride)."""
        y = functional.relu(self.first_norm(self.first(x)))
        return functional.relu(self.second_norm(self.second(y)) + self.shortcut(x))


class ClothingNet(nn.Module):
    """Torso → embedding of length 1, and mask of the garment.

    Parameters
    ----------
    width
        Channels of the first stage; each stage doubles them (64 in the paper).
    dimension
        Of the embedding.
    """

    def __init__(self, width: int = 32, dimension: int = 128) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(FILL).view(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor(DEVIATION).view(1, 3, 1, 1))
        self.stem = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.stem_norm = nn.BatchNorm2d(width)
        stages, inputs = [], width
        for stage in range(STAGES):
            outputs = width * 2**stage
            blocks = [Block(inputs, outputs, 1 if stage == 0 else 2)]
            blocks += [Block(outputs, outputs, 1) for _ in range(BLOCKS_PER_STAGE - 1)]
            stages.append(nn.Sequential(*blocks))
            inputs = outputs
        self.stages = nn.ModuleList(stages)
        self.where = nn.ModuleList(nn.Conv2d(width * 2**i, 1, 1) for i in range(STAGES))
        self.features = width * (2**STAGES - 1) + inputs
        self.embed = nn.Linear(self.features, dimension, bias=False)
        self.embed_norm = nn.BatchNorm1d(dimension)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def describe(self, torsos: Tensor) -> tuple[Tensor, Tensor]:
        """Features of the garment, and its mask.

        Parameters
        ----------
        torsos : (n, 3, S, S), RGB, 0 to 1

        Returns
        -------
        described : (n, features), means of all stages over the garment, and maxima of the last
        where : (n, 1, S / 4, S / 4), logits
        """
        x = self.stem_norm(self.stem((torsos - self.mean) / self.deviation))
        x = functional.max_pool2d(functional.relu(x), 3, 2, 1)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        where = self._locate(maps)
        weight = torch.sigmoid(where) + LEAST_WEIGHT
        pooled = [_mean(found, weight) for found in maps]
        return torch.cat([*pooled, x.amax((2, 3))], 1), where

    def _locate(self, maps: list[Tensor]) -> Tensor:
        """Sum of the mask logits of all stages, at the resolution of the first."""
        size = maps[0].shape[2:]
        logits = [head(found) for head, found in zip(self.where, maps, strict=True)]
        wide = [
            functional.interpolate(part, size, mode="bilinear", align_corners=False)
            for part in logits[1:]
        ]
        return torch.stack([logits[0], *wide]).sum(0)

    def forward(self, torsos: Tensor) -> tuple[Tensor, Tensor]:
        """Embeddings, (n, dimension), of length 1, and masks, (n, 1, S / 4, S / 4), 0 to 1."""
        described, where = self.describe(torsos)
        return self.project(described), torch.sigmoid(where)

    def project(self, described: Tensor) -> Tensor:
        """Shape (n, features) → (n, dimension), of length 1."""
        return functional.normalize(self.embed_norm(self.embed(described)), dim=1)


def _mean(found: Tensor, weight: Tensor) -> Tensor:
    """Weighted mean over the places of a map; shape (n, channels)."""
    stride = weight.shape[2] // found.shape[2]
    weight = functional.avg_pool2d(weight, stride) if stride > 1 else weight
    return (found * weight).sum((2, 3)) / weight.sum((2, 3))


class _Exported(Prepared):
    def forward(self, torsos: Tensor) -> tuple[Tensor, Tensor]:
        embeddings, masks = self.network(self.prepared(torsos))
        return embeddings, masks[:, 0]


def export_clothing(network: ClothingNet, size_px: int) -> bytes:
    """Export a network to ONNX; see `clusterer.training.export.export`.

    Its input ``torsos`` is of shape (n, size_px, size_px, 3), uint8, RGB; its outputs are
    ``embeddings``, (n, d) float32, of length 1, and ``masks``, (n, size_px / 4, size_px / 4)
    float32, 0 to 1.

    Raises
    ------
    ModelError
        The outputs of ONNX Runtime and torch differ.
    """
    return export(_Exported(network), size_px, INPUT, OUTPUTS)
