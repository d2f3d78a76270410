"""Carry a result to the tracks that corrections make of those that were grouped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from clusterer.core.appearances import numbers_of
from clusterer.core.types import (
    UNKNOWN,
    Advice,
    Analysis,
    ClusteringResult,
    Edit,
    Grouping,
    IntArray,
    TrackFeatures,
)
from clusterer.edits import Revision, combine, constraints_on
from clusterer.people.constraints import co_occurrence
from clusterer.people.features import describe, without_faces
from clusterer.people.identities import reasons_of

NO_PAIRS = np.zeros((0, 2), dtype=np.int64)


def carry(start: ClusteringResult, revision: Revision, edits: Sequence[Edit]) -> ClusteringResult:
    """The result as grouped, of the tracks after corrections of tracks; people are not derived yet.

    Each track takes after the one from which its first face comes; an added one is nobody's.

    Parameters
    ----------
    start
        As it was grouped.
    revision
        The tracks now.
    edits
        The corrections that it was made with.
    """
    analysis = revision.analysis
    origin = origins(start.analysis, analysis)
    given = constraints_on(revision, edits[: start.grouped_under])
    features = without_faces(describe(analysis, start.config.clustering), given.excluded)
    together = co_occurrence(analysis.tracks, analysis.detections)
    _, cannot_link, _ = combine(given, together, NO_PAIRS, len(analysis.tracks))
    grouping = carried_grouping(start, features, origin)
    to = {before: after for after, before in reversed([*enumerate(origin.tolist())])}
    return replace(
        start,
        analysis=analysis,
        features=features,
        cannot_link=cannot_link,
        labels=grouping.labels,
        clothing=tuple(
            replace(decision, track_id=to[decision.track_id])
            for decision in start.clothing
            if decision.track_id in to
        ),
        advice=_advice(start, grouping, origin, to),
        grouping=grouping,
        sure=(),
        as_grouped=start,
    )


def origins(before: Analysis, after: Analysis) -> IntArray:
    """The track before from which each track's first face comes, shape (t,), int64, -1 = none."""
    first = [int(track.detection_rows[0]) for track in after.tracks]
    return before.track_of_row[np.array(first, dtype=np.int64)]


def carried_grouping(
    start: ClusteringResult, features: TrackFeatures | None, origin: IntArray
) -> Grouping:
    """The grouping of other tracks.

    Parameters
    ----------
    start
        As it was grouped.
    features : of t tracks; None = none is new
    origin : array of shape (t,), int64, of `origins`
    """
    grouping, known = start.grouped, origin >= 0
    labels = np.where(known, np.append(grouping.labels, UNKNOWN)[origin], UNKNOWN)
    confidence = np.where(known, np.append(grouping.confidence, 0.0)[origin], 0.0)
    reasons = [grouping.reasons[track] for track in origin.tolist()]
    if features is not None:
        own = reasons_of(features, labels, np.zeros(len(labels), dtype=bool))
        reasons = [r if k else o for r, o, k in zip(reasons, own, known.tolist(), strict=True)]
    left = set(labels.tolist())
    kept = numbers_of(start.analysis, grouping)
    numbers = {label: number for label, number in kept.items() if label in left}
    return Grouping(labels, tuple(reasons), confidence, numbers)


def _advice(
    start: ClusteringResult, grouping: Grouping, origin: IntArray, to: dict[int, int]
) -> Advice:
    """Questions between tracks that are still there; trees of people whose tracks are the same."""
    advice, before = start.advice, start.grouped.labels.tolist()
    questions = tuple(
        replace(question, a=to[question.a], b=to[question.b])
        for question in advice.questions
        if question.a in to and question.b in to
    )
    now: dict[int, list[int]] = {}
    for track, label in zip(origin.tolist(), grouping.labels.tolist(), strict=True):
        now.setdefault(label, []).append(track)
    then: dict[int, list[int]] = {}
    for track, label in enumerate(before):
        then.setdefault(label, []).append(track)
    trees = {
        label: tree for label, tree in advice.trees.items() if now.get(label) == then.get(label)
    }
    names = {label: found for label, found in advice.names.items() if label in now}
    return Advice(questions, trees, names)
