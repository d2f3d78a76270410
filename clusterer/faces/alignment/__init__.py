"""Alignment: cut faces out, upright and at one size, as each network expects."""

from clusterer.faces.alignment.base import ALIGNMENTS, Aligner, create, weights

__all__ = ["ALIGNMENTS", "Aligner", "create", "weights"]
