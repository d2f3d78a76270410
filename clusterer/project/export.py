"""Appearances of a project's people for editing programs: a timeline per film, a table of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from clusterer.core.errors import ClustererError
from clusterer.core.tables import Table
from clusterer.core.text import folded_file
from clusterer.core.types import ClusteringResult, VideoInfo
from clusterer.outputs import export as formats
from clusterer.outputs.export.batch import by_ids, key
from clusterer.outputs.export.choose import EVERYTHING, Choice, check_several, choose, named
from clusterer.outputs.export.csv import to_csv
from clusterer.outputs.export.label import label
from clusterer.outputs.export.sheets import appearances_sheet
from clusterer.outputs.export.timeline import Timeline, file_stem, labelled
from clusterer.project.names import ENDING
from clusterer.project.project import Project
from clusterer.project.results import film_results, why_left_out
from clusterer.project.tables import with_film
from clusterer.project.types import ProjectFilm
from clusterer.store.exported import Batch


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """What an export of a project writes.

    Attributes
    ----------
    batches : files of each film in each format, then the table
    timelines : of each film, by its name; films without any of the people are left out
    table : all appearances, with a column ``film``
    of_film : name of each such film → names of its files
    failed : name of each film that is left out because its result cannot be read → why
    """

    batches: list[Batch]
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
    wanted_people = named(project.people, choice.people)
    chosen = {who.id for who in wanted_people}
    called = label(choice, [who.name for who in wanted_people])
    if choice.together:
        check_several(chosen)
    found = _found(project, choice, chosen, called)
    timelines = found.timelines
    if found.errors and not timelines:
        raise next(iter(found.errors.values()))
    which = by_ids(choice, chosen)
    of_film, formed = file_stems(project.films), list(dict.fromkeys(wanted))
    made = _made(of_film, timelines, formed, called)
    table = with_film(
        (film.name, appearances_sheet(timeline)) for film, timeline in timelines.items()
    )
    whole = file_stem(project.path.absolute().name.removesuffix(ENDING))
    batches = [
        # Of a film without any of the people, an earlier export may have left files.
        Batch(key("project", of_film[film.id], video, name, which), made.get((film, name), {}))
        for film, video in found.videos.items()
        for name in formed
    ]
    content = {f"{labelled(whole, called)}{ENDING}.appearances.csv": to_csv(table).encode()}
    batches.append(Batch(("table", whole, which), content))
    return Exported(
        batches,
        {film.name: timeline for film, timeline in timelines.items()},
        table,
        {
            film.name: tuple(file for name in formed for file in made[film, name])
            for film in timelines
        },
        {name: why_left_out(project.path, name, error) for name, error in found.errors.items()},
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """Films whose results can be read, timelines of those with the people, and errors of others."""

    videos: dict[ProjectFilm, VideoInfo] = field(default_factory=dict)
    timelines: dict[ProjectFilm, Timeline] = field(default_factory=dict)
    errors: dict[str, ClustererError] = field(default_factory=dict)


def _found(project: Project, choice: Choice, chosen: Set[str], called: str) -> _Found:
    found = _Found()
    for film, result, here in each_film(project, choice, chosen):
        if isinstance(result, ClustererError):
            found.errors[film.name] = result
            continue
        found.videos[film] = result.analysis.video
        if here is not None:
            found.timelines[film] = choose(result, here, called)
    return found


def each_film(
    project: Project, choice: Choice, chosen: Set[str]
) -> Iterator[tuple[ProjectFilm, ClusteringResult | ClustererError, Choice | None]]:
    """Each film that was analysed.

    Parameters
    ----------
    project
    choice
    chosen
        Ids of its people.

    Yields
    ------
    The film, its result or why that cannot be read, and the choice with those of its people who are
    in the film; None = none of them is, or, for `together`, not all.
    """
    for film, result in film_results(project.films, project.result):
        if isinstance(result, ClustererError):
            yield film, result, None
            continue
        here = tuple(who.id for who in result.people if who.id in chosen)
        is_left_out = (choice.people and not here and not choice.include_unknown) or (
            choice.together and chosen != {*here}
        )
        yield film, result, None if is_left_out else replace(choice, people=here)


def _made(
    stems: dict[int, str], timelines: dict[ProjectFilm, Timeline], wanted: list[str], called: str
) -> dict[tuple[ProjectFilm, str], dict[str, bytes]]:
    """The files of each film in each format, all under names of their own."""
    exporters = {name: formats.create(name) for name in wanted}
    return {
        (film, form): {
            f"{labelled(stems[film.id], called)}{name.removeprefix(timeline.stem)}": content
            for name, content in exporter.files(timeline).items()
        }
        for film, timeline in timelines.items()
        for form, exporter in exporters.items()
    }


def file_stems(films: Iterable[ProjectFilm]) -> dict[int, str]:
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
