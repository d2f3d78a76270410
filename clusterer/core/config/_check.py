"""Ranges of settings."""

from __future__ import annotations

from clusterer.core.errors import ConfigError

METRICS = ("l2", "cosine")


def check(name: str, value: float, low: float, high: float) -> None:
    """Raise ConfigError if a value lies outside its range."""
    if not low <= value <= high:
        raise ConfigError(f"{name} is {value:g}", f"It must lie between {low:g} and {high:g}")


def check_metric(metric: str) -> None:
    """Raise ConfigError for a metric that there is not."""
    if metric not in METRICS:
        raise ConfigError(f"unknown metric {metric!r}", f"Known: {', '.join(METRICS)}")
