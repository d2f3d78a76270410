"""What is known of the people of a film that is described anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from clusterer.core.errors import ClustererError
from clusterer.project import films
from clusterer.project.crowd import FilmPeople
from clusterer.project.snapshot import Row
from clusterer.store.folder import ResultFolder


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a person of a film who is described anew.

    Attributes
    ----------
    number : of the person of the project
    name, hidden : as of before the project corrected the person
    renamed, rehidden : whether the film itself corrected name or hiding after the project did
    """

    number: int
    name: str
    hidden: bool
    renamed: bool = False
    rehidden: bool = False


def past_of(
    people: FilmPeople, before: Sequence[Row], found: Mapping[str, int], corrected: set[int]
) -> list[Past]:
    """Find the past of each person of a film.

    The number is that of whom most screen time is shared, ties to the lowest.

    Parameters
    ----------
    people
        As they are described now.
    before
        The rows of the film until now.
    found
        Face that stood for a row → position of the person who has it now.
    corrected
        Positions, until now, of the people whom corrections of the project were about.
    """
    rows: dict[int, list[Row]] = defaultdict(list)
    for row in before:
        if row.anchors and row.anchors[0] in found:
            rows[found[row.anchors[0]]].append(row)
    past = []
    for i, (name, hidden) in enumerate(zip(people.names, people.hidden.tolist(), strict=True)):
        time_s: dict[int, float] = defaultdict(float)
        for row in rows[i]:
            time_s[row.person] += row.screen_time_s
        number = min(time_s, key=lambda one: (-time_s[one], one), default=0)
        kept = [row for row in rows[i] if row.position in corrected]
        if not kept:
            past.append(Past(number, name, hidden))
            continue
        first = next((row.name for row in kept if row.name), "")
        renamed = all(row.own_name != name for row in kept)
        rehidden = all(row.own_hidden != hidden for row in kept)
        past.append(Past(number, first, kept[0].hidden, renamed, rehidden))
    return past


def people_at(folder: ResultFolder, people: FilmPeople, keys: set[str]) -> dict[str, int]:
    """Find the people of a film whom faces show.

    Parameters
    ----------
    folder
        The film's result, which is read if a face is not one that stands for a person.
    people
    keys
        Of faces.

    Returns
    -------
    Face → position of the person; faces that show nobody are missing
    """
    found = {key: i for i, own in enumerate(people.anchors) for key in own if key in keys}
    missing = keys - found.keys()
    if missing:
        with suppress(ClustererError):
            result = films.own(folder.load(), folder.edits)
            place = {id_: i for i, id_ in enumerate(people.ids)}
            for key, at in films.positions(result, missing).items():
                if result.people[at].id in place:
                    found[key] = place[result.people[at].id]
    return found
