"""What exports wrote, so that the next export of the same removes what it does not write again.

The notes lie in the user's cache, for this user only: one for each folder, film, format and choice,
under a digest of these. A note holds the size of each file, and a digest of its name and content
together, from which neither can be read. So a file is deleted only if it is exactly what we wrote
there, and a lost note means that nothing is deleted.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clusterer.core.errors import ResultError
from clusterer.core.files import read_file, read_nofollow, write_all
from clusterer.core.folders import make_folder
from clusterer.models.cache import cache_folder
from clusterer.store.output import output_place

FOLDER = "exports"
"""Of the notes, within the cache folder."""
OTHERS = ".nfo"
"""Ending of files that media libraries keep beside films, too: only our own are replaced."""
_MOST_BYTES = 1 << 24
"""Largest note that is read."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Files that one export writes for one film in one format.

    Attributes
    ----------
    key : what stays the same when it is exported again: film, format and choice
    files : name → content; none if there is nobody to export
    """

    key: tuple[str, ...]
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Removed:
    """What an export removed of the one before it.

    Attributes
    ----------
    names : of the files, sorted
    left : of those that could not be deleted
    why : one could not be
    """

    names: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    why: str = ""


def write_exports(folder: Path, batches: Sequence[Batch]) -> Removed:
    """Write files as `write_output` does, then remove what earlier exports of the same left.

    A file is removed if the last export with one of these keys wrote it into this folder, this
    export does not, and its name and content are still the same. Links are not followed. Where the
    cache cannot be written to, or has no locks, nothing is removed.

    Raises
    ------
    ResultError
        As of `write_output`, or a file would replace what a media library keeps there; nothing is
        written or removed then.
    """
    files = {name: content for batch in batches for name, content in batch.files.items()}
    with output_place(folder, files) as place:
        known = [_Note.of(folder, batch) for batch in batches]
        if place.result is None:
            _refuse_others(folder, files, known)
        # What is about to be written is noted before: a killed export leaves nothing unknown.
        notes = known if place.is_held else []
        notes = [note for note in notes if _save(note.path, note.before | note.now)]
        place.write(files)
        stale = _unchanged(folder, notes, files)
        why = place.remove(stale) if stale else ""
        left = [name for name in stale if os.path.lexists(folder / name)]
        for note in notes:
            kept = note.before & {stale[name] for name in left}
            if note.before - note.now - kept:
                _save(note.path, note.now | kept)
    return Removed(tuple(name for name in stale if name not in left), tuple(left), why)


def known_exports(folder: Path) -> tuple[str, ...]:
    """Names of the files in a folder that are as some export wrote them there, sorted.

    Those whose note is lost, or that were changed since, are left out.
    """
    notes = cache_folder() / FOLDER
    with suppress(OSError):
        known = frozenset(entry for path in notes.iterdir() for entry in _read(path))
        ours = [_Note(notes, known, frozenset())] if known else []
        return tuple(sorted(_unchanged(folder, ours, ())))
    return ()


@dataclass(frozen=True, slots=True)
class _Note:
    """One note: entries of the files that were written before, and of those to be written now."""

    path: Path
    before: frozenset[str]
    now: frozenset[str]

    @classmethod
    def of(cls, folder: Path, batch: Batch) -> _Note:
        key = "\0".join((*batch.key, os.path.realpath(folder)))
        path = cache_folder() / FOLDER / hashlib.sha256(os.fsencode(key)).hexdigest()
        now = frozenset(_entry(name, content) for name, content in batch.files.items())
        return cls(path, _read(path), now)


def _refuse_others(folder: Path, files: Iterable[str], notes: Iterable[_Note]) -> None:
    """Raise ResultError if a file with the ending `OTHERS` is there that no export wrote."""
    ours = {entry for note in notes for entry in note.before | note.now}
    for path in (folder / name for name in files if name.endswith(OTHERS)):
        with suppress(FileNotFoundError, NotADirectoryError):
            try:
                if _entry(path.name, read_nofollow(path)) in ours:
                    continue
            except (FileNotFoundError, NotADirectoryError):
                raise
            except OSError:
                pass  # a link, a folder, or not to be read: not ours
            raise ResultError(
                f"{path} is there already, and no export wrote it",
                "Name another folder with -o, and copy from there what you need",
            )


def _entry(name: str, content: bytes) -> str:
    """Size and digest; systems may compose the characters of a name otherwise than we did."""
    whole = os.fsencode(unicodedata.normalize("NFC", name)) + b"\0" + content
    return f"{len(content)} {hashlib.sha256(whole).hexdigest()}"


def _read(path: Path) -> frozenset[str]:
    with suppress(OSError, UnicodeDecodeError):
        return frozenset(read_file(path, _MOST_BYTES).decode("ascii").splitlines())
    return frozenset()


def _save(path: Path, entries: Collection[str]) -> bool:
    """Replace a note, and delete an empty one; returns whether that worked."""
    if not entries:
        with suppress(OSError):
            path.unlink(missing_ok=True)
            return True
        return False
    with suppress(ResultError):
        make_folder(path.parent, private=True)
        text = "".join(f"{entry}\n" for entry in sorted(entries))
        write_all({path: text}, private=True, durable=False)
        return True
    return False


def _unchanged(folder: Path, notes: Iterable[_Note], written: Iterable[str]) -> dict[str, str]:
    """Files of the notes that are there as they were written, and not written now: → entry."""
    known = {entry for note in notes for entry in note.before - note.now}
    if not known:
        return {}
    sizes = {entry.partition(" ")[0] for entry in known}
    found: dict[str, str] = {}
    with suppress(OSError):
        ours = [(folder / name).lstat() for name in written]
        for path in sorted(folder.iterdir()):
            with suppress(OSError):
                facts = path.lstat()
                if str(facts.st_size) not in sizes:
                    continue
                if any(os.path.samestat(facts, each) for each in ours):
                    continue  # the same name to a system that ignores case
                entry = _entry(path.name, read_nofollow(path))
                if entry in known:
                    found[path.name] = entry
    return found
