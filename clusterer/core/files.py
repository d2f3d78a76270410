"""Files written whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from clusterer.core.errors import ResultError

ELSEWHERE = "name another folder with --output"
TEMPORARY = re.compile(r"\.cluster-video-[0-9a-f]{16}\.tmp")
"""Name of a file on its way; one is left behind only where the program was killed."""
_FULL = {errno.ENOSPC, errno.EDQUOT}
_IN_THE_WAY = {errno.ENOTDIR, errno.EEXIST}


def write_atomic(path: Path, content: bytes | str, *, private: bool = False) -> None:
    """Write a file so that a reader finds the old content or the new, never a part.

    Parameters
    ----------
    path
        Its folder must exist.
    content
        Text is written as UTF-8, line ends as they are.
    private
        See `write_all`.

    Raises
    ------
    ResultError
        The disk is full, or the folder cannot be written to. What was there before stays.
    """
    write_all({path: content}, private=private)


def write_all(
    contents: Mapping[Path, bytes | str],
    *,
    private: bool = False,
    durable: bool = True,
    elsewhere: str = ELSEWHERE,
) -> None:
    """Write files that belong together, each as `write_atomic` does.

    All are on the disk before the first takes its place: a full disk changes none of them.

    Parameters
    ----------
    contents
    private
        On POSIX, only the user may read them (0600). Otherwise as the umask says.
    durable
        Wait until the disk has them, so that they outlive a power cut.
    elsewhere
        What else the user can do, at the end of the remedy; may be empty.

    Raises
    ------
    ResultError
        As `write_atomic`.
    """
    temporaries: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            with writing(path, elsewhere):
                temporary = path.with_name(f".cluster-video-{secrets.token_hex(8)}.tmp")
                handle = _create(temporary, 0o600 if private else 0o666)
                temporaries[path] = temporary
                data = content.encode() if isinstance(content, str) else content
                _fill(handle, data, durable=durable)
        for path, temporary in temporaries.items():
            with writing(path, elsewhere):
                temporary.replace(path)
    finally:
        for temporary in temporaries.values():
            temporary.unlink(missing_ok=True)


def make_folder(path: Path, *, private: bool = False, elsewhere: str = ELSEWHERE) -> None:
    """Make a folder and its parents, if need be.

    Parameters
    ----------
    path
    private
        On POSIX, only the user may look into it (0700) if it is new; parents are as usual.
    elsewhere
        See `write_all`.

    Raises
    ------
    ResultError
        It cannot be made, or a file of that name is in the way.
    """
    with writing(path, elsewhere):
        path.mkdir(0o700 if private else 0o777, parents=True, exist_ok=True)


def try_to_write(path: Path) -> None:
    """Find out whether a folder can be made, or written to, and leave nothing behind.

    Raises
    ------
    ResultError
        It cannot.
    """
    with writing(path):
        place = path
        while not is_there(place) and place != place.parent:
            place = place.parent
        if not place.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        probe = place / f".cluster-video-{secrets.token_hex(8)}.tmp"
        os.close(_create(probe, 0o600))
        probe.unlink()


def make_private(path: Path) -> bool:
    """On POSIX, take the rights of other users away; returns whether they had any."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name != "posix" or not mode & 0o077:
        return False
    with suppress(OSError):  # of another owner, or a file system without rights
        path.chmod(mode & 0o700)
    return True


def is_there(path: Path) -> bool:
    """Whether there is anything of that name, even a link to nothing.

    Raises
    ------
    OSError
        The system does not say, such as below a file.
    """
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    return True


def is_plain_file(path: Path) -> bool:
    """Whether it is a file itself, not a link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


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


@contextmanager
def writing(path: Path, elsewhere: str = ELSEWHERE) -> Iterator[None]:
    """Turn the system's refusal to write into one line with cause and remedy."""
    try:
        yield
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise ResultError(f"Cannot write {path} ({cause})", _remedy(error, elsewhere)) from None


def _remedy(error: OSError, elsewhere: str) -> str:
    """What helps against this refusal, and against no other."""
    if error.errno in _FULL:
        first = "free some space"
    elif error.errno in {errno.EACCES, errno.EPERM}:
        first = "make it writable"
    elif error.errno == errno.EROFS:
        first = "" if elsewhere else "make the disk writable"
    elif error.errno in _IN_THE_WAY and elsewhere:
        return f"A file is in the way; {elsewhere}"
    elif error.errno in _IN_THE_WAY | {errno.EISDIR}:
        first = "move away what is in the way"
    elif error.errno == errno.ENAMETOOLONG:
        first = "use a shorter name"
    else:
        first = ""
    text = ", or ".join(part for part in (first, elsewhere) if part)
    return text[:1].upper() + text[1:]


def _create(path: Path, mode: int) -> int:
    """Open a new file to write to; a link that waits there is not followed."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), mode)


def _fill(handle: int, data: bytes, *, durable: bool) -> None:
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        if durable:
            os.fsync(file.fileno())
