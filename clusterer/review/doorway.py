"""Open the page in a browser without its address on the command line.

The address contains a secret, and every user of a machine can read command lines. So the browser
is given a file that only this user can read and that redirects to the page, as Jupyter does.

The file is put into the result folder, because sandboxed browsers (snap, flatpak) read neither
``/tmp`` nor hidden folders such as ``~/.cache``. If others can write to that folder, if its file
system does not keep files private, or if it cannot be written to, the file goes into a temporary
folder of its own. The next run or review deletes what a killed review left behind.
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
"""Long enough for the slowest browser to start."""

_PAGE = """<!DOCTYPE html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="1;url={address}">
<title>cluster-video</title>
<script>location.replace({quoted});</script>
<p><a href="{address}">Open the review</a></p>
"""


@contextmanager
def doorway(address: str, folder: Path) -> Iterator[Path]:
    """Write a file, readable by this user only, that redirects to an address.

    It exists while the block runs, and for `LASTS_S` at most, so that a process killed later
    leaves nothing behind.

    Parameters
    ----------
    address
        The address of the review, with its secret.
    folder
        The result folder.

    Yields
    ------
    Absolute path of the file.
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
    """Write the file into the result folder; None if it cannot be written or kept private there."""
    with suppress(OSError):  # a full or read-only disk
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
    """Whether only this user can create files in a folder; False if that is not known."""
    if os.name != "posix":
        return False
    status = folder.stat()
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _is_open(path: Path) -> bool:
    """Whether others can read a file all the same, as on file systems without owners."""
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
