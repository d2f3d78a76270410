"""Results in the formats of other programs.

`csv_files` are the tables of a run. For editing programs, `choose` picks people and appearances and
counts them in whole frames (`Timeline`), from which each format of the registry (`create`,
`FORMATS`) writes its files.
"""

from clusterer.outputs.export.base import FORMATS, Exporter, create, names
from clusterer.outputs.export.choose import Choice, choose
from clusterer.outputs.export.csv import csv_files
from clusterer.outputs.export.timeline import Part, Span, Timeline

__all__ = [
    "FORMATS",
    "Choice",
    "Exporter",
    "Part",
    "Span",
    "Timeline",
    "choose",
    "create",
    "csv_files",
    "names",
]
