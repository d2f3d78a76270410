"""One run at a time in one result folder.

Two at once would mix what they write, of two films perhaps. Who is at work is noted in the user's
cache, since a folder that is yet to be made can hold no note; the system forgets it with the
process, whatever ends that.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from clusterer.core.errors import ResultError
from clusterer.core.lock import lock
from clusterer.models.cache import cache_folder


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other runs of this user out of a folder, by whatever path they reach it.

    Where the cache cannot be written, or its disk knows no locks, nobody is kept out.

    Raises
    ------
    ResultError
        Another run is at work there.
    """
    real = os.path.realpath(folder)
    note = cache_folder() / "runs" / hashlib.sha256(os.fsencode(real)).hexdigest()
    with ExitStack() as stack:
        with suppress(OSError):
            if not _hold(note, stack):
                raise ResultError(
                    f"Another cluster-video is writing to {folder}",
                    "Wait until it is done, or name another folder with --output",
                )
        yield


def _hold(note: Path, stack: ExitStack) -> bool:
    """Lock a file, which goes when the stack ends; False if another holds it."""
    note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        file = _open(note)
        try:
            held = lock(file)
            mine = held and _is(note, file)
        except BaseException:
            file.close()
            raise
        if mine:
            stack.callback(_let_go, note, file)
            return True
        file.close()
        if not held:
            return False
        # else who held it took it away after we had opened it


def _open(note: Path) -> BinaryIO:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    return os.fdopen(os.open(note, flags, 0o600), "r+b")


def _is(note: Path, file: BinaryIO) -> bool:
    """Whether the open file is still the one of that name."""
    try:
        return os.path.samestat(note.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _let_go(note: Path, file: BinaryIO) -> None:
    with file, suppress(OSError):  # Windows deletes no open file
        note.unlink()
