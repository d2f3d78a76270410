"""Name the people of a project by a list of the cast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from clusterer.core.errors import CastListError
from clusterer.gallery.cast_list.naming import ListNaming, name_by_list, photographs_of
from clusterer.gallery.cast_list.read import read_cast_list
from clusterer.gallery.cast_list.types import CastEntry, CastList
from clusterer.gallery.faces import Gallery
from clusterer.project.dates import last_days
from clusterer.project.project import Project
from clusterer.project.types import FilmState, ProjectFilm


@dataclass(frozen=True, slots=True, eq=False)
class ProjectNaming:
    """What became of a list in a project.

    Attributes
    ----------
    films : name of each film in which people could be named → what became of it there
    notes : what is worth a look, one line each
    """

    films: Mapping[str, ListNaming]
    notes: tuple[str, ...]


def name_project_by_list(
    project: Project, path: Path | str, dates: Mapping[str, str] | None = None
) -> ProjectNaming:
    """Name the people of each film by a list; what one film says counts in all.

    The list is a table. Its times count in the films that they name, its photographs in all. Nobody
    is named in a film that was made before the person can be in one, see `Project.set_dates`.

    Parameters
    ----------
    project
    path
        As of `read_cast_list`. Times need a column ``film``.
    dates
        Film → date, as of `Project.set_dates`, which is called with these and those of the list.

    Raises
    ------
    CastListError
        The list cannot be read, or its times do not say of which film.
    ConfigError
        There is no such film.
    """
    cast = read_cast_list(path)
    films = _films(cast, project)
    since = {each.name: each.not_before.isoformat() for each in cast.entries if each.not_before}
    project.set_dates(dates, since)
    made = last_days(project.snapshot())
    found: dict[str, ListNaming] = {}
    done = [film for film in project.films if film.state is FilmState.DONE]
    gallery, missing = _encoded(cast, project, done)
    for film in done:
        entries = [
            _of_film(each, film, films) for each in cast.entries if _can_be_in(each, film, made)
        ]
        if gallery is None:
            entries = [replace(each, photographs=()) for each in entries]
        if any(each.stretches or each.photographs for each in entries):
            listed = replace(cast, entries=tuple(entries), notes=())
            found[film.name] = name_by_list(
                project.result_folder(film).path, listed, gallery=gallery
            )
    project.refresh(*(film for film in done if film.name in found))
    impossible = (
        f"{who.name} is in {film.name}, which is too early" for who, film in project.too_early
    )
    return ProjectNaming(found, (*cast.notes, *missing, *impossible))


def _films(cast: CastList, project: Project) -> dict[str, int]:
    """Film as the times of the list name it → its number."""
    stretches = [stretch for each in cast.entries for stretch in each.stretches]
    if any(not stretch.film for stretch in stretches):
        raise CastListError(
            f"{cast.source} does not say of which film its times are",
            "Add a column film, or name the people of one film: cluster-video name FILM.people",
        )
    names = dict.fromkeys(stretch.film for stretch in stretches)
    return {name: project.film(name).id for name in names}


def _encoded(
    cast: CastList, project: Project, films: Sequence[ProjectFilm]
) -> tuple[Gallery | None, tuple[str, ...]]:
    """The photographs of the list, encoded once for all films; and what is wrong with some."""
    if not films:
        return None, ()
    return photographs_of(cast, project.result_folder(films[0]).load())


def _can_be_in(entry: CastEntry, film: ProjectFilm, made: Mapping[int, int]) -> bool:
    """Whether a film was not made before somebody can be in one."""
    since = entry.not_before
    return since is None or made.get(film.id, since.toordinal()) >= since.toordinal()


def _of_film(entry: CastEntry, film: ProjectFilm, films: Mapping[str, int]) -> CastEntry:
    """The entry with the times of one film, which are of no other then."""
    kept = [replace(each, film="") for each in entry.stretches if films[each.film] == film.id]
    return replace(entry, stretches=tuple(kept))
