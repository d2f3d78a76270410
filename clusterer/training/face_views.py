"""Augmentation of pictures of faces: views as a camera might see them, in batches."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from clusterer.training.augment import chance, relight, spread
from clusterer.training.settings import Light

LIGHT = Light(exposure=0.3, gamma=0.2, white_balance=0.04, contrast=0.25, saturation=0.4)
"""Wider than for garments, as identity does not depend on colours."""
TURN, SHIFT = 0.15, 0.06
"""Radians, and shares of the side: the usual error of landmarks."""
SMALLEST = 0.35
"""Smallest share of the side to which distant faces shrink."""


def make_face_view(pictures: Tensor, size_px: int) -> Tensor:
    """Make one view of each picture: moved, mirrored, relit, and some from afar.

    Parameters
    ----------
    pictures : (n, 3, S, S), 0 to 1
    size_px
        Side of the views.

    Returns
    -------
    tensor of shape (n, 3, size_px, size_px), 0 to 1
    """
    views = relight(_move(pictures, size_px), LIGHT)
    views = _from_afar(views) + torch.randn_like(views) * spread(len(views), 0.0, 0.02)
    return views.clamp(0.0, 1.0)


def whole_faces(pictures: Tensor, size_px: int) -> Tensor:
    """Resize pictures without augmentation.

    Parameters
    ----------
    pictures : (n, 3, S, S), uint8
    size_px

    Returns
    -------
    tensor of shape (n, size_px, size_px, 3), uint8, the input of the exported network
    """
    seen = functional.interpolate(
        pictures.float(), (size_px, size_px), mode="bilinear", antialias=True, align_corners=False
    )
    return seen.round().clamp(0, 255).byte().permute(0, 2, 3, 1).contiguous()


def _move(pictures: Tensor, size_px: int) -> Tensor:
    n = len(pictures)
    scale, turn = spread(n, 0.88, 1.06).view(n), spread(n, -TURN, TURN).view(n)
    mirror = torch.sign(torch.rand(n) - 0.5)
    x, y = ((torch.rand(n) * 2 - 1) * 2 * SHIFT for _ in range(2))
    first = torch.stack([mirror * scale * turn.cos(), -scale * turn.sin(), x], 1)
    second = torch.stack([mirror * scale * turn.sin(), scale * turn.cos(), y], 1)
    shape = [n, 3, size_px, size_px]
    grid = functional.affine_grid(torch.stack([first, second], 1), shape, align_corners=False)
    return functional.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)


def _from_afar(views: Tensor) -> Tensor:
    """Reduce the resolution of a third of the views, equally within a batch."""
    n, _, height, width = views.shape
    part = float(torch.rand(1, device="cpu")) * (1.0 - SMALLEST) + SMALLEST
    side = max(1, round(part * height))
    small = functional.interpolate(views, (side, side), mode="area")
    blurred = functional.interpolate(small, (height, width), mode="bilinear", align_corners=False)
    return torch.where(chance(n, 1 / 3) > 0, blurred, views)
