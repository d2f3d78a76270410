"""Apply a reviewer's corrections to a grouping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from clusterer.core.appearances import numbers
from clusterer.core.errors import EditsError
from clusterer.core.types import (
    UNKNOWN,
    Analysis,
    ClusteringResult,
    Edit,
    Grouping,
    Identity,
    IntArray,
    Reason,
)
from clusterer.edits import Keys, Person, constrain, lines, replay
from clusterer.edits.notes import OVERRIDDEN
from clusterer.people.identities import ReviewerFacts, present


@dataclass(frozen=True, slots=True, eq=False)
class Corrected:
    """A grouping after all corrections.

    Attributes
    ----------
    labels : array of shape (t,), int64, `UNKNOWN` = no person
    people, unknowns
        As in `ClusteringResult`.
    notes : one per correction: why it does not apply, or only in part; empty = it applies
    """

    labels: IntArray
    people: tuple[Identity, ...]
    unknowns: tuple[Identity, ...]
    notes: tuple[str, ...]


@lru_cache(maxsize=1)  # a review works on one analysis
def keys_of(analysis: Analysis) -> Keys:
    """Keys of the tracks and faces of an analysis."""
    return Keys(analysis)


def amend(result: ClusteringResult, edits: Sequence[Edit]) -> ClusteringResult:
    """Replace the corrections of a result without grouping again.

    Parameters
    ----------
    result
        From `decide`, or loaded.
    edits
        All corrections, in order. They replace those of `result`; to add some, give
        ``[*result.edits, *more]``.

    Returns
    -------
    ClusteringResult; its `edit_notes` list the corrections that do not apply

    Raises
    ------
    EditsError
        The first `grouped_under` corrections, which constrained the grouping, have changed: call
        `decide` instead.

    Examples
    --------
    >>> name = clusterer.Editor(result).name("Person 1", "Anna")
    >>> [person.name for person in clusterer.amend(result, [*result.edits, name])]
    ['Anna', 'Person 2']
    """
    under = result.grouped_under
    if tuple(edits[:under]) != result.edits[:under]:
        raise EditsError(
            f"The people were grouped under {under} corrections that have changed since",
            "Group again",
        )
    grouping = result.grouped
    corrected = correct(result.analysis, grouping, edits, under)
    return replace(
        result,
        labels=corrected.labels,
        people=corrected.people,
        unknowns=corrected.unknowns,
        edits=tuple(edits),
        edit_notes=lines(edits, corrected.notes),
        grouping=grouping,
    )


def check(result: ClusteringResult, edits: Sequence[Edit]) -> tuple[str, ...]:
    """Check whether corrections apply to a result, without changing it.

    Parameters
    ----------
    result
        From `decide`, or loaded.
    edits
        Corrections of this video, made on this analysis or another.

    Returns
    -------
    one note per correction: why it does not apply, or only in part; empty = it applies
    """
    under = result.grouped_under
    if tuple(edits[:under]) != result.edits[:under]:
        under = 0
    return correct(result.analysis, result.grouped, edits, under).notes


def correct(analysis: Analysis, grouping: Grouping, edits: Sequence[Edit], under: int) -> Corrected:
    """Apply corrections to a grouping that was made under the first of them.

    Parameters
    ----------
    analysis, grouping
        Of t tracks.
    edits
        All corrections, in order.
    under
        Number of leading corrections that the grouping was made under.
    """
    keys = keys_of(analysis)
    after = replay(grouping.labels, numbers(analysis, grouping.labels), edits, keys)
    assigned = after.labels != UNKNOWN
    confidence = np.where(after.by_hand, assigned.astype(np.float64), grouping.confidence)
    reasons = list(grouping.reasons)
    for track in np.flatnonzero(after.by_hand | assigned).tolist():
        reasons[track] = Reason.NONE if assigned[track] else Reason.BY_HAND
    for track in np.flatnonzero(after.not_a_face).tolist():
        reasons[track] = Reason.NOT_A_FACE
    facts = {label: _facts(person, keys) for label, person in after.people.items()}
    people, unknowns = present(analysis, after.labels, reasons, confidence, facts)
    overridden = constrain(edits[:under], keys, len(grouping.labels)).overridden
    notes = tuple(
        note or (OVERRIDDEN if position in overridden else "")
        for position, note in enumerate(after.notes)
    )
    return Corrected(after.labels, people, unknowns, notes)


def _facts(person: Person, keys: Keys) -> ReviewerFacts:
    cover_row = keys.picture(person.cover) if person.cover else None
    return ReviewerFacts(person.number, person.name, person.hidden, cover_row)
