"""Who of a project may go to a gallery: people whom a reviewer named, where that is certain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from clusterer.core.text import folded
from clusterer.core.types import ClusteringResult, Identity
from clusterer.people.names import given_names, named_by_gallery
from clusterer.project import films
from clusterer.project.project import Project
from clusterer.project.snapshot import Row, Snapshot
from clusterer.project.types import CastAction, CastEdit, FilmState, ProjectFilm
from clusterer.store.folder import ResultFolder
from clusterer.store.run_lock import WAIT, run_lock


def approved(
    project: Project, *, by_gallery: bool
) -> Iterator[tuple[ProjectFilm, ClusteringResult, dict[str, list[Identity]]]]:
    """Each film with a result, the result, and the people in it who may go to a gallery.

    A name counts if a reviewer gave it, in the project or in a film. Of the person, only those
    members count whom a reviewer named, or said to be the same: nobody who was joined without one.

    Parameters
    ----------
    project
    by_gallery
        Names of galleries count, too.

    Raises
    ------
    ResultError, EditsError
        A result cannot be read.
    """
    now = project.snapshot()
    read = {film: _read(project.result_folder(film)) for film in now.films if _has(project, film)}
    by_hand = {film.id: _by_hand(result, now.rows_of[film.id]) for film, result in read.items()}
    names, sure = _of_log(now)
    for number, named in by_hand.items():
        for row in now.rows_of[number]:
            if row.position in named:
                sure.add((number, row.position))
                names.add((row.person, folded(row.own_name)))
    for film, result in read.items():
        found: dict[str, list[Identity]] = defaultdict(list)
        for row in now.rows_of[film.id]:
            name, hidden = now.given.get(row.person, ("", False))
            if not name or hidden or not row.confirmed:
                continue
            certain = (row.person, folded(name)) in names and (film.id, row.position) in sure
            place = films.positions(result, row.anchors[:1])
            if place and (by_gallery or certain):
                (at,) = place.values()
                found[name].append(replace(result.people[at], name=name))
        yield film, result, dict(found)


def _has(project: Project, film: ProjectFilm) -> bool:
    is_described = film.id in project.snapshot().vectors
    is_done = film.state is FilmState.DONE and project.result_folder(film).is_result
    return is_described and is_done


def _read(folder: ResultFolder) -> ClusteringResult:
    """The result under the film's own corrections."""
    with run_lock(folder.path, remedy=WAIT):  # to read it whole; every picture is checked later
        return films.own(folder.load(), folder.edits)


def _by_hand(result: ClusteringResult, rows: tuple[Row, ...]) -> set[int]:
    """Positions of the rows that a reviewer named in the film itself."""
    names = given_names(result)
    hand = names.keys() - named_by_gallery(result, names)
    found = set()
    for row in rows:
        place = films.positions(result, row.anchors[:1])
        if row.own_name and any(result.people[at].label in hand for at in place.values()):
            found.add(row.position)
    return found


def _of_log(now: Snapshot) -> tuple[set[tuple[int, str]], set[tuple[int, int]]]:
    """Names that reviewers gave in the project, by person; and the rows that they were sure of."""
    films_names = {film.name for film in now.films}
    names: set[tuple[int, str]] = set()
    sure: set[tuple[int, int]] = set()
    for edit in now.edits:
        if edit.action not in {CastAction.NAME, CastAction.SAME} or edit.author in films_names:
            continue  # what was taken over from a film may be a gallery's word; the film says that
        for row in _rows_of(now, edit):
            sure.add((row.film, row.position))
            if edit.action is CastAction.NAME:
                names.add((row.person, folded(edit.name)))
    return names, sure


def _rows_of(now: Snapshot, edit: CastEdit) -> Iterator[Row]:
    film_of = {film.fingerprint: film.id for film in now.films}
    for anchor in (*edit.who, *edit.others):
        film = film_of.get(anchor.film, 0)
        at = now.aliases.get(film, {}).get(anchor.key)
        for row in now.rows_of.get(film, ()):
            if anchor.key in row.anchors or row.position == at:
                yield row
