"""Distances between embeddings; 0 = equal."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.floating]

UNIT_ERROR = 1e-4
"""A vector is of length 1 if it is not farther from it than this, for float32 and rounding."""


def between(a: Vectors, b: Vectors, metric: str) -> Vectors:
    """Distance of every vector of `a` to every vector of `b`.

    Parameters
    ----------
    a : array of shape (n, d)
    b : array of shape (m, d)
    metric
        ``l2``: Euclidean, 0 or more. ``cosine``: 1 - cos, 0 to 2; a zero vector is at distance 1.

    Returns
    -------
    array of shape (n, m), float64
    """
    a, b = prepare(a, metric), prepare(b, metric)
    return between_prepared(a, squared_norms(a), b, squared_norms(b), metric)


def of_pairs(a: Vectors, b: Vectors, metric: str) -> npt.NDArray[np.float64]:
    """Distance of each vector of `a` to the vector of `b` in the same row.

    Parameters
    ----------
    a, b : arrays of shape (n, d)
    metric
        As in `between`.

    Returns
    -------
    array of shape (n,), float64

    Raises
    ------
    ValueError
        There is no such metric.
    """
    a, b = a.astype(np.float64), b.astype(np.float64)
    if metric == "l2":
        l2: npt.NDArray[np.float64] = np.linalg.norm(a - b, axis=1)
        return l2
    if metric != "cosine":
        raise ValueError(f"no metric is named {metric!r}")
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    cosines = (a * b).sum(axis=1) / np.where(lengths > 0.0, lengths, 1.0)
    apart: npt.NDArray[np.float64] = 1.0 - np.clip(cosines, -1.0, 1.0)
    return apart


def prepare(vectors: Vectors, metric: str) -> Vectors:
    """Prepare vectors for `between_prepared`: float64, of unit length for ``cosine``."""
    vectors = vectors.astype(np.float64)
    if metric != "cosine":
        return vectors
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.where(norms > 0.0, norms, 1.0)
    return unit


def squared_norms(vectors: Vectors) -> Vectors:
    """Squared length of each vector of shape (n, d), shape (n,)."""
    squares: Vectors = (vectors**2).sum(axis=1)
    return squares


def between_prepared(
    a: Vectors, squares_a: Vectors, b: Vectors, squares_b: Vectors, metric: str
) -> Vectors:
    """Distances as from `between`, for vectors that are compared repeatedly.

    Parameters
    ----------
    a, b : arrays of shape (n, d) and (m, d), from `prepare`
    squares_a, squares_b : arrays of shape (n,) and (m,), from `squared_norms`
    metric
        As for `prepare`.

    Returns
    -------
    array of shape (n, m), float64
    """
    products = a @ b.T
    if metric == "cosine":
        cosine: Vectors = 1.0 - np.clip(products, -1.0, 1.0)
        return cosine
    squared = squares_a[:, None] + squares_b[None, :] - 2.0 * products
    distance: Vectors = np.sqrt(np.maximum(squared, 0.0))
    return distance


def mean(embeddings: Vectors, weights: Vectors) -> npt.NDArray[np.float64]:
    """Weighted mean of embeddings; of length 1 if all of them are.

    A mean of scattered vectors of length 1 is shorter, and so nearer to everybody's. Encoders such
    as dlib's do not give vectors of length 1; there, the length of the mean is kept.

    Parameters
    ----------
    embeddings : array of shape (n, d), n at least 1; zero vectors are those of unreadable chips
    weights : array of shape (n,), above 0

    Returns
    -------
    array of shape (d,), float64
    """
    found: npt.NDArray[np.float64] = np.average(
        embeddings.astype(np.float64), axis=0, weights=weights
    )
    lengths = np.sqrt(squared_norms(embeddings.astype(np.float64)))
    length = float(np.linalg.norm(found))
    is_unit = bool((np.abs(lengths - 1.0) <= UNIT_ERROR)[lengths > 0.0].all())
    return found / length if is_unit and length > 0.0 else found
