"""A result → the settings that it was made with."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from clusterer.core.config import AUTO, AnalysisConfig, ClothingConfig, ClusteringConfig, Config
from clusterer.core.errors import ConfigError, ResultError
from clusterer.core.types import ClusteringResult
from clusterer.faces.encoding import resolve


def config_of(result: ClusteringResult) -> Config:
    """Settings with which `decide` gives this result again.

    Parameters
    ----------
    result
        Of `decide`, or loaded. What its `config` does not state is the default. A threshold that
        the episode had set for itself is ``"auto"`` again, any other is the one that was used.

    Raises
    ------
    ResultError
        Another version stored settings that this one does not know.
    """
    stored = result.config
    try:
        clustering = dict(stored.get("clustering", {}))
        clustering["clothing"] = ClothingConfig(**clustering.get("clothing", {}))
        if stored.get("calibration", {}).get("automatic"):
            clustering["threshold"] = AUTO
        return Config(_analysis(stored.get("analysis", {})), ClusteringConfig(**clustering))
    except (ConfigError, TypeError, ValueError, AttributeError) as error:
        raise ResultError(
            f"The settings of this result cannot be used ({error})",
            "Run cluster-video on the video again, with this folder as --output",
        ) from None


def resolved(config: Config) -> Config:
    """The same with what the card of the encoder says; see `clusterer.faces.encoding.resolve`."""
    analysis = config.analysis
    return replace(config, analysis=replace(analysis, encoding=resolve(analysis.encoding)))


def _analysis(stored: dict[str, Any]) -> AnalysisConfig:
    defaults = AnalysisConfig()
    parts: dict[str, Any] = {
        part.name: type(getattr(defaults, part.name))(**stored.get(part.name, {}))
        for part in fields(defaults)
    }
    return AnalysisConfig(**parts)
