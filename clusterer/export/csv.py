"""Tables as CSV: RFC 4180, UTF-8, header row, ``.`` decimals."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from clusterer.export.tables import Table, tables
from clusterer.files import write_atomic
from clusterer.types import ClusteringResult


def to_csv(table: Table) -> str:
    """A table as CSV text, lines ended by CR LF as RFC 4180 asks."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return text.getvalue()


def write_tables(result: ClusteringResult, folder: Path) -> None:
    """Write the three tables into a folder, each atomically.

    Raises
    ------
    ResultError
        The folder cannot be written to.
    """
    for table in tables(result):
        write_atomic(folder / f"{table.name}.csv", to_csv(table))
