"""Sums over the pairs of tracks of two groups."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Group = list[int]


def between_groups(groups: list[Group], values: Matrix | Bools) -> Matrix:
    """Sum of the values of all pairs of tracks of two groups.

    Parameters
    ----------
    groups : g groups, none empty
    values : array of shape (t, t), numbers or bool

    Returns
    -------
    array of shape (g, g), float32
    """
    order = np.concatenate([np.asarray(group, dtype=np.int64) for group in groups])
    inside: Matrix = values[np.ix_(order, order)].astype(np.float32, copy=False)
    if len(order) == len(groups):
        return inside
    starts = np.cumsum([0, *(len(group) for group in groups[:-1])])
    sums: Matrix = np.add.reduceat(np.add.reduceat(inside, starts, axis=0), starts, axis=1)
    return sums
