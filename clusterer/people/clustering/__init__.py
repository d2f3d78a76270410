"""Clustering of tracks into people: several methods behind one protocol."""

from clusterer.people.clustering.base import (
    METHODS,
    Assignment,
    Clusterer,
    create,
    installed,
    names,
)
from clusterer.people.clustering.must_links import assign, must_link_groups

__all__ = [
    "METHODS",
    "Assignment",
    "Clusterer",
    "assign",
    "create",
    "installed",
    "must_link_groups",
    "names",
]
