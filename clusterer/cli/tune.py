"""``cluster-video tune CLIP...``: which threshold, metric and method suit labelled clips."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from clusterer.cli.group import Command
from clusterer.cli.paths import Output
from clusterer.cli.show import Terminal
from clusterer.cli.types import NUMBER, PATH, Name, Registered
from clusterer.core.config import METRICS
from clusterer.core.errors import ConfigError
from clusterer.core.files import try_to_write
from clusterer.core.text import visible
from clusterer.people import clustering


@click.command(cls=Command)
@click.argument("clips", nargs=-1, required=True, metavar="CLIP...", type=PATH)
@click.option(
    "--truth",
    "truths",
    multiple=True,
    type=PATH,
    metavar="FILE",
    help="Labelled faces of a clip; once per clip, in the same order. "
    "Default: NAME.truth.csv beside each clip.",
)
@click.option(
    "--method",
    "methods",
    multiple=True,
    type=Registered(clustering.METHODS),
    help="Look at this method only; may be repeated. Default: all installed.",
)
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    type=Name(METRICS),
    help="Look at this metric only; may be repeated. Default: both.",
)
@click.option(
    "--precision",
    type=NUMBER,
    default=0.98,
    show_default=True,
    help="Least precision of assigned faces for the careful pick, 0 to 1.",
)
@click.option(
    "--cache",
    type=Output(),
    help="Folder that holds the result folders of videos. Default: the current folder.",
)
@click.option(
    "-o",
    "--output",
    type=Output(),
    default=Path(),
    help="Folder for tuning.html and tuning.csv. Default: the current folder.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print picks and all rows as JSON.")
@click.help_option("-h", "--help", help="Show this and exit.")
def tune(clips: tuple[Path, ...], precision: float, output: Path, **flags: Any) -> None:
    """Find the threshold, metric and method that suit labelled clips.

    CLIP is a video, analysed at the default settings unless its result folder is there already, or
    a result folder. Every threshold is tried with every metric and method, on what the analysis
    found; the best are printed, tuning.html shows the curves and tuning.csv has every figure.
    """
    from clusterer import tuning  # noqa: PLC0415 (scikit-learn and more, for this command only)

    if not 0.0 <= precision <= 1.0:
        raise ConfigError(f"precision is {precision:g}", "It must lie between 0 and 1")
    try_to_write(output)  # now, not after hours of analysis
    found = tuning.sources(clips, flags["truths"], flags["cache"])
    terminal = Terminal(quiet=flags["quiet"] or flags["as_json"])
    loaded = []
    for source in found:
        with terminal.watching(source.path) as hook:
            loaded.append(tuning.load(source, hook))
    with _sweeping(terminal.quiet) as watch:
        space = tuning.Space(flags["methods"], flags["metrics"])
        rows = tuning.sweep(loaded, space, watch=watch)
    report = tuning.Report(rows, precision)
    with Console(stderr=True, quiet=terminal.quiet).status("Drawing curves"):
        files = tuning.save(report, output)
    if flags["as_json"]:
        click.echo(report.to_json())
    elif not flags["quiet"]:
        click.echo("\n".join(visible(line) for line in report.text().split("\n")))
        click.echo("\nCurves: {}\nAll figures: {}".format(*map(visible, files)))


@contextmanager
def _sweeping(quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar with the time left, on a terminal."""
    console = Console(stderr=True, quiet=quiet)
    columns = (
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(compact=True),
    )
    shown = console.is_terminal and not quiet
    with Progress(*columns, console=console, transient=True, disable=not shown) as progress:
        task = progress.add_task("Trying settings", total=1)
        yield lambda done, total: progress.update(task, completed=done, total=total)
