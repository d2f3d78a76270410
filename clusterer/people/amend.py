"""Apply a reviewer's corrections to a grouping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from clusterer.core.appearances import numbers_of
from clusterer.core.certainty import Sure
from clusterer.core.errors import EditsError
from clusterer.core.types import (
    UNKNOWN,
    Analysis,
    ClusteringResult,
    Edit,
    Identity,
    IntArray,
    Reason,
)
from clusterer.edits import Keys, Person, Replayed, Revision, constraints_of, lines, revise
from clusterer.edits.applied import applied_at
from clusterer.edits.notes import OVERRIDDEN
from clusterer.people.background import with_background
from clusterer.people.carry import carried_grouping, carry, origins
from clusterer.people.identities import ReviewerFacts, present
from clusterer.people.sure import corrected, of_grouping


@dataclass(frozen=True, slots=True, eq=False)
class Corrected:
    """A grouping after all corrections.

    Attributes
    ----------
    labels : array of shape (t,), int64, `UNKNOWN` = no person
    people, unknowns
        As in `ClusteringResult`.
    notes : one per correction: why it does not apply, or only in part; empty = it applies
    sure : as in `ClusteringResult`
    """

    labels: IntArray
    people: tuple[Identity, ...]
    unknowns: tuple[Identity, ...]
    notes: tuple[str, ...]
    sure: tuple[Sure, ...]


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
    start = as_grouped(result)
    revision = revise(start.analysis, edits)
    tracks = _on(result, revision, edits)
    after = correct(start, tracks, revision, edits)
    return replace(
        tracks,
        labels=after.labels,
        people=after.people,
        unknowns=after.unknowns,
        edits=tuple(edits),
        edit_notes=lines(edits, after.notes),
        grouping=tracks.grouped,
        sure=after.sure,
    )


def as_grouped(result: ClusteringResult) -> ClusteringResult:
    """The result when it was grouped, before later corrections of tracks."""
    return result.as_grouped or result


def _on(result: ClusteringResult, revision: Revision, edits: Sequence[Edit]) -> ClusteringResult:
    """The result as it was grouped, of the tracks now."""
    start = as_grouped(result)
    for known in (start, result):
        if revision.analysis.has_tracks_of(known.analysis):
            return known
    carried = carry(start, revision, edits)
    return replace(carried, grouping=replace(carried.grouped, sure=of_grouping(carried)))


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
    start = as_grouped(result)
    if tuple(edits[: start.grouped_under]) != result.edits[: start.grouped_under]:
        found = revise(start.analysis, ())
        labels = carried_grouping(start, None, origins(start.analysis, found.analysis))
        start = replace(start, analysis=found.analysis, grouping=labels, grouped_under=0)
    return _notes(start, replayed(start, edits).notes, edits)


def in_words(result: ClusteringResult) -> ClusteringResult:
    """The result with what is not stored: how sure it is of tracks, who is in the background.

    How sure it is, is not known without vectors.
    """
    after = replayed(result, result.edits)
    share = result.config.clustering.foreground
    result = replace(
        result, people=with_background(result.people, after.people, result.analysis, share)
    )
    if result.analysis.is_bare:
        return result
    words = of_grouping(result)
    grouping = replace(result.grouped, sure=words)
    return replace(result, grouping=grouping, sure=corrected(words, after.by_hand, result.labels))


def replayed(result: ClusteringResult, edits: Sequence[Edit]) -> Replayed:
    """Labels and people of the tracks after some corrections.

    Parameters
    ----------
    result
        From `decide`, or loaded.
    edits
        Any that change the tracks that were grouped as those of the result did.
    """
    start, revision = as_grouped(result), revise(result.analysis, edits)
    labels = revision.of_parts(start.grouped.labels, start.analysis, UNKNOWN)
    return revision.replayed(labels, numbers_of(start.analysis, start.grouped), edits)


def correct(
    start: ClusteringResult, tracks: ClusteringResult, revision: Revision, edits: Sequence[Edit]
) -> Corrected:
    """Apply corrections to a grouping that was made under the first of them.

    Parameters
    ----------
    start
        As it was grouped.
    tracks
        The same, of the tracks of `revision`.
    revision
        The tracks after all corrections.
    edits
        All corrections, in order.
    """
    grouping, analysis = tracks.grouped, revision.analysis
    after, keys = replayed(start, edits), keys_of(analysis)
    assigned = after.labels != UNKNOWN
    confidence = np.where(after.by_hand, assigned.astype(np.float64), grouping.confidence)
    reasons = list(grouping.reasons)
    for track in np.flatnonzero(after.by_hand | assigned).tolist():
        reasons[track] = Reason.NONE if assigned[track] else Reason.BY_HAND
    for track in np.flatnonzero(after.not_a_face).tolist():
        reasons[track] = Reason.NOT_A_FACE
    facts = {label: _facts(person, keys) for label, person in after.people.items()}
    people, unknowns = present(analysis, after.labels, reasons, confidence, facts)
    share = start.config.clustering.foreground
    people = with_background(people, after.people, analysis, share)
    words = corrected(grouping.sure, after.by_hand, after.labels) if grouping.sure else ()
    return Corrected(after.labels, people, unknowns, _notes(start, after.notes, edits), words)


def _notes(start: ClusteringResult, notes: Sequence[str], edits: Sequence[Edit]) -> tuple[str, ...]:
    """Notes on corrections, with those that others among the ones grouped under contradict."""
    under, threshold = start.grouped_under, start.threshold
    overridden = constraints_of(start.analysis, edits[:under]).overridden
    found = [
        note or (OVERRIDDEN if position in overridden else "")
        for position, note in enumerate(notes)
    ]
    applied = applied_at(edits[:under])
    if applied is not None and threshold not in {None, edits[applied].threshold}:
        other = edits[applied].threshold
        found[applied] = f"grouped with the threshold {threshold:g}, not {other:g}"
    return tuple(found)


def _facts(person: Person, keys: Keys) -> ReviewerFacts:
    cover_row = keys.picture(person.cover) if person.cover else None
    return ReviewerFacts(person.number, person.name, person.hidden, cover_row)
