"""The threshold that a reviewer applied."""

from __future__ import annotations

from collections.abc import Sequence

from clusterer.core.config import Config
from clusterer.core.types import Edit


def applied_at(edits: Sequence[Edit]) -> int | None:
    """Position of the last correction that applied a threshold; None = none did."""
    for i in reversed(range(len(edits))):
        if edits[i].threshold is not None:
            return i
    return None


def with_applied(config: Config, edits: Sequence[Edit]) -> Config:
    """The configuration with the threshold that was applied last, if any.

    Parameters
    ----------
    config
        Of the result.
    edits
        The corrections that the grouping is made under.
    """
    at = applied_at(edits)
    return config if at is None else config.with_clustering(threshold=edits[at].threshold)
