"""The file by which a result folder is known, and which says what in it was written by us.

JSON, one value a line. The first says whose the folder is: the schema and the film. Each other is a
list of names, relative to the folder with ``/`` between their parts. A name is added before its
file is written, so nothing of ours is ever without one; a last line that a power cut left
incomplete counts for nothing, as its files were not begun.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clusterer.core.errors import ResultError
from clusterer.core.files import write_atomic, writing
from clusterer.core.text import one_line
from clusterer.store.film import Film

MARKER = ".cluster-video.jsonl"
SCHEMA = 1
_DEEPEST = 3
"""Parts of a name: ``.partial/chips/NAME``."""


@dataclass(frozen=True, slots=True)
class Marker:
    """What a result folder says of itself.

    Attributes
    ----------
    film : whose result it is; None = it has not been said yet
    names : of the files that we wrote
    """

    film: Film | None
    names: frozenset[str]


def read_marker(folder: Path) -> Marker | None:
    """What the marker of a folder says; None if there is none, or it cannot be understood.

    Raises
    ------
    ResultError
        A later version wrote it.
    OSError
        The folder cannot be read.
    """
    path = folder / MARKER
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
        head, *lines = path.read_bytes().split(b"\n")[:-1]
        first = json.loads(head)
        schema, film = first["schema"], first["film"]
        if isinstance(schema, int) and schema > SCHEMA:
            raise ResultError(f"{path} was written by a later version", "Update cluster-video")
        known = None if film is None else Film(one_line(film["name"]), str(film["fingerprint"]))
    except (FileNotFoundError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return Marker(known, frozenset(name for line in lines for name in _names(line)))


def write_marker(folder: Path, marker: Marker) -> None:
    """Write the marker anew.

    Raises
    ------
    ResultError
        It cannot be written; the one before stays.
    """
    write_atomic(folder / MARKER, marker_text(marker), private=True)


def marker_text(marker: Marker) -> str:
    """The one form of a marker: what it says, in two lines."""
    film = marker.film
    told = None if film is None else {"name": film.name, "fingerprint": film.fingerprint}
    head = json.dumps({"program": "cluster-video", "schema": SCHEMA, "film": told})
    lines = [head, *([_line(marker.names)] if marker.names else [])]
    return "\n".join(lines) + "\n"


def add_names(folder: Path, names: Iterable[str]) -> None:
    """Add names to the marker, on the disk before this returns.

    Raises
    ------
    ResultError
        It cannot be written.
    """
    path = folder / MARKER
    with writing(path), path.open("r+b") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 1))
        whole = file.read(1) == b"\n"
        try:
            file.write(f"{'' if whole else chr(10)}{_line(names)}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            file.truncate(end)
            raise


def _line(names: Iterable[str]) -> str:
    return json.dumps(sorted(names))


def _names(line: bytes) -> list[str]:
    """Names of one line; what is none, or leads out of the folder, is passed over."""
    try:
        found: Any = json.loads(line)
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, list):
        return []
    return [name for name in found if isinstance(name, str) and is_inside(name)]


def is_inside(name: str) -> bool:
    """Whether a name can only mean a file within the folder, on every system."""
    parts = name.split("/")
    if name == MARKER or len(parts) > _DEEPEST:
        return False
    return not any(part in {"", ".", ".."} or set(part) & set("\\:\0") for part in parts)
