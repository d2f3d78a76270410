"""How likely a similarity of two groups of faces is, for one person and for two."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from clusterer.core.config import EvidenceConfig

Floats = npt.NDArray[np.float64]

LIKENESS, LIKENESS_SPREAD = 0.25, 0.15
"""Similarity of people who look alike, and its standard deviation. Of pairs of different people on
the photographs of `python -m benchmarks faces statistics`, one in a thousand is above 0.30 to 0.43,
whatever the quality, and the most similar pair at 0.4 to 0.7: far more than a normal distribution
of their spread allows."""
ALTERED_SPREAD = 0.1
"""Standard deviation of the similarity of a face that looks like nobody in particular."""


def log_ratio(
    similarity: npt.ArrayLike,
    precision_a: npt.ArrayLike,
    precision_b: npt.ArrayLike,
    config: EvidenceConfig,
) -> Floats:
    """Evidence that two groups are one person: the logarithm of a ratio of likelihoods.

    One person's groups are expected at the geometric mean of their reliabilities, different people
    at 0. Both are mixtures of two normal distributions; the second, rare one limits the evidence.

    Parameters
    ----------
    similarity : array of any shape, cosine of the pooled embeddings, -1 to 1
    precision_a, precision_b : arrays that broadcast to that shape, 0 or more, see
        `clusterer.people.features.pool`
    config
        Its `spread`, `variation`, `look_alikes` and `altered`.

    Returns
    -------
    array of that shape, symmetric in the two groups
    """
    expected = expected_similarity(precision_a, precision_b)
    spread, variation = _spreads(config)
    found = np.asarray(similarity, dtype=np.float64)
    deviation: Floats = np.sqrt(spread**2 + (variation * expected) ** 2)
    same = _density(found - expected, deviation, 1.0 - config.altered)
    same += _density(found, ALTERED_SPREAD, config.altered)
    different = _density(found, spread, 1.0 - config.look_alikes)
    different += _density(found - LIKENESS, LIKENESS_SPREAD, config.look_alikes)
    ratio: Floats = np.log(same / different)
    return ratio


def expected_similarity(precision_a: npt.ArrayLike, precision_b: npt.ArrayLike) -> Floats:
    """Similarity expected of two groups of one person: the geometric mean of their reliabilities.

    Parameters
    ----------
    precision_a, precision_b : arrays that broadcast, 0 or more

    Returns
    -------
    array of their common shape, 0 to 1
    """
    a, b = (np.asarray(each, dtype=np.float64) for each in (precision_a, precision_b))
    expected: Floats = np.sqrt(a / (1.0 + a)) * np.sqrt(b / (1.0 + b))
    return expected


def least_square(evidence: npt.NDArray[np.floating], config: EvidenceConfig) -> Floats:
    """Square of the similarity below which `log_ratio` is less than some evidence.

    It is a bound for any precision, quick to compute: two faces of one person are nowhere likelier
    than at the similarity that is expected of them.

    Parameters
    ----------
    evidence : array of any shape
    config
        As for `log_ratio`.

    Returns
    -------
    array of that shape, 0 or less where any similarity may do
    """
    spread, _ = _spreads(config)
    most = max(math.log(spread / ALTERED_SPREAD), 0.0) - math.log1p(-config.look_alikes)
    bound: Floats = 2.0 * spread**2 * (np.asarray(evidence, dtype=np.float64) - (most + _SLACK))
    return bound


def _spreads(config: EvidenceConfig) -> tuple[float, float]:
    return config.spread or 1.0, config.variation or 0.0


def _density(from_mean: Floats, deviation: Floats | float, share: float) -> Floats:
    """Normal density, but for a constant, times a share.

    It may be 0 far from the mean, but those of the rare distributions never are: cosines are
    within 2 of any mean, and their deviations are 0.1 or more.
    """
    density: Floats = np.exp(-0.5 * (from_mean / deviation) ** 2) * (share / deviation)
    return density


def log_prior(evidence: npt.NDArray[np.floating], forbidden: npt.NDArray[np.bool_]) -> float:
    """Odds, in a film, that two of its tracks are one person: as logarithm, 0 or less.

    A film of two people has other odds than a street. The share of pairs that are one person is the
    mean of their probabilities, which depend on that share: iterated until it is stable
    (expectation maximisation for priors, Saerens et al. 2002), from one pair in ten, which counts
    as two pairs.

    Parameters
    ----------
    evidence : array of shape (t, t), symmetric
    forbidden : array of shape (t, t), bool, pairs that are certainly different people; they count
        as such

    Returns
    -------
    between log 1e-4 and log 1
    """
    counts = np.zeros(_N_BINS)
    for row in range(len(evidence) - 1):
        values = evidence[row, row + 1 :][~forbidden[row, row + 1 :]].astype(np.float64)
        at = (np.clip(values, -_MOST, _MOST) + _MOST) / _BIN
        counts += np.bincount(np.minimum(at.astype(np.int64), _N_BINS - 1), minlength=_N_BINS)
    pairs = len(evidence) * (len(evidence) - 1) // 2
    centres = (np.arange(_N_BINS) + 0.5) * _BIN - _MOST
    share = _START
    for _ in range(_ROUNDS):
        odds = np.clip(centres + math.log(share / (1.0 - share)), -700.0, 700.0)
        likely = float((counts / (1.0 + np.exp(-odds))).sum())
        share = min(max((likely + _START * _START_PAIRS) / (pairs + _START_PAIRS), 1e-4), 0.5)
    return math.log(share / (1.0 - share))


_MOST, _BIN, _N_BINS = 40.0, 0.05, 1600
"""Limit and bins of evidence, so that the rounds cost the same for any number of tracks. Clothing
and faces stay within 15 by default; what is beyond counts as the limit."""
_SLACK = 1e-3
"""Of evidence, for what single precision loses."""
_START, _START_PAIRS, _ROUNDS = 0.1, 2.0, 50
