"""Name the people of a result by a list of the cast: by photographs, and by when they are seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from clusterer.core.config import GalleryConfig
from clusterer.core.errors import GalleryError, system_libraries
from clusterer.core.text import folded
from clusterer.core.types import ClusteringResult, Edit, Identity
from clusterer.gallery.cast_list.frames import Seen, seen_in
from clusterer.gallery.cast_list.overlap import Assigned, Spans, assign, scores
from clusterer.gallery.cast_list.read import read_cast_list
from clusterer.gallery.cast_list.types import CastEntry, CastList
from clusterer.gallery.faces import Gallery
from clusterer.gallery.naming import Unnamed, gallery_note, name_edit
from clusterer.gallery.read import Listed, gallery_of
from clusterer.outputs.export.choose import Choice, choose
from clusterer.outputs.export.timeline import Timeline
from clusterer.outputs.save import save
from clusterer.people.amend import amend
from clusterer.people.names import BY_LIST, current
from clusterer.store.folder import ResultFolder
from clusterer.store.run_lock import WAIT

SAME_TIME = 0.8
"""Part of the time of somebody without a name that lies in the times of a name, from which on the
report says so: the grouping may have taken one person for two."""


@dataclass(frozen=True, slots=True)
class ListedName:
    """What became of one name of a list.

    Attributes
    ----------
    name, role : as listed
    person : id of who has it now; empty = nobody got it
    was : name of that person before
    why : on one line
    """

    name: str
    role: str
    person: str
    was: str
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class ListNaming:
    """A result with names of a list.

    Attributes
    ----------
    result : with the names
    names : one for each name of the list, in its order
    notes : what is worth a look, one line each
    """

    result: ClusteringResult
    names: tuple[ListedName, ...]
    notes: tuple[str, ...]


def name_by_list(
    folder: Path | str,
    cast: CastList | Path | str,
    *,
    start_timecode: str | None = None,
    rate: Fraction | None = None,
    gallery: Gallery | None = None,
) -> ListNaming:
    """Name the people of a result by a list of the cast, as corrections that a review can undo.

    By photographs first, then by time: people and names are assigned so that all together fit best,
    and a name that would fit another person nearly as well is not given. Names given before are
    kept, and people whose name was corrected before, and hidden people, are left unchanged.

    Parameters
    ----------
    folder
        A result folder; its corrections, tables and report are rewritten.
    cast
        Of `read_cast_list`, or the file.
    start_timecode
        Of the film's first frame, as the list counts; None = that of the film.
    rate
        Frames per second of the list's timecodes; None = that of the film.
    gallery
        The photographs of the list, encoded by `photographs_of`; None = they are encoded.

    Raises
    ------
    CastListError
        The list cannot be read, a timecode does not exist at the rate, or none of the times is
        within the film.
    ConfigError
        The start is not a timecode of the rate.
    ResultError
        The result cannot be read or written, or a run is at work there.
    EditsError
        The corrections cannot be read or are of another grouping.
    """
    own = ResultFolder(folder)
    with own.locked(remedy=WAIT):
        loaded = own.load()
        film = Path(loaded.analysis.video.path).name
        listed = cast if isinstance(cast, CastList) else read_cast_list(cast, film)
        if gallery is None:
            gallery, missing = photographs_of(listed, loaded)
            listed = replace(listed, notes=(*listed.notes, *missing))
        with own.editing():
            log = own.edits
            before = current(loaded, log.edits)
            work = _Naming(before, Unnamed(before, log), listed, gallery)
            naming, edits = work.done(Choice(rate=rate, start_timecode=start_timecode))
            if edits:
                video = log.video or film
                own.write_edits(replace(log, edits=naming.result.edits, video=video))
        if edits or loaded.edits != log.edits:
            with system_libraries():
                save(naming.result, own)
    return naming


def photographs_of(
    cast: CastList, result: ClusteringResult
) -> tuple[Gallery | None, tuple[str, ...]]:
    """Encode the photographs of a list as the faces of a result are.

    Returns
    -------
    None if there is none that can be used; and what is wrong with photographs, one line each
    """
    people = {entry.name: entry.photographs for entry in cast.entries if entry.photographs}
    if not people:
        return None, ()
    try:
        found = gallery_of(Listed(people, ()), str(cast.source), result.config)
    except GalleryError as error:
        return None, (error.cause,)
    return found, found.notes


class _Naming:
    """One result, and one list."""

    def __init__(
        self, result: ClusteringResult, unnamed: Unnamed, cast: CastList, gallery: Gallery | None
    ) -> None:
        self._result, self._unnamed, self._cast, self._gallery = result, unnamed, cast, gallery
        taken = {folded(name) for name in unnamed.names.values()}
        self._entries = [each for each in cast.entries if folded(each.name) not in taken]
        self._film = Path(result.analysis.video.path).name
        self._found: dict[str, tuple[Identity, str, Edit]] = {}
        self._why = {
            each.name: "somebody has the name"
            for each in cast.entries
            if folded(each.name) in taken
        }
        self._notes = list(cast.notes)

    def done(self, choice: Choice) -> tuple[ListNaming, tuple[Edit, ...]]:
        """Name people; also the corrections that do so."""
        timeline = self._timeline(choice)
        entries = tuple(self._entries)
        seen = seen_in(replace(self._cast, entries=entries), timeline, self._film)
        times = dict(zip((each.name for each in entries), seen.spans, strict=True))
        self._by_photographs(timeline, times)
        self._by_time(timeline, times)
        self._remark(seen)
        edits = tuple(edit for _, _, edit in self._found.values())
        result = self._result
        named = amend(result, (*result.edits, *edits)) if edits else result
        names = tuple(self._listed(entry) for entry in self._cast.entries)
        return ListNaming(named, names, tuple(self._notes)), edits

    def _timeline(self, choice: Choice) -> Timeline:
        timeline = choose(self._result, choice)
        if self._cast.start and not timeline.start:
            return choose(self._result, replace(choice, start_timecode=self._cast.start))
        return timeline

    def _listed(self, entry: CastEntry) -> ListedName:
        if entry.name not in self._found:
            why = self._why.get(entry.name, "the list has neither times nor photographs")
            return ListedName(entry.name, entry.role, "", "", why)
        person, why, _ = self._found[entry.name]
        return ListedName(entry.name, entry.role, person.id, person.name, why)

    def _give(self, name: str, person: Identity, why: str, note: str) -> None:
        edit = name_edit(self._result, person, name, note)
        self._found[name] = person, why, edit

    def _by_photographs(self, timeline: Timeline, times: Mapping[str, Spans]) -> None:
        if self._gallery is None:
            return
        known = {each.name for each in self._entries}
        spans = _spans(timeline)
        for person, suggestion in self._unnamed.suggestions(self._gallery, GalleryConfig()):
            name = suggestion.name
            if not name or name not in known or name in self._found:
                continue
            listed = times[name]
            if len(listed) and not scores([spans[person.id]], [listed])[0].any():
                self._why[name] = f"{person.name} looks like that, but is never seen then"
                continue
            distance = self._gallery.scale.text(suggestion.candidates[0][1])
            note = gallery_note(person, suggestion, self._gallery.scale)
            self._give(name, person, f"by photographs, {distance}", note)
        for name in self._gallery.names:
            if name in known and name not in self._found:
                self._why.setdefault(name, "nobody is clearly like the photographs")

    def _by_time(self, timeline: Timeline, times: Mapping[str, Spans]) -> None:
        taken = {person.id for person, _, _ in self._found.values()}
        people = [each for each in self._unnamed.people if each.id not in taken]
        names = [name for name in times if name not in self._found and len(times[name])]
        spans = _spans(timeline)
        found = assign([spans[each.id] for each in people], [times[name] for name in names])
        for row, column in found.given.items():
            name, person = names[column], people[row]
            why = f"by time, {found.score[row, column]:.0%}"
            note = f"{person.name} is {name}{BY_LIST}{Path(self._cast.source).name}, {why}"
            self._give(name, person, why, note)
        for column, name in enumerate(names):
            if name not in self._found:
                self._why[name] = _doubt(found, column, people)
        for entry in self._entries:
            if entry.stretches and not len(times[entry.name]):
                self._why.setdefault(entry.name, "its times are not within the film")
        self._twice(people, spans, times)

    def _twice(
        self, people: Sequence[Identity], spans: Mapping[str, Spans], times: Mapping[str, Spans]
    ) -> None:
        """Note who has no name and is seen in the times of somebody else's."""
        given = {person.id for person, _, _ in self._found.values()}
        rest = [each for each in people if each.id not in given]
        named = [name for name in self._found if len(times[name])]
        if not named or not rest:
            return
        own = [spans[each.id] for each in rest]
        _, part = scores([times[name] for name in named], own)
        _, at_once = scores([spans[self._found[name][0].id] for name in named], own)
        part[at_once > 0.0] = 0.0  # two on screen at once are two people
        for column, person in enumerate(rest):
            row = int(np.argmax(part[:, column]))
            if part[row, column] >= SAME_TIME:
                self._notes.append(
                    f"{person.name} has no name and is seen in the times of {named[row]} "
                    f"({part[row, column]:.0%}): perhaps the same person"
                )

    def _remark(self, seen: Seen) -> None:
        if seen.outside:
            self._notes.append(f"{seen.outside} of the listed times are not within the film")
        if seen.is_record and any(each.stretches for each in self._entries):
            self._notes.append("Times are taken as those of the record, not of the source")


def _spans(timeline: Timeline) -> dict[str, Spans]:
    """Frames of each person, by id; people who are never on screen have none."""
    found = {
        part.id: np.array([(s.start, s.end) for s in part.spans], dtype=np.int64)
        for part in timeline.parts
    }
    return _Missing(found)


class _Missing(dict[str, Spans]):
    """Nobody's time is empty."""

    def __missing__(self, _key: str) -> Spans:
        return np.zeros((0, 2), np.int64)


def _doubt(found: Assigned, column: int, people: Sequence[Identity]) -> str:
    close = [f"{people[row].name} {found.score[row, column]:.0%}" for row in found.closest(column)]
    if not close:
        return "nobody without a name is seen then"
    return f"not clear by time; nearest: {', '.join(close)}"
