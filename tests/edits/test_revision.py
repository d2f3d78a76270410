"""Cut, join and add, worked out by hand; and that what is undone was never there."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.types import UNKNOWN, Action, Analysis, Edit, Extent
from clusterer.edits import Keys, constraints_of, revise
from tests.small_result import FRAME_PTS, START_PTS, small_analysis

FOUND = small_analysis()
"""Tracks of rows 0, 2, 4 and 1, 3 in the first shot, 5, 6, 8 and 7 in the second."""
KEY = Keys(FOUND).face
BASE = [[0, 2, 4], [1, 3], [5, 6, 8], [7]]


def cut(row: int) -> Edit:
    return Edit(Action.CUT, tracks=(KEY(row),))


def join(*rows: int) -> Edit:
    return Edit(Action.JOIN, tracks=tuple(map(KEY, rows)))


def add(*rows: int) -> Edit:
    return Edit(Action.ADD, tracks=tuple(map(KEY, rows)))


def move(who: int, *rows: int) -> Edit:
    return Edit(Action.MOVE, who=(KEY(who),), tracks=tuple(map(KEY, rows)))


def rows_of(analysis: Analysis) -> list[list[int]]:
    return [track.detection_rows.tolist() for track in analysis.tracks]


def pts(frame: int) -> int:
    return START_PTS + frame * FRAME_PTS


def without(track: int) -> Analysis:
    """The faces of a track are in none."""
    left = [t for t in FOUND.tracks if t.id != track]
    return replace(FOUND, tracks=tuple(replace(t, id=i) for i, t in enumerate(left)))


@pytest.mark.parametrize(
    ("edits", "tracks", "notes"),
    [
        ([], BASE, ()),
        # Cut at frame 10: the second part begins after the other track of that shot.
        ([cut(2)], [[0], [1, 3], [2, 4], [5, 6, 8], [7]], ("",)),
        ([cut(4)], [[0, 2], [1, 3], [4], [5, 6, 8], [7]], ("",)),
        ([cut(0)], BASE, ("the track begins there",)),
        ([cut(2), cut(4)], [[0], [1, 3], [2], [4], [5, 6, 8], [7]], ("", "")),
        ([cut(2), join(0, 4)], BASE, ("", "")),
        ([cut(2), join(4, 0)], BASE, ("", "")),
        ([cut(2), cut(4), join(0, 4)], [[0, 4], [1, 3], [2], [5, 6, 8], [7]], ("", "", "")),
        ([join(0, 1)], BASE, ("the tracks are seen in one frame",)),
        ([join(0, 5)], BASE, ("the tracks are in different shots",)),
        ([join(0, 2)], BASE, ("there is one track only",)),
        ([add(0)], BASE, ("the face is in a track already",)),
        ([Edit(Action.CUT, tracks=("90@0,0,9,9",))], BASE, ("face not found",)),
        ([Edit(Action.ADD, tracks=("90@0,0,9,9",))], BASE, ("face not found",)),
        ([cut(3), join(0, 3)], [[0, 2, 4], [1], [3], [5, 6, 8], [7]],
         ("", "the tracks are seen in one frame")),
    ],
)  # fmt: skip
def test_tracks_by_hand(edits: list[Edit], tracks: list[list[int]], notes: tuple[str, ...]) -> None:
    found = revise(FOUND, edits)
    assert rows_of(found.analysis) == tracks
    assert found.notes == notes
    assert [track.id for track in found.analysis.tracks] == list(range(len(tracks)))


def test_a_cut_leaves_no_gap() -> None:
    """The first part lasts until the frame before the second."""
    parts = [track.extent for track in revise(FOUND, [cut(2)]).analysis.tracks]
    assert parts[0] == Extent(0, 9, pts(0), pts(9), pts(10))
    assert parts[2] is None
    before, _, after = revise(FOUND, [cut(2)]).analysis.spans(0, 1, 2)
    assert (before.start_frame, before.end_frame, before.end_pts) == (0, 10, pts(10))
    assert (after.start_frame, after.end_frame) == (10, 21)


def test_extents_beyond_the_faces_are_kept() -> None:
    long = Extent(0, 25, pts(0), pts(25), pts(26))
    found = replace(FOUND, tracks=(replace(FOUND.tracks[0], extent=long), *FOUND.tracks[1:]))
    parts = revise(found, [cut(4)]).analysis.tracks
    assert parts[2].extent == Extent(20, 25, pts(20), pts(25), pts(26))
    assert revise(found, [cut(4), join(0, 4)]).analysis.tracks[0].extent == long


def test_faces_of_no_track_become_one() -> None:
    found = without(0)
    assert rows_of(found) == [[1, 3], [5, 6, 8], [7]]
    after = revise(found, [add(0, 2)])
    assert rows_of(after.analysis) == [[0, 2], [1, 3], [5, 6, 8], [7]]
    assert revise(found, [add(0, 2), add(2, 4)]).notes == ("", "")  # the rest of it is free
    assert after.analysis.found is found


def test_no_corrections_of_tracks_leave_the_analysis_itself() -> None:
    assert revise(FOUND, [move(0, 1)]).analysis is FOUND
    assert revise(revise(FOUND, [cut(2)]).analysis, []).analysis is FOUND


def replayed(edits: list[Edit], labels: list[int], found: Analysis = FOUND) -> list[int]:
    after = revise(found, edits)
    of_parts = after.of_parts(np.array(labels), found, UNKNOWN)
    numbers = {label: label + 1 for label in sorted(set(labels) - {UNKNOWN})}
    return after.replayed(of_parts, numbers, edits).labels.tolist()


@pytest.mark.parametrize(
    ("edits", "labels"),
    [
        ([cut(2)], [0, 1, 0, 0, UNKNOWN]),
        ([cut(2), move(1, 2)], [0, 1, 1, 0, UNKNOWN]),
        # A correction before the cut is one of both parts.
        ([move(1, 0), cut(2)], [1, 1, 1, 0, UNKNOWN]),
        ([move(1, 4), cut(2)], [1, 1, 1, 0, UNKNOWN]),
        # The whole is of the first track's person, or of the first that has one.
        ([cut(2), move(1, 2), join(0, 2)], [0, 1, 0, UNKNOWN]),
        ([cut(2), move(1, 2), join(2, 0)], [1, 1, 0, UNKNOWN]),
        ([cut(2), Edit(Action.REMOVE, tracks=(KEY(0),)), join(0, 2)], [0, 1, 0, UNKNOWN]),
        # What follows concerns all of the joined track.
        ([cut(2), join(0, 2), move(1, 4)], [1, 1, 0, UNKNOWN]),
    ],
)
def test_people_by_hand(edits: list[Edit], labels: list[int]) -> None:
    assert replayed(edits, [0, 1, 0, UNKNOWN]) == labels


def test_an_added_track_is_nobodys_until_it_is_moved() -> None:
    assert replayed([add(0, 2, 4)], [1, 0, UNKNOWN], without(0)) == [UNKNOWN, 1, 0, UNKNOWN]
    moved = [add(0, 2, 4), move(5, 0)]
    assert replayed(moved, [1, 0, UNKNOWN], without(0)) == [0, 1, 0, UNKNOWN]


def test_constraints_are_of_the_tracks_now() -> None:
    """Moved as a whole, then cut: both parts belong there; a later correction of one wins."""
    tracks = [[0], [1, 3], [2, 4], [5, 6, 8], [7]]
    edits = [move(5, 0), cut(2)]
    assert rows_of(revise(FOUND, edits).analysis) == tracks
    assert constraints_of(FOUND, edits).must_link.tolist() == [[3, 0], [3, 2]]
    other = Edit(Action.REMOVE, tracks=(KEY(2),), source=(KEY(5),))
    found = constraints_of(FOUND, [*edits, other])
    assert found.cannot_link.tolist() == [[2, 3]]
    assert found.must_link.tolist() == [[3, 0]]
    assert found.overridden == frozenset({0})


class Simple:
    """Tracks as sets of rows, each with its person: slow, and plainly right."""

    def __init__(self, labels: list[int]) -> None:
        self.tracks = [(set(rows), label) for rows, label in zip(BASE, labels, strict=True)]

    def of(self, row: int) -> int:
        return next(i for i, (rows, _) in enumerate(self.tracks) if row in rows)

    def cut(self, row: int) -> None:
        rows, label = self.tracks[self.of(row)]
        frame = FOUND.detections.frame_index
        later = {r for r in rows if frame[r] >= frame[row]}
        if later != rows:
            self.tracks.remove((rows, label))
            self.tracks += [(rows - later, label), (later, label)]

    def join(self, a: int, b: int) -> None:
        (first, label), (second, other) = self.tracks[self.of(a)], self.tracks[self.of(b)]
        frame = FOUND.detections.frame_index
        seen = [{int(frame[row]) for row in rows} for rows in (first, second)]
        if first == second or seen[0] & seen[1] or (a >= 5) != (b >= 5):
            return
        self.tracks = [t for t in self.tracks if t[0] not in (first, second)]
        self.tracks.append((first | second, label if label >= 0 else other))

    def move(self, who: int, row: int) -> None:
        label, at = self.tracks[self.of(who)][1], self.of(row)
        if label >= 0:
            self.tracks[at] = self.tracks[at][0], label


@given(st.integers(0, 2**32 - 1))
def test_any_order_of_corrections_is_as_tracks_of_sets(seed: int) -> None:
    rng = random.Random(seed)
    labels = [rng.choice([0, 1, 2]) for _ in BASE]
    simple, edits = Simple(labels), []
    for _ in range(rng.randint(0, 8)):
        a, b = rng.randrange(9), rng.randrange(9)
        kind = rng.choice(["cut", "join", "move"])
        edits.append({"cut": cut(a), "join": join(a, b), "move": move(a, b)}[kind])
        if kind == "cut":
            simple.cut(a)
        else:
            {"join": simple.join, "move": simple.move}[kind](a, b)
    after = revise(FOUND, edits)
    found = dict(zip(map(tuple, rows_of(after.analysis)), replayed(edits, labels), strict=True))
    assert found == {tuple(sorted(rows)): label for rows, label in simple.tracks}
    owner = after.analysis.track_of_row
    assert np.array_equal(owner >= 0, FOUND.track_of_row >= 0)
    assert [np.array_equal(owner[after.parts], after.track_of_part)] == [True]


@given(st.integers(0, 2**32 - 1))
def test_cutting_and_joining_again_changes_nothing(seed: int) -> None:
    rng = random.Random(seed)
    edits = [cut(rng.choice([2, 3, 4, 6, 8])) for _ in range(rng.randint(1, 5))]
    parts = rows_of(revise(FOUND, edits).analysis)
    for rows in BASE:
        own = [part[0] for part in parts if part[0] in rows]
        rng.shuffle(own)
        edits += [join(own[0], other) for other in own[1:]]
    after = revise(FOUND, edits)
    assert after.analysis.has_tracks_of(FOUND)
    assert replayed(edits, [0, 1, 0, UNKNOWN]) == [0, 1, 0, UNKNOWN]
