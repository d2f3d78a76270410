"""``cluster-video VIDEO...``: analyse, group, write report and tables."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from clusterer.cli import options
from clusterer.cli.crash import skipped
from clusterer.cli.group import DefaultCommand
from clusterer.cli.machines import MachineFlags
from clusterer.cli.mistakes import check_no_folder, check_no_result, check_videos, is_result
from clusterer.cli.settings import AnalysisFlags, GroupingFlags, with_given
from clusterer.cli.types import PATH, VIDEO, Name
from clusterer.core.config import AUTO, Config
from clusterer.core.errors import ConfigError
from clusterer.core.folders import is_folder
from clusterer.core.text import printable
from clusterer.models.devices import check

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from clusterer.cli.progress import Terminal
    from clusterer.cli.season import Choices
    from clusterer.core.types import ClusteringResult
    from clusterer.edits import EditLog
    from clusterer.gallery import Gallery
    from clusterer.pipeline.process import Outcome
    from clusterer.project.project import Project
    from clusterer.project.types import Scope
    from clusterer.store.scratch import Scratch

SCOPES = ("season", "archive")
"""Values of `clusterer.project.types.Scope`."""
SECTIONS = {
    "Common": ("output", "replaces", "threshold", "start", "end", "gallery", "edits"),
    "Grouping": ("method", "metric", "min_faces", "min_quality", "clothing"),
    "Detection": (
        "sample_rate", "stream", "detector", "detection_width", "detection_score", "min_face_px",
        "encoder",
    ),
    "Several videos": ("project", "scope", "retry"),
    "Speed": ("workers", "device"),
    "Elsewhere": ("cluster", "scratch", "scratch_size"),
    "Output": ("no_biometrics", "quiet", "as_json"),
}  # fmt: skip


@click.command(
    cls=DefaultCommand, sections=SECTIONS, epilog="cluster-video help COMMAND explains a command."
)
@click.argument("videos", nargs=-1, required=True, metavar="VIDEO...", type=VIDEO)
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
    "--project",
    type=PATH,
    metavar="PATH",
    help="Make a project of all videos, or go on with it: a folder NAME.cast, in which the same "
    "people are found in all of them. Default for a folder: <folder>.cast in the current folder.",
)
@click.option(
    "--scope",
    type=Name(SCOPES),
    help="Of a project: in a season, people of different videos are joined where that is certain; "
    "in an archive nearly all of that is only suggested. Default: season.",
)
@options.retry
@options.workers
@options.device
@options.takes("machines", MachineFlags)
@options.no_biometrics
@options.quiet
@options.as_json("the summary")
def run(
    *,
    videos: tuple[Path | str, ...],
    analysis: AnalysisFlags,
    grouping: GroupingFlags,
    output: Path | None,
    replaces: bool,
    edits: Path | None,
    gallery: Path | None,
    project: Path | None,
    scope: str | None,
    retry: bool,
    workers: int | None,
    device: str,
    machines: MachineFlags,
    no_biometrics: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Find out who appears when in VIDEO, and write a contact sheet and tables.

    The result folder is <video>.people: report.html to look at; people.csv, appearances.csv and
    faces.csv to work with. To try another threshold, metric or method, run it again: the video is
    analysed only once.

    VIDEO may be a folder: all videos in it become a project, <folder>.cast, in which the same
    people are found in all of them.
    """
    from clusterer.cli.result_folders import result_folders

    _check(videos, addresses=project is not None or machines.asks_for_addresses)
    check(device)
    config = Config(analysis=analysis.config(), clustering=grouping.config())
    place = _project_of(videos, project, output)
    if place is not None:
        if edits is not None or replaces:
            raise ConfigError("--edits and --replace belong to one video", "Leave them out")
        from clusterer.cli.season import Choices  # loads FFmpeg, which a stored result needs not

        choices = Choices(
            gallery, workers, device, retry, quiet, as_json, machines, biometrics=not no_biometrics
        )
        return _run_project(place, videos, config, scope, choices)
    if scope is not None or retry:
        raise ConfigError("--scope and --retry belong to a project", "Name it with --project")
    if no_biometrics:
        machines.refuse_cluster()
    folders = result_folders(videos, output)
    if edits is not None and len(folders) > 1:
        raise ConfigError("--edits belongs to one video", "Run the videos one by one")
    room = machines.room()
    with machines.executor(workers, config.analysis, device, quiet=quiet or as_json) as executor:
        one = partial(
            _one,
            edits=edits,
            replaces=replaces,
            executor=executor,
            device=device,
            scratch=room,
            biometrics=not no_biometrics,
        )
        return _run_each(folders, config, gallery, one, quiet=quiet, as_json=as_json)


def _run_each(
    folders: Mapping[Path | str, Path],
    config: Config,
    gallery: Path | None,
    one: Callable[..., Outcome],
    *,
    quiet: bool,
    as_json: bool,
) -> int:
    """Process videos, each by itself."""
    from clusterer.cli.consent import better_encoder, ensure_weights, tell_once
    from clusterer.cli.progress import Terminal
    from clusterer.cli.show import outcome_json
    from clusterer.people.decide import resolved

    ensure_weights(config.analysis, quiet)
    tell_once(quiet=quiet or as_json)
    better = better_encoder() if config.analysis.encoding.encoder == AUTO else ""
    config = resolved(config)
    loaded_gallery = None
    if gallery is not None:
        from clusterer.gallery import read_gallery  # rarely needed, and slow to import

        loaded_gallery = read_gallery(gallery, config)
    one = partial(
        one,
        config=config,
        loaded_gallery=loaded_gallery,
        terminal=Terminal(quiet=quiet or as_json),
        better=better,
    )
    outcomes, failed = _each(folders, one)
    if as_json:
        click.echo(outcome_json(outcomes))
    return failed


def _project_of(
    videos: Sequence[Path | str], project: Path | None, output: Path | None
) -> Path | None:
    """The project that is meant; None = each video is by itself."""
    from clusterer.project.names import ENDING, FILE, is_project

    if project is not None:
        if output is not None:
            raise ConfigError("--project and --output name the same folder", "Give one of them")
        return checked_name(project)
    folders = [
        video
        for video in videos
        if isinstance(video, Path) and is_folder(video) and not is_result(video)
    ]
    if not folders:
        if output is not None and is_project(output):
            raise ConfigError(
                f"{output} is a project", f"Add the film: cluster-video add {output} {videos[0]}"
            )
        return None
    (first, *_) = folders
    if len(videos) > 1:
        raise ConfigError(f"{first} is a folder", "Name a project for all: --project NAME.cast")
    if is_project(first) or (first / FILE).exists():  # a damaged one is reported when it is opened
        if output is not None:
            raise ConfigError(f"{first} is a project already", "Leave --output out")
        return first
    name = Path(os.path.abspath(first)).name  # noqa: PTH100 (removes .., keeps links)
    return checked_name(output or Path(f"{printable(name) or 'films'}{ENDING}"))


def checked_name(project: Path) -> Path:
    """A name of a project, which ends as all do, or is that of one that is there."""
    from clusterer.project.names import ENDING, is_project

    if project.suffix != ENDING and not is_project(project):
        raise ConfigError(f"{project} does not end in {ENDING}", f"Name it {project}{ENDING}")
    return project


def _run_project(
    place: Path, videos: Sequence[Path | str], config: Config, scope: str | None, choices: Choices
) -> int:
    """Make a project of videos, or go on with it."""
    from clusterer.cli.consent import ensure_weights
    from clusterer.cli.season import resume, run_films
    from clusterer.project.names import is_project
    from clusterer.project.project import Project

    for video in videos:
        check_no_result(video)

    def make() -> Project:
        if not is_project(place):
            ensure_weights(config.analysis, choices.quiet or choices.as_json)
            return Project.create(place, scope=scope or SCOPES[0], config=config)
        project = Project(place)
        before = project.config, project.scope
        project.configure(with_given(project.config, config, _given()), scope)
        if not (choices.quiet or choices.as_json):
            _echo_changes(project, *before)
        return project

    return resume(make(), choices) if place in videos else run_films(make, videos, choices)


def _echo_changes(project: Project, config: Config, scope: Scope) -> None:
    """Say which settings of a project are others now."""
    from clusterer.cli.project import differences

    changed = differences(project.config, config)
    if project.scope != scope:
        changed.append(f"scope {project.scope} (was {scope})")
    if changed:
        click.echo(f"Note: settings changed: {', '.join(changed)}", err=True)


def _given() -> set[str]:
    """Names of the flags that the user gave."""
    context = click.get_current_context()
    sources = {name: context.get_parameter_source(name) for name in context.params}
    return {name for name, source in sources.items() if source is ParameterSource.COMMANDLINE}


def _each(
    folders: Mapping[Path | str, Path], one: Callable[[Path | str, Path], Outcome]
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
            failed = max(failed, skipped(_name(video), error))
    return outcomes, failed


def _one(
    video: Path | str,
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
    scratch: Scratch,
    biometrics: bool,
) -> Outcome:
    """Process one video, name its people, and print the summary."""
    from clusterer.cli.name import suggestion_lines
    from clusterer.cli.show import summary
    from clusterer.pipeline.process import process

    check_no_folder(video)
    lines: list[str] = []

    def named(result: ClusteringResult, log: EditLog) -> ClusteringResult:
        from clusterer.gallery.naming import named_by

        assert loaded_gallery is not None
        naming = named_by(loaded_gallery, result, log)
        lines.extend(suggestion_lines(naming.suggestions, loaded_gallery))
        return naming.result

    with terminal.watching(_name(video)) as hook:
        outcome = process(
            video,
            config,
            folder,
            hook,
            edits,
            replace=replaces,
            executor=executor,
            device=device,
            scratch=scratch,
            biometrics=biometrics,
            named=None if loaded_gallery is None else named,
        )
    if better:
        used = config.analysis.encoding.encoder
        lines.append(
            f"Note: faces were encoded by {used}; {better} sees small faces better. "
            f"To have it: cluster-video models download {better}"
        )
    if not terminal.quiet:
        click.echo("\n".join([summary(outcome), *lines]))
    return outcome


def _name(video: Path | str) -> str:
    from clusterer.core.address import name_of

    return video.name if isinstance(video, Path) else name_of(video)


def _check(videos: Sequence[Path | str], *, addresses: bool) -> None:
    """Raise ConfigError, before any work, if one of the names cannot be a video."""
    context = click.get_current_context()
    names = [name for each in context.command.get_params(context) for name in each.opts]
    group = context.parent.command if context.parent else None
    commands = list(group.commands) if isinstance(group, click.Group) else []
    check_videos(videos, names, commands, addresses=addresses)
