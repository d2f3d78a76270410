"""Looks for biometric data in every file of a folder, however it is stored."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clusterer.core.types import Analysis

_SCAN = b"\xff\xda"
"""Begins the pixels of a JPEG; what is before is alike in many."""
_MEMBER = b"PK\x03\x04"
_PIECE = 96
"""Bytes of a picture that are looked for."""


@dataclass(frozen=True)
class Traces:
    """What must not be found.

    Attributes
    ----------
    vectors : rows of embeddings
    pictures : JPEG files
    names : of people
    """

    vectors: tuple[np.ndarray, ...] = ()
    pictures: tuple[bytes, ...] = ()
    names: tuple[str, ...] = ()

    def found(self, folder: Path) -> list[str]:
        """Which file holds what, one line each."""
        wanted = dict(self._needles())
        return [
            f"{path.relative_to(folder)}{where}: {wanted[needle]}"
            for path in sorted(folder.rglob("*"))
            if path.is_file()
            for where, content in _contents(path)
            for needle in wanted
            if needle in content
        ] + [
            f"{path.relative_to(folder)}: name {name}"
            for path in sorted(folder.rglob("*"))
            for name in self.names
            if name in path.name
        ]

    def _needles(self) -> Iterator[tuple[bytes, str]]:
        for i, row in enumerate(self.vectors):
            for kind in ("<f4", "<f8", "<f2"):
                whole = np.ascontiguousarray(row, kind).tobytes()
                yield whole, f"vector {i} as {kind}"
                if np.count_nonzero(row) == len(row):  # ends of sparse ones are alike
                    yield whole[:32], f"beginning of vector {i} as {kind}"
                    yield whole[-32:], f"end of vector {i} as {kind}"
                yield from _as_text(whole, f"vector {i} as {kind}")
        for i, picture in enumerate(self.pictures):
            body = picture[max(0, picture.find(_SCAN)) :]
            yield body[16:][:_PIECE], f"beginning of picture {i}"
            yield body[-_PIECE:], f"picture {i}"
            yield from _as_text(body[16:], f"picture {i}")
        for name in self.names:
            yield name.encode(), f"name {name}"
            yield name.encode("utf-16-le"), f"name {name} in UTF-16"


def _as_text(content: bytes, what: str) -> Iterator[tuple[bytes, str]]:
    """Base64 at each of the three ways in which bytes can begin within it, and hexadecimal."""
    for shift in range(3):
        text = base64.b64encode(content[shift:])
        middle = text[len(text) // 2 :][:_PIECE]
        yield middle, f"{what} in base64"
    yield content[-16:].hex().encode(), f"{what} in hexadecimal"


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """A file as it is, and what is packed in it."""
    raw = path.read_bytes()
    yield "", raw
    if zipfile.is_zipfile(io.BytesIO(raw)):
        with zipfile.ZipFile(io.BytesIO(raw)) as file:
            for name in file.namelist():
                yield f"[{name}]", file.read(name)
    at = raw.find(_MEMBER)
    while at >= 0:  # also members that a directory no longer lists
        start = at + 30 + int.from_bytes(raw[at + 26 : at + 28], "little")
        start += int.from_bytes(raw[at + 28 : at + 30], "little")
        with suppress(zlib.error):
            yield f"[at {at}]", zlib.decompressobj(-15).decompress(raw[start:])
        at = raw.find(_MEMBER, at + 1)


def traces_of(
    folder: Path, analysis: Analysis, tracks: Iterable[int] | None = None, names: Iterable[str] = ()
) -> Traces:
    """What there is of some tracks of a result, or of all.

    Parameters
    ----------
    folder
        Of the result, as it is now.
    analysis
        Of it.
    tracks
        None = all.
    names
    """
    chosen = set(range(len(analysis.tracks)) if tracks is None else tracks)
    track_of = analysis.track_of_row
    vectors = [
        vectors[i]
        for i, row in enumerate(analysis.chip_rows.tolist())
        if int(track_of[row]) in chosen
        for vectors in (analysis.chip_embeddings, analysis.chip_clothing, analysis.chip_colours)
        if vectors.shape[1] >= 8 and vectors[i].any()
    ]
    pictures = [
        path.read_bytes()
        for path in sorted((folder / "chips").glob("*.jpg"))
        if int(path.name.partition("-")[0]) in chosen
    ]
    return Traces(tuple(vectors), tuple(pictures), tuple(names))
