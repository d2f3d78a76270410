"""The names of a project and of its file, and whether a folder is one; loads no database."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from clusterer.core.errors import ProjectError
from clusterer.core.files import is_file

ENDING = ".cast"
"""Of the name of a project's folder."""
FILE = "project.sqlite"
MENDING = "Take back a copy, or move it away and make the project anew; the results stay"


def is_project(folder: Path) -> bool:
    """Whether a folder holds the file of a project, of any version or damaged."""
    file = folder / FILE
    with suppress(OSError):
        return is_file(file) and file.stat().st_size > 0
    return False


def refuse_empty(folder: Path) -> None:
    """Raise ProjectError if the file is there but empty: it was a project's, and is damaged."""
    file = folder / FILE
    with suppress(OSError):
        if is_file(file) and file.stat().st_size == 0:
            raise ProjectError(f"{file} is damaged (it is empty)", MENDING)
