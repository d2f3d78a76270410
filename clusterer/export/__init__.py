"""Results in the formats of other programs."""

from clusterer.export.csv import write_tables

__all__ = ["write_tables"]
