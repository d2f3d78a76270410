"""Appearances of a project's people for editing programs: a timeline per film, a table of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from clusterer.core.errors import ClustererError
from clusterer.core.tables import Table
from clusterer.core.text import folded_file
from clusterer.outputs import export as formats
from clusterer.outputs.export.choose import EVERYTHING, Choice, choose, named
from clusterer.outputs.export.csv import to_csv
from clusterer.outputs.export.sheets import appearances_sheet
from clusterer.outputs.export.timeline import Timeline, file_stem
from clusterer.project.names import ENDING
from clusterer.project.project import Project
from clusterer.project.tables import with_film
from clusterer.project.types import FilmState, ProjectFilm


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """What an export of a project writes.

    Attributes
    ----------
    files : name → content
    timelines : of each film, by its name; films without any of the people are left out
    table : all appearances, with a column ``film``
    of_film : name of each such film → names of its files
    failed : name of each film that is left out because its result cannot be read → why
    """

    files: dict[str, bytes]
    timelines: dict[str, Timeline]
    table: Table
    of_film: dict[str, tuple[str, ...]]
    failed: dict[str, str]


def export_project(
    project: Project, wanted: Iterable[str], choice: Choice = EVERYTHING
) -> Exported:
    """Make the files of an export: one timeline per film and format, and a table of all.

    Parameters
    ----------
    project
    wanted
        Names of formats.
    choice
        As for a result. People are those of the project.

    Raises
    ------
    ConfigError
        As of `choose`.
    ResultError
        No result can be read.
    """
    people = project.people
    chosen = {who.id for who in named(people, choice.people)}
    timelines: dict[ProjectFilm, Timeline] = {}
    errors: dict[str, ClustererError] = {}
    for film in project.films:
        if film.state is not FilmState.DONE:
            continue
        try:
            result = project.result(film)
        except ClustererError as error:
            errors[film.name] = error
            continue
        here = tuple(who.id for who in result.people if who.id in chosen)
        if choice.people and not here and not choice.include_unknown:
            continue
        timelines[film] = choose(result, replace(choice, people=here))
    if errors and not timelines:
        raise next(iter(errors.values()))
    made = _made(project, timelines, list(dict.fromkeys(wanted)))
    table = with_film(
        (film.name, appearances_sheet(timeline)) for film, timeline in timelines.items()
    )
    stem = file_stem(project.path.absolute().name.removesuffix(ENDING))
    files = {name: content for of_film in made.values() for name, content in of_film.items()}
    files[f"{stem}{ENDING}.appearances.csv"] = to_csv(table).encode()
    return Exported(
        files,
        {film.name: timeline for film, timeline in timelines.items()},
        table,
        {film.name: tuple(of_film) for film, of_film in made.items()},
        {name: _why(project, name, error) for name, error in errors.items()},
    )


def _why(project: Project, film: str, error: ClustererError) -> str:
    return (
        f"{film} is left out: {error.cause}. To make its result anew: cluster-video {project.path}"
    )


def _made(
    project: Project, timelines: dict[ProjectFilm, Timeline], wanted: list[str]
) -> dict[ProjectFilm, dict[str, bytes]]:
    """The files of each film, all under names of their own."""
    stems = _stems(project.films)
    exporters = [formats.create(name) for name in wanted]
    return {
        film: {
            f"{stems[film.id]}{name.removeprefix(timeline.stem)}": content
            for exporter in exporters
            for name, content in exporter.files(timeline).items()
        }
        for film, timeline in timelines.items()
    }


def _stems(films: Iterable[ProjectFilm]) -> dict[int, str]:
    """Beginning of the names of each film's files: its name in the project, without the ending.

    It depends on all films of the project, not on those that are exported.
    """
    films = list(films)
    stems = {film.id: _with_folders(film) for film in films}
    for longer in (_with_ending, *[_with_number] * len(films)):
        count = Counter(map(folded_file, stems.values()))
        stems = {
            film.id: stems[film.id] if count[folded_file(stems[film.id])] == 1 else longer(film)
            for film in films
        }
        if len(set(map(folded_file, stems.values()))) == len(films):
            break
    return stems


def _with_folders(film: ProjectFilm) -> str:
    path = PurePosixPath(film.name.replace("\\", "/"))
    return file_stem("-".join([*path.parts[:-1], path.stem]))


def _with_ending(film: ProjectFilm) -> str:
    return file_stem("-".join(PurePosixPath(film.name.replace("\\", "/")).parts))


def _with_number(film: ProjectFilm) -> str:
    return f"{_with_folders(film)}-{film.id}"
