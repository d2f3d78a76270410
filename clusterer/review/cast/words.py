"""What a correction of a project does, in words: for undo and redo."""

from __future__ import annotations

from collections.abc import Iterable

from clusterer.project.snapshot import Snapshot
from clusterer.project.types import Anchor, CastAction, CastEdit


class Whose:
    """Finds people by what stands for them in corrections.

    Parameters
    ----------
    now
        The project.
    """

    def __init__(self, now: Snapshot) -> None:
        films = {film.id: film.fingerprint for film in now.films}
        names = {person.id: person.name for person in now.people}
        people = {(row.film, row.position): names.get(f"person-{row.person}") for row in now.rows}
        self._names = {
            Anchor(films[row.film], key): people[row.film, row.position]
            for row in now.rows
            for key in row.anchors
        }
        for film, found in now.aliases.items():
            for key, position in found.items():
                self._names[Anchor(films[film], key)] = people.get((film, position))

    def names(self, anchors: Iterable[Anchor]) -> str:
        """Names that people have now, each once; ``Somebody`` if none of them is there."""
        found = dict.fromkeys(filter(None, map(self._names.get, anchors)))
        return ", ".join(found) or "Somebody"


def describe(edit: CastEdit, whose: Whose) -> str:
    """Say what a correction does, by the names that people have now.

    Returns
    -------
    str
        One line, such as ``Anna is hidden``.
    """
    who, others = whose.names(edit.who), whose.names(edit.others)
    if edit.action is CastAction.NAME:
        return f"{who} is named {edit.name}" if edit.name else f"{who} has no name"
    if edit.action is CastAction.HIDE:
        return f"{who} is hidden"
    if edit.action is CastAction.SHOW:
        return f"{who} is shown"
    if edit.action is CastAction.DIFFERENT:
        return f"{who} and {others} are different people"
    if who == others or not edit.others:
        return f"{who} is one person"
    return f"{who} and {others} are the same person"
