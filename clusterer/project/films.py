"""The result of a film, by itself and as the project sees it; what the project writes into it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from clusterer.core.types import UNKNOWN, Action, ClusteringResult, Edit, Identity
from clusterer.edits import EditLog, to_dict
from clusterer.edits.applied import with_applied
from clusterer.people.amend import amend, keys_of
from clusterer.people.decide import decide
from clusterer.people.names import BY_PROJECT, own_edits
from clusterer.project.snapshot import Row, Snapshot
from clusterer.project.types import Person, ProjectFilm


def digest(edits: Iterable[Edit]) -> str:
    """Stands for the corrections that were made in the film itself; empty if there are none."""
    own = [to_dict(edit) for edit in own_edits(edits)]
    return hashlib.sha256(json.dumps(own).encode()).hexdigest() if own else ""


def own(loaded: ClusteringResult, log: EditLog | None = None) -> ClusteringResult:
    """The result of a film under its own corrections only.

    Parameters
    ----------
    loaded
    log
        The newest corrections of the film; None = those of the result.
    """
    return with_edits(loaded, own_edits(loaded.edits if log is None else log.edits))


def with_edits(loaded: ClusteringResult, edits: tuple[Edit, ...]) -> ClusteringResult:
    """The result under other corrections, grouped again only where they ask for it."""
    if edits == loaded.edits:
        return loaded
    done = loaded.grouped_under
    asked = [i + 1 for i, edit in enumerate(edits) if edit.action is Action.REGROUP]
    if edits[:done] == loaded.edits[:done] and not any(count > done for count in asked):
        return amend(loaded, edits)
    under = asked[-1] if asked else min(done, len(edits))
    config = with_applied(loaded.config, edits[:under])
    return decide(loaded.analysis, config, edits, grouped_under=under)


def positions(result: ClusteringResult, keys: Iterable[str]) -> dict[str, int]:
    """Face → place among the people of a result; a face of nobody is left out."""
    place = {person.label: i for i, person in enumerate(result.people)}
    found, labels = keys_of(result.analysis), result.labels.tolist()
    tracks = {key: found.track(key) for key in keys}
    return {
        key: place[labels[track]]
        for key, track in tracks.items()
        if track is not None and labels[track] != UNKNOWN
    }


def written_down(
    rows: Sequence[Row], given: Mapping[int, tuple[str, bool]], project: str
) -> tuple[Edit, ...]:
    """The corrections by which a film states what its project holds.

    Parameters
    ----------
    rows
        Of the film.
    given
        Number → name that somebody gave, and whether the person is hidden, see `Snapshot`.
    project
        Name of the project, for the notes.
    """
    by = f"{BY_PROJECT}{project}"
    edits = []
    members: dict[int, list[Row]] = {}
    for row in rows:
        if row.person and row.anchors:
            members.setdefault(row.person, []).append(row)
    for number, (first, *more) in members.items():
        who, (name, hidden) = first.anchors, given.get(number, ("", False))
        for row in more:
            note = f"{row.id} is {first.id}{by}"
            edits.append(Edit(Action.SAME, who=who, others=row.anchors, note=note))
        if name != next((row.own_name for row in (first, *more) if row.own_name), ""):
            note = f"{first.id} is {name or 'nobody with a name'}{by}"
            edits.append(Edit(Action.NAME, who=who, name=name, note=note))
        if hidden != first.own_hidden:
            action = Action.HIDE if hidden else Action.SHOW
            edits.append(Edit(action, who=who, note=f"{first.id}{by}"))
    return tuple(replace(edit, note=edit.note[-500:]) for edit in edits)


def differing(before: Snapshot, after: Snapshot, project: str) -> tuple[ProjectFilm, ...]:
    """Films for which other corrections are written down than before.

    Parameters
    ----------
    before, after
        What the project says.
    project
        Its name.
    """
    given = {number for number, _ in before.given.items() ^ after.given.items()}

    def differs(film: int) -> bool:
        then, rows = before.rows_of.get(film, ()), after.rows_of.get(film, ())
        same = len(rows) == len(then) and all(map(_same, rows, then))
        if same and given.isdisjoint(row.person for row in rows):
            return False
        old = written_down(then, before.given, project)
        return old != written_down(rows, after.given, project)

    return tuple(film for film in after.films if differs(film.id))


def _same(one: Row, other: Row) -> bool:
    return one is other or (one.person == other.person and one.described == other.described)


def as_seen(
    result: ClusteringResult, rows: Sequence[Row], people: Mapping[int, Person]
) -> ClusteringResult:
    """The result with ids, names and hiding of the project's people.

    Parameters
    ----------
    result
        Under the film's own corrections and those that `written_down` gives.
    rows
        Of the film.
    people
        Number → person of the project.
    """
    known = {row.anchors[0]: row for row in rows if row.anchors and row.person in people}
    place = positions(result, known)
    time_s: dict[int, dict[int, float]] = {}
    for key, position in place.items():
        row = known[key]
        of = time_s.setdefault(position, {})
        of[row.person] = of.get(row.person, 0.0) + row.screen_time_s
    number = {i: max(sorted(of), key=lambda one: of[one]) for i, of in time_s.items()}
    seen = [
        _renamed(who, people[number[i]]) if i in number else _apart(who)
        for i, who in enumerate(result.people)
    ]
    return replace(result, people=tuple(seen))


def _renamed(who: Identity, person: Person) -> Identity:
    return replace(who, id=person.id, name=person.name, hidden=person.hidden)


def _apart(who: Identity) -> Identity:
    """Somebody whom the project does not know yet, by an id that no person of it has."""
    return replace(who, id=f"film-{who.id}")
