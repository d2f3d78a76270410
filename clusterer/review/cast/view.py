"""What the page of a project shows, as JSON: films, people, questions. Pictures come one by one."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Sequence
from typing import Any

from clusterer.project.snapshot import Snapshot
from clusterer.project.types import (
    CastDoubt,
    CastImpure,
    FilmState,
    Member,
    Person,
    ProjectFilm,
)
from clusterer.review.cast.changes import change_view

CERTAIN, LIKELY = 0.99, 0.9
"""Probabilities from which a member is called certain, and likely; below it is doubtful.
A definition of these words: one in a hundred and one in ten may be somebody else."""
PLACES = 3
"""Decimals of seconds and probabilities, as in the tables of a result."""

Place = tuple[int, str]
"""A person of a film: id of the film, id of its `Identity`."""


def view(now: Snapshot) -> dict[str, Any]:
    """All that the page shows of a project."""
    return {
        "count": now.edition,
        "films": films_view(now.films, now.people),
        "people": people_view(
            now.people, {f"person-{n}" for n, (name, _) in now.given.items() if name}
        ),
        "together": together_view(now),
        "questions": questions_view(now.doubts),
        "impure": impure_view(now.impure),
        "undo": change_view(now.edits[-1], now) if now.edits else None,
        "redo": change_view(now.undone[-1], now) if now.undone else None,
    }


def films_view(films: Iterable[ProjectFilm], people: Sequence[Person]) -> list[dict[str, Any]]:
    """Films, in the order of the project, and how many people each has."""
    found: dict[int, int] = {}
    for person in people:
        for film in person.films:
            found[film] = found.get(film, 0) + (not person.hidden)
    return [
        {
            "id": film.id,
            "name": film.name,
            "state": film.state.value,
            "error": "" if film.state is FilmState.DONE else film.error,
            "length_s": round(film.duration_s, PLACES),
            "people": found.get(film.id, 0),
        }
        for film in films
    ]


def people_view(people: Iterable[Person], named: Container[str]) -> list[dict[str, Any]]:
    """People with their members, each a row: film, person, screen time, cover, word, chance."""
    return [
        {
            "id": person.id,
            "name": person.name,
            "named": person.id in named,
            "hidden": person.hidden,
            "background": person.background,
            "members": [_member(member) for member in person.members],
        }
        for person in people
    ]


def _member(member: Member) -> list[Any]:
    chance = probability(member.evidence)
    word = "confirmed" if member.confirmed else _word(chance)
    shown = None if chance is None else round(chance, PLACES)
    time_s = round(member.screen_time_s, PLACES)
    return [member.film, member.person, time_s, member.cover, word, shown]


def probability(evidence: float) -> float | None:
    """Of the odds whose logarithm is given; None where nothing was compared (NaN)."""
    if math.isnan(evidence):
        return None
    return 0.5 * (1.0 + math.tanh(0.5 * evidence))


def _word(chance: float | None) -> str:
    if chance is None:
        return ""
    return "certain" if chance >= CERTAIN else "likely" if chance >= LIKELY else "doubtful"


def questions_view(doubts: Iterable[CastDoubt]) -> list[dict[str, Any]]:
    """Questions, the most useful first."""
    return [
        {
            "a": list(place(one.a)),
            "b": list(place(one.b)),
            "probability": round(one.probability, PLACES),
            "gain_s": round(one.gain_s, PLACES),
        }
        for one in doubts
    ]


def impure_view(impure: Iterable[CastImpure]) -> list[dict[str, Any]]:
    """People of films who may be two."""
    return [
        {"member": list(place(one.member)), "rows": list(one.looks), "to": one.person_to}
        for one in impure
    ]


def together_view(now: Snapshot) -> list[tuple[str, str]]:
    """Pairs of people of the project who are seen together in a film."""
    found = set()
    for film, rows in now.rows_of.items():
        for a, b in now.together(film) if rows else ():
            first, second = sorted((rows[a].person, rows[b].person))
            if 0 < first < second:
                found.add((f"person-{first}", f"person-{second}"))
    return sorted(found)


def place(member: Member) -> Place:
    """Where a member is."""
    return member.film, member.person


def places(now: Snapshot, film: int) -> list[Place]:
    """Where the people of a film are, in order."""
    return [(film, row.id) for row in now.rows_of[film]]
