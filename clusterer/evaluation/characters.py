"""Precision and recall averaged over characters, each with the same weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from clusterer.evaluation.rates import Summable, share


@dataclass(frozen=True)
class Characters(Summable):
    """Character precision and recall, in the manner of the VPCD protocol.

    Brown, Kalogeiton and Zisserman, Face, Body, Voice: Video Person-Clustering with Multiple
    Modalities, 2021: the Hungarian algorithm assigns each character one cluster; precision is the
    share of that cluster that shows the character, recall the share of the character's faces in
    it. Both are averaged over characters, not over faces.

    There the items are tracks. Here they are labelled faces or tracks, as given. Clusters are
    assigned to people one to one such that as many faces as possible lie in the cluster of their
    person; ties are broken by recall, then by precision, summed over people. Precision is over the
    faces found in the cluster, recall over all labelled faces of the person, including missed and
    unknown ones. A person without a cluster, or with one that never shows them, scores 0 on both.

    Attributes
    ----------
    characters : number of people
    precision_sum, recall_sum : sums over them
    """

    characters: int = 0
    precision_sum: float = 0.0
    recall_sum: float = 0.0

    @classmethod
    def of(cls, people: Sequence[str], clusters: npt.ArrayLike) -> Self:
        """Compare the people and clusters of one clip.

        Parameters
        ----------
        people
            The person that each face shows.
        clusters : array of shape (n,), int
            The cluster of each face; negative if it was missed or is unknown.
        """
        cast = sorted(set(people))
        labels = np.asarray(clusters, dtype=np.int64)
        columns = np.unique(labels[labels >= 0])
        shared = np.zeros((len(cast), len(columns)))
        row_of = {person: row for row, person in enumerate(cast)}
        rows = np.array([row_of[person] for person in people], dtype=np.int64)
        known = labels >= 0
        np.add.at(shared, (rows[known], np.searchsorted(columns, labels[known])), 1)
        recall = shared / np.bincount(rows, minlength=len(cast))[:, None]
        precision = shared / shared.sum(axis=0)
        assigned = _assign(shared, recall, precision)
        return cls(len(cast), float(precision[assigned].sum()), float(recall[assigned].sum()))

    @property
    def precision(self) -> float:
        """Mean over the characters of the share of their cluster that shows them, 0 to 1."""
        return share(self.precision_sum, self.characters)

    @property
    def recall(self) -> float:
        """Mean over the characters of the share of a character in their cluster, 0 to 1."""
        return share(self.recall_sum, self.characters)


Matrix = npt.NDArray[np.float64]


def _assign(
    shared: Matrix, recall: Matrix, precision: Matrix
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Match rows to columns one to one, sharing most; ties by recall, then by precision."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 (slow to load)

    # All recalls together weigh less than one face. All precisions together weigh less than any
    # difference of recalls in a small clip; in a long one, the last tie may go either way.
    unit = 1 / (2 * len(shared) + 2)
    rows, columns = linear_sum_assignment(
        shared + unit * recall + 1e-4 * unit * precision, maximize=True
    )
    return rows, columns
