"""Read a folder of labelled pictures of people."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import cv2
import numpy as np

from clusterer.core.errors import DataError
from clusterer.core.files import open_file, read_file
from clusterer.core.picture_size import is_decodable
from clusterer.core.types import ImageArray, IntArray

ENDINGS = (".jpg", ".jpeg", ".png")
LEAST_PICTURES = 2
"""Of each person, since a single picture has no counterpart."""
LEAST_PEOPLE = 2
"""On either side of the split, since one person cannot be confused with another."""
REMEDY = "Give a folder, or a TAR file, of PERSON/PICTURE.jpg or .png"


@dataclass(frozen=True, slots=True, eq=False)
class Identities:
    """Pictures of people, all of one size.

    Attributes
    ----------
    pictures : array of shape (n, S, S, 3), uint8, RGB
    people : array of shape (n,), int64, index into `names`
    names : of the people, sorted
    left_out : names of people with fewer than `LEAST_PICTURES` pictures
    damaged : names of files that cannot be decoded
    """

    pictures: ImageArray
    people: IntArray
    names: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.pictures)


def read_identities(path: Path, size_px: int, crop: float = 1.0) -> Identities:
    """Read pictures of people, in the layout of Labeled Faces in the Wild.

    Pictures are used as they are: cut out and aligned already. Damaged pictures, and people with
    too few pictures, are left out and listed.

    Parameters
    ----------
    path
        A folder of ``PERSON/PICTURE.jpg`` (or ``.jpeg``, ``.png``), or a TAR file of such folders.
    size_px
        Side to which pictures are scaled.
    crop
        Side of the central square that is used, as a share of the picture's shorter side.

    Returns
    -------
    Identities, sorted by names and files

    Raises
    ------
    DataError
        The folder or file cannot be read, or nobody in it has two pictures.
    """
    pictures: dict[str, list[ImageArray]] = {}
    damaged = []
    for person, name, packed in _in_order(path):
        image = _decoded(packed)
        found = pictures.setdefault(person, [])
        if image is None:
            damaged.append(name)
        else:
            found.append(_scaled(image, size_px, crop))
    kept = {name: found for name, found in pictures.items() if len(found) >= LEAST_PICTURES}
    if not kept:
        raise DataError(f"In {path} is nobody with {LEAST_PICTURES} pictures or more", REMEDY)
    counts = [len(found) for found in kept.values()]
    return Identities(
        pictures=np.array([each for found in kept.values() for each in found], dtype=np.uint8),
        people=np.repeat(np.arange(len(kept), dtype=np.int64), counts),
        names=tuple(kept),
        left_out=tuple(name for name in pictures if name not in kept),
        damaged=tuple(damaged),
    )


def split_people(faces: Identities, share: float, seed: int) -> tuple[IntArray, IntArray]:
    """Split into training and held-out rows, with nobody on both sides.

    Parameters
    ----------
    faces
    share
        Share of the people to hold out, 0 to 1; at least two people are.
    seed
        Of the random choice.

    Returns
    -------
    train, held_out : sorted rows

    Raises
    ------
    DataError
        There are too few people for two on either side.
    """
    count = max(LEAST_PEOPLE, round(share * len(faces.names)))
    if len(faces.names) - count < LEAST_PEOPLE:
        people = "1 person is" if len(faces.names) == 1 else f"{len(faces.names)} people are"
        raise DataError(f"{people} too few", "Add people, or lower --held-out")
    picked = np.random.default_rng(seed).permutation(len(faces.names))[:count]
    held_out = np.isin(faces.people, picked)
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)


def reported(faces: Identities, most: int = 5) -> Sequence[str]:
    """Describe what was left out, in one line for each reason.

    Parameters
    ----------
    faces
    most
        Greatest number of names in a line.
    """
    kinds = (
        ("not a picture", faces.damaged),
        (f"fewer than {LEAST_PICTURES} pictures", faces.left_out),
    )
    lines = []
    for what, names in kinds:
        if names:
            more = f" and {len(names) - most} more" if len(names) > most else ""
            lines.append(f"Left out, {what}: {', '.join(names[:most])}{more}")
    return lines


def _in_order(path: Path) -> Iterator[tuple[str, str, bytes]]:
    """Person, file and content of each picture, by person and file."""
    try:
        yield from _packed(path) if path.is_file() else _unpacked(path)
    except (OSError, tarfile.TarError) as error:
        cause = isinstance(error, OSError) and error.strerror
        reason = cause.lower() if cause else "not a TAR file, or damaged"
        raise DataError(f"Cannot read {path} ({reason})", REMEDY) from None


def _unpacked(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    for person in sorted(each for each in folder.iterdir() if each.is_dir()):
        files = (each for each in person.iterdir() if _is_picture(each.name))
        for file in sorted(files):
            yield person.name, f"{person.name}/{file.name}", read_file(file)


def _packed(path: Path) -> Iterator[tuple[str, str, bytes]]:
    """The folders of people may be at any depth."""
    with open_file(path) as packed, tarfile.open(fileobj=packed) as tar:
        members = [m for m in tar.getmembers() if m.isfile() and _is_picture(m.name)]
        for member in sorted(members, key=lambda m: PurePosixPath(m.name).parts[-2:]):
            person = PurePosixPath(member.name).parent.name
            if person:
                file = tar.extractfile(member)
                name = f"{person}/{PurePosixPath(member.name).name}"
                yield person, name, file.read() if file else b""


def _is_picture(name: str) -> bool:
    """Whether the suffix is of a picture; hidden files are skipped."""
    file = PurePosixPath(name).name
    return not file.startswith(".") and file.lower().endswith(ENDINGS)


def _decoded(packed: bytes) -> ImageArray | None:
    if not is_decodable(packed):
        return None
    image = cv2.imdecode(np.frombuffer(packed, dtype=np.uint8), cv2.IMREAD_COLOR)
    return None if image is None else np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)


def _scaled(image: ImageArray, size_px: int, crop: float) -> ImageArray:
    """The central square, scaled."""
    height, width = image.shape[:2]
    side = max(1, round(min(height, width) * crop))
    top, left = (height - side) // 2, (width - side) // 2
    middle = image[top : top + side, left : left + side]
    way = cv2.INTER_AREA if side > size_px else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(middle, (size_px, size_px), interpolation=way), np.uint8)
