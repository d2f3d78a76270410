"""Augmentation of pictures of garments: views as a camera might see them, in batches.

Light changes stay within what happens on one film set: an encoder that learns to ignore colour
loses what distinguishes the people of a scene. Garments are recoloured before views are made, so
that both views share the colours and the encoder must use them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

from clusterer.training.settings import Light

FILL = (0.485, 0.456, 0.406)
"""Colour of hidden pixels: the mean of ImageNet, which networks subtract."""
LUMA = (0.299, 0.587, 0.114)


@dataclass(frozen=True, slots=True, eq=False)
class Studio:
    """What views are made with.

    Attributes
    ----------
    backgrounds : tensor of shape (k, 3, S, S), uint8
    size_px : side of the views
    light : range of the light changes
    """

    backgrounds: Tensor
    size_px: int
    light: Light


@dataclass(frozen=True, slots=True, eq=False)
class Lighting:
    """Changes of the light in each of n views, made in this order.

    Attributes
    ----------
    gamma : shape (n, 1, 1, 1), power of every value
    gain : shape (n, 3, 1, 1), factor of each channel
    across, down : shape (n, 1, 1, 1); a value at the right edge is multiplied by 1 + across, at the
        left edge by 1 - across; down likewise from top to bottom
    saturation : shape (n, 1, 1, 1), factor of the distance from grey
    contrast : shape (n, 1, 1, 1), factor of the distance from the mean grey of the view
    """

    gamma: Tensor
    gain: Tensor
    across: Tensor
    down: Tensor
    saturation: Tensor
    contrast: Tensor


def spread(n: int, low: float, high: float, device: torch.device | None = None) -> Tensor:
    """Uniform random numbers, shape (n, 1, 1, 1); None = torch's default device."""
    return torch.empty(n, 1, 1, 1, device=device).uniform_(low, high)


def chance(n: int, share: float, device: torch.device | None = None) -> Tensor:
    """Random ones with that probability and zeros otherwise, shape (n, 1, 1, 1)."""
    return (torch.rand(n, 1, 1, 1, device=device) < share).float()


@cache
def luma(device: torch.device) -> Tensor:
    """`LUMA` as a tensor of shape (3,), copied to the device once."""
    return torch.tensor(LUMA, device=device)


def silhouette(
    pictures: Tensor, masks: Tensor, has_mask: Tensor, silhouettes: Tensor, share: float = 0.6
) -> tuple[Tensor, Tensor, Tensor]:
    """Give some garments without a mask the outline of one that has a mask.

    Garments are photographed on hangers and floors. Filled into the outline of a person, they look
    like a torso in front of any background.

    Parameters
    ----------
    pictures : (n, 3, S, S), 0 to 1
    masks : (n, 1, S, S), 0 to 1
    has_mask : (n,), bool
    silhouettes : (k, 1, S, S), masks of other garments
    share
        Share of the garments without a mask.

    Returns
    -------
    pictures, masks, has_mask : of the same shapes
    """
    n = len(pictures)
    if not len(silhouettes):
        return pictures, masks, has_mask
    borrow = ~has_mask & (torch.rand(n) < share)
    outlines = silhouettes[torch.randint(len(silhouettes), (n,))]
    zoom = spread(n, 0.5, 0.75).view(n)
    zero = torch.zeros_like(zoom)
    to_middle = torch.stack(
        [torch.stack([zoom, zero, zero], 1), torch.stack([zero, zoom, zero], 1)], 1
    )
    grid = functional.affine_grid(to_middle, list(pictures.shape), align_corners=False)
    filled = functional.grid_sample(pictures, grid, align_corners=False)
    pick = borrow.view(n, 1, 1, 1)
    return (
        torch.where(pick, filled, pictures),
        torch.where(pick, outlines, masks),
        has_mask | borrow,
    )


def recolour(pictures: Tensor, share: float = 0.5) -> Tensor:
    """Rotate hues and shift tint and brightness of some pictures, as of another garment."""
    n = len(pictures)
    turn = spread(n, -math.pi, math.pi)
    luma = torch.tensor(LUMA).view(1, 3, 1, 1)
    grey = (pictures * luma).sum(1, keepdim=True)
    chroma = pictures - grey
    # Rotation about the grey axis (Rodrigues).
    rolled = (chroma.roll(1, 1) - chroma.roll(2, 1)) / math.sqrt(3.0)
    along = chroma.mean(1, keepdim=True)
    turned = chroma * turn.cos() + rolled * turn.sin() + along * (1.0 - turn.cos())
    new = grey * spread(n, 0.6, 1.25) + turned * spread(n, 0.4, 1.5)
    new = new + (torch.rand(n, 3, 1, 1) - 0.5) * 0.25 * chance(n, 0.5)
    return torch.where(chance(n, share) > 0, new, pictures).clamp(0.0, 1.0)


def backdrop(n: int, studio: Studio) -> Tensor:
    """Backgrounds of garments: pictures and plain colours; shape (n, 3, size, size)."""
    size_px, backgrounds = studio.size_px, studio.backgrounds
    flat = torch.rand(n, 3, 1, 1).expand(n, 3, size_px, size_px)
    if not len(backgrounds):
        return flat
    chosen = backgrounds[torch.randint(len(backgrounds), (n,))].float() / 255.0
    chosen = functional.interpolate(chosen, (size_px, size_px), mode="area")
    mirrored = torch.where(chance(n, 0.5) > 0, chosen, chosen.flip(3))
    return torch.where(chance(n, 0.2) > 0, flat, mirrored * spread(n, 0.3, 1.1))


def move(pictures: Tensor, masks: Tensor, has_mask: Tensor, size_px: int) -> tuple[Tensor, Tensor]:
    """Crop, rotate, shear, mirror and bend.

    Garments with a known outline may also move away from the centre and shrink, as when somebody
    turns aside.

    Returns
    -------
    pictures : (n, 3, size, size)
    masks : (n, 1, size, size)
    """
    n = len(pictures)
    free = has_mask.float()
    scale = spread(n, 0.65, 1.05).view(n) * (1.0 + 0.45 * free * torch.rand(n))
    stretch = torch.exp(spread(n, -0.3, 0.3) + 0.2 * free.view(n, 1, 1, 1)).view(n).sqrt()
    wide, high = scale * stretch, scale / stretch
    turn, shear = spread(n, -0.25, 0.25).view(n), spread(n, -0.15, 0.15).view(n)
    mirror = torch.sign(torch.rand(n) - 0.5)
    x = (torch.rand(n) * 2 - 1) * ((1.0 - wide).clamp_min(0.08) + 0.25 * free)
    y = (torch.rand(n) * 2 - 1) * ((1.0 - high).clamp_min(0.08) + 0.1 * free)
    first = torch.stack([mirror * wide * turn.cos(), high * (shear - turn.sin()), x], 1)
    second = torch.stack([mirror * wide * turn.sin(), high * turn.cos(), y], 1)
    shape = [n, 3, size_px, size_px]
    grid = functional.affine_grid(torch.stack([first, second], 1), shape, align_corners=False)
    bend = functional.interpolate(
        torch.randn(n, 2, 4, 4) * 0.045, shape[2:], mode="bicubic", align_corners=True
    )
    grid = grid + bend.permute(0, 2, 3, 1)
    moved = functional.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)
    outline = functional.grid_sample(masks, grid, align_corners=False)
    return moved, torch.where(has_mask.view(n, 1, 1, 1), outline, 1.0)


def occlude(views: Tensor, masks: Tensor) -> tuple[Tensor, Tensor]:
    """Draw up to two soft ellipses (skin, any colour, another garment) over each view."""
    n, _, height, width = views.shape
    y, x = torch.meshgrid(
        torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij"
    )
    for share, low, high in ((0.35, -1.1, -0.8), (0.25, -1.0, 1.2)):
        across, down = x - spread(n, -1, 1), y - spread(n, low, high)
        turn = spread(n, -1.6, 1.6)
        u = (across * turn.cos() + down * turn.sin()) / spread(n, 0.12, 0.5)
        v = (down * turn.cos() - across * turn.sin()) / spread(n, 0.12, 0.45)
        alpha = (6.0 * (1.0 - u**2 - v**2)).clamp(0.0, 1.0) * chance(n, share)
        skin = torch.tensor([0.85, 0.62, 0.5]).view(1, 3, 1, 1) * spread(n, 0.3, 1.1)
        colour = torch.where(chance(n, 0.6) > 0, skin, torch.rand(n, 3, 1, 1))
        other = torch.where(chance(n, 0.25) > 0, views[torch.randperm(n)], colour)
        views = views * (1.0 - alpha) + other * alpha
        masks = masks * (1.0 - alpha)
    return views, masks


def draw_light(n: int, light: Light, device: torch.device) -> Lighting:
    """Draw the light of n views within a range."""

    def factor(share: float) -> Tensor:
        return spread(n, 1.0 - share, 1.0 + share, device)

    exposure = spread(n, -light.exposure, light.exposure, device).exp()
    return Lighting(
        gamma=spread(n, -light.gamma, light.gamma, device).exp(),
        gain=exposure * (1.0 + light.white_balance * torch.randn(n, 3, 1, 1, device=device)),
        across=spread(n, -light.gradient, light.gradient, device),
        down=spread(n, -light.gradient, light.gradient, device),
        saturation=factor(light.saturation),
        contrast=factor(light.contrast),
    )


def relit(views: Tensor, lighting: Lighting) -> Tensor:
    """Change exposure, gamma, white balance, saturation and contrast, and add a light gradient.

    Saturation and contrast are one product of each pixel with a matrix: a pass over the views for
    each change would take longer than the changes.

    Parameters
    ----------
    views : (n, 3, height, width), 0 to 1
    lighting

    Returns
    -------
    tensor of the same shape, not clipped
    """
    n, _, height, width = views.shape
    device = views.device
    down = torch.linspace(-1, 1, height, device=device).view(1, 1, height, 1)
    across = torch.linspace(-1, 1, width, device=device).view(1, 1, 1, width)
    slope = 1.0 + lighting.across * across + lighting.down * down
    views = (views.clamp(1e-4, 1.0) ** lighting.gamma).mul_(lighting.gain).mul_(slope)
    grey = luma(device).expand(3, 3)  # times a pixel: its grey, three times
    saturation, contrast = lighting.saturation.view(n, 1, 1), lighting.contrast.view(n, 1, 1)
    mixed = contrast * (saturation * torch.eye(3, device=device) + (1.0 - saturation) * grey)
    middle = grey @ views.mean((2, 3)).unsqueeze(2)
    return torch.baddbmm((1.0 - contrast) * middle, mixed, views.flatten(2)).view_as(views)


def relight(views: Tensor, light: Light) -> Tensor:
    """Change the light of each view within a range; see `relit`."""
    return relit(views, draw_light(len(views), light, views.device))


def degrade(views: Tensor) -> Tensor:
    """Reduce the resolution of three in four views, and add noise and codec blocks."""
    n, _, height, width = views.shape
    for rows in torch.randperm(n).chunk(4)[:3]:
        side = int(torch.randint(12, max(height * 3 // 4, 13), (1,)))
        small = functional.interpolate(views[rows], (side, side), mode="area")
        views[rows] = functional.interpolate(
            small, (height, width), mode="bilinear", align_corners=False
        )
    blocks = torch.randn(n, 3, height // 8, width // 8) * spread(n, 0.0, 0.02)
    views = views + torch.randn_like(views) * spread(n, 0.0, 0.03)
    return views + functional.interpolate(blocks, (height, width), mode="nearest")


def cut_off(views: Tensor, masks: Tensor, share: float = 0.35) -> tuple[Tensor, Tensor]:
    """Hide some views below or beside a line, as the edge of a picture does."""
    n, _, height, width = views.shape
    fill = torch.tensor(FILL).view(1, 3, 1, 1)
    down = torch.linspace(0, 1, height).view(1, 1, height, 1).expand(n, 1, height, width)
    across = torch.linspace(0, 1, width).view(1, 1, 1, width).expand(n, 1, height, width)
    across = torch.where(chance(n, 0.5) > 0, across, 1.0 - across)
    below = (down > spread(n, 0.4, 1.0)) & (chance(n, share) > 0)
    beside = (across > spread(n, 0.6, 1.0)) & (chance(n, share / 2) > 0)
    hidden = below | beside
    return torch.where(hidden, fill, views), torch.where(hidden, 0.0, masks)


def make_view(
    pictures: Tensor, masks: Tensor, has_mask: Tensor, studio: Studio
) -> tuple[Tensor, Tensor]:
    """Make one view of each garment, and its mask.

    Parameters
    ----------
    pictures : (n, 3, S, S), 0 to 1
    masks : (n, 1, S, S), 0 to 1
    has_mask : (n,), bool
    studio

    Returns
    -------
    views : tensor of shape (n, 3, size, size), 0 to 1
    masks : tensor of shape (n, 1, size, size), 0 to 1
    """
    views, masks = move(pictures, masks, has_mask, studio.size_px)
    keep = has_mask.view(-1, 1, 1, 1) & (chance(len(views), 0.9) > 0)
    behind = torch.where(keep, 1.0 - masks, 0.0)
    views = views * (1.0 - behind) + backdrop(len(views), studio) * behind
    views, masks = occlude(views, masks)
    views = degrade(relight(views, studio.light)).clamp(0.0, 1.0)
    return cut_off(views, masks)
