"""Which film a file is, by its content alone, and where a film lies on this machine."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from clusterer.core.errors import VideoError
from clusterer.core.files import open_file, read_nofollow, reading, special_kind
from clusterer.core.text import one_line
from clusterer.models.cache import cache_folder

WHOLE_BYTES = 64 << 20
"""Files up to this size are read whole."""
BLOCKS, BLOCK_BYTES = 64, 256 << 10
"""Of longer files, this many blocks are read: 16 MiB in all, 0.05 s from a warm disk."""
_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Film:
    """A film.

    Attributes
    ----------
    name : of the file, for display
    fingerprint : see `film_of`; empty = unknown, as in results of earlier versions
    """

    name: str
    fingerprint: str


def film_of(video: Path) -> Film:
    """Identify a film by its content.

    The fingerprint is the sha256 of the size and of the content: of all of it up to 64 MiB, else
    of 64 blocks of 256 KiB, the first at the head, the last at the tail, the others evenly between.
    A file that was moved, renamed, copied or touched is the same film; one that was cut, re-encoded
    or re-tagged is another.

    Raises
    ------
    VideoError
        The file cannot be read, or is none, such as a pipe.
    """
    with reading(video, VideoError):
        if kind := special_kind(video):
            raise VideoError(
                f"{video} is {kind}, not a file", "Save the video to a file, and give that"
            )
        with open_file(video) as file:
            return film_in(video.name, file, os.fstat(file.fileno()).st_size)


def film_in(name: str, file: BinaryIO, size: int) -> Film:
    """Identify a film by the content of an open file of this size, as `film_of` does."""
    digest = hashlib.sha256(f"{size}\n".encode())
    for block in _blocks(file, size):
        digest.update(block)
    return Film(one_line(name), digest.hexdigest())


def _blocks(file: BinaryIO, size: int) -> Iterator[bytes]:
    if size <= WHOLE_BYTES:
        while block := file.read(1 << 20):
            yield block
        return
    for i in range(BLOCKS):
        file.seek((size - BLOCK_BYTES) * i // (BLOCKS - 1))
        yield file.read(BLOCK_BYTES)


def remember(key: str, video: Path) -> None:
    """Note where a film lies on this machine, so that a later review finds it.

    A result holds the name of its film but not its folder, because results travel. The note lies in
    the user's cache, readable by this user only, under the key of the analysis, which nobody knows
    who has not had the film. Without a writable cache nothing is noted.

    Parameters
    ----------
    key
        Of the analysis, see `clusterer.store.analysis_cache.analysis_key`.
    video
    """
    note = _note(key)
    if note is None:
        return
    with suppress(OSError):
        note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=note.parent)  # 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(os.fsencode(video.absolute()))
            Path(name).replace(note)
        finally:
            Path(name).unlink(missing_ok=True)


def recall(key: str) -> Path | None:
    """Where the film of an analysis lay when last analysed on this machine; None = never."""
    note = _note(key)
    if note is None:
        return None
    try:
        video = Path(os.fsdecode(read_nofollow(note)))
    except OSError:
        return None
    return video if video.is_absolute() else None


def forget(key: str) -> None:
    """Delete the note on where the film of an analysis lies.

    Raises
    ------
    OSError
        It cannot be deleted.
    """
    note = _note(key)
    if note is not None:
        note.unlink(missing_ok=True)


def _note(key: str) -> Path | None:
    return cache_folder() / "films" / key if _KEY.fullmatch(key) else None
