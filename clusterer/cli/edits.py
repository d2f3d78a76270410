"""``cluster-video edits``: look at a reviewer's corrections."""

from __future__ import annotations

from pathlib import Path

import click

from clusterer.cli.group import Group
from clusterer.cli.types import PATH, RESULT
from clusterer.core.text import visible
from clusterer.core.types import Edit
from clusterer.edits import lost
from clusterer.people import amend
from clusterer.store.edits_json import read
from clusterer.store.folder import ResultFolder


@click.group(cls=Group)
@click.help_option("-h", "--help", help="Show this and exit.")
def edits() -> None:
    """Look at the corrections of a review."""


@edits.command()
@click.argument("result", metavar="RESULT", type=RESULT)
@click.option(
    "--edits",
    "file",
    type=PATH,
    metavar="FILE",
    help="Corrections to look at. Default: edits.json in RESULT.",
)
@click.help_option("-h", "--help", help="Show this and exit.")
def check(result: Path, file: Path | None) -> int:
    """Say which corrections apply to RESULT, a folder that cluster-video wrote.

    One line for each: its number, what it is, and whether it applies, or why not. Nothing is
    changed. Exits with 1 if a correction does not apply, or only in part.
    """
    folder = ResultFolder(result)
    log = read(folder.edits_file if file is None else file)
    notes = amend.check(folder.load(), log.edits)
    width = len(str(len(notes)))
    for number, (edit, note) in enumerate(zip(log.edits, notes, strict=True), start=1):
        click.echo(f"{number:>{width}}. {visible(_words(edit))}: {note or 'applies'}")
    return 1 if lost(notes) else 0


def _words(edit: Edit) -> str:
    """What the correction is, and what was said of it at the time."""
    return f"{edit.action} ({edit.note})" if edit.note else str(edit.action)
