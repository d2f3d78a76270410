"""Tables as CSV: RFC 4180, UTF-8, header row, ``.`` decimals; no text is a formula, see `cells`."""

from __future__ import annotations

import csv
import io

from clusterer.core.cells import guarded
from clusterer.core.tables import Table
from clusterer.core.types import ClusteringResult
from clusterer.outputs.export.sheets import appearances_sheet, people_sheet
from clusterer.outputs.export.timeline import Timeline


class Csv:
    """Writes ``<stem>.appearances.csv`` and ``<stem>.people.csv``."""

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline; see `Exporter.files`."""
        sheets = (appearances_sheet(timeline), people_sheet(timeline))
        return {f"{timeline.stem}.{s.name}.csv": to_csv(s).encode() for s in sheets}


def to_csv(table: Table) -> str:
    """A table as CSV text, lines ended by CR LF as RFC 4180 asks."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows(map(guarded, row) for row in table.rows)
    return text.getvalue()


def csv_files(result: ClusteringResult) -> dict[str, str]:
    """Content of the three tables by file name."""
    return {f"{table.name}.csv": to_csv(table) for table in result.tables}
