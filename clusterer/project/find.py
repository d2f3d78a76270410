"""Find the films in folders."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePath

from clusterer.core.address import place_of
from clusterer.core.files import is_file, open_file
from clusterer.core.folders import is_folder
from clusterer.core.text import natural, visible
from clusterer.media.formats import AMBIGUOUS_ENDINGS, FILM_ENDINGS, SNIFFED_BYTES, is_film_head
from clusterer.project.names import ENDING as PROJECT_ENDING
from clusterer.store.names import ENDING

RECENT_S = 5.0
"""A file that was written to more recently may still be being copied."""
LOOK_AGAIN_S = 2.0
"""After so long it is looked at again; programs that copy write at least once a second."""
_UNFINISHED = (
    "part", "partial", "crdownload", "opdownload", "download", "filepart", "!qb", "!ut", "bc!",
    "tmp", "temp", "ytdl", "aria2", "crswap", "unfinished",
)  # fmt: skip
"""Endings of files that are being copied or downloaded: by browsers, BitTorrent, wget, WinSCP."""
_BESIDE = (".aria2", ".st", ".ytdl")
"""Added to the name of a film, that of a file that lies beside it until it is downloaded."""
_RSYNC = re.compile(r"\.(?P<name>.+)\.[A-Za-z0-9]{6}")


class Why(StrEnum):
    """Why a file is left out."""

    HIDDEN = "hidden"
    COPYING = "still being copied"
    EMPTY = "empty"
    REPEATED = "found twice"
    BROKEN = "a broken link"
    CLOSED = "a folder that cannot be read"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or folder that is left out, and why."""

    path: Path | str
    why: Why


@dataclass(frozen=True, slots=True)
class FoundFilms:
    """The films of some places.

    Attributes
    ----------
    videos : in order; an address is text
    left_out : what looks like a film and is none yet, in the order in which it was met

    Examples
    --------
    >>> [video.name for video in clusterer.find_films(["e01.mp4"]).videos]
    ['e01.mp4']
    """

    videos: tuple[Path | str, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def notes(self) -> list[str]:
        """One line for each reason, such as ``2 files left out: still being copied (a.mp4, …)``."""
        count = Counter(each.why for each in self.left_out)
        lines = []
        for why in Why:
            if count[why]:
                names = [visible(Path(each.path).name) for each in self.left_out if each.why is why]
                what = "file" if count[why] == 1 else "files"
                more = ", …" if len(names) > _NAMED else ""
                lines.append(
                    f"{count[why]} {what} left out: {why} ({', '.join(names[:_NAMED])}{more})"
                )
        return lines


_NAMED = 3
"""Files that a note names."""


def find_films(
    places: Iterable[Path | str],
    sleep: Callable[[float], None] = time.sleep,
    *,
    subfolders: bool = True,
) -> FoundFilms:
    """Find the films in files and folders.

    A file that is named itself is taken whatever its name. In a folder and all below it, a film is
    a file with the ending of one, or one without an ending that begins like one. Left out are
    hidden files and folders, among them the companions that macOS writes (``._a.mp4``), result
    folders (``*.people``), projects (``*.cast``), empty files, and files that are being copied: by
    their name, or because they grow. Links to folders are followed, each folder is entered once.

    Parameters
    ----------
    places
        Files and folders; a missing one is taken for a film, and opening it gives the error. Or
        addresses of films.
    sleep
        Waits, to see whether a file grows that was written to just now.
    subfolders
        Whether folders in folders are entered.

    Returns
    -------
    FoundFilms; the places as given, what is in each by `natural_key`

    Examples
    --------
    >>> found = clusterer.find_films(["e01.mp4", "missing/"])
    >>> [video.name for video in found.videos], found.notes
    (['e01.mp4', 'missing'], [])
    """
    search = _Search()
    for place in map(place_of, places):
        if isinstance(place, Path) and is_folder(place):
            search.walk(place, subfolders=subfolders)
        else:
            search.take(place)
    return search.found(sleep)


def natural_key(path: PurePath) -> tuple[object, ...]:
    """Sort by folders, then by name; numbers count as such: ``e2`` comes before ``e10``.

    Case, and how accents are encoded, matter only between names that are otherwise the same.
    """
    return tuple(natural(part) for part in path.parts), str(path)


@dataclass(slots=True)
class _Search:
    """What has been found so far."""

    videos: dict[tuple[int, int] | Path | str, Path | str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    entered: set[tuple[int, int] | Path] = field(default_factory=set)
    named: set[Path | str] = field(default_factory=set)

    def take(self, video: Path | str) -> None:
        """A file that the user names."""
        if self._first(video):
            self.named.add(video)

    def walk(self, folder: Path, *, subfolders: bool = True) -> None:
        """All films in a folder and below it, each by its name among all."""
        for path in sorted(self._below(folder, subfolders=subfolders), key=natural_key):
            why = _why_not(path)
            if why is not None:
                self.left_out.append(LeftOut(path, why))
            else:
                self._first(path)

    def found(self, sleep: Callable[[float], None]) -> FoundFilms:
        """All that is complete."""
        paths = [path for path in self.videos.values() if isinstance(path, Path)]
        growing = _growing([path for path in paths if path not in self.named], sleep)
        self.left_out += [LeftOut(path, Why.COPYING) for path in growing]
        return FoundFilms(
            tuple(path for path in self.videos.values() if path not in growing),
            tuple(self.left_out),
        )

    def _first(self, path: Path | str) -> bool:
        """Add a file unless it was found already, perhaps under another name."""
        identity = _identity(path) if isinstance(path, Path) else path
        known = self.videos.setdefault(identity, path)
        if known != path:
            self.left_out.append(LeftOut(path, Why.REPEATED))
        return known == path

    def _below(self, folder: Path, *, subfolders: bool) -> Iterator[Path]:
        """Everything that may be a film, in no order."""
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            identity = _identity(here)
            if identity in self.entered:
                continue
            self.entered.add(identity)
            try:
                inside = list(here.iterdir())
            except OSError:
                self.left_out.append(LeftOut(here, Why.CLOSED))
                continue
            for path in inside:
                if not is_folder(path):
                    if _may_be_film(path):
                        yield path
                elif subfolders and not _is_passed_over(path):
                    waiting.append(path)


def _why_not(path: Path) -> Why | None:
    """Why what has the name of a film is left out; None = it is not."""
    if path.name.startswith("."):
        return Why.COPYING if _inner(path.name) != path.name else Why.HIDDEN
    if _inner(path.name) != path.name or any(
        is_file(path.with_name(path.name + ending)) for ending in _BESIDE
    ):
        return Why.COPYING
    try:
        return None if path.stat().st_size else Why.EMPTY
    except OSError:
        return Why.BROKEN


def _may_be_film(path: Path) -> bool:
    """Whether a file has the name of a film, be it hidden or unfinished, or begins like one."""
    name = _inner(path.name)
    ending = PurePath(name).suffix.casefold().removeprefix(".")
    if ending in FILM_ENDINGS:
        return ending not in AMBIGUOUS_ENDINGS or name != path.name or _begins_like_film(path)
    return not ending and not name.startswith(".") and _begins_like_film(path)


def _inner(name: str) -> str:
    """The name that a file will have when it is complete."""
    if match := _RSYNC.fullmatch(name):
        inner = match["name"]
        if PurePath(inner).suffix.casefold().removeprefix(".") in FILM_ENDINGS:
            return inner
    pure = PurePath(name)
    return pure.stem if pure.suffix.casefold().removeprefix(".") in _UNFINISHED else name


def _begins_like_film(path: Path) -> bool:
    try:
        with open_file(path) as file:
            return is_film_head(file.read(SNIFFED_BYTES))
    except OSError:
        return False


def _growing(videos: list[Path], sleep: Callable[[float], None]) -> set[Path]:
    """Those that are being written to."""
    now_s = time.time()
    before = {path: state(path) for path in videos}
    new = [path for path, (_, at_ns) in before.items() if abs(now_s - at_ns / 1e9) < RECENT_S]
    if not new:
        return set()
    sleep(LOOK_AGAIN_S)
    return {path for path in new if state(path) != before[path]}


def state(path: Path) -> tuple[int, int]:
    """Size in bytes, and when a file was written to, ns; (-1, 0) if it cannot be asked for them."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return -1, 0
    return status.st_size, status.st_mtime_ns


def _is_passed_over(folder: Path) -> bool:
    name = folder.name.casefold()
    return name.startswith(".") or name.endswith((ENDING, PROJECT_ENDING))


def _identity(path: Path) -> tuple[int, int] | Path:
    """What is the same for all names of a file or folder."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return path.absolute()
    return (status.st_dev, status.st_ino) if status.st_ino else Path(os.path.realpath(path))
