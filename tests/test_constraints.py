"""Faces of one frame are different people."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clusterer.constraints import CannotLinks, co_occurrence
from tests.small_analysis import analysis_of

pairs = st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda p: p[0] != p[1]))
groups = st.sets(st.integers(0, 7))


def links(found: set[tuple[int, int]]) -> CannotLinks:
    return CannotLinks(np.array(sorted(found), np.int64).reshape(-1, 2), 8)


def test_tracks_of_one_frame() -> None:
    seen = analysis_of(
        [(0, 0, 1), (1, 0, 1), (0, 6, 1), (2, 6, 1), (1, 12, 1), (3, 18, 1), (2, 18, 1), (0, 18, 1)]
    )
    expected = [[0, 1], [0, 2], [0, 3], [2, 3]]
    assert co_occurrence(seen.tracks, seen.detections).tolist() == expected


def test_one_after_the_other_may_be_one_person() -> None:
    seen = analysis_of([(0, 0, 1), (1, 6, 1), (0, 12, 1)])
    found = co_occurrence(seen.tracks, seen.detections)
    assert found.shape == (0, 2)
    assert found.dtype == np.int64


def test_no_tracks() -> None:
    seen = analysis_of([])
    assert co_occurrence(seen.tracks, seen.detections).shape == (0, 2)


def test_pairs_are_positions_not_ids() -> None:
    seen = analysis_of([(5, 0, 1), (9, 0, 1)])
    assert co_occurrence(seen.tracks, seen.detections).tolist() == [[0, 1]]


@given(pairs, groups, groups)
def test_a_union_is_forbidden_by_any_pair(
    found: set[tuple[int, int]], a: set[int], b: set[int]
) -> None:
    expected = any((i, j) in found or (j, i) in found for i in a for j in b)
    assert links(found).forbids_union(a, b) == expected
    assert links(found).forbids_union(b, a) == expected
    for track in range(8):
        assert links(found).forbids(track, a) == links(found).forbids_union({track}, a)
