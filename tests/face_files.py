"""Tiny people to train on: each has a pattern of colours, in different light in each picture."""

from __future__ import annotations

import tarfile
from pathlib import Path

import cv2
import numpy as np

from clusterer.core.types import ImageArray
from tests.garment_files import picture, write

SIDE_PX = 36


def face(person: int, number: int, side_px: int = SIDE_PX) -> ImageArray:
    """The blocks of a person, brighter or darker, and moved by a pixel or two; uint8, RGB."""
    chance = np.random.default_rng((person, number))
    blocks = picture(person, side_px).astype(np.float64) * chance.uniform(0.6, 1.0)
    moved = np.roll(blocks, chance.integers(-2, 3, 2).tolist(), (0, 1))
    return np.clip(moved + chance.normal(0.0, 6.0, moved.shape), 0, 255).astype(np.uint8)


def write_people(folder: Path, people: int = 8, pictures: int = 6) -> Path:
    """Write a folder of ``PERSON/PERSON_0001.png`` for all people."""
    for person in range(people):
        name = f"Person_{person:02d}"
        (folder / name).mkdir(parents=True)
        for number in range(pictures):
            write(folder / name / f"{name}_{number + 1:04d}.png", face(person, number))
    return folder


def packed(folder: Path, below: str = "faces") -> Path:
    """Write a TAR file of a folder, beside it, with everything one level deeper."""
    path = folder.with_suffix(".tar")
    with tarfile.open(path, "w") as tar:
        tar.add(folder, below)
    return path


def resized(image: ImageArray, side_px: int) -> ImageArray:
    return np.asarray(cv2.resize(image, (side_px, side_px), interpolation=cv2.INTER_AREA), np.uint8)
