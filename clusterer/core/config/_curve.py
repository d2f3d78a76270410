"""Settings that depend on quality."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from clusterer.core.config._check import check
from clusterer.core.errors import ConfigError

Curve = tuple[tuple[float, float], ...]
"""Pairs of quality and value, qualities rising from 0, linear between."""
MOST_TOLERANCE, MOST_EVIDENCE, MOST_RELIABILITY = 10.0, 100.0, 0.99
"""Largest values of a tolerance, of the curves of evidence, and of a reliability."""


def as_curve(pairs: Iterable[Iterable[float]]) -> Curve:
    """The same as tuples: JSON and TOML read lists."""
    return tuple((at, value) for at, value in pairs)


def check_curve(name: str, curve: Curve, most: float) -> None:
    """Check that the qualities of a curve rise from 0 and that its values are 0.01 to `most`.

    Raises
    ------
    ConfigError
        They do not.
    """
    at = [quality for quality, _ in curve]
    rising = all(a < b for a, b in pairwise(at))
    if not at or at[0] != 0.0 or not rising or at[-1] > 1.0:
        raise ConfigError(f"the {name}'s qualities do not rise from 0", "Give them in order, to 1")
    for _, value in curve:
        check(f"factor of {name}", value, 0.01, most)


def check_spreads(spread: float | None, variation: float | None) -> None:
    """Check the standard deviations of similarities, if they are known; raises ConfigError."""
    if spread is not None:
        check("spread of different people", spread, 0.001, 1.0)
    if variation is not None:
        check("variation of a person", variation, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class EncoderCurves:
    """What the distances of an encoder mean, by quality of the faces; the defaults are dlib's.

    Attributes
    ----------
    tolerance
        As `ClusteringConfig.tolerance`. `python -m benchmarks faces quality` gives the table behind
        it. dlib's embeddings of barely readable faces are alike, so the threshold is smaller. Those
        of small but clear faces vary even within one person, so it is larger. Large, sharp faces
        need no change.
    face_neutral, face_slope
        As in `ClothingConfig`. `python -m benchmarks people evidence` fits them.
    reliability, spread, variation
        As in `EvidenceConfig`; None = not measured. `python -m benchmarks faces statistics` fits
        them.
    """

    tolerance: Curve = ((0.0, 0.6), (0.1, 0.85), (0.2, 1.25), (0.5, 1.25), (0.8, 1.0))
    face_neutral: Curve = ((0.0, 1.44), (0.3, 1.44), (0.6, 1.0))
    face_slope: Curve = ((0.0, 0.7), (0.1, 1.1), (0.2, 5.4), (0.3, 10.8), (0.6, 14.4))
    reliability: Curve | None = None
    spread: float | None = None
    variation: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "tolerance", as_curve(self.tolerance))
        check_curve("tolerance", self.tolerance, MOST_TOLERANCE)
        for name in ("face_neutral", "face_slope"):
            object.__setattr__(self, name, as_curve(getattr(self, name)))
            check_curve(f"curve {name}", getattr(self, name), MOST_EVIDENCE)
        if self.reliability is not None:
            object.__setattr__(self, "reliability", as_curve(self.reliability))
            check_curve("reliability", self.reliability, MOST_RELIABILITY)
        check_spreads(self.spread, self.variation)


DLIB_CURVES = EncoderCurves()
"""Those of dlib's encoder, and of one that states none."""
