"""Which labelled face was found by which track."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.evaluation import MISSED, Detection, Matching, match, match_boxes
from tests.evaluation.brute_force import overlap
from tests.evaluation.tables import analysis_of, box, matching_of, truth_of


def strays_of(matching: Matching) -> list[tuple[int, int]]:
    pairs = zip(matching.stray_frame.tolist(), matching.stray_track.tolist(), strict=True)
    return list(pairs)


def test_faces_are_found_missed_and_made_up() -> None:
    truth = truth_of(
        [(0, "ann", box(0)), (0, "bob", box(100)), (6, "ann", box(0))], frames=[0, 6, 12]
    )
    found = analysis_of([(0, 0, box(1)), (1, 6, box(200)), (2, 12, box(50)), (3, 13, box(50))])
    matching = match(truth, found)
    assert matching.rows.tolist() == [0, 1, 2]
    assert matching.track.tolist() == [0, MISSED, MISSED]
    assert matching.people == ("ann", "bob", "ann")
    # Frame 13 is not labelled.
    assert strays_of(matching) == [(6, 1), (12, 2)]


@pytest.mark.parametrize(
    ("frame", "gap_s", "place"),
    [(5, 1.05, 10.0), (10, 1.05, 20.0), (20, 1.05, 40.0), (5, 0.79, None), (5, 0.8, 10.0)],
)
def test_boxes_lie_in_between_detections(frame: int, gap_s: float, place: float | None) -> None:
    """From 0 to 40 px in 20 frames, 0.8 s."""
    found = analysis_of([(0, 0, box(0)), (0, 20, box(40))])
    exact = truth_of([(frame, "ann", box(0 if place is None else place))])
    matching = match(exact, found, min_iou=1.0, max_gap_s=gap_s)
    assert matching.track.tolist() == [MISSED if place is None else 0]
    assert strays_of(matching) == []


@pytest.mark.parametrize(("frames", "found"), [(26, True), (27, False)])
def test_gaps_of_up_to_1_05_s_are_filled(frames: int, found: bool) -> None:
    truth = truth_of([(13, "ann", box(0))])
    matching = match(truth, analysis_of([(0, 0, box(0)), (0, frames, box(0))]))
    assert matching.track.tolist() == [0 if found else MISSED]


def test_nothing_is_found_before_and_after_a_track() -> None:
    truth = truth_of([(0, "ann", box(0)), (6, "ann", box(0)), (12, "ann", box(0))])
    matching = match(truth, analysis_of([(0, 6, box(0))]))
    assert matching.track.tolist() == [MISSED, 0, MISSED]


@pytest.mark.parametrize(
    ("left", "min_iou", "found"),
    # Squares of side 10 that are d apart share (10 - d) / (10 + d).
    [(5, 1 / 3, True), (5, 0.34, False), (5, 0.3, True), (6, 0.3, False), (6, 0.25, True)],
)
def test_least_overlap(left: float, min_iou: float, found: bool) -> None:
    truth = truth_of([(0, "ann", box(0))])
    matching = match(truth, analysis_of([(0, 0, box(left))]), min_iou)
    assert matching.track.tolist() == [0 if found else MISSED]


def test_best_overlap_first() -> None:
    """Track 0 overlaps ann by 9/11 and bob by 7/13; track 1 overlaps ann alone, by 6/14."""
    truth = truth_of([(0, "bob", box(4)), (0, "ann", box(0))])
    matching = match(truth, analysis_of([(0, 0, box(1)), (1, 0, box(-4))]))
    assert matching.track.tolist() == [MISSED, 0]
    assert strays_of(matching) == [(0, 1)]


def test_equal_overlaps_go_to_the_upper_row_and_the_lower_track() -> None:
    truth = truth_of([(0, "bob", box(2)), (0, "ann", box(0))])
    matching = match(truth, analysis_of([(0, 0, box(1)), (1, 0, box(1))]))
    assert matching.track.tolist() == [0, 1]
    one = match(truth, analysis_of([(0, 0, box(1))]))
    assert one.track.tolist() == [0, MISSED]


def test_faces_that_nobody_can_identify_are_not_counted() -> None:
    truth = truth_of([(0, "?", box(0)), (0, "ann", box(50)), (6, "?", box(0))])
    matching = match(truth, analysis_of([(0, 0, box(0)), (1, 0, box(50))]))
    assert matching.rows.tolist() == [1]
    assert matching.track.tolist() == [1]
    assert strays_of(matching) == []


@pytest.mark.parametrize(
    ("left", "frame", "counts"), [(0, 0, False), (5, 0, False), (5.5, 0, True), (0, 6, True)]
)
def test_centres_in_ignore_boxes_count_neither_way(left: float, frame: int, counts: bool) -> None:
    """The ignore box of frame 0 ends at 10 px; a found box is 10 px wide."""
    truth = truth_of([(0, "ann", box(100)), (6, "ann", box(100))], ignored=[(0, box(0))])
    matching = match(truth, analysis_of([(0, frame, box(left))]))
    assert strays_of(matching) == ([(frame, 0)] if counts else [])


def test_a_face_in_an_ignore_box_is_still_found() -> None:
    truth = truth_of([(0, "ann", box(0))], ignored=[(0, box(0, 50))])
    assert match(truth, analysis_of([(0, 0, box(0))])).track.tolist() == [0]


def test_no_tracks() -> None:
    matching = match(truth_of([(0, "ann", box(0))]), analysis_of([]))
    assert matching.track.tolist() == [MISSED]
    assert strays_of(matching) == []
    assert matching.stray_track.dtype == matching.track.dtype == np.int64


def test_people_of_tracks() -> None:
    people = ["ann", "bob", "bob", "eve", "dan", "eve", "dan", "?", "ann"]
    matching = matching_of(people, [0, 0, 0, 1, 1, 1, 1, 3, MISSED])
    assert matching.track_people(4) == ("bob", "dan", "", "")
    assert matching_of([], []).track_people(1) == ("",)


places = st.lists(st.integers(0, 24).map(box), max_size=5)


@given(places, places)
def test_matching_is_one_to_one_greedy_and_complete(
    labelled: list[tuple[float, ...]], found: list[tuple[float, ...]]
) -> None:
    truth = truth_of([(0, "abcde"[i], where) for i, where in enumerate(labelled)], frames=[0])
    matching = match(truth, analysis_of([(i, 0, where) for i, where in enumerate(found)]))
    tracks = matching.track.tolist()
    hits = [(row, track) for row, track in enumerate(tracks) if track != MISSED]
    assert len({track for _, track in hits}) == len(hits)
    assert sorted([*(t for _, t in hits), *matching.stray_track.tolist()]) == list(
        range(len(found))
    )
    for row, where in enumerate(labelled):
        for track, there in enumerate(found):
            # A pair that overlaps is matched, or one of the two has a match at least as good.
            if (least := overlap(where, there)) >= 0.3:
                better = [overlap(labelled[r], found[t]) for r, t in hits if r == row or t == track]
                assert max(better, default=0) >= least - 1e-9


def test_boxes_of_a_detector_by_hand() -> None:
    truth = truth_of(
        [(0, "ann", box(0)), (0, "?", box(50)), (6, "ann", box(0)), (12, "ann", box(0))],
        frames=[0, 6, 12],
    )
    # Frame 12 was not looked at; at frame 6 nothing was found.
    boxes = {6: np.zeros((0, 4)), 0: np.array([box(50), box(200), box(1)])}
    matching = match_boxes(truth, boxes)
    assert matching.rows.tolist() == [0, 2]
    assert matching.track.tolist() == [2, MISSED]
    assert strays_of(matching) == [(0, 1)]
    found = Detection.of(matching)
    assert (found.face_recall, found.box_precision) == (0.5, 0.5)


def test_boxes_are_matched_as_tracks_are() -> None:
    truth = truth_of([(0, "bob", box(4)), (0, "ann", box(0)), (6, "eve", box(9))], frames=[0, 6])
    sights = [(0, 0, box(1)), (1, 0, box(-4)), (2, 6, box(30))]
    boxes = {0: np.array([box(1), box(-4)]), 6: np.array([box(30)])}
    as_tracks, alone = match(truth, analysis_of(sights)), match_boxes(truth, boxes)
    assert alone.track.tolist() == as_tracks.track.tolist()
    assert strays_of(alone) == strays_of(as_tracks)
