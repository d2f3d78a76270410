"""``cluster-video gallery``: photographs of known people."""

from __future__ import annotations

from pathlib import Path

import click

from clusterer.cli import options
from clusterer.cli.group import Group
from clusterer.cli.types import Output
from clusterer.core.text import visible


@click.group(cls=Group)
def gallery() -> None:
    """Keep photographs of people, to name them in the next episode."""


@gallery.command(no_args_is_help=True)
@options.result
@click.argument("folder", metavar="DIR", type=Output())
@click.option(
    "--by-gallery",
    is_flag=True,
    help="Also add people named by a gallery, not only by a reviewer.",
)
@options.quiet
def add(result: Path, folder: Path, by_gallery: bool, quiet: bool) -> int:
    """Add the best pictures of the people of RESULT to the gallery DIR.

    RESULT is a folder that cluster-video wrote, of one video or a project. Adds a few pictures of
    each person that a reviewer named and did not hide, of a project a few from each film in
    which a reviewer said who it is.
    Existing files in DIR are not changed.
    """
    from clusterer.cli.consent import ensure_weights
    from clusterer.cli.project import up_to_date
    from clusterer.gallery import add_to_gallery
    from clusterer.project.names import is_project
    from clusterer.project.project import Project
    from clusterer.store.folder import load

    is_cast = is_project(result)
    config = up_to_date(Project(result)).config if is_cast else load(result).config
    ensure_weights(config.analysis, quiet)
    added = add_to_gallery(result, folder, by_gallery=by_gallery)
    if not quiet:
        for name, files in added.added.items():
            count = f"{len(files)} new picture{'s' * (len(files) != 1)}"
            click.echo(f"{visible(name)}: {count}")
        for note in added.notes:
            click.echo(f"Note: {visible(note)}")
    return 0
