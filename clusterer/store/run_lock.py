"""One writer at a time in one result folder, and one at a time in its corrections.

Two runs at once would mix what they write, perhaps of two films. The locks lie in the user's cache,
because a folder that is yet to be made cannot hold one. The system releases them when the process
ends, however that happens. Each file says which process holds it.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from clusterer.core.errors import ResultError
from clusterer.core.files import read_nofollow, write_bytes
from clusterer.core.lock import lock
from clusterer.models.cache import cache_folder

WAIT = "Wait until it is done"
OR_ELSEWHERE = f"{WAIT}, or name another folder with --output"
AGAIN = "Try again when it is done"
WAIT_S = 3.0
"""How long a writer waits for another, such as a review that is saving its tables."""
_PAUSE_S = 0.05
_LASTING = "run"
"""Follows the number of the process in the file of a lock that a run holds."""
_LONGEST = 64
"""Bytes of such a file that are read."""


@contextmanager
def run_lock(
    folder: Path,
    remedy: str = OR_ELSEWHERE,
    *,
    lasting: bool = False,
) -> Iterator[bool]:
    """Keep other writers of this user out of a result folder, by whatever path they reach it.

    Waits `WAIT_S` for a writer that is at work, unless that is a run, which may take hours. Where
    the cache cannot be written to, or its file system has no locks, nobody is kept out. Not
    reentrant: whoever holds the lock must not ask for it again.

    Parameters
    ----------
    folder
        Need not exist.
    remedy
        Of the error.
    lasting
        Held for as long as a run takes, so that nobody waits for it.

    Yields
    ------
    Whether others are kept out.

    Raises
    ------
    ResultError
        Another writer is still at work there; the error says which process.
    """
    busy = f"Another cluster-video is writing to {folder}"
    with _locked(_note(folder), busy, remedy, lasting=lasting) as held:
        yield held


@contextmanager
def edits_lock(folder: Path) -> Iterator[bool]:
    """Keep others from writing the corrections of a result folder between reading and writing them.

    As `run_lock`, but held for a short time only: a review takes it for each correction, also while
    a run holds the other lock. Whoever needs both takes `run_lock` first.

    Raises
    ------
    ResultError
        Another writer is still at work there.
    """
    note = _note(folder).with_suffix(".edits")
    busy = f"Another cluster-video is changing the corrections of {folder}"
    with _locked(note, busy, AGAIN) as held:
        yield held


@contextmanager
def watch_lock(folder: Path) -> Iterator[bool]:
    """Keep other watchers of this user out of a project; yields and raises as `run_lock`."""
    busy = f"Another cluster-video adds what arrives to {folder}"
    remedy = "One watcher is enough; stop the other one to start this"
    with _locked(_note(folder).with_suffix(".watch"), busy, remedy, lasting=True) as held:
        yield held


def _note(folder: Path) -> Path:
    real = os.path.realpath(folder)
    return cache_folder() / "runs" / hashlib.sha256(os.fsencode(real)).hexdigest()


@contextmanager
def _locked(note: Path, busy: str, remedy: str, *, lasting: bool = False) -> Iterator[bool]:
    until_s = time.monotonic() + WAIT_S
    with ExitStack() as stack:
        held = False
        with suppress(OSError):
            while not (held := _hold(note, stack, lasting=lasting)):
                process, waits = _holder(note)
                if not waits or time.monotonic() >= until_s:
                    raise ResultError(f"{busy}{process and f' (process {process})'}", remedy)
                time.sleep(_PAUSE_S)
        yield held


def _holder(note: Path) -> tuple[str, bool]:
    """Process that holds a lock, empty if it has not said so yet; and whether to wait for it."""
    with suppress(OSError, ValueError):
        process, *more = read_nofollow(note)[:_LONGEST].decode().split()
        return str(int(process)), more != [_LASTING]
    return "", True


def _hold(note: Path, stack: ExitStack, *, lasting: bool) -> bool:
    """Lock a file, which is deleted when the stack ends; False if another holds it."""
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
            stack.callback(_release, note, file)
            with suppress(OSError):  # a full disk: the lock holds all the same
                _sign(file.fileno(), f"{os.getpid()} {_LASTING if lasting else ''}\n")
            return True
        file.close()
        if not held:
            return False
        # else its holder deleted it after we had opened it


def _sign(handle: int, text: str) -> None:
    """Replace the content of an open file."""
    os.lseek(handle, 0, os.SEEK_SET)
    os.ftruncate(handle, 0)
    write_bytes(handle, text.encode())


def _open(note: Path) -> BinaryIO:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    return os.fdopen(os.open(note, flags, 0o600), "r+b")


def _is(note: Path, file: BinaryIO) -> bool:
    """Whether the open file is still the one of that name."""
    try:
        return os.path.samestat(note.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _release(note: Path, file: BinaryIO) -> None:
    with file, suppress(OSError):  # Windows deletes no open file
        note.unlink()
