"""``cluster-video copy``: a finished result to an address, or back."""

from __future__ import annotations

from pathlib import Path

import click

from clusterer.cli import options
from clusterer.cli.group import Command
from clusterer.cli.types import PATH
from clusterer.core.errors import ConfigError
from clusterer.core.text import visible

SECTIONS = {"Output": ("quiet",)}


@click.command(cls=Command, no_args_is_help=True, sections=SECTIONS)
@click.argument("source", metavar="FROM", type=PATH)
@click.argument("target", metavar="TO", type=PATH)
@options.quiet
def copy(*, source: Path, target: Path, quiet: bool) -> None:
    """Copy a finished result folder to an address such as s3://bucket/NAME.people, or back.

    What makes a copy complete is written last, and checked on the way back: an interrupted copy is
    never taken for a result.
    """
    from clusterer.core.address import address_of, shown
    from clusterer.project.remote import download, upload

    there, here = address_of(source), address_of(target)
    if (there is None) == (here is None):
        raise ConfigError(
            f"One of {shown(there or str(source))} and {shown(here or str(target))} must be an "
            "address",
            "Write it as s3://bucket/NAME.people",
        )
    if here is not None:
        upload(source, here)
        done = shown(here)
    else:
        assert there is not None
        done = str(download(there, target))
    if not quiet:
        click.echo(f"Result: {visible(done)}")
