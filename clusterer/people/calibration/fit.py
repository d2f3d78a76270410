"""Judge whether a threshold fits a video, and suggest one that does."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

from clusterer.core.types import Calibration, Verdict, four_digits
from clusterer.people.calibration.pairs import Pairs

TYPICAL_SAME = 0.67
TYPICAL_DIFFERENT = 1.7
"""Median L2 distance of halves of a track, and of tracks seen together, in default thresholds.
Geometric means of four labelled clips, which lie between 0.48 and 0.82, and 1.5 and 2.1; two
of them have more than a few different pairs (`python -m benchmarks people calibration`)."""
HALF_SAME = 2.0
HALF_DIFFERENT = 1.0
"""Number of pairs with half the weight of infinitely many. Medians differ between those clips by
0.24 and 0.16 (standard deviation of the logarithm), whatever the number of pairs; within a clip
pairs differ by 0.3 and 0.18: about 2 and 1 pairs add as much uncertainty again."""
DIFFERENT_WEIGHT = 2.0
"""Weight of infinitely many different pairs; that of the same person is 1. They vary less: 0.24
over 0.16, squared."""
DEFAULT_WEIGHT = 1.0
"""Weight of the default threshold: the same as infinitely many halves of tracks."""
SIDE_BOUND = 2.0
"""Largest factor that either kind of pairs can suggest: halves of a still picture are at 0."""
BOUND = 0.75
"""Smallest and, inverted, largest suggested L2 threshold, in defaults; 0.27 to 0.48 for dlib."""
MIN_PAIRS = 4.0
"""With fewer certain pairs of either kind (each track counted once) there is no verdict."""
TOLERANCE = 1.1
"""A threshold within this factor (L2) of the suggested one fits, and a default that fits is kept.
For the labelled clips, sampled at three rates, 0.95 to 1.07 defaults would be suggested."""
MAX_FALSE_ACCEPT = 0.05
"""Share of different pairs below the threshold from which it is too loose."""
TINY = 1e-9
"""Smaller distances are raised to it before taking the logarithm."""
WILSON_Z = 1.959964
"""For a 95 % interval."""


def calibrate(
    same: Pairs, different: Pairs, metric: str, default: float, threshold: float | None
) -> Calibration:
    """Judge a threshold by certain pairs, and suggest one.

    Scaling all L2 distances scales the threshold that fits. So each kind of pairs suggests a factor
    for the default: its median over the typical one. In hard footage the same person's distances
    grow and different people's shrink; the mean of both logarithms cancels that. Halves of tracks
    weigh n / (n + `HALF_SAME`), different pairs `DIFFERENT_WEIGHT` n / (n + `HALF_DIFFERENT`), the
    default, whose logarithm is 0, `DEFAULT_WEIGHT`. A result within `TOLERANCE` of the default
    becomes the default; `BOUND` and its inverse limit it.

    Parameters
    ----------
    same, different
        From `same_pairs` and `different_pairs`.
    metric
        ``l2`` or ``cosine``; cosine distances grow with the square, and so do all factors.
    default
        Threshold calibrated for encoder and metric.
    threshold
        To judge; None = the suggested one.

    Returns
    -------
    Calibration
    """
    power = 2 if metric == "cosine" else 1
    default = max(default, TINY)
    sides = [
        _Side(most, pairs.evidence / (pairs.evidence + half), log(max(middle, TINY) / usual))
        for pairs, most, half, usual in (
            (same, 1.0, HALF_SAME, TYPICAL_SAME**power * default),
            (different, DIFFERENT_WEIGHT, HALF_DIFFERENT, TYPICAL_DIFFERENT**power * default),
        )
        if (middle := pairs.median) is not None
    ]
    suggested = four_digits(default * exp(_shrunk(sides, power)))
    used = suggested if threshold is None else threshold
    false_accepts = different.accepted(used)
    low, high = wilson(false_accepts or 0.0, different.evidence)
    return Calibration(
        verdict=_verdict(used, suggested, low, min(same.evidence, different.evidence), power),
        threshold=used,
        automatic=threshold is None,
        suggested=suggested,
        unshrunk=default * exp(_mean(sides)) if sides else None,
        n_same=len(same.distance),
        n_different=len(different.distance),
        evidence_different=different.evidence,
        median_same=same.median,
        median_different=different.median,
        share_same_accepted=same.accepted(used),
        share_different_accepted=false_accepts,
        different_accepted_low=low,
        different_accepted_high=high,
    )


def wilson(share: float, n: float) -> tuple[float, float]:
    """95 % interval of a share observed in n trials, 0 to 1; the whole range without trials.

    Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    if n <= 0.0:
        return 0.0, 1.0
    z = WILSON_Z**2 / n
    centre = share + z / 2
    reach = sqrt(z * share * (1.0 - share) + z * z / 4)
    return max((centre - reach) / (1 + z), 0.0), min((centre + reach) / (1 + z), 1.0)


@dataclass(frozen=True, slots=True)
class _Side:
    """The factor on the default that one kind of pairs suggests."""

    most: float  # weight of infinitely many pairs
    share: float  # of that weight, given the number of pairs
    factor: float  # as a logarithm


def _mean(sides: list[_Side]) -> float:
    """Logarithm of the factor that the pairs alone suggest."""
    return sum(side.most * side.factor for side in sides) / sum(side.most for side in sides)


def _shrunk(sides: list[_Side], power: int) -> float:
    """Logarithm of the factor on the default."""
    limit, bound = log(SIDE_BOUND) * power, -log(BOUND) * power
    total = sum(s.most * s.share * min(max(s.factor, -limit), limit) for s in sides)
    mean = total / (DEFAULT_WEIGHT + sum(side.most * side.share for side in sides))
    return 0.0 if abs(mean) <= log(TOLERANCE) * power else min(max(mean, -bound), bound)


def _verdict(used: float, suggested: float, low: float, evidence: float, power: int) -> Verdict:
    tolerance = TOLERANCE**power
    if evidence < MIN_PAIRS:
        return Verdict.TOO_FEW
    if low > MAX_FALSE_ACCEPT or used > suggested * tolerance:
        return Verdict.TOO_LOOSE
    return Verdict.TOO_TIGHT if used < suggested / tolerance else Verdict.FITS
