"""The vectors of a film's people: one ``.npy`` file, named by the film and its content."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Collection
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np

from clusterer.core.errors import ProjectError, ResultError
from clusterer.core.files import (
    is_plain_file,
    read_nofollow,
    reading,
    remove_temporaries,
    write_all,
)
from clusterer.core.folders import has_plain_folder, make_folder
from clusterer.core.types import FloatArray

FOLDER = "vectors"
_NAME = re.compile(r"[0-9]+-[0-9a-f]{32}\.npy")
_AGAIN = "Run cluster-video on this film of the project again"


def write(project: Path, film: int, vectors: FloatArray) -> str:
    """Store the vectors of a film; the file never changes afterwards.

    Parameters
    ----------
    project
        Folder of the project.
    film
        Number of the film.
    vectors
        Array of shape (n, d), float32.

    Returns
    -------
    Name of the file, which `read` takes

    Raises
    ------
    ProjectError
        It cannot be written.
    """
    file = io.BytesIO()
    np.save(file, np.ascontiguousarray(vectors, dtype="<f4"), allow_pickle=False)
    content = file.getvalue()
    name = f"{film}-{_digest(content)}.npy"
    try:
        make_folder(project / FOLDER, private=True, elsewhere="")
        write_all({project / FOLDER / name: content}, private=True, elsewhere="")
    except ResultError as error:
        raise ProjectError(error.cause, error.remedy) from None
    return name


def read(project: Path, name: str, rows: int) -> FloatArray:
    """The vectors of a film.

    Parameters
    ----------
    project
        Folder of the project.
    name
        Of `write`.
    rows
        How many there are.

    Returns
    -------
    Array of shape (rows, d), float32

    Raises
    ------
    ProjectError
        The file is missing, cannot be read, or is not the one that was written.
    """
    path = project / FOLDER / name
    if not _NAME.fullmatch(name):
        raise ProjectError(f"{project} is damaged (vectors {name[:80]!r})", _AGAIN)
    with reading(path, ProjectError, _AGAIN):
        content = read_nofollow(path)
    if _digest(content) != name.partition("-")[2].removesuffix(".npy"):
        raise ProjectError(f"{path} is damaged", _AGAIN)
    try:
        start = 10 + int.from_bytes(content[8:10], "little")
        shape = _shape(content[:start])
        if len(shape) != 2 or shape[0] != rows:
            raise ProjectError(f"{path} is damaged (shape {shape})", _AGAIN)
        return np.frombuffer(content, "<f4", offset=start).reshape(shape)
    except (ValueError, EOFError):
        raise ProjectError(f"{path} is damaged", _AGAIN) from None


@lru_cache(1024)
def _shape(head: bytes) -> tuple[int, ...]:
    """What the first bytes of a file say; parsed once for all films of as many rows.

    Raises
    ------
    ValueError
        They are not of such a file.
    """
    file = io.BytesIO(head)
    np.lib.format.read_magic(file)
    shape, _, kind = np.lib.format.read_array_header_1_0(file)
    if kind != np.dtype("<f4"):
        raise ValueError(f"numbers of the kind {kind}")
    return tuple(shape)


def names_in(project: Path) -> list[str]:
    """Names of the files of vectors in a project, sorted."""
    if not has_plain_folder(project, FOLDER):
        return []
    found = (project / FOLDER).iterdir()
    return sorted(path.name for path in found if _NAME.fullmatch(path.name))


def clear(project: Path, named: Collection[str]) -> None:
    """Remove the files that no film names, and what killed programs left; nobody may be writing.

    Parameters
    ----------
    project
        Folder of the project.
    named
        Names of the files that stay.
    """
    folder = project / FOLDER
    with suppress(OSError):
        for path in list(folder.iterdir()):
            if _NAME.fullmatch(path.name) and path.name not in named and is_plain_file(path):
                path.unlink()
        remove_temporaries(folder)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
