"""Faces of an archive of photographs, with quality and embedding; kept in a file, if wanted."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from benchmarks.photographs import read_photographs
from clusterer.core.config import DetectionConfig, EncodingConfig
from clusterer.core.geometry import centres
from clusterer.core.types import FloatArray, Frame, ImageArray
from clusterer.faces import alignment, detection, encoding
from clusterer.faces.quality import measure_quality

BATCH = 16


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """Photographs with a face, in the order of names.

    Attributes
    ----------
    people : array of shape (n,), str
    quality : array of shape (n,), float32, 0 to 1
    embeddings : array of shape (n, d), float32
    """

    people: npt.NDArray[np.str_]
    quality: FloatArray
    embeddings: FloatArray


def add_keep(parser: argparse.ArgumentParser) -> None:
    """Let the user name a file that keeps the embeddings."""
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FILE.npz",
        help="embeddings of the photographs; made if it is missing",
    )


def embed(archive: Path, encoder: str, per_person: int, keep: Path | None = None) -> Embedded:
    """Embed the face nearest to the middle of each photograph, or read what was kept."""
    if keep is not None and keep.is_file():
        with np.load(keep) as kept:
            return Embedded(kept["people"], kept["quality"], kept["embeddings"])
    made = _embed(archive, encoder, per_person)
    if keep is not None:
        with keep.open("wb") as file:
            np.savez(file, people=made.people, quality=made.quality, embeddings=made.embeddings)
    return made


def _embed(archive: Path, encoder: str, per_person: int) -> Embedded:
    detector = detection.create(DetectionConfig(), 1)
    network = encoding.create(EncodingConfig(encoder=encoder), 1)
    aligner = alignment.create(network.alignment, network.chip_size_px, network.padding)
    people: list[str] = []
    quality: list[float] = []
    chips: list[ImageArray] = []
    parts: list[FloatArray] = []
    with threadpool_limits(limits=1, user_api="blas"):
        for person, image in read_photographs(archive, per_person):
            (found,) = detector.detect([Frame(0, 0, image)])
            if not len(found):
                continue
            middle = np.array(image.shape[1::-1]) / 2
            row = int(np.linalg.norm(centres(found.boxes) - middle, axis=1).argmin())
            face = found[row : row + 1]
            people.append(person)
            quality.append(float(measure_quality(image, face).value[0]))
            chips.append(aligner.align(image, face)[0])
            if len(chips) == BATCH:
                parts.append(network.encode(np.stack(chips)))
                chips = []
        if chips:
            parts.append(network.encode(np.stack(chips)))
    return Embedded(np.array(people, np.str_), np.array(quality, np.float32), np.concatenate(parts))
