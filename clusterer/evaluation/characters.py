"""Precision and recall of characters, each of whom counts as much as any other."""

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
    Modalities, 2021: each character is given one cluster of his own by the Hungarian algorithm;
    precision is the share of that cluster which is his, recall the share of him which is in it, and
    both are averaged over characters, not over faces.

    What is computed here: the items are labelled faces, not tracks, for tracks are ours and not
    those of the truth. Clusters are given to people, one to one, so that most faces lie in the
    cluster of their person; of several ways as good the one of the highest recall, then of the
    highest precision, summed over people. Precision is over the faces found in the cluster, recall
    over all labelled faces of the person, those missed or left unknown too. A person without a
    cluster, or with one in which he is never seen, has 0 for both.

    Attributes
    ----------
    characters : people to be seen
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
            Who is seen, one name per face.
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
        given = _assign(shared, recall, precision)
        return cls(len(cast), float(precision[given].sum()), float(recall[given].sum()))

    @property
    def precision(self) -> float:
        """Mean over the characters of the share of a character's cluster that shows him, 0 to 1."""
        return share(self.precision_sum, self.characters)

    @property
    def recall(self) -> float:
        """Mean over the characters of the share of a character that is in his cluster, 0 to 1."""
        return share(self.recall_sum, self.characters)


Matrix = npt.NDArray[np.float64]


def _assign(
    shared: Matrix, recall: Matrix, precision: Matrix
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows and columns, one to one, that share most; ties by recall, then by precision."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 (slow to load)

    # All recalls together weigh less than one face, all precisions less than what recalls differ by
    # where a clip is small; in a long one the last tie may be broken either way.
    unit = 1 / (2 * len(shared) + 2)
    rows, columns = linear_sum_assignment(
        shared + unit * recall + 1e-4 * unit * precision, maximize=True
    )
    return rows, columns
