"""Tables as CSV: RFC 4180, UTF-8, header row, ``.`` decimals."""

from __future__ import annotations

import csv
import io

from clusterer.export.tables import Table, tables
from clusterer.types import ClusteringResult


def to_csv(table: Table) -> str:
    """A table as CSV text, lines ended by CR LF as RFC 4180 asks."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return text.getvalue()


def csv_files(result: ClusteringResult) -> dict[str, str]:
    """Content of the three tables by file name."""
    return {f"{table.name}.csv": to_csv(table) for table in tables(result)}
