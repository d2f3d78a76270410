"""``cluster-video tune CLIP...``: find the threshold, metric and method for labelled clips."""

from __future__ import annotations

from pathlib import Path

import click

from clusterer.cli import options
from clusterer.cli.group import Command
from clusterer.cli.settings import GroupingFlags
from clusterer.cli.types import NUMBER, PATH, Output
from clusterer.core.errors import ConfigError
from clusterer.core.folders import try_to_write
from clusterer.core.text import visible


@click.command(cls=Command)
@click.argument("clips", nargs=-1, required=True, metavar="CLIP...", type=PATH)
@click.option(
    "--truth",
    "truths",
    multiple=True,
    type=PATH,
    metavar="FILE",
    help="Labelled faces of a clip; once for each clip, in the same order. "
    "Default: NAME.truth.csv beside each clip.",
)
@options.takes_one(
    GroupingFlags,
    "method",
    multiple=True,
    default=None,
    help="Try only this method; may be repeated. Default: all built-in ones that are installed.",
)
@options.takes_one(
    GroupingFlags,
    "metric",
    multiple=True,
    default=None,
    help="Try only this metric; may be repeated. Default: both.",
)
@click.option(
    "--precision",
    type=NUMBER,
    default=0.98,
    show_default=True,
    help="Lowest precision of assigned faces for the careful pick, 0 to 1.",
)
@click.option(
    "--cache",
    type=Output(),
    help="Folder of the result folders of the videos. Default: the current folder.",
)
@options.output("Folder for tuning.html and tuning.csv. Default: the current folder.", Path())
@options.quiet
@options.as_json("the picks and all rows")
def tune(
    *,
    clips: tuple[Path, ...],
    truths: tuple[Path, ...],
    method: tuple[str, ...],
    metric: tuple[str, ...],
    precision: float,
    cache: Path | None,
    output: Path,
    quiet: bool,
    as_json: bool,
) -> None:
    """Find the threshold, metric and method that suit labelled clips.

    CLIP is a result folder, or a video, which is analysed with the default settings unless it has
    a result folder already. Tries every threshold with every metric and method on the
    stored analysis, and prints the best. tuning.html shows the curves; tuning.csv has all figures.
    """
    from clusterer import tuning
    from clusterer.cli.progress import Terminal, bar

    if not 0.0 <= precision <= 1.0:
        raise ConfigError(f"precision is {precision:g}", "It must be between 0 and 1")
    try_to_write(output)  # now, not after hours of analysis
    sources = tuning.sources(clips, truths, cache)
    terminal = Terminal(quiet=quiet or as_json)
    loaded = []
    for source in sources:
        with terminal.watching(source.path.name) as hook:
            loaded.append(tuning.load(source, hook))
    with bar("Trying settings", "share", quiet=terminal.quiet) as watch:
        space = tuning.Space(method, metric)
        rows = tuning.sweep(loaded, space, watch=watch)
    report = tuning.Report(rows, precision)
    with terminal.status("Drawing curves"):
        files = tuning.save(report, output)
    if as_json:
        click.echo(report.to_json())
    elif not quiet:
        click.echo("\n".join(visible(line) for line in report.text().split("\n")))
        click.echo("\nCurves: {}\nAll figures: {}".format(*map(visible, files)))
