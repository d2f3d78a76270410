"""Names of what lies in a result folder, and what may lie in their place."""

from __future__ import annotations

import os
import re
import secrets
import stat
import time
from collections.abc import Container, Iterator
from contextlib import suppress
from pathlib import Path

from clusterer.core.files import TEMPORARY, is_there

ANALYSIS, RESULT, EDITS = "analysis.npz", "result.json", "edits.json"
TABLES = ("people.csv", "appearances.csv", "faces.csv", RESULT, "report.html")
CHIPS, PARTIAL, EXPORTS = "chips", ".partial", "exports"
PARTIAL_CHIPS = f"{PARTIAL}/{CHIPS}"
FOLDERS = (PARTIAL_CHIPS, PARTIAL, CHIPS, EXPORTS)
"""Those within, the inner before the outer."""
OF_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""What macOS and Windows leave in a folder that was looked at: it counts as empty."""
PICTURE = re.compile(r"[0-9]{5,}-[0-9]{7,}(-torso)?\.jpg")
SHOT = re.compile(r"[0-9]{6,}\.npz")
DOORWAY_LASTS_S = 60.0
"""How long the file that leads a browser to a review is there at most; see `doorway_name`."""
_DOORWAY = re.compile(r"\.cluster-video-[0-9a-f]{16}\.html")
_NO_FILE = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_LONGEST = 150
"""Bytes of a film's name within another name; file systems take 255 in all."""


def in_the_way(folder: Path, listed: Container[str]) -> Iterator[str]:
    """Names of files that a run needs where somebody else's may be: to be looked at one by one."""
    yield from (*TABLES, ANALYSIS, f"{PARTIAL}/{ANALYSIS}")
    for below, pattern in ((CHIPS, PICTURE), (PARTIAL_CHIPS, PICTURE), (PARTIAL, SHOT)):
        if is_own_folder(folder, below):
            for path in (folder / below).iterdir():
                name = f"{below}/{path.name}"
                if pattern.fullmatch(path.name) and (name not in listed or not is_file(path)):
                    yield name


def places(folder: Path) -> Iterator[Path]:
    """A result folder, and those of ours that are in it."""
    yield folder
    yield from (folder / below for below in FOLDERS if is_own_folder(folder, below))


def to_be_written(folder: Path) -> Iterator[Path]:
    """Those of them that a run puts files into."""
    yield from (place for place in places(folder) if place != folder / EXPORTS)


def holds_others(folder: Path) -> bool:
    """Whether there is anything but what counts as nothing."""
    names = (path.name for path in folder.iterdir())
    return any(name not in OF_SYSTEMS and not TEMPORARY.fullmatch(name) for name in names)


def left_behind(folder: Path) -> Iterator[Path]:
    """Files of ours that were on their way when a program was killed."""
    for place in places(folder):
        for path in place.iterdir():
            if TEMPORARY.fullmatch(path.name) and is_file(path):
                yield path
    yield from old_doorways(folder)


def doorway_name() -> str:
    """New name for a file that leads a browser to a review, and that nobody else uses."""
    return f".cluster-video-{secrets.token_hex(8)}.html"


def old_doorways(folder: Path) -> Iterator[Path]:
    """Such files of reviews that were killed: all that no review needs any more."""
    until = time.time() - DOORWAY_LASTS_S
    for path in folder.iterdir():
        if _DOORWAY.fullmatch(path.name) and is_file(path) and path.lstat().st_mtime < until:
            yield path


def kept_name(folder: Path, film: str) -> str:
    """Name that is free for the corrections of a film which a folder held before."""
    safe = _NO_FILE.sub("_", film).encode()[:_LONGEST].decode(errors="ignore") or "before"
    name, count = f"edits.{safe}.json", 1
    while is_there(folder / name):
        count += 1
        name = f"edits.{safe}-{count}.json"
    return name


def is_file(path: Path) -> bool:
    """Whether it is a file, and no link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def is_plain_folder(path: Path) -> bool:
    """Whether it is a folder, and no link to one."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return stat.S_ISDIR(mode) and not getattr(path, "is_junction", bool)()


def is_own_folder(folder: Path, below: str) -> bool:
    """Whether a folder below another is there, and no part of the way to it is a link."""
    place = folder
    for part in below.split("/"):
        place /= part
        if not is_plain_folder(place):
            return False
    return True


def make_private(path: Path) -> bool:
    """On POSIX, take the rights of other users away; says whether there were any."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name != "posix" or not mode & 0o077:
        return False
    with suppress(OSError):  # of another owner, or a file system without rights
        path.chmod(mode & 0o700)
    return True
