"""Agreement of clusters and people: B-cubed, pairs, entropies, Rand index, purity.

All are ratios of sums over the cells, rows and columns of the contingency table of people and
clusters. Such sums add up over clips, because clips share neither people nor clusters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from clusterer.evaluation.rates import Summable, harmonic_mean, share

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Grouping(Summable):
    """Sums over the contingency table of people (rows) and clusters (columns), in faces.

    Attributes
    ----------
    faces, people, clusters : numbers of faces, and of rows and columns of the table
    b_cubed_precision_sum, b_cubed_recall_sum : sums over the faces of the share of the face's
        cluster that shows the same person, and of the share of the person in the same cluster
    pairs_both, pairs_of_people, pairs_of_clusters : pairs of faces of one person in one cluster,
        of one person, in one cluster
    largest : sum over the clusters of the number of faces of the most frequent person
    cell_logs, person_logs, cluster_logs : sums of c·ln c over cells, rows and columns
    """

    faces: int = 0
    people: int = 0
    clusters: int = 0
    b_cubed_precision_sum: float = 0.0
    b_cubed_recall_sum: float = 0.0
    pairs_both: int = 0
    pairs_of_people: int = 0
    pairs_of_clusters: int = 0
    largest: int = 0
    cell_logs: float = 0.0
    person_logs: float = 0.0
    cluster_logs: float = 0.0

    @classmethod
    def of(cls, people: Sequence[str], clusters: npt.ArrayLike) -> Self:
        """Compare the people and clusters of one clip.

        Parameters
        ----------
        people
            The person that each face shows.
        clusters : array of shape (n,), int
            The cluster of each face; each negative number is a separate cluster.
        """
        row_of = {person: row for row, person in enumerate(sorted(set(people)))}
        rows = np.array([row_of[person] for person in people], dtype=np.int64)
        columns = _numbered(np.asarray(clusters, dtype=np.int64))
        in_row, in_column = np.bincount(rows), np.bincount(columns)
        places, cells = np.unique(np.stack([rows, columns]), axis=1, return_counts=True)
        squares = cells.astype(float) ** 2
        largest = np.zeros(len(in_column), np.int64)
        np.maximum.at(largest, places[1], cells)
        return cls(
            faces=len(rows),
            people=len(in_row),
            clusters=len(in_column),
            b_cubed_precision_sum=float((squares / in_column[places[1]]).sum()),
            b_cubed_recall_sum=float((squares / in_row[places[0]]).sum()),
            pairs_both=_pairs(cells),
            pairs_of_people=_pairs(in_row),
            pairs_of_clusters=_pairs(in_column),
            largest=int(largest.sum()),
            cell_logs=_logs(cells),
            person_logs=_logs(in_row),
            cluster_logs=_logs(in_column),
        )

    @property
    def b_cubed_precision(self) -> float:
        """Mean over the faces of the share of a face's cluster that shows the same person.

        Bagga and Baldwin, Algorithms for scoring coreference chains, 1998.
        """
        return share(self.b_cubed_precision_sum, self.faces)

    @property
    def b_cubed_recall(self) -> float:
        """Mean over the faces of the share of a face's person that is in the same cluster.

        Bagga and Baldwin, Algorithms for scoring coreference chains, 1998.
        """
        return share(self.b_cubed_recall_sum, self.faces)

    @property
    def b_cubed_f(self) -> float:
        """Harmonic mean of B-cubed precision and recall."""
        return harmonic_mean(self.b_cubed_precision, self.b_cubed_recall)

    @property
    def pairwise_precision(self) -> float:
        """Share of the pairs of faces in one cluster that show one person."""
        return share(self.pairs_both, self.pairs_of_clusters)

    @property
    def pairwise_recall(self) -> float:
        """Share of the pairs of faces of one person that are in one cluster."""
        return share(self.pairs_both, self.pairs_of_people)

    @property
    def pairwise_f(self) -> float:
        """Harmonic mean of pairwise precision and recall."""
        return harmonic_mean(self.pairwise_precision, self.pairwise_recall)

    @property
    def homogeneity(self) -> float:
        """Share of the entropy of the people that the clusters explain; 1 for a single person.

        Rosenberg and Hirschberg, V-measure, 2007.
        """
        return min(share(self._information, self._entropy_of_people), 1.0)

    @property
    def completeness(self) -> float:
        """Share of the entropy of the clusters that the people explain; 1 for a single cluster.

        Rosenberg and Hirschberg, V-measure, 2007.
        """
        return min(share(self._information, self._entropy_of_clusters), 1.0)

    @property
    def v_measure(self) -> float:
        """Harmonic mean of homogeneity and completeness (Rosenberg and Hirschberg 2007).

        It equals `nmi`.
        """
        return harmonic_mean(self.homogeneity, self.completeness)

    @property
    def nmi(self) -> float:
        """Mutual information over the arithmetic mean of both entropies; 1 if both are 0.

        Vinh, Epps and Bailey, Information theoretic measures for clusterings comparison, 2010.
        """
        entropies = self._entropy_of_people + self._entropy_of_clusters
        return min(share(2 * self._information, entropies), 1.0)

    @property
    def ari(self) -> float:
        """Adjusted Rand index, at most 1: agreement of pairs, corrected for chance.

        Hubert and Arabie, Comparing partitions, 1985. It is 1 if there is only one partition.
        """
        together = self.pairs_of_people * self.pairs_of_clusters
        expected = together / max(math.comb(self.faces, 2), 1)
        most = (self.pairs_of_people + self.pairs_of_clusters) / 2
        return share(self.pairs_both - expected, most - expected)

    @property
    def wcp(self) -> float:
        """Weighted cluster purity: share of the faces that show their cluster's main person.

        Tapaswi et al., Total cluster, 2014; Brown et al., Face, Body, Voice, 2021. Clusters of one
        face are pure, so it is meaningful over assigned faces only.
        """
        return share(self.largest, self.faces)

    # Sums of c·ln c cancel only up to rounding, so an entropy of 0 is recognised by the counts.
    @property
    def _entropy_of_people(self) -> float:
        return self._entropy(self.person_logs) if self.people > 1 else 0.0

    @property
    def _entropy_of_clusters(self) -> float:
        return self._entropy(self.cluster_logs) if self.clusters > 1 else 0.0

    @property
    def _information(self) -> float:
        if self.people < 2 or self.clusters < 2:
            return 0.0
        joint = self._entropy(self.cell_logs)
        return max(self._entropy_of_people + self._entropy_of_clusters - joint, 0.0)

    def _entropy(self, logs: float) -> float:
        return math.log(self.faces) - logs / self.faces


def _numbered(clusters: Counts) -> Counts:
    """Number the clusters 0, 1, …; each negative entry becomes a separate cluster."""
    alone = clusters < 0
    beyond = int(clusters.max(initial=-1)) + 1
    distinct = np.where(alone, beyond + np.cumsum(alone), clusters)
    numbers: Any = np.unique(distinct, return_inverse=True)[1]
    return np.asarray(numbers, dtype=np.int64).reshape(-1)


def _pairs(counts: Counts) -> int:
    return int((counts * (counts - 1) // 2).sum())


def _logs(counts: Counts) -> float:
    return float((counts * np.log(counts)).sum())
