"""``cluster-video edits``: a reviewer's corrections."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clusterer.cli import options
from clusterer.cli.group import Group
from clusterer.cli.types import PATH
from clusterer.core.text import visible

if TYPE_CHECKING:
    from clusterer.core.types import Edit


@click.group(cls=Group)
def edits() -> None:
    """Check the corrections of a review."""


@edits.command(short_help="List the corrections and whether they apply.")
@options.result
@click.option(
    "--edits",
    "file",
    type=PATH,
    metavar="FILE",
    help="Corrections to check. Default: edits.json in RESULT.",
)
def check(result: Path, file: Path | None) -> int:
    """List the corrections and whether they apply to RESULT, a folder that cluster-video wrote.

    Prints one line for each: its number, its action, and "applies" or why it does not. Nothing is
    changed. Exits with 1 if a correction does not apply, or only in part.
    """
    from clusterer.edits import lost
    from clusterer.people import amend
    from clusterer.store.edits_json import read
    from clusterer.store.folder import ResultFolder

    folder = ResultFolder(result)
    loaded = folder.load()
    log = folder.edits if file is None else read(file)
    notes = amend.check(loaded, log.edits)
    if not notes:
        click.echo("No corrections")
    width = len(str(len(notes)))
    for number, (edit, note) in enumerate(zip(log.edits, notes, strict=True), start=1):
        click.echo(f"{number:>{width}}. {visible(_words(edit))}: {note or 'applies'}")
    return 1 if lost(notes) else 0


def _words(edit: Edit) -> str:
    """Action of a correction, with its note."""
    return f"{edit.action} ({edit.note})" if edit.note else str(edit.action)
