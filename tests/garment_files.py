"""Tiny garments to train on: coloured blocks, some with the mask of an ellipse."""

from __future__ import annotations

import csv
import shutil
import tarfile
from pathlib import Path

import cv2
import numpy as np

from clusterer.core.types import ImageArray

SIDE_PX = 40


def picture(number: int, side_px: int = SIDE_PX) -> ImageArray:
    """4 x 4 blocks of random colours, different for each number; uint8, RGB."""
    blocks = np.random.default_rng(number).integers(0, 256, (4, 4, 3)).astype(np.uint8)
    return cv2.resize(blocks, (side_px, side_px), interpolation=cv2.INTER_NEAREST)


def mask(side_px: int = SIDE_PX) -> ImageArray:
    """An ellipse in the middle, 255 inside."""
    canvas = np.zeros((side_px, side_px), dtype=np.uint8)
    middle, half = side_px // 2, (side_px // 3, side_px * 2 // 5)
    return np.asarray(cv2.ellipse(canvas, (middle, middle), half, 0, 0, 360, 255, -1), np.uint8)


def write_garments(folder: Path, parts: dict[str, int], backgrounds: int = 0) -> Path:
    """Write a data folder with a number of pictures per part; every third has a mask."""
    rows = []
    for part, count in parts.items():
        (folder / part).mkdir(parents=True)
        for number in range(count):
            name = f"{part}/{number:03d}"
            write(folder / f"{name}.jpg", picture(len(rows)))
            if number % 3 == 0:
                write(folder / f"{name}.mask.png", mask())
            masked = f"{name}.mask.png" if number % 3 == 0 else ""
            rows.append((f"{name}.jpg", masked, ("Coats", "Skirts")[number % 2]))
    for number in range(backgrounds):
        (folder / "backgrounds").mkdir(exist_ok=True)
        write(folder / "backgrounds" / f"{number}.jpg", picture(1000 + number))
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("file", "mask", "type"), *rows])
    return folder


def pack(folder: Path) -> None:
    """Pack each folder of a data folder into a TAR file of the same name."""
    for part in [path for path in folder.iterdir() if path.is_dir()]:
        with tarfile.open(f"{part}.tar", "w") as tar:
            tar.add(part, part.name)
        shutil.rmtree(part)


def write(path: Path, image: ImageArray) -> None:
    """Write a picture in RGB, or a mask."""
    ordered = image[..., ::-1] if image.ndim == 3 else image
    assert cv2.imwrite(str(path), ordered)
