"""Remove the pictures that cluster-video added to folders of named people."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clusterer.core.files import is_plain_file, read_file, writing
from clusterer.core.text import folded
from clusterer.gallery.keep import file_name
from clusterer.removal.types import Choice, PurgedFolder, PurgedKind
from clusterer.store.run_lock import WAIT, run_lock

_MOST_BYTES = 1 << 20
"""Largest picture that is looked at; those of faces have some kilobytes."""


def is_ours(path: Path) -> bool:
    """Whether a file is as `add_to_gallery` wrote it: its name is a digest of its content."""
    if len(path.name) != _LENGTH or path.suffix != ".jpg" or not is_plain_file(path):
        return False
    with suppress(OSError):
        return path.stat().st_size <= _MOST_BYTES and file_name(read_file(path)) == path.name
    return False


_LENGTH = len(file_name(b""))


@dataclass(frozen=True, slots=True)
class GalleryPurge:
    """What is to be removed from a gallery.

    Attributes
    ----------
    path : of the folder that has a folder for each person
    pictures : that are ours
    choice
    """

    path: Path
    pictures: tuple[Path, ...]
    choice: Choice

    def plan(self) -> PurgedFolder | None:
        """What goes; None = nothing."""
        going = self._going()
        if not going:
            return None
        return PurgedFolder(
            self.path,
            PurgedKind.GALLERY,
            tuple(dict.fromkeys(path.parent.name for path in going)),
            tuple(path.relative_to(self.path).as_posix() for path in going),
            (),
            sum(path.stat().st_size for path in going),
        )

    def carry_out(self) -> tuple[str, ...]:
        """Remove it.

        Raises
        ------
        ResultError
            Another program is adding pictures, or one cannot be deleted.
        """
        with run_lock(self.path, WAIT), writing(self.path):
            for path in filter(is_ours, self._going()):
                path.unlink()
                with suppress(OSError):  # not empty
                    path.parent.rmdir()
            with suppress(OSError):
                self.path.rmdir()
        return ()

    def _going(self) -> list[Path]:
        names, before_s = set(map(folded, self.choice.people)), self.choice.before_s
        return [
            path
            for path in self.pictures
            if (not names or folded(path.parent.name) in names)
            and (before_s is None or path.stat().st_mtime < before_s)
        ]


def of_pictures(pictures: Iterable[Path], choice: Choice) -> list[GalleryPurge]:
    """One for each gallery that pictures lie in."""
    found: dict[Path, list[Path]] = {}
    for path in sorted(pictures):
        found.setdefault(path.parent.parent, []).append(path)
    return [GalleryPurge(path, tuple(own), choice) for path, own in found.items()]
