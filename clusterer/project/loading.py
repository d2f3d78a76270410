"""A project's file → a `Snapshot`: read as a whole, or what was written since the last."""

from __future__ import annotations

import math
import os
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from clusterer.core.parse import parse_json
from clusterer.core.text import natural
from clusterer.project.snapshot import NUMBERS, LoggedEdit, Row, Snapshot, damaged, uncollected
from clusterer.project.types import Anchor, CastAction, CastEdit, FilmState, ProjectFilm
from clusterer.store.marker import is_inside


def change(connection: sqlite3.Connection) -> int:
    """Number of the last transaction."""
    ((value,),) = connection.execute("SELECT value FROM meta WHERE key = 'change'")
    return int(value)


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
            questions=(stored(connection, "doubt"), stored(connection, "impure")),
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


def stored(connection: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
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
        f" confirmed, {', '.join(NUMBERS)} FROM member WHERE written > ?",
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
            dict(zip(NUMBERS, map(float, numbers), strict=True)),
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


def vectors(connection: sqlite3.Connection) -> set[str]:
    """Names of the files of vectors that films name."""
    return {str(name) for (name,) in connection.execute("SELECT vectors FROM film")}
