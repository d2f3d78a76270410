"""``edits.json``: the file of a reviewer's corrections, wherever it lies."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from clusterer.core.errors import EditsError, ResultError
from clusterer.core.files import is_plain_file, read_file, reading
from clusterer.core.parse import parse_json
from clusterer.edits import EditLog, log_to_dict, parse_log
from clusterer.store.output import write_private

EDITS_SCHEMA = 1
MAX_BYTES = 256 << 20
"""Largest file that is read; no reviewer writes more."""
REMEDY = "Mend the file, or move it away to go on without its corrections"


def read(path: Path) -> EditLog:
    """Read a file of corrections.

    Raises
    ------
    EditsError
        The file is missing, damaged or cannot be read, or another version wrote it.
    """
    try:
        with reading(path, EditsError, REMEDY):
            content = parse_json(read_file(path, MAX_BYTES))
    except ValueError as error:
        raise EditsError(f"{path} is damaged ({error})", REMEDY) from None
    schema = content.get("schema") if isinstance(content, dict) else None
    if type(schema) is not int or schema != EDITS_SCHEMA:
        raise EditsError(f"{path} is not a file of corrections of this version", REMEDY)
    try:
        return parse_log(content)
    except EditsError as error:
        raise EditsError(f"{path} is damaged ({error.cause})", REMEDY) from None


def read_stored(path: Path) -> EditLog:
    """As `read`, but a missing file is one without corrections."""
    return read(path) if path.exists() or path.is_symlink() else EditLog()


def is_log(path: Path) -> bool:
    """Whether a path is that of a file of corrections that can be read, and no link."""
    if is_plain_file(path):
        with suppress(EditsError):
            read(path)
            return True
    return False


def kept_logs(folder: Path) -> list[str]:
    """Names of the corrections of films whose results were replaced, whoever listed them."""
    with suppress(OSError):
        return sorted(path.name for path in folder.glob("edits.*.json") if is_log(path))
    return []


def write(path: Path, log: EditLog) -> None:
    """Write a file of corrections, as a whole or not at all.

    Raises
    ------
    EditsError
        A correction could not be read again, as with a name that is too long; the disk is full, or
        the folder cannot be written to. The file before stays.
    """
    text = as_text(log)
    try:
        write_private(path, text, elsewhere="")
    except ResultError as error:
        raise EditsError(error.cause, error.remedy) from None


def as_text(log: EditLog) -> str:
    """The content of a file of corrections.

    Raises
    ------
    EditsError
        A correction could not be read again.
    """
    content = {"schema": EDITS_SCHEMA, **log_to_dict(log)}
    parse_log(content)
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
