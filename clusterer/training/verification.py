"""How well an encoder tells people apart that it never saw: pairs, as of LFW, and their figures.

After Huang et al., "Labeled Faces in the Wild" (2007): as many pairs of one person as of two,
accuracy at the threshold that is best on the other folds. VAL and FAR as of Schroff et al.,
"FaceNet" (2015).
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
"""Of either kind, as many as LFW has in all: a false accept rate of 0.001 is six pairs."""
FOLDS = 10
FAR_TARGETS = (1e-2, 1e-3)
METRIC = "cosine"


@dataclass(frozen=True, slots=True, eq=False)
class HeldOutPairs:
    """Pairs of pictures.

    Attributes
    ----------
    first, second : arrays of shape (n,), int64, indices of pictures
    same : array of shape (n,), bool, whether both are one person's; as often as not, if there are
        different pairs enough
    fold : array of shape (n,), int64, 0 to `FOLDS` - 1, both kinds in each
    """

    first: IntArray
    second: IntArray
    same: Bools
    fold: IntArray


@dataclass(frozen=True, slots=True)
class Judged:
    """Figures of an encoder.

    Attributes
    ----------
    auc : that a pair of one person is nearer than one of two
    accuracy : of the pairs, cross-validated; LFW's folds keep people apart, too, these do not
    operating : VAL at each of `FAR_TARGETS`
    """

    auc: float
    accuracy: float
    operating: tuple[Operating, ...]


def balanced_pairs(people: IntArray, most: int = MOST_PAIRS, seed: int = 0) -> HeldOutPairs:
    """Pairs of one person, and as many by chance of two.

    Parameters
    ----------
    people : array of shape (m,), whom each picture shows; two people or more, two pictures of each
    most
        Of the pairs of one person: of more, so many are taken, spread evenly.
    seed
        Of the choice of different pairs.

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
    """Work out the figures of an encoder.

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
    counts = [len(own) * (len(own) - 1) // 2 for own in rows]
    share = min(1.0, most / sum(counts))
    firsts, seconds = [], []
    for own, count in zip(rows, counts, strict=True):
        first, second = spread(len(own), max(1, int(share * count)))
        firsts.append(own[first])
        seconds.append(own[second])
    return np.concatenate(firsts), np.concatenate(seconds)


def _different(
    people: IntArray, count: int, generator: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Drawn until there are enough that differ from one another, or all there are."""
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
