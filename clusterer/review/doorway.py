"""The way from the browser's command line, which everybody on the machine can read, to the page.

The address holds a secret. So the browser is given a file that only this user can read, and the
file leads on, as Jupyter's does.

It lies in the result folder, since browsers in a sandbox (snap, flatpak) read neither ``/tmp`` nor
hidden folders such as ``~/.cache``; but only if nobody else can write there, and the file system
keeps files private. Else, and where nothing can be written at all, it lies in a folder of its own
for temporary files. What a killed review leaves, the next run or review takes away.
"""

from __future__ import annotations

import html
import json
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer

from clusterer.store.names import DOORWAY_LASTS_S, doorway_name, old_doorways

LASTS_S = DOORWAY_LASTS_S
"""Long enough for the slowest start of a browser."""

_PAGE = """<!DOCTYPE html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="1;url={address}">
<title>cluster-video</title>
<script>location.replace({quoted});</script>
<p><a href="{address}">To the review</a></p>
"""


@contextmanager
def doorway(address: str, folder: Path) -> Iterator[Path]:
    """A file, readable by this user only, that leads to an address.

    It is there while the block runs, and for `LASTS_S` at most, so that a process which is killed
    later leaves nothing.

    Parameters
    ----------
    address
        Of the review, with its secret.
    folder
        The result folder.

    Yields
    ------
    path of the file, absolute
    """
    path = _in_result(address, folder)
    own = None if path else Path(tempfile.mkdtemp(prefix="cluster-video-"))  # 0700
    try:
        path = path or _write(own or folder, address)
        timer = Timer(LASTS_S, _remove, [path])
        timer.daemon = True
        timer.start()
        try:
            yield path
        finally:
            timer.cancel()
            _remove(path)
    finally:
        if own is not None:
            with suppress(OSError):
                own.rmdir()


def _in_result(address: str, folder: Path) -> Path | None:
    """The file in the result folder; None where it is not private there, or cannot be written."""
    with suppress(OSError):  # on a disk that is full, or only to be read
        for left in list(old_doorways(folder)):
            _remove(left)
        if _is_private(folder):
            path = _write(folder.resolve(), address)
            if not _is_open(path):
                return path
            path.unlink()
    return None


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _write(folder: Path, address: str) -> Path:
    path = folder / doorway_name()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(_PAGE.format(address=html.escape(address), quoted=json.dumps(address)))
    except OSError:
        _remove(path)
        raise
    return path


def _is_private(folder: Path) -> bool:
    """Whether nobody but this user can put files there; where that cannot be told, no."""
    if os.name != "posix":
        return False
    status = folder.stat()
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _is_open(path: Path) -> bool:
    """Whether others can read a file after all, as on disks that know no owners."""
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
