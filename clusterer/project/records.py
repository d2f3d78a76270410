"""What a project's file says, as the types of a project; read as a whole, written part by part."""

from __future__ import annotations

import gc
import json
import math
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from clusterer.core.config import Config, LinkConfig, settings
from clusterer.core.errors import ProjectError, ResultError
from clusterer.core.parse import build, parse_json
from clusterer.core.text import brief, natural, printable
from clusterer.core.types import FloatArray, IntArray
from clusterer.project.database import MENDING
from clusterer.project.types import (
    Anchor,
    CastAction,
    CastDoubt,
    CastEdit,
    CastImpure,
    FilmPeople,
    FilmState,
    Member,
    Person,
    ProjectFilm,
    Scope,
)
from clusterer.store.marker import is_inside
from clusterer.store.result_json import RESULT_SCHEMA, read_config

_NUMBERS = (
    "precision", "quality", "scatter", "screen_time_s", "n_tracks", "n_faces", "n_looks", "cover",
)  # fmt: skip
"""Columns of a member that are numbers."""
_LOOK = np.dtype([("person", "<i4"), ("row", "<i4"), ("precision", "<f4")])
"""A look as a film stores it."""


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
    """All that a project's file says at one time, without the vectors.

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
        return self.meta.get(_own_key(film), "")

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
    def people(self) -> tuple[Person, ...]:
        """By screen time, longest first, ties to the lower number."""
        with uncollected():
            members: dict[int, list[Member]] = {}
            for film in self.films:
                for row in self.rows_of.get(film.id, ()):
                    if row.person:
                        members.setdefault(row.person, []).append(row.member)
            found = {number: self._person(number, tuple(own)) for number, own in members.items()}
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
            )

    def _row(self, film: int, position: int) -> Row:
        return self.rows_of[film][position]

    def _person(self, number: int, members: tuple[Member, ...]) -> Person:
        name, hidden = self.given.get(number, ("", False))
        return Person(f"person-{number}", name or f"Person {number}", members, hidden)

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
        """The person that a face in a correction stands for; None = nobody any more."""
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
            numbers = {name: [row.numbers[name] for row in rows] for name in _NUMBERS}
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
        return np.frombuffer(self.looks[film], _LOOK)

    def _apart(self, film: int) -> IntArray:
        return np.frombuffer(self.apart[film], "<i4").reshape(-1, 2).astype(np.int64)


@contextmanager
def damaged(file: Path) -> Iterator[None]:
    """Turn what a damaged or forged file leads to into one line."""
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, ResultError) as error:
        raise ProjectError(f"{file} is damaged ({brief(error, 80)})", MENDING) from None


def first_meta(scope: Scope, config: Config, link: LinkConfig) -> dict[str, str]:
    """Facts of a new project."""
    return {
        "scope": scope.value,
        "config": json.dumps(settings(config)),
        "link": json.dumps(asdict(link)),
        "next person": "1",
        "numbered": "0",
    }


def change(connection: sqlite3.Connection) -> int:
    """Number of the last transaction."""
    ((value,),) = connection.execute("SELECT value FROM meta WHERE key = 'change'")
    return int(value)


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


@uncollected()
def read(connection: sqlite3.Connection, file: Path, before: Snapshot | None = None) -> Snapshot:
    """Everything, of one time.

    Parameters
    ----------
    connection
    file
        Of the project.
    before
        What was read before; rows that have not changed are taken from it.

    Raises
    ------
    ProjectError
        The file is damaged.
    """
    with damaged(file):
        found = [_Film.of(*values) for values in connection.execute(_Film.QUERY)]
        found.sort(key=lambda each: (natural(each.film.name), each.film.id))
        described = {each.film.id: each for each in found if each.vectors}
        written = {film: each.written for film, each in described.items()}
        rows = _rows(connection, written, before)
        return Snapshot(
            change=change(connection),
            meta=dict(connection.execute("SELECT key, value FROM meta")),
            films=tuple(each.film for each in found),
            vectors={film: each.vectors for film, each in described.items()},
            looks={film: each.looks for film, each in described.items()},
            apart={film: each.apart for film, each in described.items()},
            behind=frozenset(each.film.id for each in found if each.behind),
            rows=tuple(row for film in sorted(rows) for row in rows[film]),
            aliases=_aliases(connection),
            given={
                number: (str(name), bool(hidden))
                for number, name, hidden in connection.execute(
                    "SELECT number, name, hidden FROM person WHERE name != '' OR hidden"
                )
            },
            log=_log(connection),
            file=file,
            questions=(_stored(connection, "doubt"), _stored(connection, "impure")),
            written=written,
        )


@dataclass(frozen=True, slots=True)
class _Film:
    """A film as stored."""

    QUERY: ClassVar = (
        "SELECT id, name, source, fingerprint, folder, duration_s, state, error, attempts, key,"
        " vectors, looks, apart, written, behind FROM film"
    )

    film: ProjectFilm
    vectors: str
    looks: bytes
    apart: bytes
    written: int
    behind: bool

    @classmethod
    def of(cls, number: Any, *values: Any) -> _Film:
        """Checked."""
        name, source, fingerprint, folder, duration_s, state, error, attempts, key, *rest = values
        if not is_inside(folder):
            raise ValueError(f"folder {folder!r} of a film")
        film = ProjectFilm(
            int(number), str(name), os.fsdecode(source), str(fingerprint), folder,
            float(duration_s), FilmState(state), str(error), int(attempts), str(key),
        )  # fmt: skip
        vectors, looks, apart, written, behind = rest
        return cls(film, str(vectors), looks, apart, int(written), bool(behind))


def _stored(connection: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    """Questions as stored, in order."""
    return connection.execute(f"SELECT * FROM {table} ORDER BY position").fetchall()


def _rows(
    connection: sqlite3.Connection, written: Mapping[int, int], before: Snapshot | None
) -> dict[int, tuple[Row, ...]]:
    """The rows of each film; what was not written since is taken from what was read before."""
    same = {} if before is None else dict(written.items() & before.written.items())
    known = {film: before.rows_of[film] for film in same} if before else {}
    found: dict[int, dict[int, Row]] = {film: {} for film in written if film not in known}
    for row in _rows_since(connection, 0 if before is None else before.change):
        if row.film not in found:
            found[row.film] = dict(enumerate(known[row.film]))
        found[row.film][row.position] = row
    for film, rows in found.items():
        if sorted(rows) != list(range(len(rows))):
            raise ValueError(f"people of film {film}")
    return known | {film: tuple(rows[i] for i in range(len(rows))) for film, rows in found.items()}


def _rows_since(connection: sqlite3.Connection, number: int) -> Iterator[Row]:
    """Rows that were written after a change."""
    for film, position, *facts in connection.execute(
        "SELECT film, position, id, name, hidden, own_name, own_hidden, anchors, person, evidence,"
        f" confirmed, {', '.join(_NUMBERS)} FROM member WHERE written > ?",
        (number,),
    ):
        id_, name, hidden, own_name, own_hidden, anchors, person, evidence, sure, *numbers = facts
        yield Row(
            int(film),
            int(position),
            str(id_),
            str(name),
            bool(hidden),
            str(own_name),
            bool(own_hidden),
            tuple(str(anchors).split()),
            dict(zip(_NUMBERS, map(float, numbers), strict=True)),
            int(person or 0),
            math.nan if evidence is None else float(evidence),
            bool(sure),
        )


def _aliases(connection: sqlite3.Connection) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for film, key, position in connection.execute("SELECT film, key, position FROM alias"):
        found.setdefault(film, {})[key] = position
    return found


def _log(connection: sqlite3.Connection) -> tuple[LoggedEdit, ...]:
    found = []
    for action, who, others, name, author, at, undone, numbers in connection.execute(
        "SELECT action, who, others, name, author, at, undone, numbers FROM edit ORDER BY id"
    ):
        edit = CastEdit(CastAction(action), _anchors(who), _anchors(others), name, author, at)
        known = tuple((int(a), int(b), int(c)) for a, b, c in parse_json(numbers))
        found.append(LoggedEdit(edit, int(undone), known))
    return tuple(sorted(found, key=lambda each: each.undone))  # stable: in effect first


def _anchors(text: str) -> tuple[Anchor, ...]:
    return tuple(Anchor(str(film), str(key)) for film, key in parse_json(text))


# --- writing --------------------------------------------------------------------------------------


def put_film(connection: sqlite3.Connection, film: ProjectFilm) -> int:
    """Add a film, or replace its facts; returns its number.

    Parameters
    ----------
    connection
        Within a transaction.
    film
        With the number 0 if it is new.
    """
    facts = (
        printable(film.name), _path(film.source), film.fingerprint, film.folder, film.duration_s,
        film.state.value, printable(film.error), film.attempts, film.key,
    )  # fmt: skip
    if not film.id:
        made = connection.execute(
            "INSERT INTO film (name, source, fingerprint, folder, duration_s, state, error,"
            " attempts, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            facts,
        )
        assert made.lastrowid is not None
        return made.lastrowid
    connection.execute(
        "UPDATE film SET name = ?, source = ?, fingerprint = ?, folder = ?, duration_s = ?,"
        " state = ?, error = ?, attempts = ?, key = ? WHERE id = ?",
        (*facts, film.id),
    )
    return film.id


def _path(source: str) -> str | bytes:
    """A path as SQLite stores it: as bytes if it holds some that are not UTF-8."""
    try:
        source.encode()
    except UnicodeEncodeError:
        return os.fsencode(source)
    return source


def put_people(
    connection: sqlite3.Connection,
    film: int,
    people: FilmPeople,
    vectors: str,
    before: Sequence[tuple[int, str, bool]],
) -> None:
    """Replace the people of a film.

    Parameters
    ----------
    connection
        Within a transaction.
    film
        Its number.
    people
    vectors
        Name of the file of their vectors.
    before
        For each, the number of the person it was so far, 0 = it is new; and name and hiding as of
        before the project corrected the person.
    """
    looks = np.zeros(len(people.looks), _LOOK)
    looks["person"], looks["row"] = people.look_person, people.look_rows
    looks["precision"] = people.look_precision
    for table in ("member", "alias"):
        connection.execute(f"DELETE FROM {table} WHERE film = ?", (film,))
    connection.execute(
        "UPDATE film SET vectors = ?, looks = ?, apart = ?, behind = 1 WHERE id = ?",
        (vectors, looks.tobytes(), people.cannot_link.astype("<i4").tobytes(), film),
    )
    number = change(connection) + 1
    connection.execute("UPDATE film SET written = ? WHERE id = ?", (number, film))
    numbers = [getattr(people, "covers" if name == "cover" else name).tolist() for name in _NUMBERS]
    connection.executemany(
        "INSERT INTO member (written, film, position, id, own_name, own_hidden, anchors, person,"
        f" name, hidden, {', '.join(_NUMBERS)}) VALUES ({', '.join('?' * (10 + len(_NUMBERS)))})",
        [
            (
                number,
                film,
                i,
                people.ids[i],
                people.names[i],
                bool(people.hidden[i]),
                " ".join(people.anchors[i]),
                before[i][0] or None,
                *before[i][1:],
                *values,
            )
            for i, values in enumerate(zip(*numbers, strict=True))
        ],
    )


def put_aliases(connection: sqlite3.Connection, film: int, found: Mapping[str, int]) -> None:
    """Store which person of a film the faces in the log are."""
    connection.executemany(
        "INSERT OR REPLACE INTO alias VALUES (?, ?, ?)", [(film, *pair) for pair in found.items()]
    )


def put_log(connection: sqlite3.Connection, log: Iterable[LoggedEdit]) -> None:
    """Replace the log; only what changes is written."""
    wanted = [
        (
            each.edit.action.value,
            _text(each.edit.who),
            _text(each.edit.others),
            each.edit.name,
            printable(each.edit.author),
            printable(each.edit.at),
            each.undone,
            json.dumps(each.numbers),
        )
        for each in log
    ]
    same, last = 0, 0
    columns = "action, who, others, name, author, at, undone, numbers"
    for number, *values in connection.execute(f"SELECT id, {columns} FROM edit ORDER BY id"):
        if same == len(wanted) or tuple(values) != wanted[same]:
            break
        same, last = same + 1, number
    connection.execute("DELETE FROM edit WHERE id > ?", (last,))
    connection.executemany(
        f"INSERT INTO edit ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", wanted[same:]
    )


def _text(anchors: Iterable[Anchor]) -> str:
    return json.dumps([[anchor.film, anchor.key] for anchor in anchors])


def put_meta(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Set a fact of the project."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def put_own(connection: sqlite3.Connection, film: int, digest: str) -> None:
    """Note under which corrections of its own a film was described; see `Snapshot.own`."""
    put_meta(connection, _own_key(film), digest)


def _own_key(film: int) -> str:
    return f"own corrections of film {film}"


def set_behind(connection: sqlite3.Connection, films: Iterable[int], *, behind: bool) -> None:
    """Note whether the films' own corrections say what the project says."""
    connection.executemany(
        "UPDATE film SET behind = ? WHERE id = ?", [(behind, film) for film in films]
    )


def put_persons(
    connection: sqlite3.Connection,
    rows: Iterable[tuple[Row, int, float, bool]],
    given: Mapping[int, tuple[str, bool]],
) -> None:
    """Replace the people of the project; only rows that change are written.

    Parameters
    ----------
    connection
        Within a transaction.
    rows
        Each row as it was, with the number of its person, the evidence, and whether it is
        confirmed.
    given
        Number → name that somebody gave, and whether the person is hidden.
    """
    number = change(connection) + 1
    changed = [
        (number, person, None if math.isnan(evidence) else evidence, sure, row.film, row.position)
        for row, person, evidence, sure in rows
        if (row.person, row.confirmed) != (person, sure)
        or not (row.evidence == evidence or (math.isnan(row.evidence) and math.isnan(evidence)))
    ]
    connection.executemany(
        "UPDATE member SET written = ?, person = ?, evidence = ?, confirmed = ?"
        " WHERE film = ? AND position = ?",
        changed,
    )
    _replace(
        connection,
        "person",
        connection.execute("SELECT * FROM person").fetchall(),
        [(number, name, int(hidden)) for number, (name, hidden) in sorted(given.items())],
    )


def _replace(
    connection: sqlite3.Connection,
    table: str,
    before: Sequence[tuple[Any, ...]],
    after: Sequence[tuple[Any, ...]],
) -> None:
    """Make a table hold other values, by the first of each; only what changes is written."""
    known = {values[0]: values for values in before}
    gone = known.keys() - {values[0] for values in after}
    (key,) = (
        name for _, name, *_, first in connection.execute(f"PRAGMA table_info({table})") if first
    )
    connection.executemany(
        f"DELETE FROM {table} WHERE {key} = ?", [(each,) for each in sorted(gone)]
    )
    if after:
        connection.executemany(
            f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(after[0]))})",
            [values for values in after if known.get(values[0]) != values],
        )


def put_questions(
    connection: sqlite3.Connection,
    doubts: Iterable[tuple[Row, Row, float, float, float]],
    impure: Iterable[tuple[Row, tuple[int, ...], Row, float]],
) -> None:
    """Replace the questions.

    Parameters
    ----------
    connection
        Within a transaction.
    doubts
        Two rows, evidence, probability and gain of each.
    impure
        Row, detections that show the looks, row they fit, and evidence of each.
    """
    after: dict[str, list[tuple[Any, ...]]] = {
        "doubt": [
            (i, a.film, a.position, b.film, b.position, *numbers)
            for i, (a, b, *numbers) in enumerate(doubts)
        ],
        "impure": [
            (i, row.film, row.position, json.dumps(looks), to.film, to.position, evidence)
            for i, (row, looks, to, evidence) in enumerate(impure)
        ],
    }
    for table, rows in after.items():
        _replace(connection, table, _stored(connection, table), rows)


def remove_film(connection: sqlite3.Connection, film: int) -> None:
    """Remove a film with its people."""
    connection.execute("DELETE FROM film WHERE id = ?", (film,))
    connection.execute("DELETE FROM meta WHERE key = ?", (_own_key(film),))


def vectors(connection: sqlite3.Connection) -> set[str]:
    """Names of the files of vectors that films name."""
    return {str(name) for (name,) in connection.execute("SELECT vectors FROM film")}
