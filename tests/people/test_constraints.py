"""Faces in one frame are different people; a face that returns is the same person."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.types import Analysis
from clusterer.people.constraints import CannotLinks, co_occurrence, returns
from tests.small_analysis import Sight, analysis_of, shots_of

pairs = st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda p: p[0] != p[1]))
groups = st.sets(st.integers(0, 7))


def links(found: set[tuple[int, int]]) -> CannotLinks:
    return CannotLinks(np.array(sorted(found), np.int64).reshape(-1, 2), 8)


def test_tracks_of_one_frame() -> None:
    analysis = analysis_of(
        [(0, 0, 1), (1, 0, 1), (0, 6, 1), (2, 6, 1), (1, 12, 1), (3, 18, 1), (2, 18, 1), (0, 18, 1)]
    )
    expected = [[0, 1], [0, 2], [0, 3], [2, 3]]
    assert co_occurrence(analysis.tracks, analysis.detections).tolist() == expected


def test_tracks_in_separate_frames_may_be_one_person() -> None:
    analysis = analysis_of([(0, 0, 1), (1, 6, 1), (0, 12, 1)])
    found = co_occurrence(analysis.tracks, analysis.detections)
    assert found.shape == (0, 2)
    assert found.dtype == np.int64


def test_no_tracks() -> None:
    analysis = analysis_of([])
    assert co_occurrence(analysis.tracks, analysis.detections).shape == (0, 2)


def test_pairs_are_positions_not_ids() -> None:
    analysis = analysis_of([(5, 0, 1), (9, 0, 1)])
    assert co_occurrence(analysis.tracks, analysis.detections).tolist() == [[0, 1]]


@given(pairs, groups, groups)
def test_a_union_is_forbidden_by_any_pair(
    found: set[tuple[int, int]], a: set[int], b: set[int]
) -> None:
    expected = any((i, j) in found or (j, i) in found for i in a for j in b)
    assert links(found).forbids_union(a, b) == expected
    assert links(found).forbids_union(b, a) == expected
    for track in range(8):
        assert links(found).forbids(track, a) == links(found).forbids_union({track}, a)


# --- returning faces ----------------------------------------------------------------------------

RETURNING: list[Sight] = [(0, 0, 1), (0, 6, 1), (1, 40, 1), (1, 46, 1)]
"""Track 1 begins in the same place, 34 frames (at 25 a second) after track 0 has ended."""


def linked(analysis: Analysis, face: list[list[float]] | None = None) -> list[list[int]]:
    vectors = np.zeros((len(analysis.tracks), 2)) if face is None else np.array(face)
    return returns(analysis, vectors.astype(np.float32), 0.5).tolist()


def moved(analysis: Analysis, row: int, box: tuple[float, float, float, float]) -> Analysis:
    boxes = analysis.detections.boxes.copy()
    boxes[row:] = box
    return replace(analysis, detections=replace(analysis.detections, boxes=boxes))


def test_a_face_that_returns_to_its_place_is_the_same_person() -> None:
    assert linked(analysis_of(RETURNING)) == [[0, 1]]


@pytest.mark.parametrize(
    ("sights", "expected"),
    [
        ([(0, 0, 1), (1, 75, 1)], [[0, 1]]),  # after three seconds
        ([(0, 0, 1), (1, 76, 1)], []),
        ([(0, 0, 1), (1, 0, 1)], []),  # at the same time
        ([(0, 0, 1), (1, 5, 1), (0, 10, 1)], []),  # was not absent
        ([(0, 0, 1), (1, 10, 1), (2, 10, 1)], []),  # ambiguous
        ([(0, 0, 1), (1, 0, 1), (2, 10, 1)], []),
        ([(0, 0, 1), (1, 10, 1), (2, 90, 1), (3, 99, 1)], [[0, 1], [2, 3]]),
    ],
)
def test_returning_faces(sights: list[Sight], expected: list[list[int]]) -> None:
    assert linked(analysis_of(sights)) == expected


@pytest.mark.parametrize(
    ("box", "same"),
    [
        ((24, 0, 74, 50), True),  # less than half its height to the right
        ((26, 0, 76, 50), False),
        ((-5, -5, 55, 55), True),  # 1.2 times as high
        ((-10, -10, 60, 60), False),
    ],
)
def test_a_face_returns_within_half_its_height(
    box: tuple[float, float, float, float], same: bool
) -> None:
    assert bool(linked(moved(analysis_of(RETURNING), 2, box))) == same


@pytest.mark.parametrize(("distance", "same"), [(0.4, True), (0.6, False)])
def test_a_face_that_looks_different_is_another_person(distance: float, same: bool) -> None:
    assert bool(linked(analysis_of(RETURNING), [[0, 0], [distance, 0]])) == same


def test_heights_and_distances_are_those_of_square_pixels() -> None:
    far = moved(analysis_of(RETURNING), 2, (13, 0, 63, 50))  # 13 stored px are 26 square ones
    wide = replace(far, video=replace(far.video, pixel_aspect=Fraction(2)))
    assert linked(far) == [[0, 1]]
    assert linked(wide) == []


def test_a_face_does_not_return_across_a_cut() -> None:
    assert linked(analysis_of(RETURNING, shots=shots_of(20, 100))) == []
