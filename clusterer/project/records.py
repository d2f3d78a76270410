"""What is written into a project's file, each within a transaction."""

from __future__ import annotations

import json
import math
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from clusterer.core.config import Config, LinkConfig, settings
from clusterer.core.text import printable
from clusterer.project.crowd import FilmPeople
from clusterer.project.loading import change, stored
from clusterer.project.snapshot import (
    LOOK,
    NUMBERS,
    LoggedEdit,
    Row,
    background_key,
    own_key,
)
from clusterer.project.types import Anchor, ProjectFilm, Scope


def first_meta(scope: Scope, config: Config, link: LinkConfig) -> dict[str, str]:
    """Facts of a new project."""
    return {
        "scope": scope.value,
        "config": json.dumps(settings(config)),
        "link": json.dumps(asdict(link)),
        "next person": "1",
        "numbered": "0",
    }


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
    looks = np.zeros(len(people.looks), LOOK)
    looks["person"], looks["row"] = people.look_person, people.look_rows
    looks["precision"] = people.look_precision
    for table in ("member", "alias"):
        connection.execute(f"DELETE FROM {table} WHERE film = ?", (film,))
    connection.execute(
        "UPDATE film SET vectors = ?, looks = ?, apart = ? WHERE id = ?",
        (vectors, looks.tobytes(), people.cannot_link.astype("<i4").tobytes(), film),
    )
    number = change(connection) + 1
    connection.execute("UPDATE film SET written = ? WHERE id = ?", (number, film))
    numbers = [getattr(people, "covers" if name == "cover" else name).tolist() for name in NUMBERS]
    connection.executemany(
        "INSERT INTO member (written, film, position, id, own_name, own_hidden, anchors, person,"
        f" name, hidden, {', '.join(NUMBERS)}) VALUES ({', '.join('?' * (10 + len(NUMBERS)))})",
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


def remove_meta(connection: sqlite3.Connection, key: str) -> None:
    """Remove a fact of the project."""
    connection.execute("DELETE FROM meta WHERE key = ?", (key,))


def put_own(connection: sqlite3.Connection, film: int, digest: str) -> None:
    """Note under which corrections of its own a film was described; see `Snapshot.own`."""
    put_meta(connection, own_key(film), digest)


def put_background(connection: sqlite3.Connection, film: int, people: FilmPeople) -> None:
    """Note which people of a film are in the background; see `Snapshot.background_of`."""
    positions = np.flatnonzero(people.background).tolist()
    put_meta(connection, background_key(film), json.dumps(positions))


def set_behind(connection: sqlite3.Connection, films: Iterable[int], *, behind: bool) -> None:
    """Note whether the films' own corrections lack something that the project holds."""
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
        _replace(connection, table, stored(connection, table), rows)


def forget_people(connection: sqlite3.Connection, film: int) -> None:
    """Remove all that is known of a film's people."""
    for table in ("member", "alias"):
        connection.execute(f"DELETE FROM {table} WHERE film = ?", (film,))
    connection.execute(
        "UPDATE film SET vectors = '', looks = x'', apart = x'', behind = 0 WHERE id = ?", (film,)
    )
    _remove_meta_of(connection, film)


def remove_film(connection: sqlite3.Connection, film: int) -> None:
    """Remove a film with its people."""
    connection.execute("DELETE FROM film WHERE id = ?", (film,))
    _remove_meta_of(connection, film)


def _remove_meta_of(connection: sqlite3.Connection, film: int) -> None:
    for key in (own_key(film), background_key(film)):
        remove_meta(connection, key)
