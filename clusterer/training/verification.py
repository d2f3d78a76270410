"""Verification metrics of an encoder on held-out people.

After Huang et al., "Labeled Faces in the Wild" (2007): as many pairs of one person as of two, and
accuracy at the best threshold of the other folds. VAL and FAR follow Schroff et al., "FaceNet"
(2015).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clusterer.core.types import FloatArray, IntArray
from clusterer.evaluation.pairs import pairs_of, spread
from clusterer.evaluation.verification import (
    Bools,
    Floats,
    Operating,
    area,
    cross_validate,
    roc,
    val_at_far,
)

MOST_PAIRS = 6000
"""Of each kind, as many as all of LFW's: a false accept rate of 0.001 is six pairs."""
FOLDS = 10
FAR_TARGETS = (1e-2, 1e-3)
METRIC = "cosine"


@dataclass(frozen=True, slots=True, eq=False)
class HeldOutPairs:
    """Pairs of pictures.

    Attributes
    ----------
    first, second : arrays of shape (n,), int64, indices of pictures
    same : array of shape (n,), bool, whether both show one person; half of them, if there are
        enough different pairs
    fold : array of shape (n,), int64, 0 to `FOLDS` - 1, both kinds in each
    """

    first: IntArray
    second: IntArray
    same: Bools
    fold: IntArray


@dataclass(frozen=True, slots=True)
class Judged:
    """Metrics of an encoder.

    Attributes
    ----------
    auc : probability that a pair of one person is nearer than one of two
    accuracy : of the pairs, cross-validated; unlike LFW's, the folds share people
    operating : VAL at each of `FAR_TARGETS`
    """

    auc: float
    accuracy: float
    operating: tuple[Operating, ...]


def balanced_pairs(people: IntArray, most: int = MOST_PAIRS, seed: int = 0) -> HeldOutPairs:
    """Pairs of one person, and as many random pairs of two.

    Parameters
    ----------
    people : array of shape (m,), of each picture; at least two people with two pictures each
    most
        Greatest number of pairs of one person; more are subsampled evenly.
    seed
        Of the choice of pairs of two people.

    Returns
    -------
    HeldOutPairs
    """
    first, second = _same(people, most)
    other_first, other_second = _different(people, len(first), np.random.default_rng(seed))
    n_same, n_other = len(first), len(other_first)
    return HeldOutPairs(
        np.concatenate([first, other_first]),
        np.concatenate([second, other_second]),
        np.arange(n_same + n_other) < n_same,
        np.concatenate([np.arange(n_same), np.arange(n_other)]).astype(np.int64) % FOLDS,
    )


def distances(embeddings: FloatArray, pairs: HeldOutPairs) -> Floats:
    """Cosine distance of each pair, shape (n,); embeddings of shape (m, d)."""
    return pairs_of(embeddings, pairs.first, pairs.second, METRIC)


def judge(embeddings: FloatArray, pairs: HeldOutPairs) -> Judged:
    """Compute the metrics of an encoder.

    Parameters
    ----------
    embeddings : array of shape (m, d)
    pairs
        Of the m pictures.
    """
    apart = distances(embeddings, pairs)
    curve = roc(apart, pairs.same)
    return Judged(
        auc=area(curve),
        accuracy=cross_validate(apart, pairs.same, pairs.fold).mean,
        operating=tuple(val_at_far(curve, target) for target in FAR_TARGETS),
    )


def _same(people: IntArray, most: int) -> tuple[IntArray, IntArray]:
    rows = [np.flatnonzero(people == person) for person in np.unique(people)]
    counts = [len(pictures) * (len(pictures) - 1) // 2 for pictures in rows]
    share = min(1.0, most / sum(counts))
    firsts, seconds = [], []
    for pictures, count in zip(rows, counts, strict=True):
        first, second = spread(len(pictures), max(1, int(share * count)))
        firsts.append(pictures[first])
        seconds.append(pictures[second])
    return np.concatenate(firsts), np.concatenate(seconds)


def _different(
    people: IntArray, count: int, generator: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Draw pairs until there are enough distinct ones, or all."""
    n = len(people)
    _, sizes = np.unique(people, return_counts=True)
    count = min(count, (n * n - int((sizes**2).sum())) // 2)
    numbers = np.zeros(0, dtype=np.int64)
    while len(numbers) < count:
        drawn = np.sort(generator.integers(0, n, (4 * count, 2)), axis=1)
        drawn = drawn[people[drawn[:, 0]] != people[drawn[:, 1]]]
        numbers = np.unique(np.concatenate([numbers, drawn[:, 0] * n + drawn[:, 1]]))
    chosen = np.sort(generator.permutation(numbers)[:count])
    return chosen // n, chosen % n
