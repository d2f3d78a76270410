"""``cluster-video gallery``: photographs of people who are known."""

from __future__ import annotations

from pathlib import Path

import click

from clusterer.cli.consent import ensure_weights
from clusterer.cli.group import Group
from clusterer.cli.paths import Output
from clusterer.cli.types import RESULT
from clusterer.core.text import visible
from clusterer.gallery.keep_people import add_to_gallery
from clusterer.store.folder import load


@click.group(cls=Group)
@click.help_option("-h", "--help", help="Show this and exit.")
def gallery() -> None:
    """Keep photographs of people, to name them in the next episode."""


@gallery.command(no_args_is_help=True)
@click.argument("result", metavar="RESULT", type=RESULT)
@click.argument("folder", metavar="DIR", type=Output())
@click.option(
    "--by-gallery",
    is_flag=True,
    help="Also those whom a gallery named, not only those whom a reviewer did.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.help_option("-h", "--help", help="Show this and exit.")
def add(result: Path, folder: Path, by_gallery: bool, quiet: bool) -> int:
    """Add the best pictures of the people of RESULT to the gallery DIR.

    RESULT is a folder that cluster-video wrote. Only people whom a reviewer named, and did not
    hide, are added: a few pictures each. Nothing that is in DIR is changed.
    """
    ensure_weights(load(result).config.analysis, quiet)
    kept = add_to_gallery(result, folder, by_gallery=by_gallery)
    if not quiet:
        for name, files in kept.added.items():
            count = f"{len(files)} new picture{'s' * (len(files) != 1)}"
            click.echo(f"{visible(name)}: {count}")
        for note in kept.notes:
            click.echo(f"Note: {visible(note)}")
    return 0
