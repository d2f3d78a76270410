"""Archives of photographs of known people: ``PERSON/PICTURE.jpg``, one face each."""

from __future__ import annotations

import argparse
import tarfile
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from benchmarks.footage import SHARED
from clusterer.core.types import ImageArray
from clusterer.gallery.photographs import decode_photograph

FACES = SHARED / "faces"


def add_photographs(parser: argparse.ArgumentParser, per_person: int) -> None:
    """Let the user name archives, and say how many photographs of each person are read."""
    parser.add_argument(
        "--photographs",
        type=Path,
        nargs="*",
        default=sorted(FACES.glob("*.tar")),
        metavar="FACES.tar",
        help="archives of PERSON/PICTURE.jpg (default: those of ../shared/faces, if any)",
    )
    parser.add_argument(
        "--per-person",
        type=int,
        default=per_person,
        metavar="N",
        help=f"photographs of each person (default: {per_person})",
    )


def count_photographs(archive: Path) -> Counter[str]:
    """How many files an archive has of everybody."""
    with tarfile.open(archive) as tar:
        return Counter(_person(member) for member in tar.getmembers() if member.isfile())


def read_photographs(
    archive: Path, per_person: int, people: Collection[str] | None = None
) -> Iterator[tuple[str, ImageArray]]:
    """Name and picture of the first readable photographs of everybody in an archive.

    Parameters
    ----------
    archive : as above
    per_person : photographs of each, at most
    people : names; None = everybody
    """
    taken: Counter[str] = Counter()
    with tarfile.open(archive) as tar:
        for member in sorted(tar.getmembers(), key=lambda m: m.name):
            person = _person(member)
            if taken[person] >= per_person or not (people is None or person in people):
                continue
            file = tar.extractfile(member)
            image = None if file is None else decode_photograph(file.read())
            if image is not None:
                taken[person] += 1
                yield person, image


def _person(member: tarfile.TarInfo) -> str:
    return PurePosixPath(member.name).parent.name
