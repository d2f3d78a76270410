"""Create folders, and look at what they are."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from clusterer.core.files import ELSEWHERE, create_temporary, writing
from clusterer.core.sync import sync_folder

_MAKE_TRIES = 10
"""How often a folder is created again whose parent another process removed."""


def is_folder(path: Path) -> bool:
    """Whether a path is an accessible folder; see `clusterer.core.files.is_file`."""
    try:
        return path.is_dir()
    except OSError:
        return False


def make_folder(path: Path, *, private: bool = False, elsewhere: str = ELSEWHERE) -> None:
    """Create a folder and its parents, if they do not exist.

    Parameters
    ----------
    path
    private
        On POSIX, a new folder is for the user only (0700); parents are as usual.
    elsewhere
        See `clusterer.core.files.write_all`.

    Raises
    ------
    ResultError
        It cannot be created, or a file of that name is in the way. No new folder is left.
    """
    with writing(path, elsewhere):
        made: list[Path] = []
        try:
            _make(path, 0o700 if private else 0o777, made)
            for place in made:
                sync_folder(place.parent)
        except OSError:
            _remove_folders(made)
            raise


def _make(path: Path, mode: int, made: list[Path]) -> None:
    """Create a folder and its parents, and list those that were new, the outermost first.

    Other processes may do the same, and remove what they made, at the same time.
    """
    for attempt in range(_MAKE_TRIES):
        try:
            for place in (*reversed(path.parents), path):
                if not place.is_dir():
                    try:
                        place.mkdir(mode if place == path else 0o777)
                    except FileExistsError:
                        _check_folder(place)
                    else:
                        made.append(place)
        except FileNotFoundError:
            if attempt + 1 == _MAKE_TRIES:
                raise
        else:
            return


def _check_folder(path: Path) -> None:
    """Raise FileNotFoundError or NotADirectoryError unless it is a folder."""
    if not stat.S_ISDIR(path.stat().st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))


def _remove_folders(made: list[Path]) -> None:
    """Remove new folders, unless another process has put something there."""
    for place in reversed(made):
        with suppress(OSError):
            place.rmdir()


def try_to_write(path: Path) -> None:
    """Check that a folder can be created or written to; leaves nothing behind.

    Raises
    ------
    ResultError
        It cannot.
    """
    with writing(path):
        made: list[Path] = []
        try:
            _make(path, 0o700, made)
            probe, handle = create_temporary(path, 0o600)
            os.close(handle)
            probe.unlink()
        finally:
            _remove_folders(made)


def make_private(path: Path) -> bool:
    """On POSIX, take the rights of other users away; returns whether they had any."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name != "posix" or not mode & 0o077:
        return False
    with suppress(OSError):  # of another owner, or a file system without rights
        path.chmod(mode & 0o700)
    return True


def is_plain_folder(path: Path) -> bool:
    """Whether it is a folder itself, not a link to one."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return stat.S_ISDIR(mode) and not getattr(path, "is_junction", bool)()


def has_plain_folder(folder: Path, below: str) -> bool:
    """Whether a folder has a subfolder, and no part of the way there is a link.

    Parameters
    ----------
    folder
    below
        Relative path, its parts separated by ``/``.
    """
    place = folder
    for part in below.split("/"):
        place /= part
        if not is_plain_folder(place):
            return False
    return True
