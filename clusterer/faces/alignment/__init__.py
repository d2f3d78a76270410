"""Alignment: faces cut out upright and at one size, each network's own way."""

from clusterer.faces.alignment.base import ALIGNMENTS, Aligner, create, weights

__all__ = ["ALIGNMENTS", "Aligner", "create", "weights"]
