"""Print columns of text."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import click

from clusterer.core.text import visible


def echo_columns(rows: Sequence[Sequence[str]], right: Collection[int]) -> None:
    """Print columns, each as wide as its longest cell.

    Parameters
    ----------
    rows
        The cells of each row, the headings first. All have the same number.
    right
        Positions of the columns that are aligned to the right.
    """
    cells = [[visible(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        aligned = [
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(aligned).rstrip())
