"""Garments and people in memory, and settings of trainings that take seconds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from clusterer.training.garments import Garments
from clusterer.training.identities import Identities
from clusterer.training.settings import ClothingTraining, FaceTraining
from tests.face_files import face
from tests.garment_files import mask, picture

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


SMALL_FACES = FaceTraining(
    epochs=3, batch_size=8, dimension=8, size_px=16, held_out=0.25, learning_rate=2e-3, scale=8.0
)


def face_settings(**changes: Any) -> FaceTraining:
    return replace(SMALL_FACES, **changes)


def people(n: int = 8, each: int = 5, side_px: int = SMALL_FACES.picture_px) -> Identities:
    """So many people with so many pictures, a pattern of colours for each."""
    faces = [face(person, number, side_px) for person in range(n) for number in range(each)]
    names = tuple(f"Person {person}" for person in range(n))
    return Identities(np.array(faces), np.repeat(np.arange(n), each), names)
