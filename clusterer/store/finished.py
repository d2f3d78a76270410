"""Finished shots of an analysis that is not complete, several to a file."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from enum import IntEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from clusterer.core.errors import CacheError
from clusterer.core.parse import build
from clusterer.core.text import brief
from clusterer.core.types import Losses, Mark
from clusterer.store.analysis_npz import NAMES, Arrays, pack, read_meta
from clusterer.store.npz import read_npz

_NONE = Losses()
_PICTURES = ("pictures", "picture_of")
"""All files after each other, and of each: track, frame, kind, length."""


class Kind(IntEnum):
    """What a picture shows; the numbers are those of stored parts."""

    FACE = 0
    TORSO = 1
    FRAME = 2


class Picture(NamedTuple):
    """A picture of a face, of the torso below it, or of the whole frame, small.

    Attributes
    ----------
    track : counted within the shot
    frame
    kind
    jpeg : the file's content
    """

    track: int
    frame: int
    kind: Kind
    jpeg: bytes


@dataclass(frozen=True, slots=True, eq=False)
class FinishedShot:
    """The faces of one shot.

    Attributes
    ----------
    begins : where it begins
    arrays : its part of an `Analysis`; rows and tracks count from 0 within the shot
    pictures : of its tracks; empty if they are not read yet
    """

    begins: Mark
    arrays: Arrays
    pictures: tuple[Picture, ...] = ()

    @property
    def n_faces(self) -> int:
        """Number of its faces."""
        return len(self.arrays["track_of_row"])


@dataclass(frozen=True, slots=True, eq=False)
class FinishedPart:
    """Consecutive shots that were analysed in one pass.

    Attributes
    ----------
    shots
    next : where the shot after the last begins; None = the video ends with the last
    entry_pts : where the pass entered the video, if it began inside a shot: it looked for shots
        that begin there or later, and its frames are counted from there; None = frames are counted
        from the beginning of the video
    stop_pts : it looked for shots that begin before it; None = as far as it came
    losses : what could not be decoded
    after_pts : where the shot before the first ends, if there is one that is certain; None = the
        first is the first of the video, or `entry_pts` is given
    """

    shots: tuple[FinishedShot, ...]
    next: Mark | None
    entry_pts: int | None = None
    stop_pts: int | None = None
    losses: Losses = _NONE
    after_pts: int | None = None

    @property
    def is_first(self) -> bool:
        """Whether it begins with the first shot of the video."""
        return self.entry_pts is None and self.after_pts is None

    @property
    def n_faces(self) -> int:
        """Number of faces in its shots."""
        return sum(shot.n_faces for shot in self.shots)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a file says besides arrays: see `FinishedPart`. Every shot has the arrays of `names`."""

    names: tuple[str, ...]
    begins: tuple[Mark, ...]
    next: Mark | None
    entry_pts: int | None
    stop_pts: int | None
    losses: Losses
    after_pts: int | None

    def __post_init__(self) -> None:
        places = [each.pts for each in (*self.begins, *filter(None, [self.next]))]
        if any(later <= earlier for earlier, later in pairwise(places)):
            raise ValueError("its shots do not follow each other")


def dump_part(part: FinishedPart, stamp: dict[str, Any]) -> bytes:
    """A part as the bytes of an .npz file, with these facts among its own."""
    arrays: Arrays = {}
    for number, shot in enumerate(part.shots):
        files = shot.pictures
        packed: Arrays = {
            **shot.arrays,
            "pictures": np.frombuffer(b"".join(file.jpeg for file in files), np.uint8),
            "picture_of": np.array(
                [(file.track, file.frame, file.kind, len(file.jpeg)) for file in files],
                np.int64,
            ).reshape(-1, 4),
        }
        arrays |= {_member(number, name): array for name, array in packed.items()}
    begins = tuple(shot.begins for shot in part.shots)
    names = tuple(sorted({name for shot in part.shots for name in shot.arrays}))
    facts = _Facts(
        names, begins, part.next, part.entry_pts, part.stop_pts, part.losses, part.after_pts
    )
    return pack(arrays, {**asdict(facts), **stamp})


def read_part(path: Path, stamp: dict[str, Any]) -> FinishedPart | None:
    """Read a file of `dump_part`, without the pictures; None if it has other facts than these.

    Raises
    ------
    CacheError
        It is missing or damaged.
    """
    meta = read_meta(path)
    if {name: meta.get(name) for name in stamp} != stamp:
        return None
    with _understanding(path):
        facts = build(_Facts, {field.name: meta[field.name] for field in fields(_Facts)})
        columns = _read(path, len(facts.begins), NAMES.intersection(facts.names))
    shots = tuple(map(FinishedShot, facts.begins, columns))
    return FinishedPart(
        shots, facts.next, facts.entry_pts, facts.stop_pts, facts.losses, facts.after_pts
    )


def read_pictures(path: Path, shots: int) -> list[tuple[Picture, ...]]:
    """Pictures of each of the shots in a file.

    Raises
    ------
    CacheError
        It is missing or damaged.
    """
    with _understanding(path):
        return [tuple(_pictures(arrays)) for arrays in _read(path, shots, _PICTURES)]


def _pictures(arrays: Arrays) -> Iterator[Picture]:
    start, content = 0, arrays["pictures"].tobytes()
    lengths = arrays["picture_of"][:, 3]
    if (lengths < 0).any() or sum(lengths.tolist()) != len(content):
        raise ValueError("its pictures have other lengths")
    for track, frame, kind, length in arrays["picture_of"].tolist():
        yield Picture(track, frame, Kind(kind), content[start : start + length])
        start += length


def _read(path: Path, shots: int, names: Collection[str]) -> list[Arrays]:
    """The arrays of these names of each shot."""
    arrays = read_npz(path, {_member(number, name) for number in range(shots) for name in names})
    return [{name: arrays[_member(number, name)] for name in names} for number in range(shots)]


def _member(number: int, name: str) -> str:
    return f"{number}-{name}"


@contextmanager
def _understanding(path: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # zipfile, zlib, numpy and json raise many kinds
        raise CacheError(f"{path} is damaged ({brief(error)})") from None
