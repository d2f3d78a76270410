"""Names in a project of Final Cut Pro: markers and keywords of clips, else roles.

Source: as of `clusterer.outputs.export.fcpxml`, whose files are read back; and Apple, "FCPXML
Reference", "Spine" and "Clips": ``start`` is in the clip's own time, which for media is that of the
file; ``offset`` is in the time of what the clip lies in. A bundle, ``.fcpxmld``, is a folder with
``Info.fcpxml``.

The document is read piece by piece. One that defines entities is refused: they can make a small
file fill the memory, and can name other files. Nothing that it names is opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path, PurePath
from urllib.parse import unquote
from xml.parsers import expat

from clusterer.core.errors import CastListError
from clusterer.core.text import brief, folded_file
from clusterer.gallery.cast_list.types import CastEntry, CastList, Moment, Stretch

DEEPEST = 200
"""Levels of elements; compound clips in compound clips have a few dozen."""
MOST_NAMES = 200_000
"""Markers, keywords and roles."""
_TIME = re.compile(r"(-?\d{1,18})(?:/([1-9]\d{0,17}))?s")
_CLIPS = {
    "asset-clip",
    "audio",
    "clip",
    "gap",
    "mc-clip",
    "ref-clip",
    "sync-clip",
    "title",
    "video",
}
_MARKS = {"chapter-marker": "value", "keyword": "value", "marker": "value"}
_DEFAULT_ROLE = re.compile(r"(dialogue|effects|music|titles|video)-\d+", re.IGNORECASE)
_REMEDY = "Export it from Final Cut Pro again: File > Export XML"


@dataclass(frozen=True, slots=True)
class _Place:
    """What an element stands in.

    Attributes
    ----------
    start : of it, in its own time
    at : of its start, in the sequence, seconds from the sequence's; None = outside one
    first : of the media's first frame, in its own time; None = it shows no media
    is_film : its media is the film
    length
    """

    start: Fraction = Fraction(0)
    at: Fraction | None = None
    first: Fraction | None = None
    is_film: bool = False
    length: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class _Named:
    kind: str
    name: str
    begin: Fraction
    length: Fraction
    place: _Place


@dataclass(slots=True)
class _Document:
    """What was read so far."""

    film: str
    assets: dict[str, tuple[Fraction, bool]] = field(default_factory=dict)
    places: list[_Place] = field(default_factory=lambda: [_Place()])
    found: list[_Named] = field(default_factory=list)
    asset: str = ""

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Enter an element."""
        here = self.places[-1]
        if len(self.places) > DEEPEST:
            raise ValueError("it is nested too deeply")
        if tag == "asset":
            self.asset = attributes.get("id", "")
            called = self._is_film(attributes.get("name", "")) or self._is_film(
                attributes.get("src", "")
            )
            self.assets[self.asset] = _time(attributes, "start"), called
        elif tag == "media-rep" and self.asset in self.assets:
            start, called = self.assets[self.asset]
            self.assets[self.asset] = start, called or self._is_film(attributes.get("src", ""))
        elif tag == "sequence":
            here = _Place(start=_time(attributes, "tcStart"), at=Fraction(0))
        elif tag == "spine":
            if "offset" in attributes and here.at is not None:
                here = _Place(at=here.at + _time(attributes, "offset") - here.start)
        elif tag in _CLIPS:
            here = self._clip(here, attributes)
        elif tag in _MARKS:
            self._mark(tag, here, attributes)
        self.places.append(here)

    def end(self, _tag: str) -> None:
        """Leave it."""
        self.places.pop()

    def _is_film(self, path: str) -> bool:
        name = folded_file(PurePath(unquote(path.rpartition("/")[2])).name)
        film = folded_file(self.film)
        return bool(film) and name in {film, folded_file(PurePath(self.film).stem)}

    def _clip(self, inside: _Place, attributes: dict[str, str]) -> _Place:
        start = _time(attributes, "start")
        at = inside.at
        if at is not None:
            at += _time(attributes, "offset") - inside.start
        first, is_film = inside.first, inside.is_film
        if "ref" in attributes:
            first, is_film = self.assets.get(attributes["ref"], (None, False))
        place = _Place(start, at, first, is_film, _time(attributes, "duration"))
        role = attributes.get("videoRole", attributes.get("role", ""))
        _, _, name = role.partition(".")
        if name and not _DEFAULT_ROLE.fullmatch(name):
            self._add(_Named("role", name, start, place.length, place))
        return place

    def _mark(self, tag: str, place: _Place, attributes: dict[str, str]) -> None:
        begin = _time(attributes, "start") if "start" in attributes else place.start
        length = _time(attributes, "duration") if "duration" in attributes else place.length
        text = attributes.get(_MARKS[tag], "")
        for name in text.split(",") if tag == "keyword" else [text]:
            if name.strip():
                self._add(_Named(tag, name.strip(), begin, length, place))

    def _add(self, named: _Named) -> None:
        if len(self.found) >= MOST_NAMES:
            raise ValueError("it has too many markers")
        self.found.append(named)


def read(path: Path, content: bytes, film: str) -> CastList:
    """Read a project; see `read_cast_list`."""
    document = _Document(film)
    try:
        _parse(content, document)
    except (expat.ExpatError, ValueError, LookupError) as error:
        # LookupError: an encoding that Python does not know
        raise CastListError(f"{path} cannot be read ({brief(error, 80)})", _REMEDY) from None
    entries = tuple(_entry(named) for named in _chosen(document.found))
    is_of_film = any(named.place.is_film for named in document.found)
    return CastList(path, entries, is_of_film=is_of_film)


def _parse(content: bytes, document: _Document) -> None:
    parser = expat.ParserCreate()

    def refuse(*_facts: object) -> None:
        raise ValueError("it defines entities")

    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = document.begin
    parser.EndElementHandler = document.end
    parser.Parse(content, True)


def _time(attributes: dict[str, str], name: str) -> Fraction:
    """Seconds; 0 if not stated."""
    if name not in attributes:
        return Fraction(0)
    match = _TIME.fullmatch(attributes[name])
    if match is None:
        raise ValueError(f"{name} is {brief(attributes[name], 30)!r}")
    return Fraction(int(match[1]), int(match[2] or 1))


def _chosen(found: list[_Named]) -> Iterator[_Named]:
    """Markers and keywords, else roles; a keyword with a marker of the same is left out.

    A comma separates keywords, so our keywords have a semicolon where the marker has a comma.
    """
    marks = [named for named in found if named.kind != "role"]
    markers = {
        (named.name.replace(",", ";"), named.begin, named.place)
        for named in marks
        if named.kind != "keyword"
    }
    for named in marks or found:
        if named.kind != "keyword" or (named.name, named.begin, named.place) not in markers:
            yield named


def _entry(named: _Named) -> CastEntry:
    place = named.place
    ends = (named.begin, named.begin + named.length)
    source = record = None
    if place.first is not None:
        source = _pair(each - place.first for each in ends)
    if place.at is not None:
        record = _pair(place.at + each - place.start for each in ends)
    return CastEntry(named.name, stretches=(Stretch(source, record),))


def _pair(seconds: Iterator[Fraction]) -> tuple[Moment, Moment]:
    begin, end = (Moment(each, since_first=True) for each in seconds)
    return begin, end
