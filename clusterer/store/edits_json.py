"""``edits.json``: the file of a reviewer's corrections, wherever it lies."""

from __future__ import annotations

import json
from pathlib import Path

from clusterer.core.errors import EditsError, ResultError
from clusterer.core.files import read_file, reading
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


def write(path: Path, log: EditLog) -> None:
    """Write a file of corrections, as a whole or not at all.

    Raises
    ------
    EditsError
        A correction could not be read again, as with a name that is too long; the disk is full, or
        the folder cannot be written to. The file before stays.
    """
    content = {"schema": EDITS_SCHEMA, **log_to_dict(log)}
    parse_log(content)
    try:
        write_private(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n", elsewhere="")
    except ResultError as error:
        raise EditsError(error.cause, error.remedy) from None
