"""Tracks → people, by several methods behind one protocol."""

from clusterer.clustering.base import METHODS, Assignment, Clusterer, create, names

__all__ = ["METHODS", "Assignment", "Clusterer", "create", "names"]
