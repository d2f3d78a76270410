"""Ranges of settings."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from clusterer.core.errors import ConfigError

METRICS = ("l2", "cosine")
Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class Range:
    """Name of a setting in errors, and its smallest and largest value."""

    name: str
    low: float
    high: float


def ranged(default: Number, name: str, low: float, high: float) -> Number:
    """Make a field of a config with a range; see `check_ranges` and `range_of`."""
    made: Number = field(default=default, metadata={"range": Range(name, low, high)})
    return made


def range_of(config: type[Any], name: str) -> Range | None:
    """Range of a field of a config; None if any value is valid, or the check is another one."""
    (found,) = (each for each in fields(config) if each.name == name)
    limits: Range | None = found.metadata.get("range")
    return limits


def check_ranges(config: Any) -> None:
    """Raise ConfigError if the value of a `ranged` field lies outside its range."""
    for each in fields(config):
        limits = each.metadata.get("range")
        if limits is not None:
            check(limits.name, getattr(config, each.name), limits.low, limits.high)


def check(name: str, value: float, low: float, high: float) -> None:
    """Raise ConfigError if a value lies outside its range."""
    if not low <= value <= high:
        raise ConfigError(f"{name} is {value:g}", f"It must be between {low:g} and {high:g}")


def check_metric(metric: str) -> None:
    """Raise ConfigError for an unknown metric."""
    if metric not in METRICS:
        raise ConfigError(f"unknown metric {metric!r}", f"Known: {', '.join(METRICS)}")
