"""How the tracks of a person hang together: where to cut when they are two."""

from __future__ import annotations

import numpy as np

from clusterer.core.types import UNKNOWN, IntArray
from clusterer.people.refinement.pair_sums import Bools, Matrix

FARTHEST = 1e4
"""Between two tracks that are certainly different people: more than evidence can be."""

Merges = tuple[tuple[int, int], ...]


def trees(labels: IntArray, evidence: Matrix, apart: Bools) -> dict[int, Merges]:
    """Merge tree of each person of at least two tracks, by average linkage on evidence.

    Tracks are numbered within the person in order. Of equal merges the one that scipy's linkage
    finds first comes first, which depends on that order alone.

    Parameters
    ----------
    labels : array of shape (t,), int64, `UNKNOWN` = nobody's
    evidence : array of shape (t, t), float32, symmetric
    apart : array of shape (t, t), bool, pairs that are different people

    Returns
    -------
    label → n - 1 merges of its n tracks, nearest first, as `Advice` numbers them
    """
    found: dict[int, Merges] = {}
    for label in np.unique(labels[labels != UNKNOWN]).tolist():
        tracks = np.flatnonzero(labels == label)
        if len(tracks) > 1:
            inside = np.ix_(tracks, tracks)
            found[label] = _tree(evidence[inside], apart[inside])
    return found


def _tree(evidence: Matrix, apart: Bools) -> Merges:
    from scipy.cluster.hierarchy import linkage  # noqa: PLC0415 (slow to load)

    above = np.triu_indices(len(evidence), 1)
    far = evidence.max() - evidence[above].astype(np.float64)
    far[apart[above]] = FARTHEST
    merged = linkage(far, method="average")[:, :2].astype(np.int64)
    return tuple((i, j) for i, j in merged.tolist())
