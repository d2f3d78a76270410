"""Move tracks without a clear face to the person they fit best, jointly per frame."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clusterer.core.types import IntArray
from clusterer.people.refinement.evidence import Bools, Matrix

Floats = npt.NDArray[np.float64]

MAX_ROUNDS = 5
"""Converges in two or three; ties could cycle for ever."""
STAY_BONUS = 1e-6
"""Added for the current group, so that ties change nothing."""


def reassign(
    labels: IntArray, evidence: Matrix, different: Bools, movable: Bools, least: npt.ArrayLike
) -> IntArray:
    """Reassign tracks until none fits another group better.

    Tracks that are seen together compete for people. A greedy merge would serve the nearest first;
    this maximises their joint evidence (assignment problem, Kuhn 1955).

    Parameters
    ----------
    labels : array of shape (t,), int64, 0 or more
    evidence : array of shape (t, t), float32, symmetric
    different : array of shape (t, t), bool, pairs of different people
    movable : array of shape (t,), bool
    least : number, or array of shape (t,)
        Evidence that each track needs to be in a group; with less it stays alone.

    Returns
    -------
    array of shape (t,), int64; each track that is alone has its own label
    """
    labels = labels.copy()
    least = np.broadcast_to(np.asarray(least, dtype=np.float64), labels.shape)
    cliques = _cliques(different, movable)
    for _ in range(MAX_ROUNDS):
        before = labels.copy()
        for clique in cliques:
            _place(clique, labels, evidence, different, least)
        if (labels == before).all():
            break
    return labels


def fits(tracks: list[int], labels: IntArray, evidence: Matrix, different: Bools) -> Floats:
    """Evidence of tracks for each group without these tracks, counted as in `link`.

    Parameters
    ----------
    tracks : k tracks
    labels, evidence, different
        As for `reassign`.

    Returns
    -------
    array of shape (k, g), float64, g one more than the largest label; -inf where a group is empty
    or holds a different person
    """
    n_groups = int(labels.max()) + 1
    others = np.ones(len(labels), dtype=bool)
    others[tracks] = False
    size = np.bincount(labels[others], minlength=n_groups)
    fit = np.full((len(tracks), n_groups), -np.inf)
    for k, track in enumerate(tracks):
        total = np.bincount(labels[others], evidence[track, others], n_groups)
        conflicts = np.bincount(labels[others], different[track, others], n_groups)
        possible = (size > 0) & (conflicts == 0)
        fit[k, possible] = total[possible] / np.sqrt(size[possible])
    return fit


def _cliques(different: Bools, movable: Bools) -> list[list[int]]:
    """Sets of movable tracks that are pairwise different people, one per track, without repeats."""
    cliques: dict[tuple[int, ...], None] = {}
    for track in np.flatnonzero(movable).tolist():
        clique = [track]
        for other in np.flatnonzero(different[track] & movable).tolist():
            if different[other, clique].all():
                clique.append(other)
        cliques[tuple(sorted(clique))] = None
    return [list(clique) for clique in cliques]


def _place(
    clique: list[int], labels: IntArray, evidence: Matrix, different: Bools, least: Floats
) -> None:
    """Give the tracks of a clique the labels with the highest joint evidence."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 (slow to load)

    fit = fits(clique, labels, evidence, different)
    rows = np.arange(len(clique))
    fit[rows, labels[clique]] += STAY_BONUS
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
