"""The marker: the file that makes a folder a result folder and lists what in it is ours.

JSON, one value per line. The first line holds the schema and the film. Every other line is a list
of names relative to the folder, their parts separated by ``/``. A name is added before its file is
written, so none of our files is ever unlisted. An incomplete last line, as a power cut leaves it,
is ignored, because its files were not begun.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clusterer.core.errors import CacheError, ResultError
from clusterer.core.files import (
    is_encodable,
    is_plain_file,
    read_file,
    write_atomic,
    write_bytes,
    writing,
)
from clusterer.core.folders import has_plain_folder
from clusterer.core.parse import parse_json
from clusterer.core.text import one_line
from clusterer.store.film import Film
from clusterer.store.names import (
    ANALYSIS,
    CHIPS,
    EDITS,
    MARKER,
    MOST_BYTES,
    PART,
    PARTIAL,
    PARTIAL_CHIPS,
    PICTURE,
    RESULT,
    TABLES,
)

SCHEMA = 1
_DEEPEST = 3
"""Most parts of a name: ``.partial/chips/NAME``."""


@dataclass(frozen=True, slots=True)
class Marker:
    """What the marker of a result folder says.

    Attributes
    ----------
    film : whose result it is; None = not known yet
    names : of the files that we wrote
    """

    film: Film | None
    names: frozenset[str]


def read_marker(folder: Path) -> Marker | None:
    """The marker of a folder; None if there is none, or it makes no sense.

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
        head, *lines = read_file(path, MOST_BYTES).split(b"\n")[:-1]
        first = parse_json(head)
        schema, film = first["schema"], first["film"]
        if isinstance(schema, int) and schema > SCHEMA:
            raise ResultError(f"{path} was written by a later version", "Update cluster-video")
        known = read_film(film)
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None
    return Marker(known, frozenset(name for line in lines for name in _names(line)))


def write_marker(folder: Path, marker: Marker) -> None:
    """Replace the marker.

    Raises
    ------
    ResultError
        It cannot be written; the old one stays.
    """
    write_atomic(folder / MARKER, marker_text(marker), private=True)


def marker_text(marker: Marker) -> str:
    """A marker as text, always the same for the same content: at most two lines."""
    stored = film_dict(marker.film)
    head = json.dumps({"program": "cluster-video", "schema": SCHEMA, "film": stored})
    lines = [head, *([_line(marker.names)] if marker.names else [])]
    return "\n".join(lines) + "\n"


def film_dict(film: Film | None) -> dict[str, str] | None:
    """A film, JSON-ready."""
    return None if film is None else {"name": film.name, "fingerprint": film.fingerprint}


def read_film(stored: Any) -> Film | None:
    """The inverse of `film_dict`; raises TypeError or KeyError on bad input."""
    return None if stored is None else Film(one_line(stored["name"]), str(stored["fingerprint"]))


def add_names(folder: Path, names: Iterable[str]) -> None:
    """Append names to the marker; they are on the disk when this returns.

    Raises
    ------
    ResultError
        It cannot be written.
    """
    path = folder / MARKER
    flags = os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    with writing(path):
        handle = os.open(path, flags)
        try:
            end = os.lseek(handle, 0, os.SEEK_END)
            os.lseek(handle, max(0, end - 1), os.SEEK_SET)
            whole = os.read(handle, 1) == b"\n"
            os.lseek(handle, end, os.SEEK_SET)
            try:
                write_bytes(handle, f"{'' if whole else chr(10)}{_line(names)}\n".encode())
                os.fsync(handle)
            except OSError:
                os.ftruncate(handle, end)
                raise
        finally:
            os.close(handle)


def _line(names: Iterable[str]) -> str:
    return json.dumps(sorted(names))


def _names(line: bytes) -> list[str]:
    """Names of one line; whatever is not a name, or leads out of the folder, is skipped."""
    try:
        found: Any = parse_json(line)
    except ValueError:
        return []
    if not isinstance(found, list):
        return []
    return [name for name in found if isinstance(name, str) and is_inside(name)]


def is_inside(name: str) -> bool:
    """Whether a name can only mean a file within the folder, on every system."""
    parts = name.split("/")
    if name == MARKER or len(parts) > _DEEPEST or not is_encodable(name):
        return False
    return not any(part in {"", ".", ".."} or set(part) & set("\\:\0") for part in parts)


def recognise(folder: Path) -> Marker | None:
    """The marker that a result of an earlier version would have; None = it is not a result.

    Earlier versions left no marker. A folder is a result if it holds any of these, as plain files:

    * a ``result.json`` with `schema`, `version`, `video` and `labels`;
    * an ``analysis.npz`` whose `meta` has `schema`, `key` and `video`;
    * a ``.partial/NNNNNN.npz`` whose `meta` has `schema` and `key`: an interrupted run;
    * nothing but an empty ``.partial/chips/``: a run interrupted in its first shot;
    * nothing but an ``edits.json`` with `schema` and `edits`.

    The files that such a run writes are then ours: tables and report along with the first, pictures
    by their names along with the first two, shots by their content, and their pictures. Everything
    else belongs to the user.

    Raises
    ------
    OSError
        The folder cannot be read.
    """
    shots = [
        name for name in _files(folder, PARTIAL, PART) if _read_meta(folder / name) is not None
    ]
    partial = [*shots, *_files(folder, PARTIAL_CHIPS, PICTURE)] if shots else []
    has_result = _read_result(folder) is not None
    if has_result or _read_meta(folder / ANALYSIS, "video") is not None:
        chips = _files(folder, CHIPS, PICTURE)
        tables = _existing(folder, *TABLES) if has_result else []
        names = [*tables, *_existing(folder, ANALYSIS, EDITS), *chips, *partial]
    elif shots or _just_started(folder):
        names = [*_existing(folder, EDITS), *partial]
    elif [path.name for path in folder.iterdir()] == [EDITS] and _edits(folder):
        names = [EDITS]
    else:
        return None
    return Marker(None, frozenset(names))


def stored_video(folder: Path) -> dict[str, Any] | None:
    """Facts of the video as a result stores them; None if it stores none."""
    content = _read_result(folder) or _read_meta(folder / ANALYSIS, "video")
    video = content and content["video"]
    return video if isinstance(video, dict) else None


def _read_result(folder: Path) -> dict[str, Any] | None:
    return _read_object(folder / RESULT, {"schema", "version", "video", "labels"})


def _edits(folder: Path) -> bool:
    return _read_object(folder / EDITS, {"schema", "edits"}) is not None


def _read_object(path: Path, fields: set[str]) -> dict[str, Any] | None:
    if not is_plain_file(path) or path.stat().st_size > MOST_BYTES:
        return None
    try:
        content = parse_json(read_file(path, MOST_BYTES))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and fields <= content.keys() else None


def _read_meta(path: Path, *more: str) -> dict[str, Any] | None:
    """The facts in an .npz file of ours, of any schema."""
    if not is_plain_file(path):
        return None
    # For results without a marker only.
    from clusterer.store.analysis_npz import read_meta  # noqa: PLC0415 (loads NumPy)

    try:
        content = read_meta(path)
    except CacheError:
        return None
    return content if {"schema", "key", *more} <= content.keys() else None


def _just_started(folder: Path) -> bool:
    """Whether a folder holds nothing but an empty ``.partial/chips``."""
    if [path.name for path in folder.iterdir()] != [PARTIAL]:
        return False
    inside = [path.relative_to(folder).as_posix() for path in (folder / PARTIAL).rglob("*")]
    return inside == [PARTIAL_CHIPS] and has_plain_folder(folder, PARTIAL_CHIPS)


def _existing(folder: Path, *names: str) -> list[str]:
    return [name for name in names if is_plain_file(folder / name)]


def _files(folder: Path, below: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """Names of the files in a subfolder, unless that is a link."""
    if has_plain_folder(folder, below):
        for path in sorted((folder / below).iterdir()):
            if pattern.fullmatch(path.name) and is_plain_file(path):
                yield f"{below}/{path.name}"
