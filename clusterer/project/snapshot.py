"""What a project's file holds at one time, as the types of a project."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from clusterer.core.config import Config, LinkConfig
from clusterer.core.dates import parse_date
from clusterer.core.errors import ProjectError, ResultError
from clusterer.core.parse import build, parse_json
from clusterer.core.text import brief
from clusterer.core.types import FloatArray, IntArray
from clusterer.project.crowd import FilmPeople
from clusterer.project.names import MENDING
from clusterer.project.types import (
    Anchor,
    CastDoubt,
    CastEdit,
    CastImpure,
    Member,
    Person,
    ProjectFilm,
    Scope,
)
from clusterer.store.result_json import RESULT_SCHEMA, read_config

NUMBERS = (
    "precision", "quality", "scatter", "screen_time_s", "n_tracks", "n_faces", "n_looks", "cover",
)  # fmt: skip
"""Columns of a member that are numbers."""
LOOK = np.dtype([("person", "<i4"), ("row", "<i4"), ("precision", "<f4")])
"""A look as a film stores it."""


FILM_DATES, NOT_BEFORE = "film dates", "not before"
"""Facts in `Snapshot.meta`."""


@dataclass(frozen=True, slots=True)
class Row:
    """A person of a film: one row of the `Crowd`.

    Attributes
    ----------
    film, position : `ProjectFilm.id`, and place among the people of the film
    id, anchors : as of `FilmPeople`
    name, hidden : the same, but as of before the project corrected the person
    own_name, own_hidden : as of `FilmPeople` now
    numbers : the values of `FilmPeople` that are one number for each person
    person : number of the person of the project; 0 = not linked yet
    evidence, confirmed : as of `Member`
    """

    film: int
    position: int
    id: str
    name: str
    hidden: bool
    own_name: str
    own_hidden: bool
    anchors: tuple[str, ...]
    numbers: Mapping[str, float]
    person: int
    evidence: float
    confirmed: bool

    @property
    def screen_time_s(self) -> float:
        """In the film."""
        return self.numbers["screen_time_s"]

    @property
    def described(self) -> tuple[object, ...]:
        """What comes from the film alone."""
        return (self.id, self.own_name, self.own_hidden, self.anchors, *self.numbers.values())

    @property
    def member(self) -> Member:
        """The row as a member of its person."""
        return Member(
            self.film,
            self.id,
            self.screen_time_s,
            int(self.numbers["cover"]),
            self.confirmed,
            self.evidence,
        )


@dataclass(frozen=True, slots=True)
class LoggedEdit:
    """A correction in the log.

    Attributes
    ----------
    edit
    undone : 0 = in effect; 1 = the first to redo, and so on
    numbers : film, position and person of rows that it gave another person: undoing or redoing it
        gives these back
    """

    edit: CastEdit
    undone: int = 0
    numbers: tuple[tuple[int, int, int], ...] = ()

    def without(self, film: int) -> LoggedEdit:
        """The same without numbers of a film, whose positions have changed."""
        return replace(self, numbers=tuple(each for each in self.numbers if each[0] != film))


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All that a project's file holds at one time, without the vectors.

    Attributes
    ----------
    change : raised by one with every transaction
    meta : facts of the project by name
    films : in natural order of their names
    vectors : film → name of the file of its vectors; films that were described
    looks : film → its looks, as stored
    apart : film → pairs of positions of people who are seen together, as stored
    behind : films whose own corrections do not state yet what the project holds
    rows : by film, in the order in which films were added, and position
    aliases : film → key of a face in the log → position
    given : number → name that somebody gave, empty = none; and whether the person is hidden; only
        of those who have a name or are hidden
    log : the corrections in effect, in order, then the undone ones, the first to redo first
    file : of the project
    questions : doubts and impure people, as stored
    written : film → change that described its people
    """

    change: int
    meta: Mapping[str, str]
    films: tuple[ProjectFilm, ...]
    vectors: Mapping[int, str]
    looks: Mapping[int, bytes]
    apart: Mapping[int, bytes]
    behind: frozenset[int]
    rows: tuple[Row, ...]
    aliases: Mapping[int, Mapping[str, int]]
    given: Mapping[int, tuple[str, bool]]
    log: tuple[LoggedEdit, ...]
    file: Path
    questions: tuple[Sequence[tuple[Any, ...]], Sequence[tuple[Any, ...]]]
    written: Mapping[int, int]

    def own(self, film: int) -> str:
        """Digest of a film's own corrections under which it was described; empty = none."""
        return self.meta.get(own_key(film), "")

    @cached_property
    def edition(self) -> int:
        """Raised with each change of films, people, corrections or questions."""
        with damaged(self.file):
            return int(self.meta["edition"])

    @property
    def is_numbered(self) -> bool:
        """Whether people keep their numbers from now on, see `Project.link`."""
        return self.meta.get("numbered") == "1"

    @cached_property
    def scope(self) -> Scope:
        """How many people the project may hold."""
        with damaged(self.file):
            return Scope(self.meta["scope"])

    @cached_property
    def config(self) -> Config:
        """Settings of the films."""
        with damaged(self.file):
            content = {"schema": RESULT_SCHEMA, "config": parse_json(self.meta["config"])}
            return read_config(content, self.file)[0]

    @cached_property
    def link_config(self) -> LinkConfig:
        """Settings of the linking."""
        with damaged(self.file):
            found: LinkConfig = build(LinkConfig, parse_json(self.meta["link"]))
            return found

    @cached_property
    def film_dates(self) -> Mapping[str, str]:
        """Fingerprint of a film → its date, as of `clusterer.core.dates`."""
        with damaged(self.file):
            return _texts(parse_json(self.meta.get(FILM_DATES, "{}")))

    @cached_property
    def not_before(self) -> Mapping[str, str]:
        """Name → date before which nobody of that name can be in a film."""
        with damaged(self.file):
            return _texts(parse_json(self.meta.get(NOT_BEFORE, "{}")))

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """By screen time, longest first, ties to the lower number."""
        with uncollected():
            members: dict[int, list[Member]] = {}
            in_front = set()
            for film in self.films:
                behind = self.background_of(film.id)
                for row in self.rows_of.get(film.id, ()):
                    if row.person:
                        members.setdefault(row.person, []).append(row.member)
                        if row.position not in behind:
                            in_front.add(row.person)
            found = {
                number: self._person(number, tuple(own), number not in in_front)
                for number, own in members.items()
            }
            order = sorted((-who.screen_time_s, number) for number, who in found.items())
            return tuple(found[number] for _, number in order)

    @cached_property
    def by_number(self) -> Mapping[int, Person]:
        """Number → person."""
        return {each.number: each for each in self.people}

    @cached_property
    def doubts(self) -> tuple[CastDoubt, ...]:
        """As of `Linked`."""
        with damaged(self.file):
            return tuple(
                CastDoubt(
                    self._row(film_a, a).member,
                    self._row(film_b, b).member,
                    f"person-{self._row(film_a, a).person}",
                    f"person-{self._row(film_b, b).person}",
                    float(evidence),
                    float(probability),
                    float(gain_s),
                )
                for _, film_a, a, film_b, b, evidence, probability, gain_s in self.questions[0]
                if self._is_asked(self._row(film_a, a), self._row(film_b, b))
            )

    @cached_property
    def impure(self) -> tuple[CastImpure, ...]:
        """As of `Linked`."""
        with damaged(self.file):
            return tuple(
                CastImpure(
                    self._row(film, row).member,
                    f"person-{self._row(film, row).person}",
                    tuple(map(int, parse_json(looks))),
                    self._row(film_to, row_to).member,
                    f"person-{self._row(film_to, row_to).person}",
                    float(evidence),
                )
                for _, film, row, looks, film_to, row_to, evidence in self.questions[1]
                if self._is_asked(self._row(film, row), self._row(film_to, row_to))
            )

    def _row(self, film: int, position: int) -> Row:
        return self.rows_of[film][position]

    def _person(self, number: int, members: tuple[Member, ...], behind: bool) -> Person:
        name, hidden = self.given.get(number, ("", False))
        background = behind and not name
        return Person(f"person-{number}", name or f"Person {number}", members, hidden, background)

    def background_of(self, film: int) -> frozenset[int]:
        """Positions of the people of a film who are in the background there."""
        with damaged(self.file):
            return frozenset(map(int, parse_json(self.meta.get(background_key(film), "[]"))))

    def _is_asked(self, *rows: Row) -> bool:
        """Whether there are questions about people: not about those in the background."""
        return not any(row.person and self.by_number[row.person].background for row in rows)

    @cached_property
    def edits(self) -> tuple[CastEdit, ...]:
        """The corrections in effect, in order."""
        return tuple(each.edit for each in self.log if not each.undone)

    @cached_property
    def undone(self) -> tuple[CastEdit, ...]:
        """Those that were undone; the last of them is the first to redo."""
        return tuple(each.edit for each in reversed(self.log) if each.undone)

    @cached_property
    def rows_of(self) -> Mapping[int, tuple[Row, ...]]:
        """Film → its rows."""
        found: dict[int, list[Row]] = {film: [] for film in self.vectors}
        for row in self.rows:
            found.setdefault(row.film, []).append(row)
        return {film: tuple(rows) for film, rows in found.items()}

    @cached_property
    def by_fingerprint(self) -> Mapping[str, int]:
        """Fingerprint of a film → its id."""
        return {film.fingerprint: film.id for film in self.films}

    def whose(self, anchor: Anchor) -> Person | None:
        """The person that a face in a correction stands for now; None = nobody any more."""
        film = self.by_fingerprint.get(anchor.film, 0)
        rows = self.rows_of.get(film, ())
        at = self.aliases.get(film, {}).get(anchor.key)
        row = next((one for one in rows if anchor.key in one.anchors or one.position == at), None)
        return None if row is None else self.by_number.get(row.person)

    @cached_property
    def first_row(self) -> Mapping[int, int]:
        """Film → its first row, of all `rows`."""
        sizes = {film: len(rows) for film, rows in sorted(self.rows_of.items())}
        return dict(zip(sizes, accumulate(sizes.values(), initial=0), strict=False))

    def people_of(self, film: int, vectors: FloatArray) -> FilmPeople:
        """The people of a film with their vectors."""
        rows = self.rows_of[film]
        with damaged(self.file):
            looks = self._looks(film)
            numbers = {name: [row.numbers[name] for row in rows] for name in NUMBERS}
            return FilmPeople(
                ids=tuple(row.id for row in rows),
                names=tuple(row.own_name for row in rows),
                hidden=np.array([row.own_hidden for row in rows], dtype=bool),
                anchors=tuple(row.anchors for row in rows),
                sums=vectors[: len(rows)],
                covers=np.array(numbers.pop("cover"), dtype=np.int64),
                **{name: np.array(values) for name, values in numbers.items()},
                looks=vectors[len(rows) :],
                look_person=looks["person"].astype(np.int64),
                look_precision=looks["precision"].astype(np.float32),
                look_rows=looks["row"].astype(np.int64),
                cannot_link=self._apart(film),
            )

    def look_rows(self, film: int, position: int) -> tuple[int, ...]:
        """Detections that show the looks of a person of a film."""
        with damaged(self.file):
            looks = self._looks(film)
            return tuple(looks["row"][looks["person"] == position].tolist())

    def all_look_rows(self) -> tuple[int, ...]:
        """Detections that show the looks of all people, in the order of `rows`."""
        with damaged(self.file):
            films = dict.fromkeys(row.film for row in self.rows)
            return tuple(row for film in films for row in self._looks(film)["row"].tolist())

    def together(self, film: int) -> tuple[tuple[int, int], ...]:
        """Positions of people of a film who are seen together."""
        with damaged(self.file):
            return tuple((a, b) for a, b in self._apart(film).tolist())

    def looks_in(self, film: int) -> int:
        """Number of looks of a film."""
        with damaged(self.file):
            return len(self._looks(film))

    def _looks(self, film: int) -> npt.NDArray[np.void]:
        return np.frombuffer(self.looks[film], LOOK)

    def _apart(self, film: int) -> IntArray:
        return np.frombuffer(self.apart[film], "<i4").reshape(-1, 2).astype(np.int64)


def _texts(content: Any) -> dict[str, str]:
    found = {str(key): str(value) for key, value in content.items()}
    for value in found.values():
        parse_date(value)
    return found


@contextmanager
def damaged(file: Path) -> Iterator[None]:
    """Turn what a damaged or forged file leads to into one line."""
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ResultError) as error:
        raise ProjectError(f"{file} is damaged ({brief(error, 80)})", MENDING) from None


@contextmanager
def uncollected() -> Iterator[None]:
    """Pause the search for reference cycles: there are none among the rows of a large project.

    It takes a quarter of the time of linking a thousand films once more.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def background_key(film: int) -> str:
    """Name, in `Snapshot.meta`, of the list of a film's people in the background."""
    return f"background of film {film}"


def own_key(film: int) -> str:
    """Name, in `Snapshot.meta`, of the digest of a film's own corrections."""
    return f"own corrections of film {film}"
