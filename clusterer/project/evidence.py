"""Evidence that people of different films are one person, and the odds before any."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clusterer.core.config import Config, EvidenceConfig, LinkConfig
from clusterer.core.distance import prepare
from clusterer.core.errors import ConfigError
from clusterer.core.types import FloatArray, IntArray
from clusterer.faces.encoding import default_threshold
from clusterer.people.decide import resolved
from clusterer.people.refinement.likelihood import least_square, log_ratio
from clusterer.project.crowd import Crowd
from clusterer.project.types import Scope

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.floating]

MIN_QUALITY = 1e-3
"""Weight of a person without a readable face, so that a group of such people has a mean: a
definition, far below any quality in `NEUTRAL` but 0."""
NEUTRAL = ((0.0, 1.05), (0.1, 1.19), (0.2, 1.3))
"""For encoders without statistics: distance of two people of films, in thresholds, that is evidence
for neither, by the lower of their qualities. The nearest of 10,000 pairs of different people, with
dlib's encoder, are at 0.8, 0.95 and 1.1 thresholds (`python -m benchmarks people season --encoder
dlib`), which is evidence of 5."""
SLOPE, MOST = 20.0, 10.0
"""Evidence of a threshold less, and its limit. In the same table distances of different people have
the mean 2 and the standard deviation 0.28, of one person 0.8 and 0.25."""
BEYOND = 0.01
"""Share of what is beyond the limit that counts: too little to add evidence, but of two certain
candidates the nearer is ahead, whichever film came first."""
LEAST = 1e-3
"""Smallest threshold that distances are divided by."""
CHUNK = 16_384
"""Pairs whose vectors are multiplied at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Pools:
    """Groups of rows, as vectors that can be compared and added up.

    Attributes
    ----------
    total : array of shape (g, d), float64
    weight : array of shape (g,), float64, by which the total is divided to be a mean; the
        precision, if the statistics of the encoder are known
    square : array of shape (g,), float64, the sum of squares of the rows' weights
    """

    total: Floats
    weight: Floats
    square: Floats

    def __len__(self) -> int:
        return len(self.weight)

    def added(self, group: IntArray, n_groups: int) -> Pools:
        """Sums over the rows of each group.

        Parameters
        ----------
        group : array of shape (g,), int64, 0 to `n_groups` - 1
        n_groups
        """
        if np.array_equal(group, np.arange(n_groups)):
            return self
        made = (np.zeros((n_groups, self.total.shape[1])), np.zeros(n_groups), np.zeros(n_groups))
        alone = np.bincount(group, minlength=n_groups)[group] == 1
        rest = np.flatnonzero(~alone)
        order = rest[np.argsort(group[rest], kind="stable")]
        starts = np.flatnonzero(np.diff(group[order], prepend=-1))
        for target, values in zip(made, (self.total, self.weight, self.square), strict=True):
            target[group[alone]] = values[alone]
            if len(starts):
                target[group[order][starts]] = np.add.reduceat(values[order], starts, axis=0)
        return Pools(*made)

    def without(self, other: Pools) -> Pools:
        """The same groups without what was added to them."""
        return Pools(
            self.total - other.total,
            np.maximum(self.weight - other.weight, 0.0),
            np.maximum(self.square - other.square, 0.0),
        )

    @classmethod
    def join(cls, one: Pools, other: Pools) -> Pools:
        """The groups of both, in order."""
        return cls(
            np.concatenate([one.total, other.total]),
            np.concatenate([one.weight, other.weight]),
            np.concatenate([one.square, other.square]),
        )

    def __getitem__(self, rows: IntArray | slice) -> Pools:
        return Pools(self.total[rows], self.weight[rows], self.square[rows])


@dataclass(frozen=True, slots=True)
class Scale:
    """How people are compared, for one encoder.

    Attributes
    ----------
    evidence : its statistics, if they are known
    metric, threshold : of its distances, if they are not
    shared_look : see `LinkConfig`
    """

    evidence: EvidenceConfig
    metric: str
    threshold: float
    shared_look: float

    @classmethod
    def of(cls, config: Config, link: LinkConfig) -> Scale:
        """The scale of a project.

        Parameters
        ----------
        config
            Of the films' results.
        link

        Raises
        ------
        ConfigError
            The encoder has no default threshold for the metric, and `config` has none.
        """
        config = resolved(config)
        chosen = config.clustering
        try:
            threshold = default_threshold(config.analysis.encoding, chosen.metric)
        except ConfigError:
            if not isinstance(chosen.threshold, float) and not chosen.evidence.is_known:
                raise
            threshold = chosen.threshold if isinstance(chosen.threshold, float) else 1.0
        return cls(chosen.evidence, chosen.metric, max(threshold, LEAST), link.shared_look)

    @property
    def is_pooled(self) -> bool:
        """Whether the statistics of the encoder are known."""
        return self.evidence.is_known

    def pools(self, sums: Numbers, precision: Numbers) -> Pools:
        """People of one film each, of whom no more is known than a shared look allows.

        A person of precision p, pooled over one film, differs from the same person elsewhere by
        the noise 1 / p and by what all faces of that film have in common, `shared_look`: the
        precision that counts between films is 1 / (1 / p + shared_look).

        Parameters
        ----------
        sums : array of shape (n, d)
        precision : array of shape (n,)
            Both as in `Crowd`.
        """
        vectors: Floats = sums.astype(np.float64)
        seen = vectors.any(axis=1)
        weight: Floats = np.where(seen, precision.astype(np.float64), 0.0)
        if self.is_pooled:
            kept = 1.0 / (1.0 + self.shared_look * weight)
            return Pools(vectors * kept[:, None], weight * kept, (weight * kept) ** 2)
        weight = np.where(seen, np.maximum(weight, MIN_QUALITY), 0.0)
        return Pools(prepare(vectors, self.metric) * weight[:, None], weight, weight**2)

    def ratio(self, product: Floats, one: Floats, other: Floats) -> Floats:
        """Evidence from what pairs have in common, in the units of `vectors`.

        Parameters
        ----------
        product : array of shape (m,): cosines, or minus squared distances
        one, other : arrays of shape (m,), what is known of each: precisions, or qualities
        """
        if self.is_pooled:
            # Below 0, where two people are as far apart, the ratio of the tails means nothing.
            return log_ratio(np.clip(product, 0.0, 1.0), one, other, self.evidence)
        squared = np.maximum(-product, 0.0)
        distance = np.sqrt(squared / 2.0 if self.metric == "cosine" else squared)
        if self.metric == "cosine":
            in_thresholds = distance / np.sqrt(self.threshold)
        else:
            in_thresholds = distance / self.threshold
        neutral = np.interp(np.minimum(one, other), *np.array(NEUTRAL).T)
        found = SLOPE * (neutral - in_thresholds)
        limited = np.clip(found, -MOST, MOST)
        ranked: Floats = limited + BEYOND * (found - limited)
        return ranked

    def largest_square(self, floor: float) -> float:
        """Squared distance above which the evidence is less than a floor, whatever the quality."""
        if floor <= -MOST:
            return math.inf
        reach = max(max(value for _, value in NEUTRAL) - floor / SLOPE, 0.0)
        return (2.0 * self.threshold if self.metric == "cosine" else self.threshold**2) * reach**2

    def known(self, pools: Pools) -> Floats:
        """What is known of each group: its precision, or its quality weighted by itself."""
        if self.is_pooled:
            return pools.weight
        return pools.square / np.where(pools.weight > 0.0, pools.weight, 1.0)

    def vectors(self, pools: Pools) -> Floats:
        """Directions of groups, or means; zeros for groups without a face."""
        if self.is_pooled or self.metric == "cosine":
            return np.asarray(prepare(pools.total, "cosine"))
        return pools.total / np.where(pools.weight > 0.0, pools.weight, 1.0)[:, None]

    def compare(self, one: Pools, other: Pools) -> Floats:
        """Evidence that each group is one person with the one in the same row; 0 = no face.

        Parameters
        ----------
        one, other : of m groups each

        Returns
        -------
        array of shape (m,), float64
        """
        a, b = self.vectors(one), self.vectors(other)
        product = (a * b).sum(axis=1) if self.is_pooled else -((a - b) ** 2).sum(axis=1)
        found = self.ratio(product, self.known(one), self.known(other))
        return np.where((one.weight > 0.0) & (other.weight > 0.0), found, 0.0)

    def of_pairs(self, pools: Pools, a: IntArray, b: IntArray) -> Floats:
        """Evidence of pairs of groups, some at a time.

        Parameters
        ----------
        pools : of g groups
        a, b : arrays of shape (m,), int64
        """
        found = np.zeros(len(a))
        for start in range(0, len(a), CHUNK):
            part = slice(start, start + CHUNK)
            found[part] = self.compare(pools[a[part]], pools[b[part]])
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Products:
    """Groups as `clusterer.project.neighbours.find_pairs` compares them: by one product.

    Attributes
    ----------
    left, right : arrays of shape (g, k), float32
    known : array of shape (g,), float64, see `Scale.known`
    usable : array of shape (g,), bool
    scale
    """

    left: FloatArray
    right: FloatArray
    known: Floats
    usable: Bools
    scale: Scale

    @classmethod
    def of(cls, pools: Pools, scale: Scale) -> Products:
        """Of groups; a distance is a product, too: -|a - b|² = 2 ab - |a|² - |b|²."""
        vectors = scale.vectors(pools)
        left, right = vectors, vectors
        if not scale.is_pooled:
            squares = (vectors**2).sum(axis=1)[:, None]
            one = np.ones_like(squares)
            left = np.hstack([2.0 * vectors, -squares, -one])
            right = np.hstack([vectors, one, squares])
        return cls(
            left.astype(np.float32),
            right.astype(np.float32),
            scale.known(pools),
            (pools.weight > 0.0) & vectors.any(axis=1),
            scale,
        )

    def least(self, floor: float) -> float:
        """Product below which the evidence is less than a floor; not below a cosine of 0."""
        if not self.scale.is_pooled:
            return -self.scale.largest_square(floor)
        square = float(least_square(np.array(floor), self.scale.evidence))
        return float(np.sqrt(max(square, 0.0)))

    def evidence(self, product: npt.NDArray[np.floating], a: IntArray, b: IntArray) -> Floats:
        """Evidence of pairs with these products."""
        return self.scale.ratio(np.asarray(product, np.float64), self.known[a], self.known[b])


def sizes(crowd: Crowd) -> IntArray:
    """Number of people of each row's film, shape (n,)."""
    found: IntArray = np.bincount(crowd.film)[crowd.film]
    return found


def log_prior(one: IntArray, other: IntArray, n_people: int, scope: Scope) -> Floats:
    """Logarithm of the odds that people of different films are one person, before any evidence.

    In a season, a person of one film is in another film with even odds, and is one of the people
    there: of two films the larger has m people, so that the odds are 1 / (2 m); more films do not
    change them. In an archive a person has about one other appearance anywhere, of n people: 1 / n.

    Parameters
    ----------
    one, other : arrays of shape (k,), int64, number of people in the films of each; for a group,
        in its smallest film
    n_people
        Of all films.
    scope

    Returns
    -------
    array of shape (k,), float64, below 0
    """
    odds: Floats = 2.0 * np.maximum(one, other)
    if scope is Scope.ARCHIVE:
        odds = np.maximum(odds, n_people)
    return -np.log(odds)
