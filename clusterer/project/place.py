"""The folder of a project: which one may become one, and where the results of films lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from clusterer.core.errors import ProjectError, ResultError
from clusterer.core.files import reason
from clusterer.core.folders import has_plain_folder, is_folder
from clusterer.core.text import one_line
from clusterer.project import vectors
from clusterer.project.edges_cache import FILE as EDGES
from clusterer.project.names import ENDING, FILE
from clusterer.project.types import (
    ProjectFilm,
)
from clusterer.store.folder import ResultFolder
from clusterer.store.names import ENDING as RESULT_ENDING
from clusterer.store.names import EXPORTS, OF_SYSTEMS, WITHDRAWN, folder_name, holds_others
from clusterer.store.run_lock import WAIT

RESULTS = "results"
"""Folder of the films' result folders."""
_PARTS = {RESULTS, vectors.FOLDER, EXPORTS, EDGES}
"""What else a project consists of: a folder with nothing but these had its file moved away."""
_LEFT = {FILE, f"{FILE}-wal", f"{FILE}-shm", f"{FILE}-journal", WITHDRAWN}
"""What a program may leave that was killed while it made a project."""


def placed(film: ProjectFilm, known: Sequence[ProjectFilm]) -> ProjectFilm:
    """A film with its number and its folder; one of a known fingerprint is that film.

    Parameters
    ----------
    film
    known
        The films of the project.
    """
    same = next((one for one in known if one.fingerprint == film.fingerprint), None)
    if not film.id and same is not None:
        film = replace(film, id=same.id, folder=film.folder or same.folder)
    if film.folder:
        return film
    taken = {one.folder.casefold() for one in known if one.id != film.id}
    stem, count = Path(film.name).stem or "film", 1
    folder = f"{RESULTS}/{folder_name(stem)}"
    while folder.casefold() in taken:
        count += 1
        folder = f"{RESULTS}/{folder_name(f'{stem}-{count}')}"
    return replace(film, folder=folder)


def refuse_foreign(path: Path) -> None:
    """Raise ProjectError if a folder holds anything but what a killed program left of a project."""
    if not is_folder(path):
        raise ProjectError(f"{path} is a file, not a project", f"Name a folder NAME{ENDING}")
    ours = _LEFT | OF_SYSTEMS | (_PARTS if _is_rest(path) else set())
    others = [each for each in path.iterdir() if each.name not in ours]
    if holds_others(path) and others:
        raise ProjectError(
            f"{path} holds other files, such as {one_line(min(others).name)}",
            f"Name another folder, such as {path.with_suffix(ENDING)}",
        )


def _is_rest(path: Path) -> bool:
    """Whether a folder has results of a project, and nothing else among them."""
    results = path / RESULTS
    if not has_plain_folder(path, RESULTS):
        return False
    names = {each.name for each in results.iterdir()} - OF_SYSTEMS
    return all(name.endswith(RESULT_ENDING) and is_folder(results / name) for name in names)


def delete_result(folder: ResultFolder) -> None:
    """Delete what cluster-video wrote into a result folder, and the folder if nothing is left."""
    with folder.locked(remedy=WAIT):
        folder.remove_all()


@contextmanager
def as_project_error() -> Iterator[None]:
    """Turn what rooms below report about the project's folder into its error."""
    try:
        yield
    except ResultError as error:
        raise ProjectError(error.cause, error.remedy) from None
    except OSError as error:
        raise ProjectError(f"{error.filename or 'The project'}: {reason(error)}") from None
