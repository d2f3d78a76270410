"""What a result of tables only lacks: pictures, and the note on where its film lies."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import PurePosixPath

from clusterer.core.errors import CacheError
from clusterer.core.files import is_plain_file, writing
from clusterer.core.folders import has_plain_folder
from clusterer.outputs.export.base import FORMATS
from clusterer.store import film
from clusterer.store.analysis_npz import read_meta
from clusterer.store.edits_json import kept_logs
from clusterer.store.folder import ResultFolder
from clusterer.store.names import ANALYSIS, CHIPS, EDITS, EXPORTS, TABLES, WITHDRAWN, staged


def text_endings() -> frozenset[str]:
    """Endings of exports that are text, and so without pictures."""
    return frozenset(entry.ending for entry in FORMATS.built_in.values())


def tables_of(folder: ResultFolder) -> set[str]:
    """Names of the files that can do without pictures."""
    return {*TABLES, ANALYSIS, EDITS, WITHDRAWN, *kept_logs(folder.path)}


def with_pictures(folder: ResultFolder, texts: Collection[str]) -> list[str]:
    """Names of our files that are there and not known to be free of pictures, sorted.

    Parameters
    ----------
    folder
    texts
        Endings of exports that are; see `text_endings`.
    """
    return sorted(
        name
        for name in folder.names - tables_of(folder)
        if is_plain_file(folder.path / name)
        and not (name.startswith(f"{EXPORTS}/") and PurePosixPath(name).suffix in texts)
    )


def remove_pictures(folder: ResultFolder) -> None:
    """Delete those files, and the folder of pictures of faces; the caller holds the lock.

    Raises
    ------
    ResultError
        One cannot be deleted.
    """
    folder.remove(with_pictures(folder, text_endings()))
    if has_plain_folder(folder.path, CHIPS):
        with suppress(OSError):  # not empty: it holds files of others
            (folder.path / CHIPS).rmdir()


def forget_film(folder: ResultFolder) -> None:
    """Delete the notes in the user's cache on where the film of the stored analysis lies.

    An analysis that waits for its result has one, too.

    Raises
    ------
    ResultError
        One cannot be deleted.
    """
    for place in (folder.place(ANALYSIS), folder.path / staged(ANALYSIS)):
        with suppress(CacheError), writing(folder.path):
            film.forget(str(read_meta(place).get("key", "")))
