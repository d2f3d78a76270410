"""Remove biometric data from whatever lies in a folder."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from clusterer.core.errors import ConfigError, ResultError
from clusterer.core.files import is_there, reading
from clusterer.core.folders import is_folder, is_plain_folder
from clusterer.core.text import counted
from clusterer.project.names import is_project
from clusterer.project.place import RESULTS
from clusterer.project.types import ProjectFilm
from clusterer.removal.galleries import is_ours, of_pictures
from clusterer.removal.projects import ProjectPurge
from clusterer.removal.results import ResultPurge, age_of
from clusterer.removal.types import Choice, Purged, Step
from clusterer.store.folder import ResultFolder
from clusterer.store.names import MARKER, OF_SYSTEMS, WITHDRAWN


def purge(  # noqa: PLR0913 (what, of whom, since when, and what stays)
    path: Path | str,
    *,
    people: Sequence[str] = (),
    films: Sequence[str | int | ProjectFilm] = (),
    older_than: timedelta | None = None,
    keep_tables: bool = False,
    keep_names: bool = True,
    dry_run: bool = False,
) -> Purged:
    """Remove pictures and vectors of faces, and what was made of them.

    Files that cluster-video did not write stay, and so do the films. An interrupted call can be
    repeated.

    Parameters
    ----------
    path
        A result folder, a project, or a folder in which these are looked for, also pictures that
        `gallery add` wrote.
    people
        Names or ids; only these people are removed, all others stay as they are. Later analyses of
        the same films leave them out, too. Empty = everybody.
    films
        Of a project: only these. Empty = all.
    older_than
        Only results that were not changed for so long, and films of a project with such results.
    keep_tables
        Keep tables, corrections and a report without pictures. Such a result can be exported; a
        later run analyses the film anew.
    keep_names
        Keep the names in those tables.
    dry_run
        Change nothing.

    Returns
    -------
    Purged

    Raises
    ------
    ConfigError
        The choices contradict each other, or nobody, or several people, have a name.
    ResultError, ProjectError
        There is nothing of ours; a run, a review or another purge is at work; or something cannot
        be read, written or deleted. What was removed until then is gone; call it again.

    Examples
    --------
    >>> clusterer.purge("season.cast", people=["Anna"])  # doctest: +SKIP
    >>> clusterer.purge("results", keep_tables=True).files  # doctest: +SKIP
    35
    >>> clusterer.purge("nowhere")
    Traceback (most recent call last):
        ...
    clusterer.core.errors.ResultError: nowhere does not exist. Give a result, a project or a folder
    """
    path = Path(path)
    _check(people, films, keep_tables=keep_tables, keep_names=keep_names)
    before_s = None if older_than is None else time.time() - older_than.total_seconds()
    choice = Choice(tuple(people), keep_tables, keep_names, before_s)
    steps = _steps(path, choice, tuple(films))
    if people and not steps:
        raise ConfigError(
            f"No person in {path} is named {' or '.join(map(repr, people))}",
            "Names and ids are in people.csv; cluster-video people lists those of a project",
        )
    folders = tuple(step.folder for step in steps)
    if dry_run:
        return Purged(folders)
    notes = [note for step in steps for note in step.carry_out()]
    if choice == Choice():
        notes += [note for each in folders if (note := _left(each.path))]
    return Purged(folders, tuple(notes), is_done=True)


def _check(
    people: Sequence[str],
    films: Sequence[str | int | ProjectFilm],
    *,
    keep_tables: bool,
    keep_names: bool,
) -> None:
    if people and keep_tables:
        raise ConfigError(
            "people are removed from tables, too, and everybody else stays",
            "Leave one of --people and --keep-tables out",
        )
    if not keep_names and not keep_tables:
        raise ConfigError("without names belongs to tables that stay", "Add --keep-tables")
    if people and films:
        raise ConfigError("people are removed from all films of a project", "Leave the films out")


def _steps(path: Path, choice: Choice, films: tuple[str | int | ProjectFilm, ...]) -> list[Step]:
    if not is_folder(path):
        what = "is not a folder" if is_there(path) else "does not exist"
        raise ResultError(f"{path} {what}", "Give a result, a project or a folder")
    if is_project(path):
        return ProjectPurge(path, choice, films).steps()
    if films:
        raise ConfigError(f"{path} is not a project, and has no films", "Leave the films out")
    if ResultFolder(path).is_result:
        _refuse_part(path)
        return _of_result(path, choice)
    return _of_folder(path, choice)


def _of_folder(path: Path, choice: Choice) -> list[Step]:
    """What goes from results, projects and galleries in a folder."""
    steps, pictures, found = list[Step](), list[Path](), False
    for place in _walk(path):
        if not is_plain_folder(place):
            pictures += [place] if is_ours(place) else []
            continue
        found = True
        steps += (
            ProjectPurge(place, choice).steps() if is_project(place) else _of_result(place, choice)
        )
    if not found and not pictures:
        raise ResultError(
            f"{path} holds nothing that cluster-video wrote",
            "Give a result, a project or a folder",
        )
    for gallery in of_pictures(pictures, choice):
        plan = gallery.plan()
        if plan is not None:
            steps.append(Step(plan, gallery.carry_out))
    return steps


def _left(path: Path) -> str:
    """Says that a folder still holds files of others; empty if it does not."""
    names = {MARKER, WITHDRAWN, *OF_SYSTEMS}
    left = [each for each in path.rglob("*") if each.is_file() and each.name not in names]
    if not left:
        return ""
    files = counted(len(left), "file")
    return f"{path} still holds {files} that cluster-video did not write, or that were changed"


def _of_result(path: Path, choice: Choice) -> list[Step]:
    if choice.before_s is not None and not 0 < age_of(path) < choice.before_s:
        return []
    one = ResultPurge(path, choice)
    plan = one.plan()
    return [] if plan is None else [Step(plan, one.carry_out)]


def _refuse_part(path: Path) -> None:
    """Raise ResultError if a result is that of a film of a project, which has vectors of it."""
    real = Path(os.path.realpath(path))
    project = real.parent.parent
    if real.parent.name == RESULTS and is_project(project):
        raise ResultError(
            f"{path} belongs to the project {project.name}, which holds vectors of its people",
            f"Purge {path.parent.parent}, or take the film out first: cluster-video remove",
        )


def _walk(path: Path) -> Iterator[Path]:
    """Results, projects and files below a folder; links are not followed."""
    with reading(path, ResultError, "Make it readable"):
        places = sorted(path.iterdir())
    for place in places:
        if not is_plain_folder(place) or is_project(place) or ResultFolder(place).is_result:
            yield place
        else:
            yield from _walk(place)
