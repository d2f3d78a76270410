"""Read regular files only; write files completely or not at all."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from clusterer.core.errors import ResultError

ELSEWHERE = "name another folder with --output"
TEMPORARY = re.compile(r"\.cluster-video-[0-9a-f]{16}\.tmp")
"""Name of a file on its way; one is left behind only where the program was killed."""
_FULL = {errno.ENOSPC, errno.EDQUOT}
_IN_THE_WAY = {errno.ENOTDIR, errno.EEXIST}
_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_STREAMS = ("/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/")
"""Names of what a program was started with: another file at every start, or none."""
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def special_kind(path: Path) -> str:
    """Say what a path leads to, where that is neither a file nor a folder.

    Returns
    -------
    "a pipe", "a socket", "a device", "a stream" or "standard input"; empty for a file, a folder,
    and nothing at all
    """
    if str(path) == "-" and not path.exists():
        return "standard input"
    try:
        if str(path.absolute()).startswith(_STREAMS):
            return "a stream"
        mode = path.stat().st_mode
    except (OSError, ValueError):  # ValueError: a null byte in the name
        return ""
    return _kind(mode)


def is_file(path: Path) -> bool:
    """Whether it is a file that we may look at; what cannot be looked at is none.

    `Path.is_file` raises where a folder may not be entered, and where a name is too long.
    """
    try:
        return path.is_file()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Whether it is a folder; what cannot be looked at is none, as for `is_file`."""
    try:
        return path.is_dir()
    except OSError:
        return False


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading; never waits.

    Raises
    ------
    OSError
        As `open`. Also where the path leads to no regular file; `strerror` says to what.
    """
    kind = special_kind(path)  # before opening it, which for a device can have consequences
    if kind:
        raise _refusal(kind, path)
    handle = os.open(path, _FLAGS)
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise _refusal(_kind(mode) or "no file", path)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def read_file(path: Path) -> bytes:
    """Content of a file; errors as of `open_file`."""
    with open_file(path) as file:
        return file.read()


def read_nofollow(path: Path) -> bytes:
    """Content of a file that is there itself: a link, which may lead anywhere, is refused.

    Raises
    ------
    OSError
        As `open_file`; also where it is a link.
    """
    if path.is_symlink():
        raise _refusal("a link", path)
    return read_file(path)


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


@contextmanager
def writing(path: Path, elsewhere: str = ELSEWHERE) -> Iterator[None]:
    """Turn the system's refusal to write into one line with cause and remedy."""
    try:
        yield
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise ResultError(f"Cannot write {path} ({cause})", _remedy(error, elsewhere)) from None


def _kind(mode: int) -> str:
    return next((name for is_kind, name in _KINDS if is_kind(mode)), "")


def _refusal(kind: str, path: Path) -> OSError:
    return OSError(errno.EINVAL, f"it is {kind}, not a file", str(path))


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
