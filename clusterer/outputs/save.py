"""Write report, tables and result.json into a result folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from clusterer.core.types import ClusteringResult
from clusterer.outputs import report
from clusterer.outputs.export.csv import csv_files
from clusterer.store.folder import ResultFolder
from clusterer.store.names import REPORT, RESULT
from clusterer.store.result_json import to_json


def save(
    result: ClusteringResult,
    folder: Path | ResultFolder,
    more: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write report, tables and ``result.json``, with the analysis if it is new: all or none.

    Whatever stops this, even a power cut, a reader finds the earlier result or this one.

    Parameters
    ----------
    result, folder
    more
        Other files of the result: name → content.

    Raises
    ------
    ResultError
        The folder cannot be written to, or is not a result folder.
    """
    own = folder if isinstance(folder, ResultFolder) else ResultFolder(folder)
    own.ensure_marker()
    own.use(result.analysis)
    page = report.render(result, own.picture, own.torso, read_frame=own.frame)
    tables = {**csv_files(result), RESULT: to_json(result), REPORT: page, **more}
    own.commit(tables, analysis=own.is_waiting)
    own.use(result.analysis)
