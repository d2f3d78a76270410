"""Report of a sweep: tables, JSON, CSV and the page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from clusterer.core.config import ClusteringConfig
from clusterer.core.files import write_all
from clusterer.core.folders import make_folder
from clusterer.tuning import tables
from clusterer.tuning.page import render
from clusterer.tuning.picks import TARGET_PRECISION, Group, groups
from clusterer.tuning.sweep import Row

PAGE, TABLE = "tuning.html", "tuning.csv"


class Report:
    """The rows of a sweep, grouped, with picks.

    Parameters
    ----------
    rows
        From `clusterer.tuning.sweep`.
    precision
        Least precision of assigned faces for the careful picks, 0 to 1.

    Attributes
    ----------
    rows, precision : as given
    groups : one per method and metric
    chosen : the group of the default method and metric, or else the first
    """

    def __init__(self, rows: Sequence[Row], precision: float = TARGET_PRECISION) -> None:
        self.rows = tuple(rows)
        self.precision = precision
        self.groups = groups(rows, precision)
        self.chosen = _default_group(self.groups)

    def text(self) -> str:
        """Tables for a terminal."""
        return tables.text(self.groups, self.chosen, self.precision)

    def to_json(self) -> str:
        """Picks, their costs on other clips, and every row."""
        return tables.to_json(self.rows, self.groups, self.precision)

    def to_csv(self) -> str:
        """Every row."""
        return tables.to_csv(self.rows)

    def to_html(self) -> str:
        """The self-contained page with the curves."""
        return render(self.groups, self.chosen, self.precision)


def _default_group(found: Sequence[Group]) -> Group:
    default = ClusteringConfig()
    return max(found, key=lambda g: (g.method == default.method, g.metric == default.metric))


def save(report: Report, folder: Path) -> tuple[Path, Path]:
    """Write the page and the table.

    Returns
    -------
    paths of ``tuning.html`` and ``tuning.csv``

    Raises
    ------
    ResultError
        The folder cannot be written to.
    """
    make_folder(folder)
    page, table = folder / PAGE, folder / TABLE
    write_all({page: report.to_html(), table: report.to_csv()})
    return page, table
