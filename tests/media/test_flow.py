"""Boxes are followed where the picture goes, and lost where it is hidden."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from clusterer.media import flow
from clusterer.media.flow import by_camera, camera_motion, follow, similarity
from tests.painted import FACE_PX, Picture, box, paint

STILL = (0.0, 0.0)
Points = npt.NDArray[np.float32]
Found = npt.NDArray[np.bool_]


def test_a_face_that_moves_over_a_still_background() -> None:
    places = [(60.0 + 8 * i, 60.0 + 3 * i) for i in range(7)]
    pictures = [paint(STILL, {1: place}) for place in places]
    boxes = np.array([box(STILL, places[0])])
    result = follow(pictures, boxes)
    assert result.boxes[0] == pytest.approx(box(STILL, places[-1]), abs=0.5)
    assert result.count.tolist() == [7]
    assert camera_motion(pictures, boxes) == pytest.approx(np.eye(2, 3), abs=0.05)


def test_a_pan_moves_faces_and_background_alike() -> None:
    cameras = [(20.0 * i, 0.0) for i in range(7)]
    face = (200.0, 70.0)
    pictures = [paint(camera, {1: face}) for camera in cameras]
    boxes = np.array([box(cameras[0], face)])
    assert follow(pictures, boxes).boxes[0] == pytest.approx(box(cameras[-1], face), abs=0.5)
    camera = camera_motion(pictures, boxes)
    assert camera[:, 2] == pytest.approx([-120, 0], abs=0.5)
    moved = by_camera(boxes, camera)
    assert moved[0] == pytest.approx(box(cameras[-1], face), abs=0.5)


@pytest.mark.parametrize("count", range(1, 7))
def test_a_face_that_disappears_is_lost_there(count: int) -> None:
    cameras = [(5.0 * i, 0.0) for i in range(7)]
    face = (150.0, 70.0)
    pictures = [paint(c, {1: face} if i < count else {}) for i, c in enumerate(cameras)]
    result = follow(pictures, np.array([box(cameras[0], face)]))
    assert result.count.tolist() == [count]
    assert result.boxes[0] == pytest.approx(box(cameras[count - 1], face), abs=1.0)


def test_a_slow_face_is_followed_past_the_pictures_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Forward and back at once: two calls instead of twelve.
    calls: list[int] = []
    lucas_kanade = flow._lucas_kanade

    def counted(before: Picture, now: Picture, points: Points) -> tuple[Points, Found]:
        calls.append(len(points))
        return lucas_kanade(before, now, points)

    monkeypatch.setattr(flow, "_lucas_kanade", counted)
    pictures = [paint(STILL, {1: (60.0 + i, 60.0)}) for i in range(7)]
    result = follow(pictures, np.array([box(STILL, (60.0, 60.0))]))
    assert result.count.tolist() == [7]
    assert result.boxes[0] == pytest.approx(box(STILL, (66.0, 60.0)), abs=0.5)
    assert len(calls) == 2


def test_a_camera_too_fast_to_be_followed_at_once() -> None:
    # 25 px from picture to picture: 150 px of 320 in all.
    pictures = [paint((25.0 * i, 0.0), {}) for i in range(7)]
    camera = camera_motion(pictures, np.zeros((0, 4)))
    assert camera == pytest.approx(np.array([[1, 0, -150], [0, 1, 0]]), abs=1.0)


def test_a_face_that_is_hidden_by_another_is_lost() -> None:
    # The second comes 10 px a frame and covers the first from frame 3 on.
    pictures = [paint(STILL, {1: (150, 70), 2: (180.0 - 10 * i, 70)}) for i in range(5)]
    first, second = (box(STILL, place) for place in ((150, 70), (180, 70)))
    result = follow(pictures, np.array([first, second]))
    assert result.count[0] in {2, 3}  # two thirds of it are covered in frame 2
    assert result.count[1] == 5


def test_a_face_that_leaves_the_picture_ends_when_its_middle_does() -> None:
    # Its middle is at 295, 305, 315 and 325 px of 320; points near the edge are lost a frame early.
    pictures = [paint(STILL, {1: (280.0 + 10 * i, 70)}) for i in range(5)]
    result = follow(pictures, np.array([box(STILL, (280, 70))]))
    assert result.count[0] in {2, 3}


def test_a_face_that_comes_nearer_grows() -> None:
    near = cv2.resize(paint(STILL, {1: (145, 75)}), None, fx=1.2, fy=1.2)
    pictures = [paint(STILL, {1: (145, 75)}), near[18:198, 32:352].copy()]
    (followed,) = follow(pictures, np.array([box(STILL, (145, 75))])).boxes
    assert followed[2:] - followed[:2] == pytest.approx([1.2 * FACE_PX] * 2, abs=1.5)


def test_nothing_to_follow() -> None:
    result = follow([paint(STILL, {})] * 2, np.zeros((0, 4)))
    assert (len(result.boxes), len(result.count)) == (0, 0)
    assert follow([paint(STILL, {})], np.array([box(STILL, (10, 10))])).count.tolist() == [1]


def test_a_uniform_picture_is_not_followed() -> None:
    grey = np.full((180, 320), 128, np.uint8)
    assert follow([grey, grey], np.array([box(STILL, (10, 10))])).count.tolist() == [1]


def test_the_number_of_threads_does_not_matter() -> None:
    pictures = [paint((7.0 * i, 0), {1: (150, 70), 2: (220 - 9 * i, 60)}) for i in range(7)]
    boxes = np.array([box(STILL, (150, 70)), box(STILL, (220, 60))])
    threads = cv2.getNumThreads()
    try:
        results = []
        for count in (1, 4):
            cv2.setNumThreads(count)
            results.append((follow(pictures, boxes).boxes, camera_motion(pictures, boxes)))
    finally:
        cv2.setNumThreads(threads)
    one, four = results
    assert [each.tobytes() for each in one] == [each.tobytes() for each in four]


def test_similarity_of_faces() -> None:
    a, b = paint(STILL, {1: (50, 50)}), paint(STILL, {1: (90, 50), 2: (50, 50)})
    in_a, in_b = (
        np.array([box(STILL, (50, 50))] * 2),
        np.array([(90, 50, 120, 80), (50, 50, 80, 80)]),
    )
    same, other = similarity(a, in_a, b, in_b.astype(float)).tolist()
    assert same == pytest.approx(1.0)
    assert abs(other) < 0.5
