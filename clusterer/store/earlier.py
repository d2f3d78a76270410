"""Result folders of versions that left no marker: what counts as one, and what in it is ours.

A folder is one if it holds any of these, as files and not as links:

* a ``result.json`` of ours: an object with `schema`, `version`, `video` and `labels`;
* an ``analysis.npz`` of ours: its `meta` has `schema`, `key` and `video`;
* a ``.partial/NNNNNN.npz`` of ours, of a run that was interrupted: its `meta` has `schema` and
  `key`;
* nothing but an empty ``.partial/chips/``, of a run that was interrupted in its first shot;
* nothing but an ``edits.json`` of ours: an object with `schema` and `edits`.

Then ours are what such a run writes, and nothing else: the tables and the report with the
first, pictures by their names with the first two, shots that are ours by their content, and their
pictures. What else lies there is the user's.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clusterer.store.marker import Marker
from clusterer.store.names import (
    ANALYSIS,
    CHIPS,
    EDITS,
    PARTIAL,
    PARTIAL_CHIPS,
    PICTURE,
    RESULT,
    SHOT,
    TABLES,
    is_file,
    is_own_folder,
)

_BYTES = 1 << 30
"""Of a file that is read to recognise it; ``result.json`` of a day of film has a tenth."""


def adopt(folder: Path) -> Marker | None:
    """The marker that a result of an earlier version should have had; None = it is no result.

    Raises
    ------
    OSError
        The folder cannot be read.
    """
    shots = [name for name in _files(folder, PARTIAL, SHOT) if _meta(folder / name) is not None]
    partial = [*shots, *_files(folder, PARTIAL_CHIPS, PICTURE)] if shots else []
    has_result = _result(folder) is not None
    if has_result or _meta(folder / ANALYSIS, "video") is not None:
        chips = _files(folder, CHIPS, PICTURE)
        tables = _there(folder, *TABLES) if has_result else []
        names = [*tables, *_there(folder, ANALYSIS, EDITS), *chips, *partial]
    elif shots or _begun(folder):
        names = [*_there(folder, EDITS), *partial]
    elif [path.name for path in folder.iterdir()] == [EDITS] and _edits(folder):
        names = [EDITS]
    else:
        return None
    return Marker(None, frozenset(names))


def stored_video(folder: Path) -> dict[str, Any] | None:
    """Facts of the video that a result is of, as they are stored; None if there are none."""
    content = _result(folder) or _meta(folder / ANALYSIS, "video")
    video = content and content["video"]
    return video if isinstance(video, dict) else None


def _result(folder: Path) -> dict[str, Any] | None:
    return _object(folder / RESULT, {"schema", "version", "video", "labels"})


def _edits(folder: Path) -> bool:
    return _object(folder / EDITS, {"schema", "edits"}) is not None


def _object(path: Path, fields: set[str]) -> dict[str, Any] | None:
    if not is_file(path) or path.stat().st_size > _BYTES:
        return None
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) and fields <= content.keys() else None


def _meta(path: Path, *more: str) -> dict[str, Any] | None:
    """The facts in an .npz file of ours, of whatever schema."""
    if not is_file(path):
        return None
    import numpy as np  # noqa: PLC0415 (heavy, and needed for results without a marker only)

    try:
        with np.load(path, allow_pickle=False) as arrays:
            content = json.loads(arrays["meta"].tobytes())
    except (OSError, ValueError, KeyError, EOFError, RecursionError, zipfile.BadZipFile):
        return None
    known = isinstance(content, dict) and {"schema", "key", *more} <= content.keys()
    return content if known else None


def _begun(folder: Path) -> bool:
    """Whether there is nothing but an empty ``.partial/chips``."""
    if [path.name for path in folder.iterdir()] != [PARTIAL]:
        return False
    inside = [path.relative_to(folder).as_posix() for path in (folder / PARTIAL).rglob("*")]
    return inside == [PARTIAL_CHIPS] and is_own_folder(folder, PARTIAL_CHIPS)


def _there(folder: Path, *names: str) -> list[str]:
    return [name for name in names if is_file(folder / name)]


def _files(folder: Path, below: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """Names of the files of one of our folders, unless that is a link."""
    if is_own_folder(folder, below):
        for path in sorted((folder / below).iterdir()):
            if pattern.fullmatch(path.name) and is_file(path):
                yield f"{below}/{path.name}"
