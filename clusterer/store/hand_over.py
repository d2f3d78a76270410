"""Files that a command writes where the user says, which may be a result folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from clusterer.core.errors import ResultError
from clusterer.core.files import ELSEWHERE, make_folder, write_all
from clusterer.store.folder import ResultFolder
from clusterer.store.marker import MARKER
from clusterer.store.names import ANALYSIS, CHIPS, EDITS, PARTIAL, TABLES

_OF_THE_RUN = {*TABLES, ANALYSIS, EDITS, MARKER, CHIPS, PARTIAL}
"""What a result is made of; other files of ours may come and go."""


def hand_over(folder: Path, contents: Mapping[str, bytes | str]) -> None:
    """Write files into a folder, which is made if need be; earlier ones of their names go.

    In a result folder, or one in it, they become files of the result: listed, and for the user's
    eyes only. Anywhere else they are the user's, to be handed on: with the usual rights, and no
    other file there is touched.

    Parameters
    ----------
    folder
    contents
        Name of the file → content.

    Raises
    ------
    ResultError
        The folder cannot be written to, or a file of it is part of the result itself, such as
        ``result.json``; what was there before stays.
    """
    whole = folder.absolute()
    for home in (whole, whole.parent):
        result = ResultFolder(home)
        if result.is_result:
            inside = whole.relative_to(home)
            files = {(inside / name).as_posix(): content for name, content in contents.items()}
            _refuse_parts(folder, contents, files)
            result.write(files, taking=True)
            return
    make_folder(folder)
    write_all({folder / name: content for name, content in contents.items()})


def _refuse_parts(folder: Path, names: Iterable[str], within: Iterable[str]) -> None:
    """Raise if a file would take the place of what the result is made of, or lie among it."""
    for name, inside in zip(names, within, strict=True):
        if inside.partition("/")[0].casefold() in _OF_THE_RUN:
            raise ResultError(
                f"{folder / name} is part of a result", "Name another folder with --output"
            )


def keep(path: Path, content: bytes | str, elsewhere: str = ELSEWHERE) -> None:
    """Write one file for the user's eyes only; in a result folder, as a file of the result."""
    result = ResultFolder(path.parent)
    if result.is_result:
        result.claim([path.name], taking=True)
    write_all({path: content}, private=True, elsewhere=elsewhere)
