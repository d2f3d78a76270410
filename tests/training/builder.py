"""Garments in memory, and settings of a training that takes seconds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from clusterer.training.garments import Garments
from clusterer.training.settings import ClothingTraining

from ..garment_files import mask, picture

torch.set_num_threads(1)  # sums of one order, and no waiting for cores that others use

SMALL = ClothingTraining(
    epochs=3, batch_size=8, width=4, dimension=16, size_px=32, held_out=0.25, learning_rate=5e-3
)


def settings(**changes: Any) -> ClothingTraining:
    return replace(SMALL, **changes)


def garments(n: int = 32, side_px: int = SMALL.picture_px, backgrounds: int = 3) -> Garments:
    """Coloured blocks; every third with the mask of an ellipse."""
    has_mask = np.arange(n) % 3 == 0
    outline, whole = mask(side_px), np.full((side_px, side_px), 255, dtype=np.uint8)
    return Garments(
        pictures=np.array([picture(i, side_px) for i in range(n)]),
        masks=np.array([outline if known else whole for known in has_mask]),
        has_mask=has_mask,
        kinds=np.arange(n) % 2,
        groups=np.arange(n),
        parts=np.where(np.arange(n) < n // 2, "clothing", "street"),
        backgrounds=np.array([picture(1000 + i, side_px) for i in range(backgrounds)]),
        kind_names=("Coats", "Skirts"),
    )
