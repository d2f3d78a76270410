"""Tables of a project: its people, and their appearances in all films."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from clusterer.core.tables import APPEARANCES, CERTAINTY, Row, Table
from clusterer.core.types import ClusteringResult, Identity
from clusterer.project.types import FilmState, Member, Person, ProjectFilm

if TYPE_CHECKING:
    from pandas import DataFrame

PEOPLE = ("person", "name", "status", "screen_time_s", "films", "confirmed")
MEMBERS = (
    "film",
    "person",
    "name",
    "person_in_film",
    "screen_time_s",
    "appearances",
    "first_s",
    "last_s",
    "confirmed",
)


class Season(Protocol):
    """What the tables are made of: a `Project`."""

    @property
    def films(self) -> tuple[ProjectFilm, ...]:
        """In order."""

    @property
    def people(self) -> tuple[Person, ...]:
        """By screen time."""

    def result(self, film: ProjectFilm) -> ClusteringResult:
        """The result of a film with ids and names of the people."""


@dataclass(frozen=True, slots=True, eq=False)
class ProjectTables:
    """Tables of a project, made on access; iterating gives all three.

    Parameters
    ----------
    project

    Examples
    --------
    >>> project = clusterer.Project.create("season.cast")
    >>> project.tables.people.columns[:4]
    ('person', 'name', 'status', 'screen_time_s')
    >>> project.tables.appearances.to_pandas().groupby("film")["name"].unique()  # doctest: +SKIP
    """

    project: Season

    @property
    def people(self) -> Table:
        """One row per person, longest on screen first.

        `films` counts the films with the person, `confirmed` the people of films of whom a reviewer
        or a gallery said that they are this person.
        """
        rows = [
            (
                who.id,
                who.name,
                "hidden" if who.hidden else "background" if who.background else "person",
                round(who.screen_time_s, 3),
                len(who.films),
                sum(member.confirmed for member in who.members),
            )
            for who in self.project.people
        ]
        return Table("people", PEOPLE, tuple(rows))

    @property
    def members(self) -> Table:
        """One row per person and film, film by film; `confirmed` is 1 where a reviewer said so."""
        members: dict[tuple[int, str], list[Member]] = defaultdict(list)
        for person in self.project.people:
            for member in person.members:
                members[member.film, person.id].append(member)
        rows = [
            _member_row(film, result, who, members[film.id, who.id])
            for film, result in results(self.project)
            for who in result.people
        ]
        return Table("members", MEMBERS, tuple(rows))

    @property
    def appearances(self) -> Table:
        """One row per appearance, film by film, in time order; hidden people are left out."""
        return with_film(
            ((film.name, result.tables.appearances) for film, result in results(self.project)),
            (*APPEARANCES, *CERTAINTY),
        )

    def __iter__(self) -> Iterator[Table]:
        yield from (self.people, self.members, self.appearances)

    def to_pandas(self) -> dict[str, DataFrame]:
        """All tables as pandas data frames, by name."""
        return {table.name: table.to_pandas() for table in self}


def _member_row(
    film: ProjectFilm, result: ClusteringResult, who: Identity, members: Sequence[Member]
) -> Row:
    spans = result.spans_s(who)
    return (
        film.name,
        who.id,
        who.name,
        " ".join(member.person for member in members),
        round(who.screen_time_s, 3),
        len(who.appearances),
        round(float(spans[0, 0]), 3),
        round(float(spans[:, 1].max()), 3),
        int(any(member.confirmed for member in members)),
    )


def results(project: Season) -> Iterator[tuple[ProjectFilm, ClusteringResult]]:
    """Each film that has a result, with its result under the project's ids and names.

    Raises
    ------
    ResultError
        A result cannot be read.
    """
    for film in project.films:
        if film.state is FilmState.DONE:
            yield film, project.result(film)


def with_film(tables: Iterable[tuple[str, Table]], columns: tuple[str, ...] = APPEARANCES) -> Table:
    """Tables of appearances of films as one, with a column for the name of the film."""
    rows = tuple((film, *row) for film, table in tables for row in table.rows)
    return Table("appearances", ("film", *columns), rows)
