"""The names of a result folder and of everything in it, and which of them are there."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from clusterer.core.files import TEMPORARY, is_plain_file, is_there, temporaries
from clusterer.core.folders import has_plain_folder
from clusterer.core.text import printable

ANALYSIS, RESULT, EDITS = "analysis.npz", "result.json", "edits.json"
PEOPLE_CSV, APPEARANCES_CSV, FACES_CSV = "people.csv", "appearances.csv", "faces.csv"
REPORT = "report.html"
TABLES = (PEOPLE_CSV, APPEARANCES_CSV, FACES_CSV, RESULT, REPORT)
"""What a run writes last, all at once."""
WITHDRAWN = "withdrawn.json"
"""Faces that later analyses leave out; see `clusterer.store.withdrawn`."""
MARKER = ".cluster-video.jsonl"
CHIPS, PARTIAL, EXPORTS = "chips", ".partial", "exports"
PARTIAL_CHIPS = f"{PARTIAL}/{CHIPS}"
COMMIT = f"{PARTIAL}/commit.json"
"""Makes what ``.partial/`` holds the result; see `clusterer.store.commit`."""
PROXY = "proxy.mp4"
"""A copy of the film for browsers; it states the fingerprint of the film that it is of."""
PROXY_PARTS = ".proxy"
"""Holds the parts of that copy while it is being made."""
FOLDERS = (PARTIAL_CHIPS, PARTIAL, CHIPS, EXPORTS, PROXY_PARTS)
"""Subfolders, inner before outer."""
ENDING = ".people"
"""Of the name of a result folder."""
MOST_BYTES = 1 << 30
"""Largest file of a result that is read; ``result.json`` of a day of film has a tenth."""
LONGEST = 255
"""Bytes that file systems allow in a name."""
OF_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""Files that macOS and Windows add to a folder; one that holds only these is empty."""
PICTURE = re.compile(r"[0-9]{5,}-[0-9]{7,}(-torso|-frame)?\.jpg")
PART = re.compile(r"[0-9]{6,}\.npz")
DOORWAY_LASTS_S = 60.0
"""Longest life of the file that sends a browser to a review; see `doorway_name`."""
_DOORWAY = re.compile(r"\.cluster-video-[0-9a-f]{16}\.html")
_NO_FILE = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_LONGEST_FILM = 150
"""Bytes of a film's name within another name."""


def default_folder(video: Path) -> Path:
    """``<stem>.people`` in the current folder.

    A name of more than 255 bytes is cut, and ends in 8 digits of the sha256 of the whole. Bytes of
    the video's name that are not UTF-8 become U+FFFD.
    """
    return Path(folder_name(video.stem))


def folder_name(stem: str) -> str:
    """Name of a result folder; see `default_folder`."""
    name = printable(stem)
    if len(f"{name}{ENDING}".encode()) > LONGEST:
        digest = hashlib.sha256(os.fsencode(stem)).hexdigest()[:8]
        start = name.encode()[: LONGEST - len(f"-{digest}{ENDING}")].decode(errors="ignore")
        name = f"{start}-{digest}"
    return f"{name}{ENDING}"


def face_picture(track: int, frame: int) -> str:
    """Name, within ``chips/``, of the picture of a track's face at a frame."""
    return f"{track:05d}-{frame:07d}.jpg"


def picture_number(track: int, box: Iterable[float]) -> int:
    """The track of a picture's name: that of the face; else made of the box, of 11 digits.

    Parameters
    ----------
    track
        -1 = none: the face is one that a reviewer found.
    box
        Of the face, px.
    """
    if track >= 0:
        return track
    left, top, *_ = (max(0, round(float(side))) for side in box)
    return int(f"1{left % 100_000:05d}{top % 100_000:05d}")


def torso_picture(track: int, frame: int) -> str:
    """Name, within ``chips/``, of the picture of the torso below that face."""
    return f"{track:05d}-{frame:07d}-torso.jpg"


def frame_picture(track: int, frame: int) -> str:
    """Name, within ``chips/``, of the small picture of that whole frame."""
    return f"{track:05d}-{frame:07d}-frame.jpg"


def part_file(number: int) -> str:
    """Name of a file of finished shots while the analysis is incomplete."""
    return f"{PARTIAL}/{number:06d}.npz"


def staged(name: str) -> str:
    """Where a new file of the result waits to be committed."""
    return f"{PARTIAL}/{name}"


def needed_names(folder: Path, listed: Container[str]) -> Iterator[str]:
    """Names that a run will write to and that may be taken by files of others.

    Parameters
    ----------
    folder
    listed
        Names of the files that we wrote.
    """
    yield from (*TABLES, ANALYSIS, *map(staged, (*TABLES, ANALYSIS)), COMMIT)
    for below, pattern in ((CHIPS, PICTURE), (PARTIAL_CHIPS, PICTURE), (PARTIAL, PART)):
        if has_plain_folder(folder, below):
            for path in (folder / below).iterdir():
                name = f"{below}/{path.name}"
                if pattern.fullmatch(path.name) and (name not in listed or not is_plain_file(path)):
                    yield name


def subfolders(folder: Path) -> Iterator[Path]:
    """A result folder, then its subfolders that exist and are no links."""
    yield folder
    yield from (folder / below for below in FOLDERS if has_plain_folder(folder, below))


def written_folders(folder: Path) -> Iterator[Path]:
    """Those of them that a run writes to."""
    others = folder / EXPORTS, folder / PROXY_PARTS
    yield from (place for place in subfolders(folder) if place not in others)


def holds_others(folder: Path) -> bool:
    """Whether a folder holds anything besides `OF_SYSTEMS` and temporary files of ours."""
    names = (path.name for path in folder.iterdir())
    return any(name not in OF_SYSTEMS and not TEMPORARY.fullmatch(name) for name in names)


def leftovers(folder: Path) -> Iterator[Path]:
    """Temporary files of ours that a killed program left."""
    for place in subfolders(folder):
        yield from temporaries(place)
    yield from old_doorways(folder)


def doorway_name() -> str:
    """A new, unique name for the file that sends a browser to a review."""
    return f".cluster-video-{secrets.token_hex(8)}.html"


def old_doorways(folder: Path) -> Iterator[Path]:
    """Such files that killed reviews left: those too old for any review to need."""
    until = time.time() - DOORWAY_LASTS_S
    for path in folder.iterdir():
        if _DOORWAY.fullmatch(path.name) and is_plain_file(path) and path.lstat().st_mtime < until:
            yield path


def kept_name(folder: Path, film: str) -> str:
    """An unused name for the corrections of the film whose result is being replaced."""
    safe = _NO_FILE.sub("_", film).encode()[:_LONGEST_FILM].decode(errors="ignore") or "before"
    name, count = f"edits.{safe}.json", 1
    while is_there(folder / name):
        count += 1
        name = f"edits.{safe}-{count}.json"
    return name
