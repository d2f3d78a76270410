"""Write everything that a run gives into its result folder."""

from __future__ import annotations

from pathlib import Path

from clusterer.core.types import ClusteringResult
from clusterer.outputs import report
from clusterer.outputs.export.csv import csv_files
from clusterer.store.analysis_cache import torso_name
from clusterer.store.folder import ResultFolder
from clusterer.store.names import RESULT
from clusterer.store.pictures import crop_reader
from clusterer.store.result_json import to_json


def save(result: ClusteringResult, folder: Path) -> None:
    """Write report, tables and ``result.json``: all of them, or, on a full disk, none.

    Raises
    ------
    ResultError
        The folder cannot be written to, or is none of ours; what was there before stays.
    """
    place = ResultFolder(folder)
    place.mark()
    page = report.render(
        result,
        crop_reader(result.analysis, folder),
        crop_reader(result.analysis, folder, torso_name),
    )
    files = {**csv_files(result), RESULT: to_json(result), "report.html": page}
    place.write(files)
