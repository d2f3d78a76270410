"""Results in the formats of other programs."""

from clusterer.export.csv import csv_files

__all__ = ["csv_files"]
