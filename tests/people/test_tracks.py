"""Corrections of tracks through the whole of a result: amended, saved, loaded, grouped again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clusterer
from clusterer.core.errors import EditsError
from clusterer.core.types import Action, ClusteringResult, Edit, Reason
from clusterer.outputs import save as result_folder
from clusterer.people.amend import amend, check
from clusterer.people.decide import decide
from clusterer.store.folder import load
from tests.result_folder import decided, write

RESULT = decided()
"""ann 0, 10, 20 and cleo are person 1; bob 0, 10 is person 2; dan is unknown."""
EDITOR = clusterer.Editor(RESULT)
CUT = EDITOR.cut(0, 0.2)


def people(result: ClusteringResult) -> dict[str, list[list[int]]]:
    """Name → rows of each track."""
    rows = [track.detection_rows.tolist() for track in result.analysis.tracks]
    everyone = (*result.people, *result.unknowns)
    return {who.name: [rows[track] for track in who.track_ids] for who in everyone}


def content(result: ClusteringResult) -> object:
    return json.loads(result_folder.to_json(result))


def test_the_editor_cuts_at_the_first_face_from_a_time_on() -> None:
    assert Edit(Action.CUT, tracks=("10@101,50,141,98",)) == CUT
    assert EDITOR.cut(0, 0.4) == CUT  # frame 10 is at 0.4 s
    assert EDITOR.cut(0, 0.41).tracks == ("20@102,50,142,98",)


@pytest.mark.parametrize("time_s", [-1.0, 0.0, 0.9])
def test_it_does_not_cut_where_one_side_would_be_empty(time_s: float) -> None:
    with pytest.raises(EditsError, match=r"cannot be cut at .* Its faces are from 0.00 to 0.80 s"):
        EDITOR.cut(0, time_s)


@pytest.mark.parametrize(
    ("tracks", "why"),
    [
        ([0], "there is one track only"),
        ([0, 0], "there is one track only"),
        ([0, 1], "seen in one frame"),
        ([0, 2], "different shots"),
        ([0, 9], "There is no track 9"),
    ],
)
def test_it_does_not_join_what_is_not_one_face(tracks: list[int], why: str) -> None:
    with pytest.raises(EditsError, match=why):
        EDITOR.join(tracks)


def test_cut_and_correct_one_part() -> None:
    cut = amend(RESULT, [CUT])
    assert people(cut) == {
        "Person 1": [[0], [2, 4], [5, 6, 8]], "Person 2": [[1, 3]], "Unknown 1": [[7]]
    }  # fmt: skip
    assert cut.labels.tolist() == [0, 1, 0, 0, -1]
    assert len(cut.features) == len(cut.grouped.labels) == 5
    assert cut.cannot_link.tolist() == [[0, 1], [1, 2], [3, 4]]
    moved = amend(cut, [*cut.edits, clusterer.Editor(cut).move([2], "Person 2")])
    assert people(moved)["Person 2"] == [[1, 3], [2, 4]]
    # bob from frame 0 to 20: 0.84 s; the first part of ann's track ends where the second begins.
    assert moved.spans_s("Person 2").tolist() == [[0.0, 0.84]]
    assert moved.spans_s("Person 1").tolist() == [[0.0, 0.4], [2.0, 4.0]]
    assert moved.edit_notes == ()


def test_join_again_and_undo_restore_everything() -> None:
    """A join after a cut leaves its two corrections and nothing else; undoing not even these."""
    before = amend(RESULT, [])
    cut = amend(before, [CUT])
    joined = amend(cut, [CUT, clusterer.Editor(cut).join([0, 2])])
    assert joined.analysis.has_tracks_of(before.analysis)
    assert people(joined) == people(before)
    undone = amend(cut, [])
    assert content(undone) == content(before)
    assert undone.analysis is before.analysis
    assert undone.as_grouped is None


def test_what_does_not_apply_is_noted() -> None:
    lost = Edit(Action.CUT, tracks=("90@0,0,9,9",))
    start = Edit(Action.CUT, tracks=("0@100,50,140,98",))
    assert amend(RESULT, [lost, start]).edit_notes == (
        "1. cut track: face not found",
        "2. cut track: the track begins there",
    )
    assert check(RESULT, [CUT, start]) == ("", "the track begins there")
    assert check(amend(RESULT, [CUT]), [start]) == ("the track begins there",)


def test_a_result_with_cut_tracks_is_loaded_as_it_was(tmp_path: Path) -> None:
    cut = amend(RESULT, [CUT])
    again = amend(cut, [CUT, clusterer.Editor(cut).move([2], "Person 2")])
    folder = write(again, tmp_path)
    loaded = load(folder)
    assert content(loaded) == content(again)
    assert content(amend(loaded, [])) == content(load(write(amend(RESULT, []), tmp_path / "b")))
    assert [who.name for who in loaded.at(0.5)] == ["Person 2"]


@pytest.mark.parametrize("under", [0, 1, 2])
def test_grouping_again_takes_the_parts_for_tracks(under: int, tmp_path: Path) -> None:
    edits = [CUT, clusterer.Editor(amend(RESULT, [CUT])).move([2], "Person 2")]
    result = decide(RESULT.analysis, RESULT.config, edits, grouped_under=under)
    assert len(result.labels) == 5
    assert result.labels[2] == result.labels[1]
    assert (result.as_grouped is None) == (under > 0)
    assert content(load(write(result, tmp_path))) == content(result)
    again = decide(result.analysis, RESULT.config, edits, grouped_under=under)
    assert content(again) == content(result)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([2, 3, 4, 6, 8]), max_size=4), st.booleans())
def test_undoing_one_by_one_goes_back_the_same_way(rows: list[int], grouped: bool) -> None:
    keys = [clusterer.Edit(Action.CUT, tracks=(key,)) for key in map(_key, rows)]
    first = decide(RESULT.analysis, RESULT.config, keys[:1] if grouped else [])
    results = [first]
    for edit in keys[len(first.edits) :]:
        results.append(amend(results[-1], [*results[-1].edits, edit]))
    back = results[-1]
    for result in reversed(results):
        back = amend(back, result.edits)
        assert content(back) == content(result)


def _key(row: int) -> str:
    seen = RESULT.analysis.detections
    left, top, right, bottom = seen.boxes[row].round().astype(int).tolist()
    return f"{seen.frame_index[row]}@{left},{top},{right},{bottom}"


def test_an_added_track_of_faces_in_none() -> None:
    """Faces without a track are what a detector's rows are that a reviewer has not added yet."""
    found = RESULT.analysis
    free = replace(found, tracks=found.tracks[:3])
    result = decide(free, RESULT.config)
    assert [[7]] not in people(result).values()
    added = amend(result, [Edit(Action.ADD, tracks=(_key(7),))])
    assert people(added)["Unknown 1"] == [[7]]
    assert added.unknowns[0].reason is Reason.SINGLE_FACE
    moved = amend(added, [*added.edits, clusterer.Editor(added).move([3], "Person 2")])
    assert [7] in people(moved)["Person 2"]
    assert content(amend(moved, [])) == content(result)
