"""Embeddings of photographs → the mean of each person, without outliers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clusterer.core.config import GalleryConfig
from clusterer.core.distance import between
from clusterer.core.types import FloatArray

FEW = 2
"""Of this many photographs that contradict one another, any may be the wrong one."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The unit of distances, for one encoder and metric.

    Attributes
    ----------
    metric : ``l2`` or ``cosine``
    threshold : largest distance at which two embeddings are one person
    """

    metric: str
    threshold: float

    def count(self, distance: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Distances in thresholds: 1 = the threshold, twice as far apart = 2.

        A cosine distance grows with the square of the L2 distance.
        """
        ratio = np.asarray(distance, dtype=np.float64) / self.threshold
        return np.sqrt(ratio) if self.metric == "cosine" else ratio

    def text(self, distance: float) -> str:
        """Format a distance, to three decimals for cosine, whose distances are small."""
        return f"{distance:.{3 if self.metric == 'cosine' else 2}f}"


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Known people.

    Attributes
    ----------
    names : g names in alphabetical order
    means : array of shape (g, d), float64, mean embedding of the photographs of each
    photographs : how many each mean is made of
    encoder : the encoder: its name, or names and hashes of the user's own files
    scale : the unit of distances
    notes : one line for each photograph that was left out, and why
    """

    names: tuple[str, ...]
    means: npt.NDArray[np.float64]
    photographs: tuple[int, ...]
    encoder: str
    scale: Scale
    notes: tuple[str, ...] = ()


def gather(
    embeddings: Mapping[str, FloatArray], scale: Scale, config: GalleryConfig
) -> tuple[dict[str, npt.NDArray[np.float64]], dict[str, dict[int, float]]]:
    """Average the photographs of each person, without outliers.

    Parameters
    ----------
    embeddings
        Name → array of shape (n, d), one row per photograph with a face.
    scale
    config
        What an outlier is.

    Returns
    -------
    means
        Name → array of shape (d,); people with no photograph left are missing.
    outliers
        Name → row of a photograph → its distance to the mean of the others.
    """
    means: dict[str, npt.NDArray[np.float64]] = {}
    outliers: dict[str, dict[int, float]] = {}
    for name, rows in embeddings.items():
        far = _outliers(rows, scale, config.outlier)
        kept = [row for row in range(len(rows)) if row not in far]
        if kept:
            means[name] = rows[kept].astype(np.float64).mean(axis=0)
        if far:
            outliers[name] = far
    return means, outliers


def _outliers(rows: FloatArray, scale: Scale, limit: float) -> dict[int, float]:
    """Leave out the photograph farthest from the mean of the others, and repeat."""
    far: dict[int, float] = {}
    left = list(range(len(rows)))
    while len(left) >= FEW:
        distance = _to_others(rows[left].astype(np.float64), scale.metric)
        if scale.count(distance).max() <= limit:
            break
        gone = left if len(left) == FEW else [left[int(distance.argmax())]]
        far |= {row: float(distance[left.index(row)]) for row in gone}
        left = [row for row in left if row not in far]
    return far


def _to_others(rows: npt.NDArray[np.float64], metric: str) -> npt.NDArray[np.float64]:
    """Distance of each row to the mean of all others."""
    others = (rows.sum(axis=0) - rows) / (len(rows) - 1)
    return np.array(
        [between(rows[i : i + 1], others[i : i + 1], metric)[0, 0] for i in range(len(rows))]
    )
