"""Where hidden faces are between looks, and what is to be checked, worked out by hand.

The small film has 25 frames a second. Person 1 is track 0 (frames 0, 10 and 20, at x 100) and
track 2 in the second shot; person 2 is track 1 (frames 0 and 10, at x 300); track 3 is unknown.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.certainty import Sure, Why, Word
from clusterer.core.errors import ConfigError
from clusterer.core.types import ClusteringResult, Reason
from clusterer.outputs.anonymise.choice import AnonymiseChoice, hidden_tracks
from clusterer.outputs.anonymise.paths import HOLD_S, Check, Doubt, Map, Path, plan
from clusterer.outputs.anonymise.watch import Stretch, Tracklet, stretches
from tests.result_folder import decided

HALF = (0.0, 2.0)


def tracklet(shot: int, looks: dict[float, float], score: float = 0.9) -> Tracklet:
    """A face of 40 x 48 px at y 50; `looks` are time and left edge."""
    boxes = [np.array([left, 50.0, left + 40, 98.0]) for left in looks.values()]
    return Tracklet(shot, list(looks), boxes, [score] * len(looks))


def planned(
    result: ClusteringResult, choice: AnonymiseChoice, *found: Tracklet
) -> tuple[Map, list[Check]]:
    hidden = hidden_tracks(result, choice)
    film = stretches(result.analysis, hidden if choice.spares_strangers else None)
    return plan(result, found, film, hidden, spares_strangers=choice.spares_strangers)


def lefts(faces: Map, time_s: float) -> list[float]:
    hidden, _ = faces.spots(time_s)
    return [round(float(spot.box[0]), 1) for spot in hidden]


@pytest.mark.parametrize(
    ("chosen", "tracks"),
    [
        ({"people": "Person 1"}, {0, 2}),
        ({"people": ["person-2", "unknown-1"]}, {1, 3}),
        ({"all_but": "person 1"}, {1, 3}),
        ({"everybody": True}, {0, 1, 2, 3}),
    ],
)
def test_whose_tracks_are_hidden(chosen: dict[str, object], tracks: set[int]) -> None:
    assert hidden_tracks(decided(), AnonymiseChoice(**chosen)) == tracks


def test_what_is_no_face_is_not_hidden() -> None:
    result = decided()
    (unknown,) = result.unknowns
    marked = replace(result, unknowns=(replace(unknown, reason=Reason.NOT_A_FACE),))
    assert hidden_tracks(marked, AnonymiseChoice(everybody=True)) == {0, 1, 2}
    with pytest.raises(ConfigError):
        hidden_tracks(result, AnonymiseChoice(people="Person 3"))


def test_only_shots_of_the_hidden_are_watched() -> None:
    analysis = decided().analysis
    inf = float("inf")
    assert stretches(analysis, {1}) == [(0, 2, True), (2, 4, False), (4, inf, False)]
    assert stretches(analysis, None) == [(0, 2, True), (2, 4, True), (4, inf, True)]
    late = replace(analysis, video=replace(analysis.video, start_pts=1024 - 12800))
    assert stretches(late, None)[:2] == [Stretch(0, 1, True), Stretch(1, 3, True)]


def test_between_looks_and_around_them() -> None:
    faces, _ = planned(decided(), AnonymiseChoice(people="Person 1"))
    # frames 0, 10 and 20 are at 0, 0.4 and 0.8 s, with left edges 100.04, 101 and 102
    assert lefts(faces, 0.0) == [100.0]
    assert lefts(faces, 0.2) == [100.5]
    assert lefts(faces, 0.6) == [101.5]
    assert lefts(faces, 0.8 + HOLD_S - 0.01) == [102]
    assert lefts(faces, 0.8 + HOLD_S + 0.01) == []
    # the second shot begins at 2 s with the first look of track 2
    assert lefts(faces, 1.99) == []
    assert lefts(faces, 2.0) == [110]


def test_new_looks_move_it() -> None:
    """Found at 0.2 s at another place, and until 1.2 s."""
    found = tracklet(0, {0.0: 100, 0.2: 120, 0.4: 101, 0.8: 102, 1.0: 110, 1.2: 130})
    faces, _ = planned(decided(), AnonymiseChoice(people="Person 1"), found)
    assert lefts(faces, 0.2) == [120]
    assert lefts(faces, 0.3) == [110.5]
    assert lefts(faces, 1.1) == [120]
    assert lefts(faces, 1.6) == [130]
    assert lefts(faces, 1.8) == []


def test_faces_of_no_track() -> None:
    far, near = tracklet(0, {1.0: 500, 1.4: 500}), tracklet(0, {1.0: 104, 1.4: 108})
    for choice, expected in (
        (AnonymiseChoice(people="Person 1"), [108]),
        (AnonymiseChoice(all_but="Person 1"), [108, 500]),
    ):
        faces, checks = planned(decided(), choice, far, near)
        assert sorted(lefts(faces, 1.4)) == expected
        strangers = [each for each in checks if each.doubt is Doubt.STRANGER]
        assert [(each.start_s, each.end_s) for each in strangers] == (
            [(1.0, 1.4)] if choice.people else []
        )


def test_a_face_of_no_track_in_the_place_of_a_hidden_one() -> None:
    """Found only between two looks of person 1, and not quite where the line is."""
    between = tracklet(0, {0.1: 110, 0.3: 112})
    faces, checks = planned(decided(), AnonymiseChoice(people="Person 1"), between)
    assert 111 in lefts(faces, 0.2)
    assert Doubt.STRANGER not in {each.doubt for each in checks}


def test_two_people_in_one_tracklet_are_hidden_between() -> None:
    """From person 2 at 0 s it goes to person 1 at 0.4 s: linked wrongly."""
    found = tracklet(0, {0.0: 300, 0.2: 200, 0.4: 101})
    faces, checks = planned(decided(), AnonymiseChoice(people="Person 1"), found)
    assert 200 in lefts(faces, 0.2)
    (two,) = (each for each in checks if each.doubt is Doubt.TWO)
    assert (two.start_s, two.end_s, two.person) == (0.0, 0.4, "Person 1")


def test_what_is_to_be_checked() -> None:
    _, checks = planned(decided(), AnonymiseChoice(people="Person 2"))
    # looks at 0 and 0.4 s, held to 0.9 s; the unknown of the other shot may be anybody
    assert checks == [
        Check(0.9, 2.0, Doubt.ENDS, "Person 2", (301, 50, 341, 98)),
        Check(2.4, 2.4, Doubt.UNSURE, "Unknown 1", (400, 50, 440, 98)),
    ]
    _, checks = planned(decided(), AnonymiseChoice(people="Person 1"))
    reasons = [(each.doubt, round(each.start_s, 2), round(each.end_s, 2)) for each in checks]
    assert (Doubt.ENDS, 1.3, 2.0) in reasons
    assert (Doubt.GAP, 2.4, 3.96) in reasons


def test_a_low_score_and_a_beginning() -> None:
    found = tracklet(0, {1.6: 101, 1.8: 101, 1.96: 101}, score=0.4)
    result = decided()
    _, checks = planned(result, AnonymiseChoice(everybody=True), found)
    (weak,) = (each for each in checks if each.doubt is Doubt.WEAK)
    assert (weak.start_s, weak.end_s, weak.person) == (1.6, 1.96, "")


def test_doubtful_tracks_that_stay() -> None:
    sure = [Sure(Word.CERTAIN, Why.CLOSE_MATCH)] * 3 + [Sure(Word.DOUBTFUL, Why.NOBODY)]
    sure[2] = Sure(Word.DOUBTFUL, Why.UNLIKE)
    result = replace(decided(), sure=tuple(sure))
    _, checks = planned(result, AnonymiseChoice(all_but="Person 1"))
    unsure = [each for each in checks if each.doubt is Doubt.UNSURE]
    assert [(each.person, each.start_s) for each in unsure] == [("Person 1", 2.0)]


def test_two_boxes_of_one_face_are_one() -> None:
    def path(left: float) -> Path:
        boxes = np.array([[left, 0, left + 100, 100.0]] * 2)
        return Path("", True, HALF, [0.0, 1.0], boxes, np.ones(2))

    hidden, kept = Map([path(0), path(10), path(300)]).spots(0.5)
    assert [spot.box.tolist() for spot in hidden] == [[0, 0, 110, 100], [300, 0, 400, 100]]
    assert kept.shape == (0, 4)


TIMES_S = st.integers(0, 10_000).map(lambda milliseconds: milliseconds / 1000)


@given(
    times=st.lists(TIMES_S, min_size=1, max_size=8, unique=True).map(sorted),
    at=st.floats(0, 1),
)
def test_a_box_lies_between_its_neighbours(times: list[float], at: float) -> None:
    lefts_px = np.arange(len(times)) * 7.0
    boxes = np.stack([lefts_px, lefts_px, lefts_px + 5, lefts_px + 5], axis=1)
    path = Path("", True, (0.0, 10.0), times, boxes, np.ones(len(times)))
    start_s, end_s = path.span_s
    assert 0 <= start_s <= times[0]
    assert times[-1] <= end_s <= 10
    time_s = start_s + at * (end_s - start_s)
    box, grown = path.at(time_s)
    assert box == pytest.approx([np.interp(time_s, times, side) for side in boxes.T], abs=1e-6)
    assert 1 <= grown <= 1.4
