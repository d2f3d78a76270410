"""The cascade: windows to faces, scores, the place of the face in a window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import DetectionConfig
from clusterer.core.errors import ModelError
from clusterer.core.types import FloatArray, Frame, ImageArray
from clusterer.faces.detection import create, weights
from clusterer.faces.detection.cascade import FACE, Cascade, group, score
from clusterer.models.bundled import Weights


@pytest.fixture(scope="module")
def portrait() -> ImageArray:
    return np.asarray(pytest.importorskip("skimage.data").astronaut())[:300, 80:380]


def windows(image: ImageArray) -> list[list[float]]:
    detector = create(DetectionConfig(detector="cascade"), 1)
    assert isinstance(detector, Cascade)
    return sorted(detector._windows(image).tolist())


def test_the_weights_are_scikit_images_default() -> None:
    data = pytest.importorskip("skimage.data")
    (file,) = weights("cascade")
    assert file.find() == Path(data.lbp_frontal_face_cascade_filename())
    assert create(DetectionConfig(detector="cascade"), 1).models == {file.name: file.sha256()}


def test_score_by_hand() -> None:
    # 0 / 4, 1 / 5, 4 / 8, 12 / 16
    expected = np.float32([0, 0.2, 0.5, 0.75])
    assert score(np.array([0, 1, 4, 12])).tolist() == expected.tolist()


def test_groups_by_hand() -> None:
    boxes = np.array(
        [
            [100, 0, 124, 24],
            [0, 0, 24, 24],
            [3, 0, 27, 24],  # shares 21 of 27 columns with the last: IoU 0.78
            [0, 3, 24, 27],
            [0, 0, 48, 48],  # IoU with those at its corner: a quarter or a little more
        ],
        np.float32,
    )
    faces, counts = group(boxes)
    assert counts.tolist() == [3, 1, 1]
    np.testing.assert_allclose(faces[0], [1, 1, 25, 25], rtol=1e-6)
    assert sorted(faces[1:, 0].tolist()) == [0, 100]


def test_groups_are_ordered_by_their_remaining_windows() -> None:
    # Windows of 24 px overlap enough at 7 px apart, but not at 14. The first group is around
    # (0, 0), with six neighbours. It includes those at 7, so the two at 14 lose three of five.
    first = [(0, 0), *[(x, y) for x in (-7, 7) for y in (-1, 0, 1)]]
    places = np.array([(14, 0), (14, 1), *first, (100, 0), (100, 1), (100, 2)], np.float32)
    faces, counts = group(np.concatenate([places, places + 24], axis=1))
    assert counts.tolist() == [7, 3, 2]
    np.testing.assert_allclose(faces[:, :2], [[0, 0], [100, 1], [14, 0.5]], atol=1e-5)


def test_no_windows() -> None:
    faces, counts = group(np.zeros((0, 4), np.float32))
    assert (faces.shape, counts.shape) == ((0, 4), (0,))


@given(
    st.lists(st.tuples(*[st.integers(0, 40)] * 2, st.integers(24, 60)), min_size=1, max_size=25),
    st.randoms(use_true_random=False),
)
def test_grouping_is_independent_of_order(places: list[tuple[int, int, int]], random) -> None:
    def boxes() -> FloatArray:
        return np.array([(x, y, x + side, y + side) for x, y, side in places], np.float32)

    faces, counts = group(boxes())
    random.shuffle(places)
    again, counts_again = group(boxes())
    assert np.array_equal(faces, again)
    assert np.array_equal(counts, counts_again)
    assert counts.sum() == len(places)


def test_score_is_independent_of_brightness(portrait: ImageArray) -> None:
    dim = (portrait // 2).astype(np.uint8)
    bright = windows(dim)
    assert len(bright) > 4
    assert windows(dim + 100) == bright


def test_a_face_cut_off_by_the_border_is_found(portrait: ImageArray) -> None:
    detector = create(DetectionConfig(detector="cascade"), 1)
    cut = portrait[85:, 110:]  # forehead and a cheek are missing
    (detections,) = detector.detect([Frame(0, 0, cut)])
    assert detections.boxes[detections.scores.argmax()][:2].tolist() == [0, 0]


def test_the_face_is_centred_in_its_window() -> None:
    assert FACE[0] == pytest.approx(1 - FACE[2])


def test_damaged_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    (file,) = weights("cascade")
    assert isinstance(file, Weights)
    whole = file.read()
    for content in (b"", whole[:-100], whole.replace(b"<width>24", b"<width>42")):
        monkeypatch.setattr(
            "clusterer.models.bundled.read_file", lambda _, content=content: content
        )
        with pytest.raises(ModelError, match="damaged") as caught:
            create(DetectionConfig(detector="cascade"), 1)
        assert "scikit-image" in caught.value.remedy
