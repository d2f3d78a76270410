"""Ranges of settings."""

from __future__ import annotations

from clusterer.errors import ConfigError


def check(name: str, value: float, low: float, high: float) -> None:
    """Raise ConfigError if a value lies outside its range."""
    if not low <= value <= high:
        raise ConfigError(f"{name} is {value:g}", f"It must lie between {low:g} and {high:g}")
