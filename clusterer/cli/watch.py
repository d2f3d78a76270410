"""``cluster-video watch``: films that arrive in a folder join a project."""

from __future__ import annotations

from pathlib import Path

import click

from clusterer.cli import options
from clusterer.cli.group import Command
from clusterer.cli.types import PATH, Duration
from clusterer.core.errors import ConfigError
from clusterer.core.folders import is_folder
from clusterer.models.devices import check

SECTIONS = {
    "Common": ("every", "unchanged", "once", "subfolders", "gallery"),
    "Speed": ("workers", "device"),
    "Output": ("quiet",),
}


@click.command(cls=Command, no_args_is_help=True, sections=SECTIONS)
@click.argument("folder", metavar="FOLDER", type=PATH)
@options.project
@click.option(
    "--every",
    type=Duration(),
    default="30s",
    show_default=True,
    metavar="TIME",
    help="Time between two looks at the folder, such as 10s, 5m or 1h.",
)
@click.option(
    "--unchanged",
    type=Duration(),
    default="60s",
    show_default=True,
    metavar="TIME",
    help="A film is complete when its size and time have not changed for so long, and it opens.",
)
@click.option(
    "--once", is_flag=True, help="Look once, and end: what was written to --unchanged ago joins."
)
@click.option(
    "--subfolders/--no-subfolders",
    default=True,
    show_default=True,
    help="Also look in folders below FOLDER.",
)
@options.gallery()
@options.workers
@options.device
@options.quiet
def watch(
    *,
    folder: Path,
    project: Path,
    every: float,
    unchanged: float,
    once: bool,
    subfolders: bool,
    gallery: Path | None,
    workers: int | None,
    device: str,
    quiet: bool,
) -> int:
    """Add the films that arrive in FOLDER to PROJECT, each once it is complete.

    PROJECT is a folder NAME.cast; it is made if it is missing. Hidden files and partial copies
    (.part, .tmp and the like) are passed over. A film that fails is reported, and tried again when
    it changes. There is one line for each film. Ctrl-C or SIGTERM ends it; the next start goes on
    where it stopped.
    """
    check(device)
    if not is_folder(folder):
        what = "is not a folder" if folder.exists() else "does not exist"
        raise ConfigError(f"{folder} {what}", "Name the folder that films arrive in")
    if every < 1:
        raise ConfigError(f"--every is {every:g} s", "Give one second or more")
    from clusterer.cli.arrivals import Arrivals, opened
    from clusterer.cli.signals import stopping

    with stopping():
        try:
            arrivals = Arrivals(opened(project, quiet=quiet), gallery, workers, device, quiet=quiet)
            return arrivals.watch(folder, every, unchanged, subfolders=subfolders, once=once)
        except KeyboardInterrupt:
            if not quiet:
                click.echo("Stopped. The same command goes on.", err=True)
            return 0
