"""Labelled pairs of faces and their distances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clusterer.core.distance import of_pairs
from clusterer.core.types import Analysis, ClusteringResult, FloatArray
from clusterer.evaluation.pair_files import PairList
from clusterer.evaluation.verification import Bools, Floats, Ints

MOST_PAIRS = 2_000_000
"""Larger sets of pairs are subsampled evenly to this number."""

_AT_ONCE = 65_536  # pairs whose vectors are in memory together: 130 MB of 128 numbers


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of faces, labelled as one person or two.

    Attributes
    ----------
    name : what is compared, such as ``track pairs``
    distances : array of shape (n,), float64
    same : array of shape (n,), bool, whether both faces show one person
    fold : array of shape (n,), int64, for cross-validation; None = no folds
    no_face : pairs left out because no face was found in a photograph
    not_looked_at : pairs left out by subsampling
    """

    name: str
    distances: Floats
    same: Bools
    fold: Ints | None = None
    no_face: int = 0
    not_looked_at: int = 0

    def __len__(self) -> int:
        return len(self.same)

    def __add__(self, other: Pairs) -> Pairs:
        """Pool pairs of the same kind and metric under the first name, without folds."""
        return Pairs(
            self.name,
            np.concatenate([self.distances, other.distances]),
            np.concatenate([self.same, other.same]),
            None,
            self.no_face + other.no_face,
            self.not_looked_at + other.not_looked_at,
        )


def track_pairs(result: ClusteringResult, people: Sequence[str], metric: str) -> Pairs:
    """All pairs of tracks that have an embedding and whose person is known.

    Parameters
    ----------
    result
        t tracks, compared by their average embeddings.
    people
        t names; ``""`` = not known.
    metric
        ``l2`` or ``cosine``.
    """
    features = result.features
    rows = np.flatnonzero(np.array([bool(p) for p in people], np.bool_) & features.has_face)
    who = np.array([people[row] for row in rows.tolist()], dtype=np.str_)
    return _all_pairs("track pairs", features.face[rows], who, rows, metric)


def image_pairs(analysis: Analysis, people: Sequence[str], metric: str) -> Pairs:
    """All pairs of encoded chips of two different tracks whose people are known.

    Pairs within a track are left out: they are seconds apart and one person by construction.

    Parameters
    ----------
    analysis
        t tracks.
    people
        t names; ``""`` = not known. A chip shows the person of its track.
    metric
        ``l2`` or ``cosine``.
    """
    track = analysis.track_of_row[analysis.chip_rows]
    known = np.array([t >= 0 and bool(people[t]) for t in track.tolist()], np.bool_)
    track, vectors = track[known], analysis.chip_embeddings[known]
    who = np.array([people[t] for t in track.tolist()], dtype=np.str_)
    return _all_pairs("image pairs", vectors, who, track, metric)


def photograph_pairs(listed: PairList, vectors: FloatArray, has_face: Bools, metric: str) -> Pairs:
    """Pairs of photographs; pairs with a photograph without a face are counted and left out.

    Parameters
    ----------
    listed
        Pairs of m photographs.
    vectors : array of shape (m, d), float32, their embeddings
    has_face : array of shape (m,), bool, whether a face was found
    metric
        ``l2`` or ``cosine``.
    """
    kept = has_face[listed.first] & has_face[listed.second]
    return Pairs(
        "image pairs",
        pairs_of(vectors, listed.first[kept], listed.second[kept], metric),
        listed.same[kept],
        None if listed.fold is None else listed.fold[kept],
        no_face=int((~kept).sum()),
    )


def pairs_of(vectors: FloatArray, first: Ints, second: Ints, metric: str) -> Floats:
    """Distances of chosen pairs of vectors, computed in batches.

    Parameters
    ----------
    vectors : array of shape (m, d)
    first, second : arrays of shape (n,), int64, rows of `vectors`
    metric
        As in `clusterer.core.distance.of_pairs`.

    Returns
    -------
    array of shape (n,), float64
    """
    parts = [
        of_pairs(vectors[first[i : i + _AT_ONCE]], vectors[second[i : i + _AT_ONCE]], metric)
        for i in range(0, len(first), _AT_ONCE)
    ]
    return np.concatenate([np.zeros(0), *parts])


def spread(n: int, most: int) -> tuple[Ints, Ints]:
    """Pairs i < j of n items by i, then j; if there are more than `most`, evenly spread ones.

    Parameters
    ----------
    n : number of items
    most : largest number of pairs, 1 or more

    Returns
    -------
    first, second : arrays of shape (min(n (n - 1) / 2, most),), int64
    """
    total = n * (n - 1) // 2
    count = min(total, most)
    number = np.arange(count, dtype=np.int64) * total // max(count, 1)
    rows = np.arange(n, dtype=np.int64)
    starts = rows * (2 * n - rows - 1) // 2  # pairs before those of each i
    first = np.searchsorted(starts[: max(n - 1, 0)], number, side="right") - 1
    second = number - starts[first] + first + 1
    return first.astype(np.int64), second.astype(np.int64)


def _all_pairs(
    name: str, vectors: FloatArray, who: npt.NDArray[np.str_], track: Ints, metric: str
) -> Pairs:
    """Pairs of vectors of two different tracks."""
    first, second = spread(len(who), MOST_PAIRS)
    total = len(who) * (len(who) - 1) // 2
    apart = track[first] != track[second]
    left_out = total - len(first)
    first, second = first[apart], second[apart]
    return Pairs(
        name,
        pairs_of(vectors, first, second, metric),
        who[first] == who[second],
        not_looked_at=left_out,
    )
