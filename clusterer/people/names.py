"""Names of the people of a result, and whether a gallery or a reviewer gave them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from clusterer.core.errors import EditsError
from clusterer.core.types import UNKNOWN, Action, ClusteringResult, Edit
from clusterer.edits import Person
from clusterer.people.amend import amend, keys_of, replayed

BY_GALLERY = ", by the gallery: "
"""Part of the note of a name that a gallery gave."""
BY_LIST = ", by the list: "
"""Part of the note of a name that a list of the cast gave."""
BY_PROJECT = ", by the project: "
"""Part of the note of a correction that a project of many films wrote down."""

_AUTOMATIC = re.compile(r"((film-)?person|unknown)[- ]\d+|unknown", re.IGNORECASE)
"""Ids and names of `Identity` and of the people of a project."""


def is_automatic(name: str) -> bool:
    """Whether a name is one that nobody gave, such as ``Person 3``."""
    return _AUTOMATIC.fullmatch(name.strip()) is not None


def check_given(name: str) -> None:
    """Raise EditsError if a name is like an id or an automatic name, which may be somebody else's.

    Examples
    --------
    >>> check_given("Anna")
    """
    if is_automatic(name):
        raise EditsError(
            f"{name!r} is like an automatic name or an id",
            "Give another name, or an empty one to have the automatic name back",
        )


def current(result: ClusteringResult, edits: tuple[Edit, ...]) -> ClusteringResult:
    """Apply the corrections that a folder holds now to its loaded result; errors as of `amend`."""
    return result if edits == result.edits else amend(result, edits)


def given_names(result: ClusteringResult) -> dict[int, str]:
    """Label → given name, for all people who have one."""
    after = replayed(result, result.edits)
    return {label: person.name for label, person in after.people.items() if person.name}


def given_in_film(result: ClusteringResult) -> Mapping[int, Person]:
    """Label → what was given in the film itself, not by its project: name, and whether hidden."""
    return replayed(result, own_edits(result.edits)).people


def own_edits(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Those that were made in the film itself, not written down by its project."""
    return tuple(edit for edit in edits if BY_PROJECT not in edit.note)


def by_project(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The others."""
    return tuple(edit for edit in edits if BY_PROJECT in edit.note)


def named_by_gallery(result: ClusteringResult, names: Mapping[int, str]) -> set[int]:
    """Labels of people whose name no reviewer gave in the film, but a gallery, list or project.

    Parameters
    ----------
    result
    names
        Of `given_names`.
    """
    machine: set[int] = set()
    hand: set[int] = set()
    for label, edit in name_edits(result, result.edits):
        if names.get(label) == edit.name:
            by_hand = not any(by in edit.note for by in (BY_GALLERY, BY_LIST, BY_PROJECT))
            (hand if by_hand else machine).add(label)
    return machine - hand


def ever_named(result: ClusteringResult, edits: Iterable[Edit]) -> set[int]:
    """Labels of people whom any correction named, including those that were undone.

    Parameters
    ----------
    result
    edits
        Those that apply and those that were undone.
    """
    return {label for label, _ in name_edits(result, edits)}


def name_edits(result: ClusteringResult, edits: Iterable[Edit]) -> list[tuple[int, Edit]]:
    """Corrections of names, each with the label of the person that now has most of its tracks."""
    keys, labels = keys_of(result.analysis), result.labels.tolist()
    found: list[tuple[int, Edit]] = []
    for edit in edits:
        if edit.action is not Action.NAME:
            continue
        tracks = [track for track in map(keys.track, edit.who) if track is not None]
        held = Counter(labels[track] for track in tracks if labels[track] != UNKNOWN)
        if held:
            found.append((held.most_common(1)[0][0], edit))
    return found
