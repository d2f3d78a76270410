"""Who is in the background: by hand, under corrections, and where it shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.types import ClusteringResult, Detections
from clusterer.edits import Person
from clusterer.people.amend import amend
from clusterer.people.background import in_front, is_background, relative_heights
from clusterer.people.editor import Editor
from clusterer.store.folder import ResultFolder
from tests.result_folder import decided, write
from tests.small_result import small_analysis


def with_small_face(height_px: float = 20.0) -> ClusteringResult:
    """The small result; the face of person 2, beside a face of 48 px, has another height.

    Person 2 is track 1, rows 1 and 3, in frames 0 and 10 with rows 0 and 2 of person 1.
    """
    analysis = small_analysis()
    found = analysis.detections
    boxes = found.boxes.copy()
    boxes[[1, 3], 3] = boxes[[1, 3], 1] + height_px
    detections = Detections(found.frame_index, found.pts, boxes, found.scores, found.landmarks)
    plain = decided(analysis=replace(analysis, detections=detections))
    return amend(plain, ())


def behind(result: ClusteringResult) -> list[str]:
    return [who.name for who in result.people if who.background]


def test_heights_are_shares_of_the_largest_face_of_the_frame() -> None:
    heights = relative_heights(with_small_face().analysis)
    # Track 2 is alone in frames 50 and 99, and as high as track 3 in frame 60.
    np.testing.assert_allclose(heights, [1.0, 20 / 48, 1.0, 1.0])


def test_the_median_of_a_track_counts() -> None:
    analysis = with_small_face().analysis
    boxes = analysis.detections.boxes.copy()
    boxes[3, 3] = boxes[3, 1] + 48  # one of two faces: the median is the mean of 20 / 48 and 1
    found = replace(analysis.detections, boxes=boxes)
    heights = relative_heights(replace(analysis, detections=found))
    assert heights[1] == pytest.approx((20 / 48 + 1) / 2)


def test_detections_of_no_track_do_not_count() -> None:
    analysis = with_small_face().analysis
    less = replace(analysis, tracks=analysis.tracks[:1])
    assert relative_heights(less).tolist() == [1.0]


@pytest.mark.parametrize(
    ("height_px", "expected"), [(23.9, ["Person 2"]), (24.0, []), (100.0, ["Person 1"])]
)
def test_half_as_high_is_the_foreground(height_px: float, expected: list[str]) -> None:
    # With 100 px, tracks 0 and 2 are person 1: track 2 is alone, so person 1 stands in front, too.
    result = with_small_face(height_px)
    assert behind(result) == ([] if height_px > 48 else expected)


def test_nobody_is_behind_if_the_setting_is_0() -> None:
    result = with_small_face()
    config = result.config.with_clustering(foreground=0.0)
    assert behind(amend(replace(result, config=config), ())) == []
    assert in_front(result.analysis, 0.0).all()


def test_a_name_brings_to_the_front_and_a_reviewer_decides() -> None:
    result = with_small_face()
    editor = Editor(result)
    assert behind(result) == ["Person 2"]
    assert behind(amend(result, [editor.name("Person 2", "Ada")])) == []
    assert behind(amend(result, [editor.main("Person 2")])) == []
    both = [editor.name("Person 2", "Ada"), editor.background("Person 2")]
    assert behind(amend(result, both)) == ["Ada"]
    assert behind(amend(result, [editor.background("Person 1")])) == ["Person 1", "Person 2"]
    # Undone: the corrections without it.
    assert behind(amend(result, [])) == ["Person 2"]


def test_merged_with_somebody_in_front() -> None:
    result = with_small_face()
    assert behind(amend(result, [Editor(result).same("Person 1", "Person 2")])) == []


def test_tables_name_the_class_and_hiding_goes_before_it() -> None:
    result = with_small_face()
    status = {row[1]: row[2] for row in result.tables.people.rows}
    assert status == {"Person 1": "person", "Person 2": "background", "Unknown 1": "unknown"}
    hidden = amend(result, [Editor(result).hide("Person 2")])
    assert {row[1]: row[2] for row in hidden.tables.people.rows}["Person 2"] == "hidden"
    # They are people all the same: their appearances are listed.
    assert "Person 2" in {row[1] for row in result.tables.appearances.rows}


def test_a_result_is_loaded_with_it_though_it_is_not_stored(tmp_path: Path) -> None:
    result = with_small_face()
    folder = write(result, tmp_path / "a.people")
    assert b'"background":' not in (folder / "result.json").read_bytes()
    assert behind(ResultFolder(folder).load()) == ["Person 2"]
    main = amend(result, [Editor(result).main("Person 2")])
    assert behind(ResultFolder(write(main, tmp_path / "b.people")).load()) == []


@given(st.sampled_from([None, True, False]), st.sampled_from(["", "Ada"]), st.booleans())
def test_the_rule(said: bool | None, name: str, front: bool) -> None:
    found = is_background(Person(1, name, background=said), front)
    assert found is (said if said is not None else name == "" and not front)
