"""Distances between encodings. A distance is never a similarity: 0 = the same."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.floating]


def between(a: Vectors, b: Vectors, metric: str) -> Vectors:
    """Distance of every vector of `a` to every vector of `b`.

    Parameters
    ----------
    a : array of shape (n, d)
    b : array of shape (m, d)
    metric
        ``l2``: Euclidean, 0 and up. ``cosine``: 1 - cos, 0 to 2; a zero vector is at distance 1.

    Returns
    -------
    array of shape (n, m), float64
    """
    a, b = a.astype(np.float64), b.astype(np.float64)
    if metric == "cosine":
        cosine: Vectors = 1.0 - np.clip(_unit(a) @ _unit(b).T, -1.0, 1.0)
        return cosine
    squared = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None, :] - 2.0 * (a @ b.T)
    distance: Vectors = np.sqrt(np.maximum(squared, 0.0))
    return distance


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.where(norms > 0.0, norms, 1.0)
    return unit
