"""Keys of tracks and faces, looked up in another analysis."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.types import Analysis
from clusterer.edits import KEY, Keys, face_key
from tests.small_analysis import Sight, analysis_of
from tests.small_result import small_analysis


def faces(*sights: tuple[int, int, float, float], crops: tuple[int, ...] = ()) -> Analysis:
    """Track, frame, quality and left edge of faces that are 100 px wide and high."""
    rows: list[Sight] = [(track, frame, quality) for track, frame, quality, _ in sights]
    analysis = analysis_of(rows, crops=crops)
    left = np.array([edge for *_, edge in sights], dtype=np.float64)
    boxes = np.stack([left, left * 0, left + 100, left * 0 + 100], axis=1)
    detections = analysis.detections
    return replace(analysis, detections=replace(detections, boxes=boxes))


def test_the_key_of_a_track_is_its_best_face() -> None:
    assert Keys(small_analysis()).tracks == (
        "0@100,50,140,98",
        "0@300,50,340,98",
        "50@110,50,150,98",
        "60@400,50,440,98",
    )
    best_last = faces((0, 0, 0.2, 0), (0, 6, 0.9, 10.6), (0, 12, 0.9, 20))
    assert Keys(best_last).tracks == ("6@11,0,111,100",)


def test_every_face_is_found_by_its_key() -> None:
    keys = Keys(small_analysis())
    tracks = [0, 1, 0, 1, 0, 2, 2, 3, 2]
    assert [keys.row(keys.face(row)) for row in range(9)] == list(range(9))
    assert [keys.track(keys.face(row)) for row in range(9)] == tracks


EXACT = faces((0, 100, 0.5, 0), (1, 100, 0.5, 200), (0, 106, 0.5, 10), (1, 106, 0.5, 210))


@pytest.mark.parametrize(
    ("key", "row"),
    [
        ("100@0,0,100,100", 0),
        ("106@10,0,110,100", 2),  # the exact face, though 0 overlaps too
        ("101@10,0,110,100", 0),  # nearest in time takes precedence over overlap
        ("103@8,0,108,100", 2),  # equally near: largest overlap
        ("103@5,0,105,100", 0),  # equally near, equal overlap: the first
        ("103@205,0,305,100", 1),
        ("88@0,0,100,100", 0),  # 12 of 25 frames before
        ("87@0,0,100,100", None),  # more than half a second
        ("118@10,0,110,100", 2),
        ("119@10,0,110,100", None),
        ("88@34,0,134,100", None),  # overlaps the first one by 66 of 134 px
        ("88@33,0,133,100", 0),  # by 67 of 133
        ("100@0,0,50,100", 0),  # by exactly half
        ("100@0,0,49,100", None),
        ("100@0,0,0,0", None),
        ("100", None),
        ("", None),
        ("100@0,0,100,100\n", None),
    ],
)
def test_look_up(key: str, row: int | None) -> None:
    keys = Keys(EXACT)
    assert keys.row(key) == row
    assert keys.track(key) == (None if row is None else (0, 1, 0, 1)[row])


def test_detections_without_a_track_are_not_found() -> None:
    """A detection that matches exactly but belongs to no track."""
    analysis = replace(EXACT, tracks=EXACT.tracks[:1])
    assert Keys(analysis).row("100@200,0,300,100") is None


def test_only_stored_pictures_match_a_picture() -> None:
    keys = Keys(faces((0, 100, 0.5, 0), (0, 106, 0.5, 2), (0, 112, 0.5, 4), crops=(2,)))
    assert (keys.row("106@2,0,102,100"), keys.picture("106@2,0,102,100")) == (1, 2)
    assert keys.pictured("106@2,0,102,100") == 0
    assert (keys.track("95@0,0,100,100"), keys.pictured("95@0,0,100,100")) == (0, None)


def test_no_faces() -> None:
    keys = Keys(analysis_of([]))
    assert (keys.tracks, keys.track("1@1,1,2,2"), keys.pictured("1@1,1,2,2")) == ((), None, None)


@given(
    st.integers(0, 10**9 - 1),
    st.lists(st.floats(-1e5, 1e5, width=32), min_size=4, max_size=4),
)
def test_every_key_has_the_same_form(frame: int, box: list[float]) -> None:
    key = face_key(frame, box)
    assert KEY.fullmatch(key)
    assert key == f"{frame}@" + ",".join(str(int(side)) for side in np.rint(box))
