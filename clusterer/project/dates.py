"""Who cannot be in which film of a project: dates of films, and first possible dates of people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from clusterer.core.dates import parse_date
from clusterer.core.text import folded
from clusterer.project.crowd import UNDATED, Dates
from clusterer.project.decisions import Decisions
from clusterer.project.snapshot import Snapshot
from clusterer.project.types import Person, ProjectFilm


def last_days(now: Snapshot) -> dict[int, int]:
    """Film → last day on which it can have been made, as of `date.toordinal`; dated films only."""
    known = {film.fingerprint: film.id for film in now.films}
    return {
        known[fingerprint]: parse_date(text, last=True).toordinal()
        for fingerprint, text in now.film_dates.items()
        if fingerprint in known
    }


def first_days(not_before: Mapping[str, str]) -> dict[str, int]:
    """Name, for comparison → first day on which its person can be in a film."""
    return {folded(name): parse_date(text).toordinal() for name, text in not_before.items()}


def days(now: Snapshot, decisions: Decisions) -> Dates | None:
    """Dates of the rows of a project and of the groups that were decided; None = none counts."""
    films, people = last_days(now), first_days(now.not_before)
    person = np.array([people.get(folded(name), 0) for name in decisions.names], dtype=np.int64)
    if not films or not person.any():
        return None
    film = np.array([films.get(row.film, UNDATED) for row in now.rows], dtype=np.int64)
    return Dates(film, person)


def too_early(now: Snapshot) -> Iterator[tuple[Person, ProjectFilm]]:
    """People who are in a film before they can be, as somebody said; with each such film."""
    films, people = last_days(now), first_days(now.not_before)
    for person in now.people:
        since = people.get(folded(person.name), 0)
        for film in now.films:
            if film.id in person.films and films.get(film.id, UNDATED) < since:
                yield person, film
