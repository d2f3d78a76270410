"""``cluster-video add``: more films into a project."""

from __future__ import annotations

from pathlib import Path

import click

from clusterer.cli import options
from clusterer.cli.group import Command
from clusterer.cli.machines import MachineFlags
from clusterer.cli.types import VIDEO
from clusterer.models.devices import check

SECTIONS = {
    "Common": ("gallery", "retry"),
    "Speed": ("workers", "device"),
    "Elsewhere": ("cluster", "scratch", "scratch_size"),
    "Output": ("no_biometrics", "quiet", "as_json"),
}


@click.command(cls=Command, no_args_is_help=True, sections=SECTIONS)
@options.project
@click.argument("places", metavar="FILM...", nargs=-1, required=True, type=VIDEO)
@options.gallery()
@options.retry
@options.workers
@options.device
@options.takes("machines", MachineFlags)
@options.no_biometrics
@options.quiet
@options.as_json("the summary")
def add(
    *,
    project: Path,
    places: tuple[Path | str, ...],
    gallery: Path | None,
    retry: bool,
    workers: int | None,
    device: str,
    machines: MachineFlags,
    no_biometrics: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Add films to PROJECT, analysed with its settings.

    PROJECT is a folder NAME.cast that cluster-video made. FILM is a video, a folder in which videos
    are looked for, or an address such as s3://bucket/film.mp4. Films that the project has already
    are passed over.
    """
    from clusterer.cli.season import Choices, run_films
    from clusterer.project.project import Project

    check(device)
    chosen = Choices(
        gallery, workers, device, retry, quiet, as_json, machines, biometrics=not no_biometrics
    )
    opened = Project(project)
    return run_films(lambda: opened, places, chosen)
