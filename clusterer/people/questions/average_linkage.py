"""Average linkage as SciPy's, whose import takes longer than all else in a run from the cache.

A chain of nearest neighbours (Murtagh 1983) grows until its last two are each other's nearest; they
merge, and the chain goes on from what is left of it.
"""

from __future__ import annotations

import numpy as np

from clusterer.core.types import FloatArray


def merge_order(distances: FloatArray) -> list[tuple[int, int]]:
    """Merge the two groups with the smallest mean distance until one is left.

    Parameters
    ----------
    distances : array of shape (n, n), float64, symmetric and finite; the diagonal does not count

    Returns
    -------
    n - 1 pairs as in the first two columns of ``scipy.cluster.hierarchy.linkage``, ties included:
    nearest first, the smaller number first; below n are the items, n + k is what merge k made
    """
    group = list(range(len(distances)))

    def of(item: int) -> int:
        while group[item] != item:
            item = group[item]
        return item

    pairs = []
    for _, x, y in sorted(_merges(distances), key=lambda merge: merge[0]):
        a, b = sorted((of(x), of(y)))
        group[a] = group[b] = len(group)
        group.append(len(group))
        pairs.append((a, b))
    return pairs


def _merges(distances: FloatArray) -> list[tuple[float, int, int]]:
    """Distance and groups of each merge, in the order of the chain; the second group stays."""
    apart = distances.astype(np.float64)
    np.fill_diagonal(apart, np.inf)
    size = np.ones(len(apart))
    merges: list[tuple[float, int, int]] = []
    chain: list[int] = []
    while len(merges) < len(apart) - 1:
        if not chain:
            chain = [int(np.flatnonzero(size)[0])]
        nearest = int(apart[chain[-1]].argmin())
        before = chain[-2] if len(chain) > 1 else nearest
        if len(chain) == 1 or apart[chain[-1], nearest] < apart[chain[-1], before]:
            chain.append(nearest)
            continue
        x, y = sorted((chain.pop(), chain.pop()))
        merges.append((float(apart[x, y]), x, y))
        mean = (size[x] * apart[x] + size[y] * apart[y]) / (size[x] + size[y])
        mean[y] = np.inf
        apart[y], apart[:, y] = mean, mean
        apart[x], apart[:, x] = np.inf, np.inf
        size[x], size[y] = 0.0, size[x] + size[y]
    return merges
