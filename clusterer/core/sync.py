"""Sync files and folders to the disk, so that they survive a power cut."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_CANNOT_SYNC = {errno.EINVAL, errno.ENOTSUP}
"""What a file system answers that offers no sync of folders, such as some network drives."""
_SYNC_THREADS = 8


def sync_folder(path: Path) -> None:
    """Sync the names in a folder to the disk; Windows offers no way to.

    Raises
    ------
    OSError
        The disk reports an error.
    """
    if os.name == "posix":
        with suppress(PermissionError):  # one that may be written to, but not read
            _sync(path, os.O_DIRECTORY)


def sync_files(paths: Iterable[Path]) -> None:
    """Sync the content of many files to the disk.

    On several threads, because a file system serves syncs that wait together at once: a thousand
    small files took 0.16 s on 8 threads of an ext4 on SSD, and 3.9 s on one.

    Raises
    ------
    OSError
        One is missing, or the disk reports an error.
    """
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 (slow to import)

    with ThreadPoolExecutor(_SYNC_THREADS) as pool:
        for _ in pool.map(_sync, paths):
            pass


def _sync(path: Path, flags: int = 0) -> None:
    mode = os.O_RDONLY if os.name == "posix" else os.O_RDWR  # Windows syncs what it may write
    handle = os.open(path, mode | flags | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
    finally:
        os.close(handle)
