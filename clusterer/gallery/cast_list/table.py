"""A table of a cast: a row for each person, or for each time that a person is seen.

Source: RFC 4180, with a header. Separators are commas, semicolons or tabs; text is UTF-8, or UTF-16
with a byte order mark, as Excel and Premiere write it. Columns are known by the names in `COLUMNS`,
in any case and order; others are ignored. Our own ``appearances.csv`` is such a table.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

from clusterer.core.cells import restored
from clusterer.core.dates import parse_date
from clusterer.core.errors import CastListError, ConfigError
from clusterer.core.files import read_file, reading
from clusterer.core.text import brief, folded
from clusterer.core.timecode import is_timecode, parse_time_s
from clusterer.gallery.cast_list.types import CastEntry, CastList, Moment, Stretch

COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "actor", "performer", "marker name", "person"),
    "role": ("role", "character", "plays"),
    "in_frame": ("start_frame", "in_frame"),
    "out_frame": ("end_frame", "out_frame"),
    "in": ("in", "start", "begin", "start_timecode", "start_s"),
    "out": ("out", "end", "end_timecode", "end_s"),
    "film": ("film", "video", "episode"),
    "photo": ("photo", "photograph", "picture", "image"),
    "born": ("born", "birth year", "birth_year", "year of birth"),
    "date": ("date", "year", "recorded", "first shown"),
    "not_before": ("not before", "not_before", "not alive before", "first possible date"),
}
"""Meaning → names of columns, the first that is there counts."""
MOST_BYTES = 1 << 26
"""Largest file that is read."""
MOST_ROWS = 200_000
LONGEST_CELL = 10_000
"""Characters."""
LONGEST_TIME = 20
ELSEWHERE = ("//", "\\\\")
"""How paths on other machines begin: nothing is fetched because a list says so."""
SEPARATOR_OF_PHOTOS = "|"
_HEADER = "Give a first line with names of columns, one of them name"
_FRAME = re.compile(r"\d{1,9}")


def read(path: Path, content: bytes, film: str = "") -> CastList:
    """Read a table; see `read_cast_list`."""
    del film
    entries = []
    for number, row in rows(path, content):
        try:
            entry = _entry(path.parent, row)
        except (ConfigError, ValueError) as error:
            cause = error.cause if isinstance(error, ConfigError) else str(error)
            raise CastListError(f"{path}, line {number}: {brief(cause)}", _REMEDY) from None
        if entry is not None:
            entries.append(entry)
    return CastList(path, tuple(entries), is_of_film=True)


def read_dates(path: Path | str) -> dict[str, str]:
    r"""Read the dates of films: a table with the columns ``film`` and ``date``.

    Returns
    -------
    Film → date as written, such as ``1965`` or ``1965-04-30``; empty = unknown

    Raises
    ------
    CastListError
        It cannot be read, or lacks a column.

    Examples
    --------
    >>> _ = pathlib.Path("dates.csv").write_text("film,date\ne1.mp4,1965-04\n")
    >>> clusterer.read_dates("dates.csv")
    {'e1.mp4': '1965-04'}
    """
    path = Path(path)
    with reading(path, CastListError, "Give a table with the columns film and date"):
        content = read_file(path, MOST_BYTES)
    found: dict[str, str] = {}
    for number, row in rows(path, content):
        if not row.keys() >= {"film", "date"}:
            raise CastListError(f"{path} has no columns film and date", "Add them")
        try:
            if row["date"]:
                parse_date(row["date"])
        except ValueError as error:
            raise CastListError(f"{path}, line {number}: {error}", _REMEDY) from None
        if row["film"]:
            found[restored(row["film"])] = row["date"]
    return found


_REMEDY = "Write times as seconds, M:SS, H:MM:SS or HH:MM:SS:FF, and dates as 1965 or 1965-04-30"


def rows(path: Path, content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Number of the line, and meaning → text without blanks around it, of each row.

    Raises
    ------
    CastListError
        It is not text, has no column of names, or has too many rows.
    """
    text = _decoded(path, content)
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False)
    try:
        header = _meanings(next(reader, []))
        if "name" not in header.values() and "film" not in header.values():
            raise CastListError(f"{path} has no column name", _HEADER)
        for row in reader:
            if reader.line_num > MOST_ROWS:
                raise CastListError(f"{path} has too many rows", f"Give at most {MOST_ROWS}")
            if any(len(cell) > LONGEST_CELL for cell in row):
                cause = f"{path}, line {reader.line_num}: a cell is too long"
                raise CastListError(cause, "Give a table of a cast")
            cells = {header[i]: cell.strip() for i, cell in enumerate(row) if i in header}
            if any(cells.values()):
                yield reader.line_num, cells
    except csv.Error as error:
        cause = f"{path}, line {reader.line_num}: {brief(error)}"
        raise CastListError(cause, "Save it as CSV again") from None


def _decoded(path: Path, content: bytes) -> str:
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise CastListError(f"{path} is not UTF-8", "Save it as CSV in UTF-8") from None
    if "\0" in text:
        raise CastListError(f"{path} is not text", "Give a table as CSV")
    return text


def _meanings(header: list[str]) -> dict[int, str]:
    """Place → meaning; of several columns of one meaning, the first of `COLUMNS`."""
    there = {folded(title.strip()): i for i, title in reversed(list(enumerate(header)))}
    found: dict[int, str] = {}
    for meaning, titles in COLUMNS.items():
        place = next((there[title] for title in titles if title in there), None)
        if place is not None:
            found[place] = meaning
    return found


def _entry(folder: Path, row: dict[str, str]) -> CastEntry | None:
    name = restored(row.get("name", ""))
    if not name:
        return None
    photos = [photo.strip() for photo in row.get("photo", "").split(SEPARATOR_OF_PHOTOS)]
    for photo in photos:
        if photo.startswith(ELSEWHERE) or "://" in photo:
            raise ValueError(f"{brief(photo, 60)!r} is not a file of this machine")
    stretch = _stretch(row)
    return CastEntry(
        name,
        role=restored(row.get("role", "")),
        stretches=() if stretch is None else (stretch,),
        photographs=tuple(folder / photo for photo in photos if photo),
        not_before=_not_before(row),
    )


def _stretch(row: dict[str, str]) -> Stretch | None:
    begin = _frame(row.get("in_frame", "")) or _time(row.get("in", ""))
    if begin is None:
        return None
    end = _frame(row.get("out_frame", "")) or _time(row.get("out", "")) or begin
    return Stretch((begin, end), film=restored(row.get("film", "")))


def _frame(text: str) -> Moment | None:
    if not text:
        return None
    if not _FRAME.fullmatch(text):
        raise ValueError(f"{text!r} is not the number of a frame")
    return Moment(int(text))


def _time(text: str) -> Moment | None:
    if not text:
        return None
    if is_timecode(text):
        return Moment(text)
    if len(text) > LONGEST_TIME:
        raise ValueError(f"{brief(text, 20)!r} is not a time")
    seconds = parse_time_s(text)
    return Moment(Fraction(str(seconds)))


def _not_before(row: dict[str, str]) -> date | None:
    """The later of the two dates, as nobody is in a film before being born."""
    dates = [parse_date(row[each]) for each in ("born", "not_before") if row.get(each)]
    return max(dates, default=None)
