"""Building blocks of scores: components that add up over clips, and their ratios."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True)
class Summable:
    """Components of scores, added field by field.

    The ratios of a sum are those of the clips taken together, with separate people in each clip.
    """

    def __add__(self, other: Self) -> Self:
        return type(self)(
            **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        )


def share(part: float, whole: float) -> float:
    """Part of a whole, 0 to 1; 1 if the whole is empty, as nothing is wrong then."""
    return float(part / whole) if whole else 1.0


def harmonic_mean(precision: float, recall: float) -> float:
    """F measure: harmonic mean of two rates, 0 to 1; 0 where both are 0."""
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0
