"""One writer at a time in one result folder, and one at a time in its corrections.

Two runs at once would mix what they write, perhaps of two films. The locks lie in the user's cache,
because a folder that is yet to be made cannot hold one. The system releases them when the process
ends, however that happens.
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
from clusterer.core.lock import lock
from clusterer.models.cache import cache_folder

WAIT = "Wait until it is done"
AGAIN = "Try again when it is done"
WAIT_S = 3.0
"""How long a writer waits for another, such as a review that is saving its tables."""
_PAUSE_S = 0.05


@contextmanager
def run_lock(
    folder: Path, remedy: str = f"{WAIT}, or name another folder with --output"
) -> Iterator[None]:
    """Keep other writers of this user out of a result folder, by whatever path they reach it.

    Waits `WAIT_S` for a writer that is at work. Where the cache cannot be written to, or its file
    system has no locks, nobody is kept out. Not reentrant: whoever holds the lock must not ask for
    it again.

    Parameters
    ----------
    folder
        Need not exist.
    remedy
        Of the error.

    Raises
    ------
    ResultError
        Another writer is still at work there.
    """
    with _locked(_note(folder), f"Another cluster-video is writing to {folder}", remedy):
        yield


@contextmanager
def edits_lock(folder: Path) -> Iterator[None]:
    """Keep others from writing the corrections of a result folder between reading and writing them.

    As `run_lock`, but held for a moment only: a review takes it for each correction, also while a
    run holds the other lock. Whoever needs both takes `run_lock` first.

    Raises
    ------
    ResultError
        Another writer is still at work there.
    """
    note = _note(folder).with_suffix(".edits")
    with _locked(note, f"Another cluster-video is changing the corrections of {folder}", AGAIN):
        yield


def _note(folder: Path) -> Path:
    real = os.path.realpath(folder)
    return cache_folder() / "runs" / hashlib.sha256(os.fsencode(real)).hexdigest()


@contextmanager
def _locked(note: Path, busy: str, remedy: str) -> Iterator[None]:
    until_s = time.monotonic() + WAIT_S
    with ExitStack() as stack:
        with suppress(OSError):
            while not _hold(note, stack):
                if time.monotonic() >= until_s:
                    raise ResultError(busy, remedy)
                time.sleep(_PAUSE_S)
        yield


def _hold(note: Path, stack: ExitStack) -> bool:
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
            return True
        file.close()
        if not held:
            return False
        # else its holder deleted it after we had opened it


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
