"""Tracks → people, by several methods behind one protocol."""

from clusterer.people.clustering.base import (
    METHODS,
    Assignment,
    Clusterer,
    create,
    installed,
    names,
)

__all__ = ["METHODS", "Assignment", "Clusterer", "create", "installed", "names"]
