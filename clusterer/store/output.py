"""Files that a command writes where the user says, which may be a result folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from clusterer.core.errors import ResultError
from clusterer.core.files import ELSEWHERE, remove_temporaries, write_all
from clusterer.core.folders import is_plain_folder, make_folder
from clusterer.store.names import ANALYSIS, CHIPS, EDITS, MARKER, PARTIAL, TABLES
from clusterer.store.owned import OwnedFolder
from clusterer.store.run_lock import run_lock

_PARTS = {*TABLES, ANALYSIS, EDITS, MARKER, CHIPS, PARTIAL}
"""What a result consists of; other files of ours may be replaced."""


def write_output(folder: Path, contents: Mapping[str, bytes | str]) -> None:
    """Write files into a folder, which is made if need be; files of the same names are replaced.

    Within a result folder, or directly below one, they become files of the result: listed in its
    marker and readable by the user only. Anywhere else they are ordinary files with the usual
    rights, and no other file there is touched.

    Parameters
    ----------
    folder
    contents
        Name of the file → content.

    Raises
    ------
    ResultError
        The folder cannot be written to, a link within a result leads to it, one of the files is
        part of the result itself, such as ``result.json``, or another program is writing there.
        What was there before stays.
    """
    whole = folder.absolute()
    _refuse_links(whole)
    for home in (whole, whole.parent):
        result = OwnedFolder(home)
        if result.is_result:
            inside = whole.relative_to(home)
            files = {(inside / name).as_posix(): content for name, content in contents.items()}
            _refuse_parts(folder, contents, files)
            with result.locked():
                result.write(files, overwrite=True)
            return
    with run_lock(folder) as held:
        make_folder(folder)
        if held:
            remove_temporaries(folder)
        write_all({folder / name: content for name, content in contents.items()})


def write_private(path: Path, content: bytes | str, elsewhere: str = ELSEWHERE) -> None:
    """Write one file for this user only; in a result folder it becomes a file of the result.

    Parameters
    ----------
    path
    content
    elsewhere
        See `clusterer.core.files.write_all`.

    Raises
    ------
    ResultError
        The folder cannot be written to; what was there before stays.
    """
    folder = OwnedFolder(path.parent)
    if folder.is_result:
        folder.register([path.name], overwrite=True)
    write_all({path: content}, private=True, elsewhere=elsewhere)


def _refuse_links(folder: Path) -> None:
    """Raise if a link within a result leads out of it, as in a result from somebody else."""
    inside = (folder, *folder.parents)
    for place, homes in ((inside[i], inside[i + 1 : i + 3]) for i in range(3) if inside[i:]):
        linked = os.path.lexists(place) and not is_plain_folder(place)
        if linked and any(OwnedFolder(home).is_result for home in homes):
            raise ResultError(
                f"{place} is not a folder that cluster-video made",
                "Move it away, or name another folder with --output",
            )


def _refuse_parts(folder: Path, names: Iterable[str], within: Iterable[str]) -> None:
    """Raise if one of the files is part of the result, or would lie among its parts."""
    for name, inside in zip(names, within, strict=True):
        if inside.partition("/")[0].casefold() in _PARTS:
            raise ResultError(
                f"{folder / name} is part of a result", "Name another folder with --output"
            )
