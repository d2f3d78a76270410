"""A folder per person, with photographs in it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from clusterer.core.errors import EditsError, GalleryError
from clusterer.core.types import Action
from clusterer.edits import parse_edit

SUFFIXES = {".jpg", ".jpeg", ".png"}
REMEDY = "Give a folder that holds a folder of photographs for each person, called by their name"


@dataclass(frozen=True, slots=True)
class Listed:
    """What a gallery's folder holds.

    Attributes
    ----------
    people
        Name → photographs, both in alphabetical order.
    notes
        One line for each folder that cannot be used.
    """

    people: dict[str, tuple[Path, ...]]
    notes: tuple[str, ...]


def list_folder(folder: Path) -> Listed:
    """Find the photographs of a gallery. Hidden files and folders are skipped.

    Raises
    ------
    GalleryError
        It is not a folder, cannot be read, or holds no photographs.
    """
    people: dict[str, list[Path]] = {}
    notes: list[str] = []
    for path in _inside(folder):
        if not path.is_dir():
            continue
        name = unicodedata.normalize("NFC", path.name)
        photographs = [found for found in _inside(path) if found.suffix.lower() in SUFFIXES]
        if not _usable(name):
            notes.append(f"{str(path)!a} cannot be a name")
        elif not photographs:
            notes.append(f"{path} holds no photographs")
        else:
            people.setdefault(name, []).extend(photographs)
    if not people:
        raise GalleryError(f"{folder} holds no photographs of people", REMEDY)
    return Listed({name: tuple(people[name]) for name in sorted(people)}, tuple(notes))


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise GalleryError(f"Cannot read {folder} ({cause})", REMEDY) from None


def _usable(name: str) -> bool:
    """Whether a correction can give that name."""
    try:
        parse_edit({"action": Action.NAME.value, "who": ["0@0,0,1,1"], "name": name})
    except EditsError:
        return False
    return True
