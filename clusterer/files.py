"""Files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from clusterer.errors import ResultError


def write_atomic(path: Path, content: bytes | str) -> None:
    """Write a file so that a reader finds the old content or the new, never a part.

    Parameters
    ----------
    path
        Its folder must exist.
    content
        Text is written as UTF-8, line ends as they are.

    Raises
    ------
    ResultError
        The disk is full, or the folder cannot be written to. What was there before stays.
    """
    write_all({path: content})


def write_all(contents: Mapping[Path, bytes | str]) -> None:
    """Write files that belong together, each as `write_atomic` does.

    All are on the disk before the first takes its place: a full disk changes none of them.

    Raises
    ------
    ResultError
        As `write_atomic`.
    """
    temporaries: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            with writing(path):
                handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
                temporaries[path] = Path(name)
                _fill(handle, content.encode() if isinstance(content, str) else content)
                temporaries[path].chmod(0o666 & ~_umask())
        for path, temporary in temporaries.items():
            with writing(path):
                temporary.replace(path)
    finally:
        for temporary in temporaries.values():
            temporary.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Make a folder and its parents, if need be.

    Raises
    ------
    ResultError
        It cannot be made, or a file of that name is in the way.
    """
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn the system's refusal to write into one line with cause and remedy."""
    try:
        yield
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise ResultError(
            f"Cannot write {path} ({cause})",
            "Free some space, or name another folder with --output",
        ) from None


def _fill(handle: int, data: bytes) -> None:
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
