"""How a threshold fits an episode."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """How a threshold fits an episode."""

    FITS = "fits"
    TOO_LOOSE = "too loose"
    TOO_TIGHT = "too tight"
    TOO_FEW = "too few pairs to tell"


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well a threshold fits the certain pairs of an episode.

    Certain pairs are tracks that are certainly one person, or certainly two.

    Attributes
    ----------
    verdict : whether `threshold` fits
    threshold : the one that was used, in the metric's unit
    automatic : whether that is the suggested one
    suggested : shrunk towards the default and bounded; the default itself if that fits
    unshrunk : the threshold that the pairs alone suggest; None without a pair
    n_same, n_different : number of pairs of one person, and of two
    evidence_different : effective number of pairs of two people: a track in k pairs contributes at
        most 1/k to each
    median_same, median_different : median distance in the metric's unit; None without a pair
    share_same_accepted, share_different_accepted : share of pairs under `threshold`, 0 to 1; None
        without a pair
    different_accepted_low, different_accepted_high : 95 % interval of the latter (Wilson 1927)

    Examples
    --------
    >>> fit = result.calibration
    >>> fit.threshold, fit.verdict.value, fit.n_same
    (0.36, 'fits', 3)
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

    def rounded(self) -> Calibration:
        """The same with numbers of four digits, as a result keeps them."""
        values: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        floats = {name: value for name, value in values.items() if isinstance(value, float)}
        return Calibration(**values | {name: four_digits(x) for name, x in floats.items()})


def four_digits(number: float) -> float:
    """The nearest number of four significant digits."""
    return float(f"{number:.4g}")
