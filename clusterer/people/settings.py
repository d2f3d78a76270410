"""Settings that the card of a network of the user's own completes."""

from __future__ import annotations

from dataclasses import replace

from clusterer.core.config import Config
from clusterer.faces.encoding import resolve


def resolved(config: Config) -> Config:
    """The same with what the card of the encoder says; see `clusterer.faces.encoding.resolve`."""
    analysis = config.analysis
    return replace(config, analysis=replace(analysis, encoding=resolve(analysis.encoding)))
