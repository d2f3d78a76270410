"""Files that a command writes where the user says, which may be a result folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath

from clusterer.core.errors import ResultError
from clusterer.core.files import ELSEWHERE, create_file, remove_temporaries, write_all, writing
from clusterer.core.folders import is_plain_folder, make_folder
from clusterer.core.sync import sync_files, sync_folder
from clusterer.store.names import ANALYSIS, CHIPS, EDITS, MARKER, PARTIAL, TABLES
from clusterer.store.owned import OwnedFolder
from clusterer.store.run_lock import WAIT, run_lock

_PARTS = {*TABLES, ANALYSIS, EDITS, MARKER, CHIPS, PARTIAL}
"""What a result consists of; other files of ours may be replaced."""


def write_output(folder: Path, contents: Mapping[str, bytes | str]) -> None:
    """Write files into a folder, which is made if need be; files of the same names are replaced.

    Within a result folder, or directly below one, they become files of the result: listed in its
    marker and readable by the user only. Anywhere else they are ordinary files with the usual
    rights, and no other file there is touched.

    Parameters
    ----------
    folder
    contents
        Name of the file → content.

    Raises
    ------
    ResultError
        The folder cannot be written to, a link within a result leads to it, one of the files is
        part of the result itself, such as ``result.json``, or another program is writing there.
        What was there before stays.
    """
    with output_place(folder, contents) as place:
        place.write(contents)


@dataclass(frozen=True, slots=True)
class OutputPlace:
    """A folder in which one command writes, and nobody else meanwhile.

    Attributes
    ----------
    folder
    is_held : whether others are kept out, see `clusterer.store.run_lock.run_lock`
    result : the result that the folder belongs to; None = to none
    """

    folder: Path
    is_held: bool
    result: OwnedFolder | None = None

    def write(self, contents: Mapping[str, bytes | str]) -> None:
        """Write files, as `write_output` does; errors as there."""
        if self.result is not None:
            files = {self._inside(name): content for name, content in contents.items()}
            self.result.write(files, overwrite=True)
            return
        make_folder(self.folder)
        if self.is_held:
            remove_temporaries(self.folder)
        write_all({self.folder / name: content for name, content in contents.items()})

    def remove(self, names: Iterable[str]) -> str:
        """Delete plain files; those that are not ours are left in a result.

        Returns
        -------
        Why one of them could not be deleted; empty if there was no error.
        """
        why = ""
        try:
            if self.result is not None:
                self.result.remove(map(self._inside, names))
                return ""
            for name in names:
                try:
                    with writing(self.folder / name, ""):
                        (self.folder / name).unlink()
                except ResultError as error:
                    why = why or str(error)
            sync_folder(self.folder)
        except (OSError, ResultError) as error:
            why = why or str(error)
        return why

    def _inside(self, name: str) -> str:
        """Name within the result."""
        assert self.result is not None
        whole = self.folder.absolute()
        return (whole.relative_to(self.result.path) / name).as_posix()


@contextmanager
def output_place(folder: Path, names: Iterable[str]) -> Iterator[OutputPlace]:
    """Keep other writers out of a folder in which files of these names are to be written.

    Raises
    ------
    ResultError
        As of `write_output`, before anything is written.
    """
    whole = folder.absolute()
    _refuse_links(whole)
    for home in (whole, whole.parent):
        result = OwnedFolder(home)
        if result.is_result:
            _refuse_parts(folder, names, whole.relative_to(home))
            with result.locked() as held:
                yield OutputPlace(folder, held, result)
            return
    with run_lock(folder) as held:
        yield OutputPlace(folder, held)


@dataclass(slots=True)
class Draft:
    """A file that is being written.

    Attributes
    ----------
    path : where to write
    is_kept : whether it goes to its place when the block ends; else it is deleted
    """

    path: Path
    is_kept: bool = True


@contextmanager
def output_file(file: Path) -> Iterator[Draft]:
    """Write one large file, as `write_output` does, without holding its content.

    Within the block, it is written under another name beside its place, where it goes once the
    block ends; if the block raises, it is deleted. A result folder is locked only at
    the beginning, so that a review can save meanwhile.

    Parameters
    ----------
    file
        A file of that name is replaced.

    Raises
    ------
    ResultError
        As of `write_output`; also if another program is writing the same file.
    """
    whole = file.absolute()
    digest = hashlib.sha256(os.fsencode(whole.name)).hexdigest()[:16]
    draft = Draft(whole.with_name(f".cluster-video-{digest}.part"))
    _refuse_links(whole.parent)
    result = next(
        (each for each in map(OwnedFolder, list(whole.parents)[:2]) if each.is_result), None
    )
    with run_lock(whole, WAIT):
        if result is None:
            make_folder(whole.parent)
        else:
            inside = whole.relative_to(result.path).as_posix()
            _refuse_parts(whole.parent, [whole.name], whole.parent.relative_to(result.path))
            with result.locked():
                result.register([inside], overwrite=True)
                if "/" in inside:
                    result.make_subfolder(inside.rpartition("/")[0])
        try:
            with writing(file):
                draft.path.unlink(missing_ok=True)  # of a program that was killed
                create_file(draft.path, 0o666 if result is None else 0o600)
            yield draft
            if draft.is_kept:
                with writing(file):
                    sync_files([draft.path])
                    draft.path.replace(whole)
                    sync_folder(whole.parent)
        finally:
            draft.path.unlink(missing_ok=True)


def write_private(path: Path, content: bytes | str, elsewhere: str = ELSEWHERE) -> None:
    """Write one file for this user only; in a result folder it becomes a file of the result.

    Parameters
    ----------
    path
    content
    elsewhere
        See `clusterer.core.files.write_all`.

    Raises
    ------
    ResultError
        The folder cannot be written to; what was there before stays.
    """
    folder = OwnedFolder(path.parent)
    if folder.is_result:
        folder.register([path.name], overwrite=True)
    write_all({path: content}, private=True, elsewhere=elsewhere)


def _refuse_links(folder: Path) -> None:
    """Raise if a link within a result leads out of it, as in a result from somebody else."""
    inside = (folder, *folder.parents)
    for place, homes in ((inside[i], inside[i + 1 : i + 3]) for i in range(3) if inside[i:]):
        linked = os.path.lexists(place) and not is_plain_folder(place)
        if linked and any(OwnedFolder(home).is_result for home in homes):
            raise ResultError(
                f"{place} is not a folder that cluster-video made",
                "Move it away, or name another folder with --output",
            )


def _refuse_parts(folder: Path, names: Iterable[str], inside: PurePath) -> None:
    """Raise if one of the files is part of the result, or would lie among its parts.

    Parameters
    ----------
    folder, names
    inside
        The folder within the result.
    """
    for name in names:
        if (inside / name).parts[0].casefold() in _PARTS:
            raise ResultError(
                f"{folder / name} is part of a result", "Name another folder with --output"
            )
