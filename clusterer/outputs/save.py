"""Write report, tables and result.json into a result folder."""

from __future__ import annotations

from pathlib import Path

from clusterer.core.types import ClusteringResult
from clusterer.outputs import report
from clusterer.outputs.export.csv import csv_files
from clusterer.store.folder import ResultFolder
from clusterer.store.names import REPORT, RESULT
from clusterer.store.result_json import to_json


def save(result: ClusteringResult, folder: Path) -> None:
    """Write report, tables and ``result.json``: all of them, or, on a full disk, none.

    Raises
    ------
    ResultError
        The folder cannot be written to, or is not a result folder; earlier files are kept.
    """
    own = ResultFolder(folder, result.analysis)
    own.ensure_marker()
    page = report.render(result, own.picture, own.torso)
    own.write({**csv_files(result), RESULT: to_json(result), REPORT: page})
