"""Settings that depend on quality."""

from __future__ import annotations

from itertools import pairwise

from clusterer.core.config._check import check
from clusterer.core.errors import ConfigError

Curve = tuple[tuple[float, float], ...]
"""Pairs of quality and value, qualities rising from 0, linear between."""


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
