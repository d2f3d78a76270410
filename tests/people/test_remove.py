"""Removing people from a result, whatever a reviewer has corrected before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clusterer.core.errors import ClustererError
from clusterer.core.types import ClusteringResult, Edit
from clusterer.people.amend import amend, replayed
from clusterer.people.decide import decide
from clusterer.people.editor import Editor
from clusterer.people.names import by_project, own_edits
from clusterer.people.remove import (
    bare,
    edits_without,
    without_biometrics,
    without_names,
    without_people,
)
from tests.result_folder import decided
from tests.small_result import small_analysis

Make = Callable[[Editor, int, int], Edit]


def _who(editor: Editor, number: int) -> str:
    everyone = (*editor.result.people, *editor.result.unknowns)
    return everyone[number % len(everyone)].id


def _count(editor: Editor) -> int:
    return len(editor.result.analysis.tracks)


def _background(editor: Editor, a: int, _b: int) -> Edit:
    return editor.background(_who(editor, a))


MAKE: tuple[Make, ...] = (
    lambda editor, a, b: editor.name(_who(editor, a), ("Ann", "Bob", "Cleo", "")[b % 4]),
    lambda editor, a, b: editor.same(_who(editor, a), _who(editor, b)),
    lambda editor, a, b: editor.move([a % _count(editor)], _who(editor, b)),
    lambda editor, a, b: editor.new(sorted({a % _count(editor), b % _count(editor)})),
    lambda editor, a, _b: editor.remove([a % _count(editor)]),
    lambda editor, a, _b: editor.not_a_face([a % _count(editor)]),
    lambda editor, a, _b: editor.hide(_who(editor, a)),
    _background,
    lambda editor, a, b: editor.cut(a % _count(editor), 0.04 * b),
    lambda editor, a, b: editor.join([a % _count(editor), b % _count(editor)]),
)
EDITS = st.lists(st.tuples(st.sampled_from(MAKE), st.integers(0, 7), st.integers(0, 7)), max_size=6)
LABELS = st.sampled_from([(0, 1, 0, 2), (0, 1, 0, -1), (0, 1, 2, 3), (0, 1, 1, 0)])


def corrected(
    labels: tuple[int, ...], edits: list[tuple[Make, int, int]], *, again: bool = False
) -> ClusteringResult:
    """A result with corrections; `again`: grouped under all of them, as the next run does."""
    result = decided(labels)
    for make, a, b in edits:
        try:
            edit = make(Editor(result), a, b)
        except ClustererError:  # not possible here
            continue
        result = amend(result, (*result.edits, edit))
    return decide(result.analysis, result.config, result.edits) if again else result


def seen(result: ClusteringResult) -> list[tuple[object, ...]]:
    frames = result.analysis.detections.frame_index
    return [
        (
            who.id,
            who.name,
            who.hidden,
            result.spans_s(who).tolist(),
            sorted(
                frames[result.analysis.tracks[track].detection_rows[0]] for track in who.track_ids
            ),
            int(frames[who.cover_row]),
        )
        for who in result.people
    ]


def statements(result: ClusteringResult) -> dict[str, bool | None]:
    """What a reviewer said of people: whether they are in the background."""
    said = replayed(result, result.edits).people
    return {who.id: said[who.label].background for who in result.people}


@settings(max_examples=60)
@given(labels=LABELS, edits=EDITS, which=st.integers(0, 3), again=st.booleans())
@example(labels=(0, 1, 0, 2), edits=[(_background, 0, 0)], which=1, again=True)
def test_all_others_stay_as_they_are(
    labels: tuple[int, ...], edits: list[tuple[Make, int, int]], which: int, again: bool
) -> None:
    result = corrected(labels, edits, again=again)
    everyone = (*result.people, *result.unknowns)
    gone = everyone[which % len(everyone)]
    removal = without_people(result, gone.track_ids)
    after = removal.result
    assert seen(after) == [each for each in seen(result) if each[0] != gone.id]
    left = [one.reason for one in result.unknowns if one.id != gone.id]
    assert [one.reason for one in after.unknowns] == left
    assert statements(after) == {
        id_: said for id_, said in statements(result).items() if id_ != gone.id
    }
    assert after.analysis.found is None or len(after.analysis.found.detections) == len(removal.rows)
    if after.edits != edits_without(result.edits, result, gone.track_ids):  # grouped as it was
        sure = {who.id: who.confidence for who in result.people}
        assert all(who.confidence == sure[who.id] for who in after.people)
    assert after.edits == amend(after, after.edits).edits
    assert amend(after, after.edits).people == after.people
    assert np.array_equal(
        after.analysis.detections.boxes, result.analysis.detections.boxes[removal.rows]
    )
    given_name = gone.name if not gone.name.startswith(("Person", "Unknown", "Not")) else None
    if given_name and given_name not in {who.name for who in after.people}:
        assert all(edit.name != given_name for edit in after.edits)


@settings(max_examples=30)
@given(labels=LABELS, edits=EDITS, again=st.booleans())
def test_tables_say_the_same_without_vectors(
    labels: tuple[int, ...], edits: list[tuple[Make, int, int]], again: bool
) -> None:
    result = corrected(labels, edits, again=again)
    after = without_biometrics(result)
    assert seen(after) == seen(result)
    assert after.tables.appearances.rows == result.tables.appearances.rows
    assert after.tables.people.rows == result.tables.people.rows
    assert after.analysis.is_bare
    assert not len(after.analysis.as_found.chip_embeddings)
    assert not len(after.analysis.crop_rows)
    assert np.isnan(after.analysis.detections.landmarks).all()
    assert not after.features.face.any()
    again = amend(after, after.edits)  # covers have no pictures, so which they are is of no account
    assert [each[:-1] for each in seen(again)] == [each[:-1] for each in seen(result)]


@settings(max_examples=30)
@given(labels=LABELS, edits=EDITS, again=st.booleans())
def test_nobody_has_a_name(
    labels: tuple[int, ...], edits: list[tuple[Make, int, int]], again: bool
) -> None:
    result = corrected(labels, edits, again=again)
    after = without_names(result)
    assert all(who.name.startswith("Person ") for who in after.people)
    assert [who.hidden for who in after.people] == [who.hidden for who in result.people]


def test_faces_without_a_track_lose_their_vectors() -> None:
    after = bare(replace(small_analysis(), tracks=()))
    assert after.is_bare
    assert len(after.detections) == len(small_analysis().detections)
    assert (after.chip_embeddings.size, after.chip_rows.size, after.crop_rows.size) == (0, 0, 0)


def test_an_analysis_without_faces_stays_as_it_is() -> None:
    empty = without_people(decided(), range(4)).result.analysis
    nobody = replace(empty, detections=empty.detections[[]], quality=empty.quality[[]])
    assert bare(nobody) is nobody


def test_an_analysis_is_bare_once() -> None:
    once = bare(small_analysis())
    assert bare(once) is once
    assert len(once.warnings) == len(small_analysis().warnings) + 1


def test_a_name_by_a_project_does_not_become_one_by_hand() -> None:
    result = corrected((0, 1, 0, -1), [(lambda editor, _a, _b: editor.cut(0, 0.2), 0, 0)])
    name = Editor(result).name(result.people[1], "Bob")
    by = replace(name, note="person-2 is Bob, by the project: season.cast")
    result = amend(result, (*result.edits, by))
    gone = result.people[0]
    after = without_people(result, gone.track_ids).result
    assert [who.name for who in after.people] == ["Bob"]
    assert own_edits(after.edits) == ()
    assert by_project(after.edits) == after.edits
