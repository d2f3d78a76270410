"""Regular files, and nothing else that has a path.

Reading a pipe waits for somebody who writes into it, and reading a device can last for ever.
Neither can be read twice, as a video is.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_STREAMS = ("/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/")
"""Names of what a program was started with: another file at every start, or none."""
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def no_file(path: Path) -> str:
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
    kind = no_file(path)  # before opening it, which for a device can have consequences
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


def read_own(path: Path) -> bytes:
    """Content of a file that is there itself: a link, which may lead anywhere, is refused.

    Raises
    ------
    OSError
        As `open_file`; also where it is a link.
    """
    if path.is_symlink():
        raise _refusal("a link", path)
    return read_file(path)


def _kind(mode: int) -> str:
    return next((name for is_kind, name in _KINDS if is_kind(mode)), "")


def _refusal(kind: str, path: Path) -> OSError:
    return OSError(errno.EINVAL, f"it is {kind}, not a file", str(path))
