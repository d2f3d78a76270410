"""The commit: one rename by which new files become the result, all of them at once.

Each new file is first written into ``.partial/``, under the name that it will have: as
``.partial/people.csv``. When all are on the disk, ``.partial/commit.json``, which lists them, is
renamed into place. From then on they are the result: a reader takes a listed file from
``.partial/`` while it is there, else from its place. The writer then moves each file to its place,
deletes those that only the old result had, and deletes the commit last. If it is killed meanwhile,
readers see the new result all the same, and the next writer completes the moves.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from clusterer.core.errors import ClustererError
from clusterer.core.files import is_plain_file, is_there, read_file
from clusterer.core.folders import has_plain_folder
from clusterer.core.parse import parse_json
from clusterer.core.sync import sync_folder
from clusterer.store.film import Film
from clusterer.store.marker import film_dict, is_inside, read_film
from clusterer.store.names import ANALYSIS, COMMIT, EDITS, MOST_BYTES, PARTIAL, RESULT, staged

SCHEMA = 1
T = TypeVar("T")
_TRIES = 5
"""How often a result is read that others keep replacing; a commit takes milliseconds."""
Version = tuple[int, int, int]
"""Identifies the content of a file; a rename keeps it."""


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit changes.

    Attributes
    ----------
    film : whose result it is; None = not known
    new : names of the new files
    old : names of files that only the old result has
    kept : new name of the corrections if those are of another film, else empty
    """

    film: Film | None
    new: frozenset[str]
    old: frozenset[str]
    kept: str = ""


def commit_text(commit: Commit) -> str:
    """A commit as text, always the same for the same content."""
    content = {
        "schema": SCHEMA,
        "film": film_dict(commit.film),
        "new": sorted(commit.new),
        "old": sorted(commit.old),
        "kept": commit.kept,
    }
    return json.dumps(content) + "\n"


def read_commit(folder: Path) -> Commit | None:
    """The commit that has not been completed; None if there is none, or it makes no sense."""
    path = folder / COMMIT
    if not (is_plain_file(path) and has_plain_folder(folder, PARTIAL)):
        return None
    try:
        return _parsed(path, _version(path))
    except (OSError, ValueError, TypeError, KeyError):
        return None


@lru_cache(maxsize=4)
def _parsed(path: Path, _version: Version) -> Commit:
    content = parse_json(read_file(path, MOST_BYTES))
    if content["schema"] != SCHEMA:
        raise ValueError("another schema")
    new, old = (frozenset(map(_name, content[key])) for key in ("new", "old"))
    kept = content["kept"] and _name(content["kept"])
    return Commit(read_film(content["film"]), new, old, kept)


def _name(name: object) -> str:
    """A name that can only mean a file of the result."""
    if not (isinstance(name, str) and is_inside(name)):
        raise ValueError("no name")
    return name


def places(folder: Path, name: str) -> tuple[Path, ...]:
    """Where a file of the result may lie: to try one after the other, as a commit moves it."""
    commit = read_commit(folder)
    place = folder / name
    if commit is None or name not in commit.new:
        return (place,)
    beside = folder / staged(name)
    inside = has_plain_folder(folder, staged(name).rpartition("/")[0])
    return (beside, place) if inside and is_plain_file(beside) else (place,)


def place_of(folder: Path, name: str) -> Path:
    """Where a file of the result lies now; it need not be there."""
    return places(folder, name)[0]


def edits_go(folder: Path, commit: Commit | None) -> bool:
    """Whether the corrections still have to be renamed because they are of another film."""
    return commit is not None and commit.kept != "" and not is_there(folder / commit.kept)


def set_edits_aside(folder: Path) -> None:
    """Rename the corrections that a commit keeps for another film; the caller holds their lock.

    Raises
    ------
    OSError
        They cannot be renamed.
    """
    commit = read_commit(folder)
    if commit is not None and edits_go(folder, commit) and is_there(folder / EDITS):
        (folder / EDITS).rename(folder / commit.kept)
        sync_folder(folder)


def version(folder: Path, name: str) -> Version | None:
    """Identify the content of a file of the result, which a commit may be moving.

    Returns
    -------
    None if it is missing, or if it is the corrections of another film
    """
    if name == EDITS and edits_go(folder, read_commit(folder)):
        return None
    for path in places(folder, name):
        try:
            return _version(path)
        except OSError:
            continue
    return None


def versions(folder: Path) -> tuple[Version | None, ...]:
    """Identify the analysis and the tables of a result folder."""
    return tuple(version(folder, name) for name in (ANALYSIS, RESULT))


def read_together(folder: Path, read: Callable[[], T]) -> T:
    """Read files of a result that belong together; again if a commit replaced them meanwhile."""
    for _ in range(_TRIES - 1):
        before = _state(folder)
        try:
            found = read()
        except ClustererError:
            if _state(folder) == before:
                raise
        else:
            if versions(folder) == before[0]:
                return found
    return read()


def _state(folder: Path) -> tuple[object, ...]:
    """What the analysis and the tables are, and where: a commit may move them meanwhile."""
    return versions(folder), *(places(folder, name) for name in (ANALYSIS, RESULT))


def _version(path: Path) -> Version:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size
