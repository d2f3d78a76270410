"""Names in a cut list, CMX 3600: comments, names of clips, markers of Resolve, locators of Avid.

Sources: as of `clusterer.outputs.export.edl` and `clusterer.outputs.export.resolve_edl`, whose
files are read back; locators, ``* LOC: 01:00:10:05 RED Anna``, as Media Composer's List Tool writes
them: their timecode is that of the record.

A list is either of the film itself (our own: the film is the source), or it is the list by which
the film was cut together (the film is the record, names are those of clips). `Stretch` holds both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from clusterer.core.errors import CastListError
from clusterer.core.text import folded_file
from clusterer.gallery.cast_list.types import CastEntry, CastList, Moment, Stretch

RESOLVE_START = "01:00:00:00"
"""Where Resolve begins a timeline, and so the first frame of lists of its markers."""
MOST_EVENTS = 100_000
_TIMECODE = re.compile(r"\d\d:\d\d:\d\d[:;.,]\d\d")
_TOGETHER = "Together: "
"""How our own notes begin, of people who appear at one frame."""
_ENDS = re.compile(r"\)(?:, |$)")
_LONGEST_LINE = 2_000
"""Characters; lists that programs write stay below 300."""


@dataclass(slots=True)
class _Event:
    times: tuple[str, str, str, str]
    comment: str = ""
    clip: str = ""
    locators: list[tuple[str, str]] = field(default_factory=list)
    markers: list[tuple[str, int]] = field(default_factory=list)


def read(path: Path, content: bytes, film: str) -> CastList:
    """Read a cut list; see `read_cast_list`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    events = list(_events(path, text))
    if not events:
        raise CastListError(f"{path} has no cuts", "Give a cut list in the format of CMX 3600")
    is_of_film = any(event.clip and _is(event.clip, film) for event in events)
    has_comments = any(event.comment for event in events)
    entries = [
        entry for event in events for entry in _entries(event, film, has_comments=has_comments)
    ]
    markers = any(event.markers for event in events)
    return CastList(
        path,
        tuple(entries),
        start=RESOLVE_START if markers else "",
        is_of_film=is_of_film or markers,
    )


def _is(clip: str, film: str) -> bool:
    """Whether a clip is called as the film, with or without its ending."""
    stems = {folded_file(clip), folded_file(PurePath(clip).stem)}
    return bool(film) and not stems.isdisjoint(
        {folded_file(film), folded_file(PurePath(film).stem)}
    )


def _events(path: Path, text: str) -> Iterator[_Event]:
    event: _Event | None = None
    count = 0
    for line in text.splitlines():
        if len(line) > _LONGEST_LINE:
            raise CastListError(f"{path} has a line of {len(line)} characters", "Give a cut list")
        words = line.split()
        if len(words) >= 7 and words[0].isdecimal() and all(map(_is_timecode, words[-4:])):
            if event is not None:
                yield event
            count += 1
            if count > MOST_EVENTS:
                raise CastListError(f"{path} has too many cuts", f"Give at most {MOST_EVENTS}")
            a, b, c, d = map(_timecode, words[-4:])
            event = _Event((a, b, c, d))
        elif event is not None:
            _note(event, line)
    if event is not None:
        yield event


def _is_timecode(text: str) -> bool:
    return _TIMECODE.fullmatch(text) is not None


def _timecode(text: str) -> str:
    """As we write it: a semicolon before the frames for drop-frame."""
    return text[:8] + (":" if text[8] == ":" else ";") + text[9:]


def _note(event: _Event, line: str) -> None:
    """Take up what a line says about the cut before it."""
    text = line.strip()
    if not text.startswith("*"):
        event.markers += _markers(text)
        return
    key, _, value = text[1:].partition(":")
    key, value = key.strip().upper(), value.strip()
    if key == "COMMENT":
        event.comment = event.comment or value
    elif key == "FROM CLIP NAME":
        event.clip = value
    elif key == "LOC":
        words = value.split(maxsplit=2)  # timecode, colour, name
        if len(words) == 3 and _is_timecode(words[0]):
            event.locators.append((_timecode(words[0]), words[2]))


def _markers(line: str) -> list[tuple[str, int]]:
    """Names and lengths in frames of a marker of Resolve: ``note |C:colour |M:name |D:length``."""
    note, *fields = line.split("|")
    if [each[:2] for each in fields] != ["C:", "M:", "D:"]:
        return []
    name, length = fields[1][2:].strip(), fields[2][2:].strip()
    if not (length.isdecimal() and len(length) < 10):
        return []
    together = note.strip()
    if together.startswith(_TOGETHER):
        several = [_one(each) for each in _ENDS.split(together.removeprefix(_TOGETHER))]
        found = [each for each in several if each is not None]
        if found:
            return found
    return [(name, int(length))]


def _one(text: str) -> tuple[str, int] | None:
    """Name and length out of ``Anna (12 frame``."""
    name, _, count = text.rpartition(" (")
    frames = count.partition(" ")[0]
    return (name, int(frames)) if frames.isdecimal() and len(frames) < 10 else None


def _entries(event: _Event, film: str, *, has_comments: bool) -> Iterator[CastEntry]:
    """Who is named by one cut; comments count before names of clips, in the whole list."""
    source_in, source_out, record_in, record_out = map(Moment, event.times)
    if event.markers:
        for name, frames in event.markers:
            until = Moment(record_in.value, after=frames)
            yield CastEntry(name, stretches=(Stretch((record_in, until)),))
        return
    for at, name in event.locators:
        point = Moment(at)
        yield CastEntry(name, stretches=(Stretch(None, (point, point)),))
    name = event.comment if has_comments else "" if _is(event.clip, film) else event.clip
    if name:
        both = Stretch((source_in, source_out), (record_in, record_out))
        yield CastEntry(name, stretches=(both,))
