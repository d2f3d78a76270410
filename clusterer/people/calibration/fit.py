"""Whether a threshold fits an episode, and which one would."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from math import exp, log, sqrt
from typing import Any

from clusterer.people.calibration.pairs import Pairs

TYPICAL_SAME = 0.67
TYPICAL_DIFFERENT = 1.7
"""Median L2 distance of halves of a track, and of tracks seen together, in default thresholds.
Geometric means of four labelled clips, which lie between 0.48 and 0.82, and 1.5 and 2.1; of two
of them more than a few different pairs are known (`python -m benchmarks people calibration`)."""
HALF_SAME = 2.0
HALF_DIFFERENT = 1.0
"""So many pairs count half of what endless ones would. Medians differ between those clips by 0.24
and 0.16 (standard deviation of the logarithm), which no number of pairs mends; within a clip pairs
differ by 0.3 and 0.18: about 2 and 1 pairs leave as much doubt again."""
DIFFERENT_WEIGHT = 2.0
"""Weight of different pairs, if there were endless ones; that of the same person is 1. They are
steadier: 0.24 over 0.16, squared."""
DEFAULT_WEIGHT = 1.0
"""Weight of the default, which is worth as much as endless halves of tracks."""
SIDE_BOUND = 2.0
"""No kind of pairs speaks for more than this factor: halves of a still picture are at 0."""
BOUND = 0.75
"""Least and, inverted, greatest suggested L2 threshold, in defaults; 0.27 to 0.48 for dlib."""
MIN_PAIRS = 4.0
"""Fewer certain pairs of either kind (each track counted once) tell nothing."""
TOLERANCE = 1.1
"""A threshold within this factor (L2) of the suggested one fits, and a default that fits is kept.
For the labelled clips, sampled at three rates, 0.95 to 1.07 defaults would be suggested."""
MAX_FALSE_ACCEPT = 0.05
"""Certainly more different pairs under the threshold than this share: it is too loose."""
TINY = 1e-9
"""Distances under it have no logarithm worth speaking of."""
WILSON_Z = 1.959964
"""Of a 95 % interval."""


class Verdict(StrEnum):
    """How a threshold fits an episode."""

    FITS = "fits"
    TOO_LOOSE = "too loose"
    TOO_TIGHT = "too tight"
    TOO_FEW = "too few pairs to tell"


@dataclass(frozen=True, slots=True)
class Calibration:
    """What an episode's certain pairs say of a threshold.

    Attributes
    ----------
    verdict : on `threshold`
    threshold : that was used, in the metric's unit
    automatic : whether it is the suggested one
    suggested : shrunk to the default, bounded, the default itself if that fits; four digits
    unshrunk : what the pairs alone would say; None without a pair
    n_same, n_different : how many pairs there are
    evidence_different : how many pairs they are worth: a track in k pairs lends each at most 1/k
    median_same, median_different : distances in the metric's unit; None without a pair
    share_same_accepted, share_different_accepted : pairs under `threshold`, 0 to 1; None without
    different_accepted_low, different_accepted_high : 95 % interval of the latter (Wilson 1927)
    """

    verdict: Verdict
    threshold: float
    automatic: bool
    suggested: float
    unshrunk: float | None
    n_same: int
    n_different: int
    evidence_different: float
    median_same: float | None
    median_different: float | None
    share_same_accepted: float | None
    share_different_accepted: float | None
    different_accepted_low: float
    different_accepted_high: float

    def facts(self) -> dict[str, Any]:
        """All of it, JSON-ready, numbers to four digits."""
        return {
            name: _short(value) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        } | {"verdict": self.verdict.value}


def calibrate(
    same: Pairs, different: Pairs, metric: str, default: float, threshold: float | None
) -> Calibration:
    """Judge a threshold by certain pairs, and suggest one.

    Multiplying all L2 distances by a factor multiplies the threshold that fits by it. So each kind
    of pairs says by which factor the default should be multiplied: its median over the typical one.
    In hard footage the same person's distances grow and different people's shrink: a mean of both
    logarithms cancels that. Halves of tracks weigh n / (n + `HALF_SAME`), different pairs
    `DIFFERENT_WEIGHT` n / (n + `HALF_DIFFERENT`), the default, whose logarithm is 0,
    `DEFAULT_WEIGHT`. Within `TOLERANCE` of the default it is the default; `BOUND` and its inverse
    bound it.

    Parameters
    ----------
    same, different
        From `same_pairs` and `different_pairs`.
    metric
        ``l2`` or ``cosine``; cosine distances grow with the square, and so do all factors.
    default
        Threshold calibrated for encoder and metric.
    threshold
        To be judged; None = the suggested one.

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
    suggested = _short(default * exp(_shrunk(sides, power)))
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
    """95 % interval of a share seen in n trials, 0 to 1; all of it without a trial.

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
    """What one kind of pairs says of the default."""

    most: float  # weight of endless pairs
    share: float  # of that, earned by the pairs there are
    factor: float  # its logarithm


def _mean(sides: list[_Side]) -> float:
    """Logarithm of the factor that the pairs alone ask for."""
    return sum(side.most * side.factor for side in sides) / sum(side.most for side in sides)


def _shrunk(sides: list[_Side], power: int) -> float:
    """Logarithm of the factor on the default."""
    limit, bound = log(SIDE_BOUND) * power, -log(BOUND) * power
    spoken = sum(s.most * s.share * min(max(s.factor, -limit), limit) for s in sides)
    mean = spoken / (DEFAULT_WEIGHT + sum(side.most * side.share for side in sides))
    return 0.0 if abs(mean) <= log(TOLERANCE) * power else min(max(mean, -bound), bound)


def _verdict(used: float, suggested: float, low: float, evidence: float, power: int) -> Verdict:
    tolerance = TOLERANCE**power
    if evidence < MIN_PAIRS:
        return Verdict.TOO_FEW
    if low > MAX_FALSE_ACCEPT or used > suggested * tolerance:
        return Verdict.TOO_LOOSE
    return Verdict.TOO_TIGHT if used < suggested / tolerance else Verdict.FITS


def _short(number: float) -> float:
    return float(f"{number:.4g}")
