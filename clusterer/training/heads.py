"""Auxiliary heads of the clothing encoder: kind, colours and mask of a garment."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

LEVELS = 4
"""Levels of each channel, for 64 colours."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Views of garments, and their labels.

    Attributes
    ----------
    views : (n, 3, S, S), 0 to 1
    masks : (n, 1, S, S), 0 to 1, of the garment
    has_mask : (n,), bool, whether the mask is known
    colours : (n, 64), from `palette`
    """

    views: Tensor
    masks: Tensor
    has_mask: Tensor
    colours: Tensor


class Heads(nn.Module):
    """Predicts the kind of garment, and its share of each colour before relighting.

    Parameters
    ----------
    features
        Length of a description, see `ClothingNet.describe`.
    n_kinds
        Number of kinds of garments.
    """

    def __init__(self, features: int, n_kinds: int) -> None:
        super().__init__()
        self.kind = nn.Linear(features, n_kinds)
        self.colours = nn.Linear(features, LEVELS**3)

    def forward(self, described: Tensor, kinds: Tensor, colours: Tensor) -> Tensor:
        """Sum of both cross entropies.

        Parameters
        ----------
        described : (n, features)
        kinds : (n,), int64
        colours : (n, 64), from `palette`
        """
        of_kind = functional.cross_entropy(self.kind(described), kinds)
        of_colours = functional.cross_entropy(self.colours(described), colours)
        return of_kind + of_colours


def palette(pictures: Tensor, masks: Tensor) -> Tensor:
    """Share of each of 64 colours within the masks.

    Parameters
    ----------
    pictures : (n, 3, S, S), 0 to 1
    masks : (n, 1, S, S), 0 to 1

    Returns
    -------
    tensor of shape (n, 64); each row sums to 1
    """
    small = functional.avg_pool2d(pictures, 4)
    weight = functional.avg_pool2d(masks, 4).flatten(1) + 1e-6
    level = (small * LEVELS).long().clamp(0, LEVELS - 1)
    colour = ((level[:, 0] * LEVELS + level[:, 1]) * LEVELS + level[:, 2]).flatten(1)
    counts = torch.zeros(len(pictures), LEVELS**3).scatter_add_(1, colour, weight)
    return counts / counts.sum(1, keepdim=True)


def mask_loss(where: Tensor, seen: Seen) -> Tensor:
    """Cross entropy of the predicted mask, over the views whose mask is known.

    Parameters
    ----------
    where : (n, 1, S / 4, S / 4), logits
    seen
    """
    truth = functional.adaptive_avg_pool2d(seen.masks, where.shape[2:])
    each = functional.binary_cross_entropy_with_logits(where, truth, reduction="none")
    known = seen.has_mask.to(each.device).float()
    return (each.mean((1, 2, 3)) * known).sum() / known.sum().clamp_min(1.0)
