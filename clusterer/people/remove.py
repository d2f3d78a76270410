"""A result without biometric data, without names, or without some of its people. Arrays only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from clusterer.core.appearances import numbers_of
from clusterer.core.text import folded
from clusterer.core.types import (
    BARE,
    UNKNOWN,
    Action,
    Advice,
    Analysis,
    ClusteringResult,
    Edit,
    Grouping,
    Identity,
    IntArray,
    Question,
    Reason,
    Track,
)
from clusterer.edits import Person, Replayed, constraints_of
from clusterer.people.amend import amend, as_grouped, keys_of, replayed
from clusterer.people.editor import anchors
from clusterer.people.features import describe, without_faces
from clusterer.people.names import given_names, name_edits

_REMOVED = "…"
"""Stands for a removed name in a note."""
_NEEDED = ("who", "others", "tracks")
"""A correction means nothing once one of these has become empty."""
Bools = npt.NDArray[np.bool_]
Stays = Callable[[str], bool]
"""Whether the face of a key is left."""


@dataclass(frozen=True, slots=True, eq=False)
class Removal:
    """A result without some of its people, and where what is left was before.

    Attributes
    ----------
    result : without them
    tracks : array of shape (t,), int64, tracks of the result before that are left
    rows : array of shape (n,), int64, its detections that are left
    """

    result: ClusteringResult
    tracks: IntArray
    rows: IntArray


def bare(analysis: Analysis) -> Analysis:
    """An analysis without pictures, embeddings, colours of clothing and landmarks.

    What stays says where and when faces are seen: boxes, scores, quality, tracks.
    """
    if analysis.is_bare or not len(analysis.detections):
        return analysis
    landmarks = np.full_like(analysis.detections.landmarks, np.nan)
    return replace(
        analysis,
        detections=replace(analysis.detections, landmarks=landmarks),
        chip_rows=analysis.chip_rows[:0],
        chip_embeddings=analysis.chip_embeddings[:0],
        chip_colours=analysis.chip_colours[:0],
        chip_clothing=analysis.chip_clothing[:0],
        chip_torso_share=analysis.chip_torso_share[:0],
        chip_torso_sharpness=analysis.chip_torso_sharpness[:0],
        crop_rows=analysis.crop_rows[:0],
        warnings=(*analysis.warnings, BARE),
    )


def without_biometrics(result: ClusteringResult) -> ClusteringResult:
    """A result for its tables: the same people, names and times, without pictures and vectors.

    Questions to a reviewer, who could not answer them without pictures, are left out. Corrections
    that change tracks become part of the grouping: they find faces by what is removed.
    """
    nobody = np.zeros(len(result.labels), np.bool_)
    if _has_changed_tracks(result):
        result = flattened(result)
        result = _remapped(result, nobody, _rows_left(result.analysis, nobody), ())
    analysis = bare(result.analysis)
    if analysis is result.analysis:
        return result

    def unseen(who: Identity) -> Identity:
        return replace(who, crop_rows=())

    return replace(
        _described(replace(result, analysis=analysis)),
        people=tuple(map(unseen, result.people)),
        unknowns=tuple(map(unseen, result.unknowns)),
        advice=Advice(),
    )


def without_names(result: ClusteringResult) -> ClusteringResult:
    """A result in which nobody has a name but the automatic one; other corrections stay."""
    after = _unnamed(result)
    if _tracks(after) != _tracks(result):  # somebody was nobody but for a name
        result = flattened(result)
        after = _unnamed(_rewritten(result, replayed(result, result.edits)))
    return after


def _unnamed(result: ClusteringResult) -> ClusteringResult:
    start, under = as_grouped(result), nameless(result.edits[: result.grouped_under])
    advice = replace(start.advice, names={})
    start = replace(start, edits=under, grouped_under=len(under), advice=advice)
    return amend(start, nameless(result.edits))


def _tracks(result: ClusteringResult) -> list[tuple[str, list[int]]]:
    return [(who.id, sorted(who.track_ids)) for who in result.people]


def nameless(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Corrections without names, and without notes, which may contain some."""
    return tuple(
        replace(edit, name="", note="") for edit in edits if edit.action is not Action.NAME
    )


def without_people(
    result: ClusteringResult, gone: Collection[int], names: Collection[str] = ()
) -> Removal:
    """A result without some people: their tracks, faces, names and the corrections about them.

    All others keep id, name, tracks and times. Where the corrections that are left would not lead
    there, the grouping becomes what they led to, and only names, hiding, covers and who is in the
    background stay corrections.

    Parameters
    ----------
    result
    gone
        Tracks of the people: all of each, or unknown ones.
    names
        That go, too; those that the people have in the result need not be given.
    """
    result = flattened(result)
    said = replayed(result, result.edits)
    is_gone = np.zeros(len(result.labels), np.bool_)
    is_gone[list(gone)] = True
    tracks, rows = np.flatnonzero(~is_gone), _rows_left(result.analysis, is_gone)
    names = {*names, *_names(result, gone)}
    edits = edits_without(result.edits, result, gone, names)
    under = len(edits_without(result.edits[: result.grouped_under], result, gone, names))
    rest = replace(_remapped(result, is_gone, rows, names), edits=edits, grouped_under=under)
    rest = _described(rest)
    after = amend(rest, edits)
    stated = _stated(after, replayed(after, edits))
    if _who(after) != _who(rest) or stated != _stated(rest, said):
        after = _rewritten(rest, replace(said, by_hand=said.by_hand[tracks]))
    return Removal(after, tracks, rows)


def flattened(result: ClusteringResult) -> ClusteringResult:
    """The same people without corrections that change tracks: the tracks are what these led to."""
    if not _has_changed_tracks(result):
        return result
    analysis = replace(result.analysis, found=None)
    return _rewritten(
        replace(result, analysis=analysis, as_grouped=None), replayed(result, result.edits)
    )


def _has_changed_tracks(result: ClusteringResult) -> bool:
    """Whether corrections have changed tracks, before it was grouped or since."""
    return result.as_grouped is not None or result.analysis.found is not None


def edits_without(
    edits: Iterable[Edit],
    result: ClusteringResult,
    gone: Collection[int],
    names: Collection[str] = (),
) -> tuple[Edit, ...]:
    """Corrections without those about some people, and without their names.

    Parameters
    ----------
    edits
        Of the result, or undone.
    result
        With these people.
    gone, names
        As of `without_people`.
    """
    keys, tracks = keys_of(result.analysis), set(gone)
    names = {*names, *_names(result, gone)}

    def stays(key: str) -> bool:
        return keys.track(key) not in tracks

    found = (_without(edit, names, stays) for edit in edits)
    return tuple(edit for edit in found if edit is not None)


def _names(result: ClusteringResult, gone: Collection[int]) -> set[str]:
    """Names that were given to people all of whose tracks go."""
    tracks, given = set(gone), given_names(result)
    return {
        given[who.label]
        for who in result.people
        if who.label in given and tracks.issuperset(who.track_ids)
    }


def _without(edit: Edit, names: Collection[str], stays: Stays) -> Edit | None:
    """A correction without some faces and names; None if nothing of it is left."""
    if edit.name and folded(edit.name) in set(map(folded, names)):
        return None
    note = edit.note
    for name in names:
        note = note.replace(name, _REMOVED)
    kept = replace(
        edit,
        who=tuple(filter(stays, edit.who)),
        others=tuple(filter(stays, edit.others)),
        tracks=tuple(filter(stays, edit.tracks)),
        source=tuple(filter(stays, edit.source)),
        note=note,
    )
    lacks = any(getattr(edit, name) and not getattr(kept, name) for name in _NEEDED)
    return None if lacks or (edit.face and not stays(edit.face)) else kept


def _rows_left(analysis: Analysis, gone: Bools) -> IntArray:
    """Detections of no track, or of one that stays, in time order also if a reviewer found some."""
    of_gone = np.append(gone, False)[analysis.track_of_row]  # -1, no track, is the last
    left = np.flatnonzero(~of_gone)
    return left[np.argsort(analysis.detections.frame_index[left], kind="stable")]


def _remapped(
    result: ClusteringResult, gone: Bools, rows: IntArray, names: Collection[str]
) -> ClusteringResult:
    """All of a result but its corrections, without some tracks."""
    tracks = np.flatnonzero(~gone)
    track_to, row_to = _places(tracks, len(gone)), _places(rows, len(result.analysis.detections))
    links = result.cannot_link[~gone[result.cannot_link].any(axis=1)]
    return replace(
        result,
        analysis=_analysis_of(result.analysis, tracks, rows, track_to, row_to),
        cannot_link=track_to[links],
        labels=result.labels[tracks],
        people=_left(result.people, gone, track_to, row_to),
        unknowns=_left(result.unknowns, gone, track_to, row_to),
        clothing=tuple(
            replace(each, track_id=int(track_to[each.track_id]))
            for each in result.clothing
            if not gone[each.track_id]
        ),
        advice=_advice_of(result, gone, track_to, names),
        grouping=_grouping_of(result, tracks),
        sure=tuple(result.sure[track] for track in tracks.tolist()) if result.sure else (),
    )


def _places(left: IntArray, n: int) -> IntArray:
    """New place of each of n; -1 = it is gone."""
    places = np.full(n, -1, np.int64)
    places[left] = np.arange(len(left))
    return places


def _analysis_of(
    analysis: Analysis, tracks: IntArray, rows: IntArray, track_to: IntArray, row_to: IntArray
) -> Analysis:
    # Not those of no track, either: whose faces they are, nobody knows.
    row_to = np.where(analysis.track_of_row >= 0, row_to, -1)
    chips = np.flatnonzero(row_to[analysis.chip_rows] >= 0)
    crops = row_to[analysis.crop_rows]
    return replace(
        analysis,
        detections=analysis.detections[rows],
        quality=analysis.quality[rows],
        tracks=tuple(
            Track(int(track_to[i]), one.shot_index, row_to[one.detection_rows], one.extent)
            for i, one in ((i, analysis.tracks[i]) for i in tracks.tolist())
        ),
        chip_rows=row_to[analysis.chip_rows[chips]],
        chip_embeddings=analysis.chip_embeddings[chips],
        chip_colours=analysis.chip_colours[chips],
        chip_clothing=analysis.chip_clothing[chips],
        chip_torso_share=analysis.chip_torso_share[chips],
        chip_torso_sharpness=analysis.chip_torso_sharpness[chips],
        crop_rows=np.sort(crops[crops >= 0]),
    )


def _left(
    people: Iterable[Identity], gone: Bools, track_to: IntArray, row_to: IntArray
) -> tuple[Identity, ...]:
    return tuple(
        _moved(who, track_to, row_to) for who in people if not gone[list(who.track_ids)].any()
    )


def _moved(who: Identity, track_to: IntArray, row_to: IntArray) -> Identity:
    def moved(tracks: Iterable[int]) -> tuple[int, ...]:
        return tuple(int(track_to[track]) for track in tracks)

    return replace(
        who,
        track_ids=moved(who.track_ids),
        appearances=tuple(
            replace(seen, track_ids=moved(seen.track_ids)) for seen in who.appearances
        ),
        cover_row=int(row_to[who.cover_row]),
        crop_rows=tuple(int(row_to[row]) for row in who.crop_rows),
    )


def _advice_of(
    result: ClusteringResult, gone: Bools, track_to: IntArray, names: Collection[str]
) -> Advice:
    """Advice on what is left; suggestions on a person who has lost tracks are left out."""
    advice, labels = result.advice, result.grouped.labels
    hurt, left = set(labels[gone].tolist()), set(labels[~gone].tolist())
    unwanted = set(map(folded, names))
    candidates = {
        label: tuple(pair for pair in found if folded(pair[0]) not in unwanted)
        for label, found in advice.names.items()
        if label in left
    }
    return Advice(
        tuple(
            Question(int(track_to[each.a]), int(track_to[each.b]), each.evidence)
            for each in advice.questions
            if not gone[[each.a, each.b]].any()
        ),
        {label: tree for label, tree in advice.trees.items() if label not in hurt},
        {label: found for label, found in candidates.items() if found},
    )


def _grouping_of(result: ClusteringResult, tracks: IntArray) -> Grouping:
    """The grouping of some tracks, in which people keep their numbers."""
    grouping = result.grouped
    labels = grouping.labels[tracks]
    left, picked = set(labels.tolist()), tracks.tolist()
    numbers = numbers_of(result.analysis, grouping)
    return Grouping(
        labels,
        tuple(grouping.reasons[track] for track in picked),
        grouping.confidence[tracks],
        {label: number for label, number in numbers.items() if label in left},
        tuple(grouping.sure[track] for track in picked) if grouping.sure else (),
    )


def _who(result: ClusteringResult) -> list[tuple[object, ...]]:
    """Of all that a result shows of people what must not change."""
    return [
        (who.id, who.name, who.hidden, who.cover_row, sorted(who.track_ids))
        for who in result.people
    ] + [(who.reason, *who.track_ids) for who in result.unknowns]


def _stated(result: ClusteringResult, said: Replayed) -> dict[str, bool | None]:
    """Of each person, whether a reviewer put them in the background or out of it."""
    nothing = Person(0)
    return {who.id: said.people.get(who.label, nothing).background for who in result.people}


def _rewritten(result: ClusteringResult, said: Replayed) -> ClusteringResult:
    """The same people, grouped as they are, by as few corrections as there can be.

    Parameters
    ----------
    result
    said
        What its corrections lead to, before anything was removed.
    """
    keys, edits = keys_of(result.analysis), []
    notes = {(label, edit.name): edit.note for label, edit in name_edits(result, result.edits)}
    for who in result.people:
        automatic = f"Person {who.id.rpartition('-')[2]}"
        anchored = tuple(keys.tracks[track] for track in anchors(result, who.track_ids))
        if who.name != automatic:  # the note says whether a reviewer gave the name
            note = notes.get((who.label, who.name), "")
            edits.append(Edit(Action.NAME, who=anchored, name=who.name, note=note))
        if who.hidden:
            edits.append(Edit(Action.HIDE, who=anchored))
        background = said.people.get(who.label, Person(0)).background
        if background is not None:
            edits.append(Edit(Action.BACKGROUND if background else Action.MAIN, who=anchored))
    no_faces = [who.track_ids[0] for who in result.unknowns if who.reason is Reason.NOT_A_FACE]
    if no_faces:
        edits.append(Edit(Action.NOT_A_FACE, tracks=tuple(keys.tracks[i] for i in no_faces)))
    reasons = [Reason.NONE] * len(result.labels)
    for who in result.unknowns:
        reasons[who.track_ids[0]] = who.reason
    numbers = {who.label: int(who.id.rpartition("-")[2]) for who in result.people}
    grouping = replace(
        result.grouped,
        labels=result.labels,
        reasons=tuple(reasons),
        confidence=np.where(said.by_hand, result.labels != UNKNOWN, result.grouped.confidence),
        numbers=numbers,
        sure=result.sure,
    )
    advice = replace(result.advice, trees={}, names={})
    alone = replace(result, grouping=grouping, edits=tuple(edits), grouped_under=0, advice=advice)
    covers = {who.label: who.cover_row for who in result.people}
    edits += [
        Edit(
            Action.COVER,
            who=tuple(keys.tracks[track] for track in anchors(result, who.track_ids)),
            face=keys.face(covers[who.label]),
        )
        for who in amend(alone, edits).people
        if who.cover_row != covers[who.label]
    ]
    return amend(alone, edits)


def _described(result: ClusteringResult) -> ClusteringResult:
    """The result with the features of its analysis."""
    under = result.edits[: result.grouped_under]
    given = constraints_of(result.analysis, under)
    features = describe(result.analysis, result.config.clustering)
    return replace(result, features=without_faces(features, given.excluded))
