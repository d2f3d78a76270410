"""What is left out of later analyses: found by time and place alone."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.errors import ResultError
from clusterer.core.types import Detections
from clusterer.store.film import Film
from clusterer.store.names import WITHDRAWN
from clusterer.store.owned import OwnedFolder
from clusterer.store.withdrawn import Mask, WithdrawnTrack, read, tracks_of, withdraw
from tests.small_result import START_PTS, small_analysis

VIDEO = small_analysis().video
TRACK = WithdrawnTrack(None, 900, 2100, (1000, 2000), ((0, 0, 40, 40), (100, 0, 140, 40)))


def at(pts: int, *lefts: float) -> Detections:
    """Faces of 40 px at one time, by their left edges."""
    n = len(lefts)
    left = np.array(lefts, np.float32)
    boxes = np.stack([left, left * 0, left + 40, left * 0 + 40], axis=1)
    return Detections(
        np.zeros(n, np.int64), np.full(n, pts), boxes, np.full(n, 0.9), np.full((n, 5, 2), np.nan)
    )


def lefts(found: Detections) -> list[float]:
    left: list[float] = found.boxes[:, 0].tolist()
    return left


def test_a_face_is_left_out_where_it_was_and_on_the_way() -> None:
    mask = Mask([TRACK], VIDEO)
    assert lefts(mask.left(at(1000, 0, 200))) == [200]
    assert lefts(mask.left(at(1500, 0, 50, 200))) == [0, 200]  # half-way, at 50
    assert lefts(mask.left(at(2000, 100, 50))) == [50]


def test_before_the_first_and_after_the_last_it_stays_in_place() -> None:
    mask = Mask([TRACK], VIDEO)
    assert lefts(mask.left(at(900, 0))) == []
    assert lefts(mask.left(at(2099, 100))) == []
    assert lefts(mask.left(at(899, 0))) == [0]
    assert lefts(mask.left(at(2100, 100))) == [100]


@given(st.integers(0, 40))
def test_less_than_a_third_of_overlap_is_somebody_else(shift: int) -> None:
    """Shifted by s of 40 px, the intersection over union is (40 - s) / (40 + s): 0.3 at 21.5."""
    found = lefts(Mask([TRACK], VIDEO).left(at(1000, shift)))
    assert found == ([] if shift <= 21 else [shift])


def test_another_stream_of_the_file_is_another_picture() -> None:
    mask = Mask([TRACK], replace(VIDEO, stream=1))
    assert lefts(mask.left(at(1000, 0))) == [0]


def test_boxes_are_those_of_pixels_as_stored() -> None:
    """With pixels twice as wide as high, a face at 10 px is shown at 20 px."""
    wide = replace(VIDEO, pixel_aspect=Fraction(2))
    track = replace(TRACK, boxes=((10, 0, 30, 40), (10, 0, 30, 40)))
    assert lefts(Mask([track], wide).left(at(1000, 20, 70))) == [70]


def test_nothing_is_left_out_of_nothing() -> None:
    assert len(Mask([TRACK], VIDEO).left(at(1000))) == 0
    assert lefts(Mask([], VIDEO).left(at(1000, 0))) == [0]


def test_tracks_reach_half_a_second_further_within_their_shot() -> None:
    first, other = tracks_of(small_analysis(), [0, 2])
    assert first.start_pts == START_PTS  # where the shot begins
    assert first.end_pts == START_PTS + 21 * 512 + 6400
    assert other.start_pts == START_PTS + 50 * 512
    assert first.boxes == ((100, 50, 140, 98), (101, 50, 141, 98), (102, 50, 142, 98))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    assert read(tmp_path) == {}
    tracks = tracks_of(small_analysis(), [0, 1])
    withdraw(tmp_path, "film", tracks)
    withdraw(tmp_path, "other", [TRACK])
    withdraw(tmp_path, "film", [tracks[0], TRACK])
    assert read(tmp_path) == {"film": (*tracks, TRACK), "other": (TRACK,)}
    text = (tmp_path / WITHDRAWN).read_text(encoding="utf-8")
    withdraw(tmp_path, "other", [TRACK])
    assert (tmp_path / WITHDRAWN).read_text(encoding="utf-8") == text


def test_in_a_result_it_is_a_file_of_the_result(tmp_path: Path) -> None:
    own = OwnedFolder(tmp_path / "a.people")
    own.set_film(Film("a.mp4", "ab"))
    own.ensure_marker()
    withdraw(own.path, "ab", [TRACK])
    assert WITHDRAWN in OwnedFolder(own.path).names


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "{", '{"schema": 1}', '{"schema": 1, "films": []}',
        '{"schema": 1, "films": {"a": [{"stream": null}]}}',
        json.dumps({"schema": 1, "films": {"a": [{"stream": None, "start_pts": 0, "end_pts": 1,
                                                  "pts": [1, 2], "boxes": [[0, 0, 1, 1]]}]}}),
    ],
)  # fmt: skip
def test_a_damaged_file_stops_a_run(tmp_path: Path, content: str) -> None:
    (tmp_path / WITHDRAWN).write_text(content)
    with pytest.raises(ResultError, match="is damaged"):
        read(tmp_path)
    with pytest.raises(ResultError, match="is damaged"):
        withdraw(tmp_path, "film", [TRACK])


def test_a_file_of_a_later_version_stops_a_run(tmp_path: Path) -> None:
    (tmp_path / WITHDRAWN).write_text('{"schema": 2, "films": {}}')
    with pytest.raises(ResultError, match="another version"):
        read(tmp_path)
