"""The SQLite file of a project: opened, checked, brought up to date, written in transactions.

A connection lasts for one reading or one transaction, so any thread may call, nothing stays open,
and SQLite clears its log away when the last one is closed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from clusterer.core.errors import ProjectError
from clusterer.core.files import is_file, special_kind
from clusterer.project.names import FILE, MENDING

_OURS = 0x636C7670
"""Marks the file as ours, see ``PRAGMA application_id``: ``clvp``."""
_WAIT_S = 5.0
"""How long a program waits for another one's transaction, which takes milliseconds."""
_HELD = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

_TABLES = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE film (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL, source TEXT NOT NULL, fingerprint TEXT NOT NULL UNIQUE,
        folder TEXT NOT NULL, duration_s REAL NOT NULL, state TEXT NOT NULL, error TEXT NOT NULL,
        attempts INTEGER NOT NULL, key TEXT NOT NULL,
        vectors TEXT NOT NULL DEFAULT '',
        looks BLOB NOT NULL DEFAULT x'', apart BLOB NOT NULL DEFAULT x'',
        written INTEGER NOT NULL DEFAULT 0, behind INTEGER NOT NULL DEFAULT 0)""",
    "CREATE TABLE person (number INTEGER PRIMARY KEY, name TEXT NOT NULL, hidden INTEGER NOT NULL)",
    """CREATE TABLE member (
        film INTEGER NOT NULL REFERENCES film ON DELETE CASCADE, position INTEGER NOT NULL,
        id TEXT NOT NULL, name TEXT NOT NULL, hidden INTEGER NOT NULL,
        own_name TEXT NOT NULL, own_hidden INTEGER NOT NULL, anchors TEXT NOT NULL,
        precision REAL NOT NULL, quality REAL NOT NULL, scatter REAL NOT NULL,
        screen_time_s REAL NOT NULL, n_tracks INTEGER NOT NULL, n_faces INTEGER NOT NULL,
        n_looks INTEGER NOT NULL, cover INTEGER NOT NULL,
        person INTEGER REFERENCES person DEFERRABLE INITIALLY DEFERRED,
        evidence REAL, confirmed INTEGER NOT NULL DEFAULT 0,
        written INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (film, position)) WITHOUT ROWID""",
    "CREATE INDEX member_person ON member (person)",
    """CREATE TABLE alias (
        film INTEGER NOT NULL REFERENCES film ON DELETE CASCADE, key TEXT NOT NULL,
        position INTEGER NOT NULL, PRIMARY KEY (film, key)) WITHOUT ROWID""",
    """CREATE TABLE edit (
        id INTEGER PRIMARY KEY AUTOINCREMENT, action TEXT NOT NULL, who TEXT NOT NULL,
        others TEXT NOT NULL, name TEXT NOT NULL, author TEXT NOT NULL, at TEXT NOT NULL,
        undone INTEGER NOT NULL DEFAULT 0, numbers TEXT NOT NULL DEFAULT '[]')""",
    """CREATE TABLE doubt (
        position INTEGER PRIMARY KEY, film_a INTEGER NOT NULL, a INTEGER NOT NULL,
        film_b INTEGER NOT NULL, b INTEGER NOT NULL, evidence REAL NOT NULL,
        probability REAL NOT NULL, gain_s REAL NOT NULL,
        FOREIGN KEY (film_a, a) REFERENCES member ON DELETE CASCADE,
        FOREIGN KEY (film_b, b) REFERENCES member ON DELETE CASCADE)""",
    """CREATE TABLE impure (
        position INTEGER PRIMARY KEY, film INTEGER NOT NULL, row INTEGER NOT NULL,
        looks TEXT NOT NULL, film_to INTEGER NOT NULL, row_to INTEGER NOT NULL,
        evidence REAL NOT NULL,
        FOREIGN KEY (film, row) REFERENCES member ON DELETE CASCADE,
        FOREIGN KEY (film_to, row_to) REFERENCES member ON DELETE CASCADE)""",
)


def _first(connection: sqlite3.Connection) -> None:
    """Schema 1."""
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('change', '0'), ('edition', '0')")


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_first,)
"""Number i makes schema i + 1 of schema i, within the transaction of whoever writes first."""


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """One consistent view of a project, also while another program writes.

    A project on a disk that cannot be written to is read, too.

    Yields
    ------
    A connection that cannot write

    Raises
    ------
    ProjectError
        The file is missing, damaged, not a project's, of a later version, or cannot be read.
    """
    with _errors(file, "read"):
        connection = _opened(file)
        try:
            connection.execute("PRAGMA query_only = 1")
            version = _version(connection, file)
            if version < len(MIGRATIONS):
                connection.close()
                with writing(file):  # brings it up to date
                    pass
                connection = _opened(file)
                connection.execute("PRAGMA query_only = 1")
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()


@contextmanager
def writing(file: Path, *, seen: bool = True) -> Iterator[sqlite3.Connection]:
    """One transaction: everything that is written within happens, or, on any error, nothing.

    Parameters
    ----------
    file
    seen
        Whether it changes what a reader sees of the project: raises the edition.

    Raises
    ------
    ProjectError
        As of `reading`; or the disk is full or cannot be written to, or another program has been
        writing for seconds.
    """
    with _errors(file, "write"):
        connection = _connect(file, "rw")
        try:
            with suppress(sqlite3.OperationalError):  # the file system has no shared memory
                connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")  # a power cut loses no correction
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("BEGIN IMMEDIATE")
            try:
                _migrate(connection, _version(connection, file))
                yield connection
                for key in ("change", "edition")[: 1 + seen]:
                    connection.execute("UPDATE meta SET value = value + 1 WHERE key = ?", (key,))
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
        finally:
            connection.close()


@contextmanager
def held(file: Path) -> Iterator[sqlite3.Connection]:
    """Nobody writes meanwhile, on whatever machine; what is written within does not happen.

    Raises
    ------
    ProjectError
        As of `writing`.
    """
    with _errors(file, "write"):
        connection = _connect(file, "rw")
        try:
            connection.execute("BEGIN IMMEDIATE")
            _version(connection, file)
            yield connection
            connection.execute("ROLLBACK")
        finally:
            connection.close()


def compact(file: Path) -> None:
    """Overwrite all that was deleted: in the file, its free pages and its log.

    Raises
    ------
    ProjectError
        As of `writing`, or another program has the project open.
    """
    with _errors(file, "write"):
        connection = _connect(file, "rw")
        try:
            _version(connection, file)
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("VACUUM")
            ((busy, *_),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
    if busy:
        raise ProjectError(f"Another program is reading {file}", "Try again when it is done")


def create(file: Path, meta: dict[str, str]) -> None:
    """Make the file of a project, whole or not at all; an empty one is what a killed program left.

    One that another program has made meanwhile stays.

    Parameters
    ----------
    file
        Its folder must exist.
    meta
        What the project consists of, see `clusterer.project.records`.

    Raises
    ------
    ProjectError
        It cannot be written.
    """
    with _errors(file, "write"):
        try:
            flags = os.O_CREAT | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
            os.close(os.open(file, flags, 0o600))  # SQLite gives its other files the same rights
        except OSError as error:
            raise sqlite3.OperationalError((error.strerror or str(error)).lower()) from None
        connection = _connect(file, "rw")
        try:
            connection.execute("BEGIN IMMEDIATE")
            ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_master")
            if not tables:  # else another program has made it meanwhile
                connection.execute(f"PRAGMA application_id = {_OURS}")
                _migrate(connection, 0)
                connection.executemany("INSERT INTO meta VALUES (?, ?)", list(meta.items()))
            connection.execute("COMMIT")
        finally:
            connection.close()


def _migrate(connection: sqlite3.Connection, version: int) -> None:
    for number, migration in enumerate(MIGRATIONS[version:], start=version + 1):
        migration(connection)
        connection.execute(f"PRAGMA user_version = {number}")


def _version(connection: sqlite3.Connection, file: Path) -> int:
    """The schema; raises ProjectError if this is not a project that this version can use."""
    ((mark,),) = connection.execute("PRAGMA application_id")
    ((version,),) = connection.execute("PRAGMA user_version")
    if mark != _OURS or version < 1:
        raise ProjectError(f"{file} is not the file of a project", "Name another folder")
    if version > len(MIGRATIONS):
        raise ProjectError(f"{file} was written by a later version", "Update cluster-video")
    return int(version)


def _opened(file: Path) -> sqlite3.Connection:
    """A connection to read by, the first of three ways that works.

    One that may write clears up SQLite's log. Where that is not allowed, one that may not reads the
    log that is there. On a disk that cannot be written to, there is none, and the file is read as
    one that does not change.
    """
    ways = ["rw", "ro", "ro&immutable=1"] if _is_still(file) else ["rw", "ro"]
    for way in ways[:-1]:
        try:
            return _tried(file, way)
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _HELD:  # or an extended code of it
                raise
    return _tried(file, ways[-1])


def _is_still(file: Path) -> bool:
    """Whether nobody can be writing: this user may not, and no other has left a log."""
    if all(os.access(path, os.W_OK) for path in (file, file.parent)):
        return False
    for ending in ("wal", "journal"):
        try:
            if file.with_name(f"{FILE}-{ending}").stat().st_size:
                return False
        except FileNotFoundError:
            continue
        except OSError:
            return False
    return True


def _tried(file: Path, way: str) -> sqlite3.Connection:
    """A connection that has read something."""
    connection = _connect(file, way)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(file: Path, way: str) -> sqlite3.Connection:
    if kind := special_kind(file):
        raise ProjectError(f"{file} is {kind}, not a file", "Name another folder")
    if not is_file(file):
        raise ProjectError(f"{file.parent} is not a project", "Give a folder NAME.cast")
    uri = f"{file.absolute().as_uri()}?mode={way}"
    connection = sqlite3.connect(uri, uri=True, timeout=_WAIT_S, isolation_level=None)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _errors(file: Path, verb: str) -> Iterator[None]:
    """Turn SQLite's errors into one line with cause and remedy."""
    try:
        yield
    except sqlite3.OperationalError as error:
        words = str(error)
        raise ProjectError(f"Cannot {verb} {file} ({words})", _remedy(words)) from None
    except sqlite3.DatabaseError as error:
        raise ProjectError(f"{file} is damaged ({error})", MENDING) from None


def _remedy(words: str) -> str:
    remedies = {
        "full": "Free some space",
        "readonly": "Make it writable",
        "permission": "Make it writable",
        "read-only": "Make it writable",
        "is locked": "Another program is writing; try again when it is done",
        "locking": "Move the project to a disk of this machine",
        "disk i/o": "Check the disk",
    }
    return next((remedy for part, remedy in remedies.items() if part in words.lower()), "")
