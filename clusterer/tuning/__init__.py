"""Find the threshold, metric and method that suit labelled clips.

>>> from pathlib import Path
>>> from clusterer import tuning
>>> clips = [tuning.load(s) for s in tuning.sources([Path("a.people")])]  # doctest: +SKIP
>>> report = tuning.Report(tuning.sweep(clips))  # doctest: +SKIP
>>> report.chosen.best.threshold  # doctest: +SKIP
"""

from clusterer.tuning.clips import Source, load, sources
from clusterer.tuning.picks import Cost, Curve, Group, best, best_at, costs, groups
from clusterer.tuning.report import Report, save
from clusterer.tuning.sweep import POOLED, Clip, Row, Space, sweep, thresholds

__all__ = [
    "POOLED",
    "Clip",
    "Cost",
    "Curve",
    "Group",
    "Report",
    "Row",
    "Source",
    "Space",
    "best",
    "best_at",
    "costs",
    "groups",
    "load",
    "save",
    "sources",
    "sweep",
    "thresholds",
]
