"""Local copies of films that lie elsewhere, in a folder of limited size.

Each copy has a folder of its own, named by address, size and version of the film, so a film that
changed is another copy. Whoever uses a copy holds a lock on a file in that folder; the system
releases it however the process ends. What nobody uses is removed when room is needed, least
recently used first; what a killed program left unfinished is removed at once.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from clusterer.core.address import name_of, open_place, reaching, shown, size_of, version_of
from clusterer.core.errors import ConfigError, VideoError
from clusterer.core.files import is_plain_file, writing
from clusterer.core.folders import is_plain_folder, make_folder
from clusterer.core.lock import lock
from clusterer.models.cache import cache_folder

FOLDER_VARIABLE, SIZE_VARIABLE = "CLUSTER_VIDEO_SCRATCH", "CLUSTER_VIDEO_SCRATCH_GB"
"""Of the environment: folder, and size in GB, where neither is given."""
SIZE_GB = 20.0
"""Room for a few hours of film at 10 Mbit/s: an hour takes 4.5 GB."""
WAIT_S = 86_400.0
"""Longest that a film waits until others are no longer used and make room."""
_PAUSE_S = 0.05
_CHUNK_BYTES = 4 << 20
_LOCK, _FETCHING, _PART, _USE = ".lock", ".fetching", ".part", ".use-"
_NO_FILE = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_ELSEWHERE = "give another with --scratch"


@dataclass(frozen=True, slots=True)
class Scratch:
    """Where copies of films lie, shared by all processes that name the same folder.

    Attributes
    ----------
    folder : it need not exist
    most_bytes : that all copies together may take
    wait_s : longest that a film waits for room
    """

    folder: Path
    most_bytes: int
    wait_s: float = WAIT_S

    @contextmanager
    def held(self, address: str, check: Callable[[], object] | None = None) -> Iterator[Path]:
        """Keep a local copy of a film for as long as the block lasts.

        Parameters
        ----------
        address
            See `clusterer.core.address.address_of`.
        check
            Called again and again while the film is waited for or read; may raise to end that.

        Yields
        ------
        the copy, whole, under the name that the film has there

        Raises
        ------
        VideoError
            There is no such film, it cannot be read, changed meanwhile, or is larger than the
            folder may be.
        ResultError
            The folder cannot be written to.
        DependencyError, ConfigError
            As of `clusterer.core.address.open_place`.
        """
        system, path = open_place(address)
        info = _facts(system, path, address)
        with reaching(address):
            size = size_of(info)
        if size > self.most_bytes:
            raise VideoError(
                f"{shown(address)} has {size / 1e9:.1f} GB, and the scratch folder may hold "
                f"{self.most_bytes / 1e9:.1f}",
                "Allow more with --scratch-size",
            )
        place = self.folder / version_of(address, info)
        copy = place / (_NO_FILE.sub("_", name_of(address)).lstrip(".") or "film")
        with ExitStack() as stack:
            with writing(self.folder, _ELSEWHERE):
                make_folder(self.folder, private=True, elsewhere=_ELSEWHERE)
                stack.enter_context(self._used(place))
                if not is_plain_file(copy):
                    with self._fetching(place, check):
                        if not is_plain_file(copy):
                            self._fetch(_Source(address, system, path, info, check), copy)
            yield copy

    @contextmanager
    def _used(self, place: Path) -> Iterator[None]:
        """Keep others from removing a copy."""
        use = place / f"{_USE}{secrets.token_hex(8)}"
        with self._alone():
            self._tidy()
            place.mkdir(mode=0o700, exist_ok=True)
            file = _locked(use)
        assert file is not None  # the name is new
        try:
            yield
        finally:
            with file, suppress(OSError), self._alone():  # no file vanishes from another's list
                file.close()
                use.unlink()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep all others from changing what lies in the folder."""
        with _waited_for(self.folder / _LOCK):
            yield

    @contextmanager
    def _fetching(self, place: Path, check: Callable[[], object] | None) -> Iterator[None]:
        """Keep others from fetching the same film: they wait for it."""
        with _waited_for(place / _FETCHING, check):
            yield

    def _fetch(self, source: _Source, copy: Path) -> None:
        """Copy a film, and put it in its place once it is whole."""
        part, address = copy.parent / _PART, source.address
        self._reserve(part, source)
        try:
            with part.open("r+b") as to:
                done = 0
                for chunk in source.chunks():
                    to.write(chunk)
                    done += len(chunk)
                to.flush()
                os.fsync(to.fileno())
            after = _facts(source.system, source.path, address)
            if done != source.size or version_of(address, after) != copy.parent.name:
                raise VideoError(f"{shown(address)} changed while it was read", "Run it again")
            part.replace(copy)
        finally:
            with suppress(OSError):
                part.unlink()

    def _reserve(self, part: Path, source: _Source) -> None:
        """Make room for a film, and take it."""
        until_s, size = time.monotonic() + self.wait_s, source.size
        while True:
            source.check()
            with self._alone():
                if self._make_room(size):
                    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
                    os.close(os.open(part, flags, 0o600))
                    os.truncate(part, size)  # counts for others from now on
                    return
            if time.monotonic() >= until_s:
                raise VideoError(
                    f"The scratch folder has no room for {shown(source.address)}: all films in it "
                    "are in use",
                    "Allow more with --scratch-size, or use fewer workers",
                )
            time.sleep(_PAUSE_S)

    def _make_room(self, size: int) -> bool:
        """Remove copies until there is room for one of this size; False if too many are in use."""
        places = {place: _bytes(place) for place in self._places()}
        over = sum(places.values()) + size - self.most_bytes
        if over <= 0:
            return True
        unused = [place for place in places if places[place] and not _is_used(place)]
        if sum(places[place] for place in unused) < over:
            return False
        for place in sorted(unused, key=lambda place: (place.stat().st_mtime_ns, place.name)):
            if over > 0:
                _remove(place)
                over -= places[place]
        return True

    def _tidy(self) -> None:
        """Remove what killed programs left unfinished."""
        for place in self._places():
            if not _is_used(place):
                for left in place.glob(".*"):
                    with suppress(OSError):
                        left.unlink()
                with suppress(OSError):  # holds a copy
                    place.rmdir()

    def _places(self) -> list[Path]:
        return sorted(
            place
            for place in self.folder.iterdir()
            if len(place.name) == 32 and is_plain_folder(place)
        )


@dataclass(frozen=True, slots=True)
class _Source:
    """A film that lies elsewhere, and the facts that its file system has of it."""

    address: str
    system: Any
    path: str
    info: dict[str, Any]
    asks: Callable[[], object] | None

    @property
    def size(self) -> int:
        """Bytes."""
        return size_of(self.info)

    def check(self) -> None:
        """Raise if nobody wants the film any more."""
        if self.asks is not None:
            self.asks()

    def chunks(self) -> Iterator[bytes]:
        """Its content, no more than a chunk beyond the size that it should have."""
        with reaching(self.address):
            file = self.system.open(self.path, "rb")
        with file:
            done = 0
            while done <= self.size:
                self.check()
                with reaching(self.address):
                    chunk = file.read(_CHUNK_BYTES)
                if not chunk:
                    return
                done += len(chunk)
                yield chunk


def scratch(folder: Path | str | None = None, size_gb: float | None = None) -> Scratch:
    """The scratch folder of this machine.

    Parameters
    ----------
    folder
        None = ``CLUSTER_VIDEO_SCRATCH`` of the environment, else ``scratch`` in the user's cache.
    size_gb
        None = ``CLUSTER_VIDEO_SCRATCH_GB`` of the environment, else `SIZE_GB`.

    Raises
    ------
    ConfigError
        The size is not a number above 0.
    """
    chosen = folder or os.environ.get(FOLDER_VARIABLE) or cache_folder() / "scratch"
    text = os.environ.get(SIZE_VARIABLE, "") if size_gb is None else str(size_gb)
    try:
        size = float(text) if text else SIZE_GB
    except ValueError:
        size = 0.0
    if not 0 < size < 1e9:
        raise ConfigError(f"{text!r} is not a size of a scratch folder", "Give it in GB, above 0")
    return Scratch(Path(chosen), round(size * 1e9))


def _facts(system: Any, path: str, address: str) -> dict[str, Any]:
    """What a file system says about a file now."""
    with reaching(address):
        system.invalidate_cache()
        return dict(system.info(path))


def _bytes(place: Path) -> int:
    total = 0
    for each in place.iterdir():
        with suppress(FileNotFoundError):  # a lock that was released meanwhile
            total += each.lstat().st_size
    return total


def _is_used(place: Path) -> bool:
    """Whether a living process uses a copy, or fetches it."""
    return any(_is_held(use) for use in place.glob(f"{_USE}*"))


def _is_held(path: Path) -> bool:
    try:
        file = _locked(path, os.O_RDWR)
    except FileNotFoundError:  # released meanwhile
        return False
    if file is not None:
        file.close()
    return file is None


def _remove(place: Path) -> None:
    for each in list(place.iterdir()):
        each.unlink(missing_ok=True)
    place.rmdir()


def _locked(path: Path, flags: int = os.O_RDWR | os.O_CREAT) -> BinaryIO | None:
    """Lock a file; None if another holds it."""
    flags |= getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    file = os.fdopen(os.open(path, flags, 0o600), "r+b")
    try:
        held = lock(file)
    except BaseException:
        file.close()
        raise
    if held:
        return file
    file.close()
    return None


@contextmanager
def _waited_for(path: Path, check: Callable[[], object] | None = None) -> Iterator[None]:
    """Hold a lock, once others have released it."""
    while (file := _locked(path)) is None:
        if check is not None:
            check()
        time.sleep(_PAUSE_S)
    with file:
        yield
