"""Corrections by person and track, and what they do to a result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

import clusterer
from clusterer.core.errors import ConfigError, EditsError
from clusterer.core.types import OF_TRACKS, Action, ClusteringResult, Edit, Reason
from clusterer.edits import Keys, constrain
from clusterer.people.amend import amend, check
from clusterer.people.editor import Editor, anchors
from tests.small_result import small_result

Tracks = dict[str, tuple[int, ...]]


def after(edits: Sequence[Edit], result: ClusteringResult | None = None) -> Tracks:
    """Name → tracks of each person, once all corrections have applied in full."""
    result = result or small_result()
    assert check(result, edits) == ("",) * len(edits)
    return {person.name: person.track_ids for person in amend(result, edits)}


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda e: e.name("Person 1", "Anna"), {"Anna": (0, 2), "Person 2": (1,)}),
        (
            lambda e: e.name("Unknown 1", "Zoë"),
            {"Person 1": (0, 2), "Person 2": (1,), "Zoë": (3,)},
        ),
        (lambda e: e.same("Person 1", "person-2"), {"Person 1": (0, 1, 2)}),
        (lambda e: e.same("Person 2", "unknown-1"), {"Person 1": (0, 2), "Person 2": (1, 3)}),
        (lambda e: e.different("Person 1", "Person 2"), {"Person 1": (0, 2), "Person 2": (1,)}),
        (lambda e: e.move([2], "Person 2"), {"Person 2": (1, 2), "Person 1": (0,)}),
        (lambda e: e.move([1, 2], "Person 2"), {"Person 2": (1, 2), "Person 1": (0,)}),
        (lambda e: e.new([2]), {"Person 1": (0,), "Person 2": (1,), "Person 3": (2,)}),
        (lambda e: e.remove([0]), {"Person 1": (2,), "Person 2": (1,)}),
        (lambda e: e.remove([0, 2]), {"Person 2": (1,)}),
        (lambda e: e.not_a_face(np.array([1, 3])), {"Person 1": (0, 2)}),
    ],
)
def test_what_a_correction_does(make: Callable[[Editor], Edit], expected: Tracks) -> None:
    assert after([make(Editor(small_result()))]) == expected


def test_hidden_and_shown() -> None:
    editor = Editor(small_result())
    for edits, hidden in (
        ([editor.hide("Person 1")], True),
        ([editor.hide("Person 1"), editor.show("Person 1")], False),
    ):
        assert amend(small_result(), edits).people[0].hidden is hidden


def test_a_cover() -> None:
    result = small_result()
    edit = Editor(result).cover("Person 1", 5)
    assert amend(result, [edit]).people[0].cover_row == 5
    for row in (1, 2, 99):  # of Person 2, without a picture, missing
        with pytest.raises(EditsError, match=f"{row} is not a row of a picture of Person 1"):
            Editor(result).cover("Person 1", row)


def test_people_are_called_as_before_the_corrections() -> None:
    editor = Editor(small_result())
    edits = [editor.name("Person 2", "Anna"), editor.same("Person 2", "Person 1")]
    assert after(edits) == {"Anna": (0, 1, 2)}


def test_who_stays_is_told_apart_in_the_next_grouping() -> None:
    """Track 2 leaves track 0 behind: the two must not come together again."""
    result = small_result()
    editor = Editor(result)
    for edit in (editor.move([2], "Person 2"), editor.new([2]), editor.remove([2])):
        found = constrain([edit], Keys(result.analysis), 4)
        assert [0, 2] in found.cannot_link.tolist(), edit


def test_tracks_of_several_people_are_removed_person_by_person() -> None:
    with pytest.raises(EditsError, match="of several people"):
        Editor(small_result()).remove([0, 1])


@pytest.mark.parametrize("track", [-1, 4])
def test_a_track_that_is_not_there(track: int) -> None:
    editor = Editor(small_result())
    for make in (editor.new, editor.remove, editor.not_a_face):
        with pytest.raises(EditsError, match=f"There is no track {track}"):
            make([track])


def test_no_tracks_are_no_correction() -> None:
    editor = Editor(small_result())
    with pytest.raises(EditsError, match="has no tracks"):
        editor.new([])
    with pytest.raises(EditsError, match="has no tracks"):
        editor.move([1], "Person 2")


@pytest.mark.parametrize("name", ["a\nb", "x" * 201, "   "])
def test_a_name_that_cannot_be_stored(name: str) -> None:
    with pytest.raises(EditsError):
        Editor(small_result()).name("Person 1", name)


def test_who_is_not_there() -> None:
    with pytest.raises(ConfigError, match="No person is named 'Anna'"):
        Editor(small_result()).name("Anna", "Ben")


def test_the_best_tracks_stand_for_a_person() -> None:
    """By quality to three digits, then by faces: 3, 2, 3 and 1."""
    result = small_result()
    assert anchors(result, range(4)) == (0, 2, 1, 3)
    assert anchors(result, [3, 1]) == (1, 3)
    quality = np.array([0.1, 0.9, 0.1004, 0.5])
    better = replace(result, features=replace(result.features, quality=quality))
    assert anchors(better, range(4)) == (1, 3, 0, 2)
    assert anchors(result, []) == ()


def test_at_most_five_tracks_stand_for_a_person(demo: clusterer.Outcome) -> None:
    everything = range(len(demo.result.analysis.tracks))
    assert len(everything) > 5
    assert len(anchors(demo.result, everything)) == 5


def test_every_correction_but_grouping_again_can_be_made(demo: clusterer.Outcome) -> None:
    result = demo.result
    editor, first = Editor(result), result.people[0]
    edits = [
        editor.name(first, "Anna"),
        editor.cover(first, first.crop_rows[-1]),
        editor.same(result.people[0], result.people[1]),
        editor.different(result.people[0], result.people[2]),
        editor.move(result.people[2].track_ids[:1], result.people[3]),
        editor.new(result.people[2].track_ids[1:2]),
        editor.remove(result.people[3].track_ids[:1]),
        editor.not_a_face(result.people[3].track_ids[-1:]),
        editor.hide(result.people[3]),
        editor.show(result.people[3]),
        editor.background(result.people[3]),
        editor.main(result.people[3]),
    ]
    assert {edit.action for edit in edits} == {*Action} - {Action.REGROUP} - OF_TRACKS
    amended = amend(result, edits)
    assert amended.edit_notes == ()
    assert amended.people[0].name == "Anna"
    assert [who.reason for who in amended.unknowns] == [Reason.BY_HAND, Reason.NOT_A_FACE]
