"""Tracks → people, by several methods behind one protocol."""

from clusterer.people.clustering.base import (
    METHODS,
    Assignment,
    Clusterer,
    create,
    installed,
    names,
)
from clusterer.people.clustering.linked import assign, join

__all__ = ["METHODS", "Assignment", "Clusterer", "assign", "create", "installed", "join", "names"]
