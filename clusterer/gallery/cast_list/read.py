"""A file of names → a cast list, by its ending."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from clusterer.core.errors import CastListError
from clusterer.core.files import read_file, reading
from clusterer.core.text import brief, folded
from clusterer.gallery.cast_list import edl, fcpxml, table
from clusterer.gallery.cast_list.types import CastEntry, CastList
from clusterer.gallery.read import is_usable
from clusterer.people.names import is_automatic

MOST_NAMES = 2_000
"""Of a list; the credits of a film seldom have as many."""
READERS: dict[str, Callable[[Path, bytes, str], CastList]] = {
    ".csv": table.read,
    ".edl": edl.read,
    ".fcpxml": fcpxml.read,
    ".fcpxmld": fcpxml.read,
    ".tsv": table.read,
    ".txt": table.read,
}
"""By ending of the file; each is given path, content, and the film's file name."""
_REMEDY = "Give a cut list (.edl), a project of Final Cut Pro (.fcpxml), or a table (.csv)"
_BUNDLE = "Info.fcpxml"
"""What a bundle, ``.fcpxmld``, holds."""


def read_cast_list(path: Path | str, film: str = "") -> CastList:
    r"""Read names from a cut list, a project of Final Cut Pro, or a table.

    Names that are like automatic ones (``Person 3``) are left out.

    Parameters
    ----------
    path
        ``.edl`` (CMX 3600: comments, names of clips, markers of Resolve, locators), ``.fcpxml``
        (markers, keywords, else roles), or ``.csv`` with a header, see the page on cast lists.
    film
        File name of the film, by which a cut list tells whether it is of the film itself.

    Raises
    ------
    CastListError
        It is none of these, is damaged or too large, or has no names.

    Examples
    --------
    >>> _ = pathlib.Path("cast.csv").write_text("name,role\nAnna,Nurse\nBen,Doctor\n")
    >>> [entry.name for entry in clusterer.read_cast_list("cast.csv").entries]
    ['Anna', 'Ben']
    """
    path = Path(path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise CastListError(f"{path} is not a list of names", _REMEDY)
    with reading(path, CastListError, _REMEDY):
        file = path / _BUNDLE if path.is_dir() else path
        size = file.stat().st_size
        if size > table.MOST_BYTES:
            raise CastListError(f"{path} is too large ({size >> 20} MB)", "Give a shorter list")
        content = read_file(file, table.MOST_BYTES)
    found = reader(path, content, film)
    entries, notes = _checked(found.entries)
    if not entries:
        why = f" ({notes[0]})" if notes else ""
        raise CastListError(f"{path} has no names{why}", _REMEDY)
    if len(entries) > MOST_NAMES:
        raise CastListError(f"{path} has {len(entries)} names", f"Give at most {MOST_NAMES}")
    return replace(found, entries=entries, notes=(*found.notes, *notes))


def _checked(entries: Iterable[CastEntry]) -> tuple[tuple[CastEntry, ...], list[str]]:
    """One entry for each name, in any case; and what is left out."""
    known: dict[str, list[CastEntry]] = {}
    for entry in entries:
        known.setdefault(folded(entry.name), []).append(entry)
    found, notes, automatic = [], [], 0
    for same in known.values():
        name = same[0].name
        if is_automatic(name):
            automatic += 1
        elif not (name.strip() and is_usable(name)):
            notes.append(f"{brief(name, 40)!a} cannot be a name")
        else:
            found.append(_joined(same))
    if automatic:
        notes.append(f"{automatic} left out: names such as Person 3 are nobody's")
    return tuple(found), notes


def _joined(same: list[CastEntry]) -> CastEntry:
    if len(same) == 1:
        return same[0]
    return CastEntry(
        same[0].name,
        role=next((each.role for each in same if each.role), ""),
        stretches=tuple(stretch for each in same for stretch in each.stretches),
        photographs=tuple(dict.fromkeys(path for each in same for path in each.photographs)),
        not_before=max((each.not_before for each in same if each.not_before), default=None),
    )
