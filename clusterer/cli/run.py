"""``cluster-video VIDEO...``: analyse, group, write report and tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clusterer.cli import options
from clusterer.cli.exit_codes import CRASHED
from clusterer.cli.group import DefaultCommand
from clusterer.cli.mistakes import check_no_folder, check_videos
from clusterer.cli.settings import AnalysisFlags, GroupingFlags
from clusterer.cli.types import PATH
from clusterer.cli.work import Work
from clusterer.core.config import AUTO, Config
from clusterer.core.errors import ClustererError, ConfigError, PlugInError
from clusterer.models.devices import check

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from clusterer.cli.progress import Terminal
    from clusterer.gallery import Gallery
    from clusterer.pipeline.process import Outcome

SECTIONS = {
    "Common": ("output", "replaces", "threshold", "start", "end", "gallery", "edits"),
    "Grouping": ("method", "metric", "min_faces", "min_quality", "clothing"),
    "Detection": (
        "sample_rate", "stream", "detector", "detection_width", "detection_score", "min_face_px",
        "encoder",
    ),
    "Speed": ("workers", "device"),
    "Output": ("quiet", "as_json"),
}  # fmt: skip


@click.command(
    cls=DefaultCommand, sections=SECTIONS, epilog="cluster-video help COMMAND explains a command."
)
@click.argument("videos", nargs=-1, required=True, metavar="VIDEO...", type=PATH)
@options.takes("grouping", GroupingFlags)
@options.takes("analysis", AnalysisFlags)
@options.output(
    "Result folder: new, empty, or with a result of this video. Default: <video>.people in the "
    "current folder. With several videos, the folder for all their results."
)
@click.option(
    "--replace",
    "replaces",
    is_flag=True,
    help="Remove the result of another video from the result folder. Its corrections, and files "
    "that cluster-video did not write, are kept beside the new result.",
)
@click.option(
    "--edits",
    type=PATH,
    metavar="FILE",
    help="Apply the corrections in FILE, an edits.json from a review on this or another machine. "
    "Default: those in the result folder.",
)
@options.gallery()
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Number of processes that analyse parts of a video side by side; the result is the same. "
    "Default: one for each core that may be used, but no more than memory has room for: each takes "
    "about 270 MB at 360p, 400 at 1080p and 800 at 2160p.",
)
@options.device
@options.quiet
@options.as_json("the summary")
def run(
    *,
    videos: tuple[Path, ...],
    analysis: AnalysisFlags,
    grouping: GroupingFlags,
    output: Path | None,
    replaces: bool,
    edits: Path | None,
    gallery: Path | None,
    workers: int | None,
    device: str,
    quiet: bool,
    as_json: bool,
) -> int:
    """Find out who appears when in VIDEO, and write a contact sheet and tables.

    The result folder is <video>.people: report.html to look at; people.csv, appearances.csv and
    faces.csv to work with. To try another threshold, metric or method, run it again: the video is
    analysed only once.
    """
    from clusterer.cli.consent import better_encoder, ensure_weights
    from clusterer.cli.progress import Terminal
    from clusterer.cli.result_folders import result_folders
    from clusterer.cli.show import outcome_json
    from clusterer.gallery import read_gallery
    from clusterer.people.decide import resolved
    from clusterer.pipeline.workers import WorkerProcesses

    _check(videos)
    check(device)
    folders = result_folders(videos, output)
    if edits is not None and len(folders) > 1:
        raise ConfigError("--edits belongs to one video", "Run the videos one by one")
    config = Config(analysis=analysis.config(), clustering=grouping.config())
    ensure_weights(config.analysis, quiet)
    better = better_encoder() if config.analysis.encoding.encoder == AUTO else ""
    config = resolved(config)
    loaded_gallery = None if gallery is None else read_gallery(gallery, config)
    terminal = Terminal(quiet=quiet or as_json)
    with WorkerProcesses(workers) as executor:
        one = partial(
            _one,
            config=config,
            loaded_gallery=loaded_gallery,
            terminal=terminal,
            edits=edits,
            replaces=replaces,
            better=better,
            executor=executor,
            device=device,
        )
        outcomes, failed = _each(folders, one)
    if as_json:
        click.echo(outcome_json(outcomes))
    return failed


def _each(
    folders: Mapping[Path, Path], one: Callable[[Path, Path], Outcome]
) -> tuple[list[Outcome], int]:
    """Process the videos one by one; of several, those that fail are reported and passed over.

    Returns
    -------
    What became of them, and the exit code
    """
    outcomes: list[Outcome] = []
    failed = 0
    for video, folder in folders.items():
        try:
            outcomes.append(one(video, folder))
        except Exception as error:
            if len(folders) == 1:
                raise
            failed = max(failed, _skipped(video, error))
    return outcomes, failed


def _one(
    video: Path,
    folder: Path,
    *,
    config: Config,
    loaded_gallery: Gallery | None,
    terminal: Terminal,
    edits: Path | None,
    replaces: bool,
    better: str,
    executor: Executor,
    device: str,
) -> Outcome:
    """Process one video, name its people, and print the summary."""
    from clusterer.cli.name import suggestion_lines
    from clusterer.cli.show import summary
    from clusterer.gallery import name_people
    from clusterer.pipeline.process import process

    check_no_folder(video)
    with terminal.watching(video) as hook:
        outcome = process(
            video,
            config,
            folder,
            hook,
            edits,
            replace=replaces,
            executor=executor,
            device=device,
        )
    lines: list[str] = []
    if loaded_gallery is not None:
        naming = name_people(folder, loaded_gallery)
        outcome = replace(outcome, result=naming.result)
        lines = suggestion_lines(naming.suggestions, loaded_gallery)
    if better:
        used = config.analysis.encoding.encoder
        lines.append(
            f"Note: faces were encoded by {used}; {better} sees small faces better. "
            f"To have it: cluster-video models download {better}"
        )
    if not terminal.quiet:
        click.echo("\n".join([summary(outcome), *lines]))
    return outcome


def _check(videos: Sequence[Path]) -> None:
    """Raise ConfigError, before any work, if one of the names cannot be a video."""
    context = click.get_current_context()
    names = [name for each in context.command.get_params(context) for name in each.opts]
    group = context.parent.command if context.parent else None
    check_videos(videos, names, list(group.commands) if isinstance(group, click.Group) else [])


def _skipped(video: Path, error: Exception) -> int:
    """Print why one of several videos has no result; return the exit code."""
    from clusterer.cli.crash import crashed, foreseen

    work = click.get_current_context().find_object(Work) or Work()
    if work.interrupted:
        raise error
    work.subject = video.name
    if isinstance(error, ClustererError) and not isinstance(error, PlugInError):
        click.echo(foreseen(error), err=True)
        return 1
    click.echo(crashed(error, work), err=True)
    return CRASHED
