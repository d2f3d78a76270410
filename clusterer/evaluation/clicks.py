"""A reviewer's work: the fewest corrections that turn a result into the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from clusterer.core.types import UNKNOWN, IntArray
from clusterer.evaluation.matching import Matching
from clusterer.evaluation.rates import Summable

STRAY = ""
"""Stands for a person where the track shows no face."""

Options = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Clicks(Summable):
    """The fewest merges, moves and removals on the review page that lead to the truth.

    A merge puts two people into one. A move takes one track, of a person or unknown, to another
    person or to a new one. A removal hides one track, or a person of nothing but strays.

    A track shows the person of most of its matched faces. A track without matched faces that was
    found at a labelled frame where there is no face is a stray and must be removed from its person.
    Tracks without labels are ignored, as are unknown strays. The truth is reached when each
    person's tracks are together with nothing else among them.

    Method: each cluster becomes the base of one person, is merged into that base, or is emptied.
    In any case, each track that shows somebody else costs one move and each stray one removal;
    when a cluster is emptied, one removal hides everything left in it. An unknown track costs one
    move. Each person has at most one base, which saves a merge; which cluster is whose base is an
    assignment problem of maximum gain. Ties are broken by fewest moves, then fewest removals.

    Attributes
    ----------
    merges, moves, removals : numbers of each
    """

    merges: int = 0
    moves: int = 0
    removals: int = 0

    @classmethod
    def of(cls, matching: Matching, labels: IntArray) -> Self:
        """Count the clicks for one clip, given one label per track."""
        people = matching.track_people(len(labels))
        strays = set(matching.stray_track.tolist())
        labelled = [i for i, person in enumerate(people) if person or i in strays]
        return cls.between([people[i] for i in labelled], [int(labels[i]) for i in labelled])

    @classmethod
    def between(cls, people: Sequence[str], labels: Sequence[int]) -> Self:
        """Count the clicks for labelled tracks.

        Parameters
        ----------
        people
            The person that each track shows, or `STRAY`.
        labels
            The cluster of each track, or `UNKNOWN`.
        """
        tracks = list(zip(people, labels, strict=True))
        unknown = sum(person != STRAY and label == UNKNOWN for person, label in tracks)
        inside = [(person, label) for person, label in tracks if label != UNKNOWN]
        cast = sorted({person for person, _ in inside} - {STRAY})
        clusters = sorted({label for _, label in inside})
        counts = np.zeros((len(clusters), len(cast)), dtype=np.int64)
        strays = np.zeros(len(clusters), dtype=np.int64)
        for person, label in inside:
            if person == STRAY:
                strays[clusters.index(label)] += 1
            else:
                counts[clusters.index(label), cast.index(person)] += 1
        merges, moves, removals = _cheapest(counts, strays)
        return cls(merges, moves + unknown, removals)

    @property
    def total(self) -> int:
        """Number of all clicks."""
        return self.merges + self.moves + self.removals


def _cheapest(counts: Options, strays: Options) -> tuple[int, int, int]:
    """Merges, moves and removals, given the tracks per person and the strays of each cluster."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 (slow to load)

    n, m = counts.shape
    tracks = counts.sum(axis=1)
    base = np.zeros((n, m, 3), dtype=np.int64)
    base[..., 1] = tracks[:, None] - counts
    base[..., 2] = strays[:, None]
    merged = base + np.array([1, 0, 0])
    emptied = np.stack([0 * tracks, tracks, np.minimum(strays, 1)], axis=1)
    others = np.concatenate([merged, emptied[:, None]], axis=1)
    # Integers keep this exact: compare clicks first, then moves, then removals.
    unit = int(tracks.sum() + strays.sum()) + n + 1
    price = np.array([unit**2, unit**2 + unit, unit**2 + 1])
    best = others[np.arange(n), (others @ price).argmin(axis=1)]
    gain = np.maximum((best @ price)[:, None] - base @ price, 0)
    rows, columns = linear_sum_assignment(gain, maximize=True)
    for row, column in zip(rows, columns, strict=True):
        if gain[row, column] > 0:
            best[row] = base[row, column]
    merges, moves, removals = best.sum(axis=0).tolist()
    return merges, moves, removals
