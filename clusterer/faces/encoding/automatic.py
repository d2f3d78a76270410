"""Which encoder ``auto`` stands for."""

from __future__ import annotations

from collections.abc import Mapping

from clusterer.core.errors import DependencyError, ModelError
from clusterer.models.registry import Entry

BEST = ("retail-0095", "sface", "dlib")
"""Best first, by verification of photographs: docs/explanation/models.md. The last two are always
installed."""


def best_of(entries: Mapping[str, Entry], models: Mapping[str, str] | None = None) -> str:
    """Name of the encoder that ``auto`` stands for.

    Parameters
    ----------
    entries
        By name; all of `BEST` are there.
    models
        `Analysis.models`: then it is the one that made the analysis, if it is one of `BEST`.

    Returns
    -------
    The first of `BEST` whose weights are on this machine, if no analysis decides
    """
    made = (
        name for name in BEST if models and all(file.name in models for file in entries[name].files)
    )
    there = (name for name in BEST if _is_there(entries[name]))
    return next(made, None) or next(there, BEST[-1])


def _is_there(entry: Entry) -> bool:
    try:
        for file in entry.files:
            file.find()
    except (ModelError, DependencyError):
        return False
    return True
