"""What all scores are made of: components that add up over clips, and ratios of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True)
class Summable:
    """Components of scores: the sum of two holds, field by field, the sums of theirs.

    The ratios of a sum are those of the clips taken together, where nobody in one clip is anybody
    in another.
    """

    def __add__(self, other: Self) -> Self:
        return type(self)(
            **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        )


def share(part: float, whole: float) -> float:
    """Part of a whole, 0 to 1; of nothing it is 1, for nothing was done wrong."""
    return float(part / whole) if whole else 1.0


def harmonic_mean(precision: float, recall: float) -> float:
    """F measure: harmonic mean of two rates, 0 to 1; 0 where both are 0."""
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0
