"""Read regular files only; write files completely or not at all."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from clusterer.core.errors import ClustererError, ResultError
from clusterer.core.sync import sync_files, sync_folder

ELSEWHERE = "name another folder with --output"
TEMPORARY = re.compile(r"\.cluster-video-[0-9a-f]{16}\.tmp")
"""Name of a temporary file; one is left behind only if the program is killed."""
_FULL = {errno.ENOSPC, errno.EDQUOT}
_IN_THE_WAY = {errno.ENOTDIR, errno.EEXIST}
_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_STREAMS = ("/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/")
"""Paths that mean something else each time a program starts."""
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def special_kind(path: Path) -> str:
    """Kind of a path that is neither a file nor a folder.

    Reading a pipe waits for a writer, reading a device may never end, and neither can be read
    twice, as a video is.

    Returns
    -------
    "a pipe", "a socket", "a device", "a stream" or "standard input"; empty for a file, a folder
    or a missing path
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
    """Whether a path is an accessible file.

    `Path.is_file` raises if a folder may not be entered or a name is too long.
    """
    try:
        return path.is_file()
    except OSError:
        return False


def open_file(path: Path) -> BinaryIO:
    """Open a regular file for reading, without ever blocking.

    Raises
    ------
    OSError
        As `open`; also if it is not a regular file: `strerror` says what it is.
    """
    kind = special_kind(path)  # before opening it, which can have side effects for a device
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


def read_file(path: Path, most: int | None = None) -> bytes:
    """Content of a file.

    Parameters
    ----------
    path
    most
        Bytes of the largest file that is read; None = any.

    Raises
    ------
    OSError
        As of `open_file`; also if it is larger.
    """
    with open_file(path) as file:
        if most is None:
            return file.read()
        size = os.fstat(file.fileno()).st_size
        if size <= most:
            return file.read(size)  # what grows meanwhile is read as it was
        raise OSError(errno.EFBIG, f"it has more than {most} bytes", str(path))


def read_nofollow(path: Path) -> bytes:
    """Content of a file that is not a symbolic link.

    Raises
    ------
    OSError
        As `open_file`; also if it is a symbolic link.
    """
    if path.is_symlink():
        raise _refusal("a link", path)
    return read_file(path)


def write_atomic(path: Path, content: bytes | str, *, private: bool = False) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    Parameters
    ----------
    path
        Its folder must exist.
    content
        Text is written as UTF-8; line endings are kept.
    private
        See `write_all`.

    Raises
    ------
    ResultError
        The disk is full, or the folder cannot be written to. The previous content is kept.
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

    All are written before the first is moved into place: a full disk changes none of them.

    Parameters
    ----------
    contents
    private
        On POSIX, only the user may read them (0600); otherwise the umask applies.
    durable
        Sync them and their folders to the disk, so that they survive a power cut.
    elsewhere
        Alternative for the user, appended to the remedy; may be empty.

    Raises
    ------
    ResultError
        As `write_atomic`.
    """
    temporaries: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            with writing(path, elsewhere):
                mode = 0o600 if private else 0o666
                temporaries[path], handle = create_temporary(path.parent, mode)
                data = content.encode() if isinstance(content, str) else content
                _fill(handle, data, durable=durable and len(contents) == 1)
        if durable and len(contents) > 1:
            with writing(path.parent, elsewhere):
                sync_files(temporaries.values())
        for path, temporary in temporaries.items():
            with writing(path, elsewhere):
                temporary.replace(path)
        if durable:
            for place in sorted({path.parent for path in contents}):
                with writing(place, elsewhere):
                    sync_folder(place)
    finally:
        for temporary in temporaries.values():
            temporary.unlink(missing_ok=True)


def create_temporary(folder: Path, mode: int) -> tuple[Path, int]:
    """Create a temporary file.

    Parameters
    ----------
    folder
    mode
        Rights on POSIX, before the umask.

    Returns
    -------
    its path, and a descriptor to write to

    Raises
    ------
    OSError
        It cannot be created.
    """
    path = folder / f".cluster-video-{secrets.token_hex(8)}.tmp"
    return path, _create(path, mode)


def create_file(path: Path, mode: int) -> None:
    """Create an empty file; parameters and errors as of `create_temporary`."""
    os.close(_create(path, mode))


def _create(path: Path, mode: int) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), mode)


def temporaries(folder: Path) -> Iterator[Path]:
    """Temporary files in a folder, left by killed programs unless one is writing there now."""
    for path in folder.iterdir():
        if TEMPORARY.fullmatch(path.name) and is_plain_file(path):
            yield path


def remove_temporaries(folder: Path) -> None:
    """Delete temporary files that killed programs left; nobody else may be writing there."""
    with suppress(OSError):
        for path in list(temporaries(folder)):
            path.unlink()


def is_encodable(name: str) -> bool:
    """Whether a name can be that of a file at all: no lone surrogate that stands for no byte."""
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return True


def is_there(path: Path) -> bool:
    """Whether a path exists, even as a broken link.

    Raises
    ------
    OSError
        This cannot be determined, for example for lack of permission.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def is_plain_file(path: Path) -> bool:
    """Whether it is a file itself, not a link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def reason(error: OSError) -> str:
    """Why the system refused, for the cause of an error."""
    return (error.strerror or str(error)).lower()


@contextmanager
def reading(path: Path, error: type[ClustererError], remedy: str = "") -> Iterator[None]:
    """Turn an error on reading into one line with cause and remedy.

    Parameters
    ----------
    path
        What is read.
    error
        What is raised instead of OSError.
    remedy
        What the user can do.
    """
    try:
        yield
    except OSError as refused:
        raise error(f"Cannot read {path} ({reason(refused)})", remedy) from None


@contextmanager
def writing(path: Path, elsewhere: str = ELSEWHERE) -> Iterator[None]:
    """Turn an error on writing into one line with cause and remedy."""
    try:
        yield
    except OSError as error:
        raise ResultError(
            f"Cannot write {path} ({reason(error)})", _remedy(error, elsewhere)
        ) from None


def _kind(mode: int) -> str:
    return next((name for is_kind, name in _KINDS if is_kind(mode)), "")


def _refusal(kind: str, path: Path) -> OSError:
    return OSError(errno.EINVAL, f"it is {kind}, not a file", str(path))


def _remedy(error: OSError, elsewhere: str) -> str:
    """What the user can do about this error."""
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


def _fill(handle: int, data: bytes, *, durable: bool) -> None:
    try:
        write_bytes(handle, data)
        if durable:
            os.fsync(handle)
    finally:
        os.close(handle)


def write_bytes(handle: int, data: bytes) -> None:
    """Write all bytes to an open file."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
