"""What commands share that make something of a result and of its film."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import click

from clusterer.cli import options
from clusterer.cli.export import ExportFlags
from clusterer.cli.options import Command
from clusterer.cli.types import PATH, Place
from clusterer.core.errors import ConfigError, VideoError
from clusterer.core.folders import is_folder
from clusterer.core.hook import GoOn
from clusterer.core.text import visible

if TYPE_CHECKING:
    from clusterer.core.types import ClusteringResult
    from clusterer.outputs.export.choose import Choice
    from clusterer.project.each import Here
    from clusterer.store.folder import ResultFolder

T = TypeVar("T")

_STEPS = 1000
"""Of a bar."""
_MISSING = "Put it where it was analysed, or beside its result"

video = click.option(
    "--video",
    type=PATH,
    metavar="FILE",
    help="The film. Default: the file that was analysed, or one of that name beside RESULT, in the "
    "folder above, or in the current folder.",
)


def choice(command: Command) -> Command:
    """``--people``, ``--together``, ``--from`` and ``--to``."""
    together = "Only where all of --people are on screen at once, not any."
    command = options.takes_one(ExportFlags, "end")(command)
    command = options.takes_one(ExportFlags, "begin")(command)
    command = options.takes_one(ExportFlags, "together", help=together)(command)
    return options.takes_one(ExportFlags, "people")(command)


def output(what: str, kind: str) -> Callable[[Command], Command]:
    """``-o FILE`` and ``--overwrite``.

    Parameters
    ----------
    what
        The file, such as "The MP4".
    kind
        What may be replaced, such as "a reel".
    """

    def decorate(command: Command) -> Command:
        command = click.option(
            "--overwrite", is_flag=True, help=f"Replace FILE also if it is not {kind}."
        )(command)
        return click.option(
            "-o",
            "--output",
            type=Place(),
            metavar="FILE",
            help=f"{what}, or a folder for it. Default: in the folder exports in RESULT, which "
            "only you can read.",
        )(command)

    return decorate


@dataclass(frozen=True, slots=True)
class Film(Generic[T]):
    """A film of which something is made.

    Attributes
    ----------
    title : for its bar: its name in a project; empty = the only film
    path : the video
    exports : folder of exports, of the result or the project
    made : what was made of the result so far
    load : reads the result, with its corrections
    """

    title: str
    path: Path
    exports: Path
    made: T
    load: Callable[[], ClusteringResult]


def each(
    path: Path,
    video: Path | None,
    choice: Choice,
    make: Callable[[ClusteringResult, Here | None], T],
) -> tuple[list[Film[T]], list[str]]:
    """The film of a result, or those of a project in which some people are seen.

    Parameters
    ----------
    path
        A result or a project.
    video
        The film, if the user names one.
    choice
        People and part.
    make
        Given the result and, in a project, who of the people is in it; see `of_each_film`.

    Returns
    -------
    the films, and a line for each that is left out
    """
    from clusterer.project.names import is_project

    if is_project(path):
        return _of_project(path, video, choice, make)
    folder, loaded, find = opened(path, video)
    made = make(loaded, None)
    return [Film("", find(), folder.exports, made, lambda: loaded)], []


def _of_project(
    path: Path,
    video: Path | None,
    choice: Choice,
    make: Callable[[ClusteringResult, Here | None], T],
) -> tuple[list[Film[T]], list[str]]:
    from clusterer.cli.project import up_to_date
    from clusterer.project.each import of_each_film
    from clusterer.project.place import RESULTS
    from clusterer.project.project import Project
    from clusterer.store.footage import Footage
    from clusterer.store.names import EXPORTS

    if video is not None:
        raise ConfigError(
            f"{path} is a project, and --video names one film",
            f"Leave it out, or give the result of a film, a folder in {path / RESULTS}",
        )
    project, missing = up_to_date(Project(path)), list[str]()

    def begun(result: ClusteringResult, here: Here) -> Film[T] | None:
        film, made = here.film, make(result, here)
        folder = project.result_folder(film).path
        try:
            there = Footage(folder, result.analysis, remedy=_MISSING).find()
        except VideoError as error:
            missing.append(f"{film.name} is left out: {error}")
            return None
        return Film(film.name, there, path / EXPORTS, made, partial(project.result, film))

    made = of_each_film(project, choice, begun)
    films = [film for film in made.of_film.values() if film is not None]
    return films, [*made.failed.values(), *missing]


def ended(errors: Sequence[str]) -> int:
    """Say which films are left out; the exit code."""
    for line in errors:
        click.echo(f"Error: {visible(line)}", err=True)
    return 1 if errors else 0


def opened(
    path: Path, video: Path | None
) -> tuple[ResultFolder, ClusteringResult, Callable[[], Path]]:
    """Read the result of one film.

    Parameters
    ----------
    path
    video
        The film, if the user names one.

    Returns
    -------
    its folder, the result with its corrections, and what finds the film
    """
    from clusterer.store.folder import ResultFolder
    from clusterer.store.footage import Footage

    folder = ResultFolder(path)
    loaded = folder.load()
    return (
        folder,
        loaded,
        lambda: Footage(path, loaded.analysis, video, "Name it with --video FILE").find(),
    )


def share(show: Callable[[int, int], None]) -> GoOn:
    """Show a share that is done on a bar, and go on."""

    def go_on(done: float) -> bool:
        show(round(done * _STEPS), _STEPS)
        return True

    return go_on


def file_for(
    output: tuple[Path, bool] | None,
    exports: Path,
    name: str,
    endings: Sequence[str] = (),
) -> Path:
    """Where one file goes: as the user says, or among exports.

    Parameters
    ----------
    output, exports
        As given; the folder of the result's exports.
    name
        Of the file, if only a folder is given. A file must end as this does.
    endings
        Others that it may have.
    """
    if output is None:
        return exports / name
    path, ends_in_slash = output
    if ends_in_slash or is_folder(path):
        return path / name
    ending = Path(name).suffix
    if path.suffix.casefold() not in {ending, *endings}:
        known = " or ".join(endings or (ending,))
        raise ConfigError(
            f"{path} does not end in {known}",
            f"Did you mean {path.with_suffix(ending)}, or a folder, {path}/?",
        )
    return path


def files_for(
    output: tuple[Path, bool] | None, films: Sequence[Film[T]], name: Callable[[T], str], what: str
) -> list[Path]:
    """Where one file of each film goes.

    Parameters
    ----------
    output
        As given.
    films
    name
        Of the file of a film, by what was made of it.
    what
        The files, for an error, such as "reels".
    """
    files = [file_for(output, film.exports, name(film.made)) for film in films]
    if len(set(files)) < len(files):
        raise ConfigError(
            f"{files[0]} is the name of one file, but there are {len(files)} {what}",
            f"Name a folder with -o DIR{os.sep}",
        )
    return files
