"""Who is who in a project under a log of corrections: computed from what its file holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from clusterer.project.crowd import Crowd, Linked
from clusterer.project.dates import days
from clusterer.project.decisions import Decisions, numbers, replay
from clusterer.project.link import link
from clusterer.project.neighbours import Pairs
from clusterer.project.snapshot import LoggedEdit, Row, Snapshot, damaged
from clusterer.project.types import Anchor, CastAction, CastEdit

Log = tuple[LoggedEdit, ...]
NOBODY = Linked(np.zeros(0, np.int64), np.zeros(0))


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What is stored after linking.

    Attributes
    ----------
    log : the corrections, with the numbers to take up again
    members : each row, with the number of its person, the evidence, and whether it is confirmed
    given : number → name that somebody gave, and whether the person is hidden
    doubts, impure : as `records.put_questions` takes them
    free : the lowest number that was never used
    """

    log: tuple[LoggedEdit, ...]
    members: tuple[tuple[Row, int, float, bool], ...]
    given: Mapping[int, tuple[str, bool]]
    doubts: tuple[tuple[Row, Row, float, float, float], ...]
    impure: tuple[tuple[Row, tuple[int, ...], Row, float], ...]
    free: int


def outcome(
    now: Snapshot,
    log: Sequence[LoggedEdit],
    crowd: Crowd | None,
    edges: Pairs | None,
    turned: LoggedEdit | None,
) -> Outcome:
    """Replay the corrections, link, and number the people.

    Parameters
    ----------
    now
    log
        The corrections, in effect or undone.
    crowd
        Of the rows of `now`; None = there are none.
    edges
        Of the crowd, see `clusterer.project.link`.
    turned
        The correction that is new, undone or redone, as in `log`: people get back the numbers that
        it holds, and it takes up those that change. None = none.
    """
    rows = now.rows
    decisions = decide(now, log, crowd)
    linked = NOBODY
    if crowd is not None:
        linked = link(
            crowd,
            decisions.decided,
            scope=now.scope,
            config=now.config,
            chosen=now.link_config,
            edges=edges,
        )
    labels = linked.labels.tolist()
    earlier, free = _earlier(now, afresh=turned is None and not now.is_numbered)
    if turned is not None:
        known = {(film, position): number for film, position, number in turned.numbers}
        earlier |= {place: known[place] for place in earlier.keys() & known.keys()}
    of_label, free = numbers(
        linked.labels,
        [row.screen_time_s for row in rows],
        [earlier[row.film, row.position] for row in rows],
        free,
    )
    number = [of_label[label] for label in labels]
    changes = tuple(
        (row.film, row.position, row.person)
        for row, new in zip(rows, number, strict=True)
        if row.person not in {0, new}
    )
    sure = {row for group in decisions.decided.groups for row in group}
    members = tuple(
        (row, number[i], float(linked.evidence[i]), i in sure) for i, row in enumerate(rows)
    )
    return Outcome(
        tuple(replace(each, numbers=changes) if each is turned else each for each in log),
        members,
        _given(decisions, number),
        tuple(
            (rows[each.a], rows[each.b], each.evidence, each.probability, each.gain_s)
            for each in linked.doubts
        ),
        _impure(now, linked),
        free,
    )


def _earlier(now: Snapshot, *, afresh: bool) -> tuple[dict[tuple[int, int], int], int]:
    """The number of each row until now, 0 = none, and the lowest one that is free."""
    if afresh:
        return {(row.film, row.position): 0 for row in now.rows}, 1
    with damaged(now.file):
        free = int(now.meta["next person"])
    return {(row.film, row.position): row.person for row in now.rows}, free


def decide(now: Snapshot, log: Sequence[LoggedEdit], crowd: Crowd | None) -> Decisions:
    """Replay a log.

    Parameters
    ----------
    now
        Whose rows the corrections are about.
    log
    crowd
        Of these rows; None = there are none.
    """
    rows = now.rows
    edits = [each.edit for each in log if not each.undone]
    film_of = now.by_fingerprint
    first = now.first_row
    place: dict[tuple[int, str], int] = {}
    for film in {film_of.get(a.film, 0) for edit in edits for a in (*edit.who, *edit.others)}:
        own = now.rows_of.get(film, ())
        place |= {(film, key): first[film] + i for i, row in enumerate(own) for key in row.anchors}
        for key, position in now.aliases.get(film, {}).items():
            if 0 <= position < len(own):
                place.setdefault((film, key), first[film] + position)

    def row_of(anchor: Anchor) -> int | None:
        return place.get((film_of.get(anchor.film, 0), anchor.key))

    found = replay(
        [row.name for row in rows],
        [i for i, row in enumerate(rows) if row.hidden],
        np.zeros((0, 2), dtype=np.int64) if crowd is None else crowd.cannot_link,
        edits,
        row_of,
    )
    dates = days(now, found)
    return found if dates is None else replace(found, decided=replace(found.decided, dates=dates))


def _given(decisions: Decisions, number: Sequence[int]) -> dict[int, tuple[str, bool]]:
    """Name and hiding of each number."""
    names: dict[int, str] = {}
    for group, name in zip(decisions.decided.groups, decisions.names, strict=True):
        names[number[group[0]]] = names.get(number[group[0]], "") or name
    hidden = {number[row] for row in decisions.hidden}
    return {each: (names.get(each, ""), each in hidden) for each in sorted(set(number))}


def _impure(now: Snapshot, linked: Linked) -> tuple[tuple[Row, tuple[int, ...], Row, float], ...]:
    if not linked.impure:
        return ()
    look_rows = now.all_look_rows()
    return tuple(
        (
            now.rows[each.row],
            tuple(look_rows[look] for look in each.looks),
            now.rows[each.to],
            each.evidence,
        )
        for each in linked.impure
    )


def taken_over(
    now: Snapshot, film: int, changed: Mapping[int, tuple[bool, bool]], decisions: Decisions
) -> Log:
    """The log, with what was corrected in a film after the project corrected the same people.

    The last word counts: these become corrections of the project, of now. Somebody who gets the
    name of another person is that person; a new name is the whole person's.

    Parameters
    ----------
    now
        With the people of the film as they are described now.
    film
    changed
        Position of each whose name or hiding has changed in the film: whether the name, and whether
        the hiding.
    decisions
        Of the log of `now`.
    """
    prints = {one.id: one.fingerprint for one in now.films}
    author = next(one.name for one in now.films if one.id == film)
    first = now.first_row[film]

    def anchors(rows: Iterable[int]) -> tuple[Anchor, ...]:
        found = [now.rows[row] for row in rows if now.rows[row].anchors]
        return tuple(Anchor(prints[row.film], row.anchors[0]) for row in found)

    edits: list[CastEdit] = []
    for position, (renamed, rehidden) in changed.items():
        row, group = first + position, decisions.group_of(first + position)
        name, is_hidden = now.rows[row].own_name, now.rows[row].own_hidden
        if renamed and name != decisions.name_of(row):
            there = decisions.group_named(name, but=group)
            rest = [other for other in group if other != row]
            if there and rest:
                edits.append(CastEdit(CastAction.DIFFERENT, anchors(rest), anchors([row])))
            who = anchors([*there, row]) if there else anchors(group)
            edits.append(CastEdit(CastAction.NAME, who, name=name))
        if rehidden and is_hidden != (row in decisions.hidden):
            action = CastAction.HIDE if is_hidden else CastAction.SHOW
            edits.append(CastEdit(action, anchors(group)))
    if not edits:
        return now.log
    added = [LoggedEdit(stamped(replace(edit, author=author))) for edit in edits if edit.who]
    return (*(each for each in now.log if not each.undone), *added)


def stamped(edit: CastEdit) -> CastEdit:
    """A correction with the time, now if it has none."""
    return edit if edit.at else replace(edit, at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
