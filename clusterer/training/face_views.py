"""Augmentation of pictures of faces: views as a camera might see them, in batches."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from clusterer.training.augment import chance, relight, spread
from clusterer.training.settings import Light

LIGHT = Light(exposure=0.3, gamma=0.2, white_balance=0.04, contrast=0.25, saturation=0.4)
"""Wider than for garments, as identity does not depend on colours."""
TURN, SHIFT = 0.15, 0.06
"""Radians, and shares of the side: the usual error of landmarks."""
ZOOM = (0.88, 1.06)
"""Range of the part of a picture that is seen, as a share of its side."""
NOISE = 0.02
"""Greatest standard deviation."""
AFAR = 1 / 3
"""Share of the views that are seen from afar."""
SMALLEST = 0.35
"""Smallest share of the side to which distant faces shrink."""


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Which part of each of n pictures is seen; all of shape (n,).

    Attributes
    ----------
    zoom : side of the part, as a share of the picture's
    turn : radians
    mirror : -1 = mirrored, 1 = not
    x, y : centre of the part, from that of the picture, in halves of its side
    """

    zoom: Tensor
    turn: Tensor
    mirror: Tensor
    x: Tensor
    y: Tensor


def make_face_view(pictures: Tensor, size_px: int) -> Tensor:
    """Make one view of each picture: moved, mirrored, relit, and some from afar.

    Random numbers and all else are made on the device of the pictures.

    Parameters
    ----------
    pictures : (n, 3, S, S), 0 to 1
    size_px
        Side of the views.

    Returns
    -------
    tensor of shape (n, 3, size_px, size_px), 0 to 1
    """
    n, device = len(pictures), pictures.device
    views = relight(moved(pictures, draw_pose(n, device), size_px), LIGHT)
    part = float(spread(1, SMALLEST, 1.0, torch.device("cpu")))  # there, as it decides a shape
    afar = chance(n, AFAR, device) > 0
    views = torch.where(afar, from_afar(views, max(1, round(part * size_px))), views)
    noise = torch.randn_like(views).mul_(spread(n, 0.0, NOISE, device))
    return views.add_(noise).clamp_(0.0, 1.0)


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


def draw_pose(n: int, device: torch.device) -> Pose:
    """Draw n poses within the ranges of this module."""
    return Pose(
        zoom=spread(n, *ZOOM, device).view(n),
        turn=spread(n, -TURN, TURN, device).view(n),
        mirror=torch.sign(torch.rand(n, device=device) - 0.5),
        x=spread(n, -2 * SHIFT, 2 * SHIFT, device).view(n),
        y=spread(n, -2 * SHIFT, 2 * SHIFT, device).view(n),
    )


def moved(pictures: Tensor, pose: Pose, size_px: int) -> Tensor:
    """See a part of each picture; beyond its edge, the picture is mirrored.

    Parameters
    ----------
    pictures : (n, 3, S, S)
    pose
    size_px

    Returns
    -------
    tensor of shape (n, 3, size_px, size_px)
    """
    across, up = pose.zoom * pose.turn.cos(), pose.zoom * pose.turn.sin()
    first = torch.stack([pose.mirror * across, -up, pose.x], 1)
    second = torch.stack([pose.mirror * up, across, pose.y], 1)
    shape = [len(pictures), 3, size_px, size_px]
    grid = functional.affine_grid(torch.stack([first, second], 1), shape, align_corners=False)
    return functional.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)


def from_afar(views: Tensor, side_px: int) -> Tensor:
    """Views as of a face that is so many pixels high, enlarged again; of the same shape."""
    size = views.shape[2:]
    small = functional.interpolate(views, (side_px, side_px), mode="area")
    return functional.interpolate(small, size, mode="bilinear", align_corners=False)
