"""How likely a similarity of two groups of faces is, for one person and for two."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from clusterer.core.config import EvidenceConfig

Floats = npt.NDArray[np.float64]

LIKENESS, LIKENESS_SPREAD = 0.25, 0.15
"""Similarity of people who look alike, and its standard deviation. Of pairs of different people on
the photographs of `python -m benchmarks faces statistics`, one in a thousand is above 0.33 to 0.37,
whatever the quality, and the most similar pair at 0.5 to 0.7: far more than a normal distribution
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
    a, b = (np.asarray(each, dtype=np.float64) for each in (precision_a, precision_b))
    expected = np.sqrt(a / (1.0 + a) * (b / (1.0 + b)))
    spread, variation = config.spread or 1.0, config.variation or 0.0
    found = np.asarray(similarity, dtype=np.float64)
    same = _mixture(
        _log_normal(found, expected, np.sqrt(spread**2 + (variation * expected) ** 2)),
        _log_normal(found, 0.0, ALTERED_SPREAD),
        config.altered,
    )
    different = _mixture(
        _log_normal(found, 0.0, spread),
        _log_normal(found, LIKENESS, LIKENESS_SPREAD),
        config.look_alikes,
    )
    return same - different


def _mixture(common: Floats, rare: Floats, share: float) -> Floats:
    mixed: Floats = np.logaddexp(common + math.log1p(-share), rare + math.log(share))
    return mixed


def _log_normal(value: Floats, mean: Floats | float, deviation: Floats | float) -> Floats:
    """Logarithm of the normal density, but for a constant."""
    result: Floats = -0.5 * ((value - mean) / deviation) ** 2 - np.log(deviation)
    return result


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
    above = np.triu_indices(len(evidence), 1)
    values = evidence[above][~forbidden[above]].astype(np.float64)
    pairs = len(above[0])
    counts, edges = np.histogram(values, _BINS)
    centres = (edges[:-1] + edges[1:]) / 2.0
    share = _START
    for _ in range(_ROUNDS):
        odds = np.clip(centres + math.log(share / (1.0 - share)), -700.0, 700.0)
        likely = float((counts / (1.0 + np.exp(-odds))).sum())
        share = min(max((likely + _START * _START_PAIRS) / (pairs + _START_PAIRS), 1e-4), 0.5)
    return math.log(share / (1.0 - share))


_BINS = np.linspace(-40.0, 40.0, 1601)
"""Of evidence, so that the rounds cost the same for any number of tracks; clothing and faces stay
within 15 on either side."""
_START, _START_PAIRS, _ROUNDS = 0.1, 2.0, 50
