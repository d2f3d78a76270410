"""Results in the formats of other programs.

`csv.csv_files` makes the tables of a run. For editing programs, `choose.choose` picks people and
appearances and counts them in whole frames (`Timeline`), from which each format of the registry
(`create`, `FORMATS`) writes its files.
"""

from clusterer.outputs.export.base import FORMATS, Exporter, create, names
from clusterer.outputs.export.timeline import Part, Span, Timeline

__all__ = [
    "FORMATS",
    "Exporter",
    "Part",
    "Span",
    "Timeline",
    "create",
    "names",
]
