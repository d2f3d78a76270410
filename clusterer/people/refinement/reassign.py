"""Tracks whose faces cannot decide go where they fit best, those of one moment jointly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clusterer.core.types import IntArray
from clusterer.people.refinement.pair_sums import Bools, Matrix

Floats = npt.NDArray[np.float64]

MAX_ROUNDS = 5
"""It has settled after two or three; a cycle between equals would never."""
STAY = 1e-6
"""What is gained by not moving: of equals, things stay as they are."""


def reassign(
    labels: IntArray, evidence: Matrix, apart: Bools, movable: Bools, least: npt.ArrayLike
) -> IntArray:
    """Assign tracks anew until nobody fits elsewhere better.

    Tracks of one moment compete for people: the nearest takes all in a greedy merge, here their
    joint evidence is greatest (assignment problem, Kuhn 1955).

    Parameters
    ----------
    labels : array of shape (t,), int64, 0 and up, all tracks have one
    evidence : array of shape (t, t), float32, symmetric
    apart : array of shape (t, t), bool, pairs that are different people
    movable : array of shape (t,), bool
    least : number, or array of shape (t,)
        What each track must fit a group by; with less it is alone.

    Returns
    -------
    array of shape (t,), int64; tracks that are alone have labels of their own
    """
    labels = labels.copy()
    least = np.broadcast_to(np.asarray(least, dtype=np.float64), labels.shape)
    cliques = _cliques(apart, movable)
    for _ in range(MAX_ROUNDS):
        before = labels.copy()
        for clique in cliques:
            _place(clique, labels, evidence, apart, least)
        if (labels == before).all():
            break
    return labels


def fits(tracks: list[int], labels: IntArray, evidence: Matrix, apart: Bools) -> Floats:
    """Evidence of tracks for the groups that there are without them, as `link` counts it.

    Parameters
    ----------
    tracks : k tracks
    labels, evidence, apart
        As for `reassign`.

    Returns
    -------
    array of shape (k, g), float64, g one more than the greatest label; -inf where a group is empty
    or holds a track that is somebody else
    """
    n_groups = int(labels.max()) + 1
    others = np.ones(len(labels), dtype=bool)
    others[tracks] = False
    size = np.bincount(labels[others], minlength=n_groups)
    found = np.full((len(tracks), n_groups), -np.inf)
    for k, track in enumerate(tracks):
        total = np.bincount(labels[others], evidence[track, others], n_groups)
        against = np.bincount(labels[others], apart[track, others], n_groups)
        possible = (size > 0) & (against == 0)
        found[k, possible] = total[possible] / np.sqrt(size[possible])
    return found


def _cliques(apart: Bools, movable: Bools) -> list[list[int]]:
    """For each movable track the others of its moment, each clique once."""
    found: dict[tuple[int, ...], None] = {}
    for track in np.flatnonzero(movable).tolist():
        clique = [track]
        for other in np.flatnonzero(apart[track] & movable).tolist():
            if apart[other, clique].all():
                clique.append(other)
        found[tuple(sorted(clique))] = None
    return [list(clique) for clique in found]


def _place(
    clique: list[int], labels: IntArray, evidence: Matrix, apart: Bools, least: Floats
) -> None:
    """Give the tracks of one moment the labels that fit them best together."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 (slow to load)

    fit = fits(clique, labels, evidence, apart)
    rows = np.arange(len(clique))
    fit[rows, labels[clique]] += STAY
    possible = np.where(np.isfinite(fit), fit, -1e9)
    alone = np.full((len(clique), len(clique)), -1e9)
    alone[rows, rows] = least[clique]
    _, chosen = linear_sum_assignment(np.hstack([possible, alone]), maximize=True)
    n_groups = fit.shape[1]
    for track, choice in zip(clique, chosen.tolist(), strict=True):
        if choice < n_groups:
            labels[track] = choice
        elif np.count_nonzero(labels == labels[track]) > 1:
            labels[track] = int(labels.max()) + 1
