"""Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; all columns but the first are aligned to the right."""
    rule = ["---"] + ["---:"] * (len(header) - 1)
    return "\n".join(markdown_line(row) for row in [header, rule, *rows])


def markdown_line(row: Sequence[str]) -> str:
    """Return one row of a Markdown table."""
    return f"| {' | '.join(row)} |"


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table, each row as soon as it is there."""
    print(markdown(header, []), flush=True)
    for row in rows:
        print(markdown_line(row), flush=True)
