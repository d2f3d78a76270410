"""The shared types are validated and immutable."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from clusterer.core.types import (
    Analysis,
    ChipQuality,
    ClusteringResult,
    Detections,
    Frame,
    Reason,
    Shot,
    Track,
    TrackFeatures,
    VideoInfo,
)
from tests.small_analysis import analysis_of


def detections(n: int = 2, **changes: Any) -> Detections:
    fields: dict[str, Any] = {
        "frame_index": np.arange(n),
        "pts": np.arange(n) * 10,
        "boxes": np.tile([1.0, 2.0, 11.0, 32.0], (n, 1)),
        "scores": np.linspace(0, 1, n),
        "landmarks": np.full((n, 5, 2), np.nan),
    }
    return Detections(**(fields | changes))


def features(n: int = 2, **changes: Any) -> TrackFeatures:
    fields: dict[str, Any] = {
        "track_ids": np.arange(n),
        "start_pts": np.arange(n),
        "face": np.ones((n, 3)),
        "quality": np.ones(n),
        "readable_chips": np.ones(n),
        "has_face": np.ones(n, bool),
        "reasons": (Reason.NONE,) * n,
    }
    return TrackFeatures(**(fields | changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pts": [1]}, "Detections.pts"),
        ({"boxes": np.zeros((2, 3))}, "Detections.boxes"),
        ({"boxes": np.zeros((3, 4))}, "Detections.boxes"),
        ({"boxes": [[0, 0, np.nan, 1], [0, 0, 1, 1]]}, "boxes: not finite"),
        ({"boxes": [[0, 0, np.inf, 1], [0, 0, 1, 1]]}, "boxes: not finite"),
        ({"boxes": [[5, 0, 4, 1], [0, 0, 1, 1]]}, "right < left"),
        ({"boxes": [[0, 5, 4, 1], [0, 0, 1, 1]]}, "bottom < top"),
        ({"scores": [0.5, 1.01]}, "scores: outside 0 to 1"),
        ({"scores": [-0.01, 1.0]}, "scores: outside 0 to 1"),
        ({"scores": [np.nan, 1.0]}, "scores: outside 0 to 1"),
        ({"landmarks": np.zeros((2, 5))}, "Detections.landmarks"),
    ],
)
def test_detections_refuse(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        detections(**changes)


def test_detections_rows() -> None:
    faces = detections(3)
    for rows in ([2, 0], np.array([2, 0])):
        assert faces[rows].frame_index.tolist() == [2, 0]
    assert faces[np.array([True, False, True])].pts.tolist() == [0, 20]
    assert faces[1:].scores.tolist() == [0.5, 1.0]
    assert len(faces[[]]) == 0
    assert faces.heights_px.tolist() == [30, 30, 30]


def test_detections_concatenate() -> None:
    joined = Detections.concatenate([detections(1), Detections.empty(), detections(2)])
    assert joined.frame_index.tolist() == [0, 0, 1]
    nothing = Detections.concatenate([])
    assert len(nothing) == 0
    assert nothing.boxes.shape == (0, 4)
    assert nothing.landmarks.shape == (0, 5, 2)


def test_detections_of_a_frame_without_landmarks() -> None:
    frame = Frame(7, 70, np.zeros((4, 4, 3), np.uint8))
    faces = Detections.of_frame(frame, [[0, 0, 1, 1], [1, 1, 2, 2]], [0.5, 0.6])
    assert faces.frame_index.tolist() == [7, 7]
    assert faces.pts.tolist() == [70, 70]
    assert np.isnan(faces.landmarks).all()


def test_arrays_are_copies_that_cannot_be_written() -> None:
    boxes = np.tile([0.0, 0.0, 9.0, 9.0], (2, 1))
    faces = detections(boxes=boxes)
    boxes[0, 0] = 5
    assert faces.boxes[0, 0] == 0
    assert faces.boxes.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        faces.boxes[0, 0] = 5
    with pytest.raises(dataclasses.FrozenInstanceError):
        faces.boxes = boxes  # type: ignore[misc,assignment]


def test_track_holds_a_detection() -> None:
    assert len(Track(0, 0, np.array([4, 7]))) == 2
    with pytest.raises(ValueError, match="track 3 is empty"):
        Track(3, 0, np.array([], np.int64))


@pytest.mark.parametrize("wrong", [-0.1, 1.1, np.nan])
@pytest.mark.parametrize("part", ["size", "sharpness", "score", "pose"])
def test_quality_is_a_share(part: str, wrong: float) -> None:
    parts = {name: [0.5] for name in ("size", "sharpness", "score", "pose")} | {part: [wrong]}
    with pytest.raises(ValueError, match=f"{part}: outside 0 to 1"):
        ChipQuality(**parts)  # type: ignore[arg-type]


def test_quality_is_the_product_of_its_parts() -> None:
    quality = ChipQuality(*np.array([[0.5, 1.0], [0.5, 0.8], [1.0, 1.0], [0.4, 0.5]]))
    np.testing.assert_allclose(quality.value, [0.1, 0.4], rtol=1e-6)
    np.testing.assert_allclose(quality[[1]].value, [0.4], rtol=1e-6)
    twice = ChipQuality.concatenate([quality, quality])
    np.testing.assert_allclose(twice.value, [0.1, 0.4, 0.1, 0.4], rtol=1e-6)
    assert len(ChipQuality.concatenate([])) == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"face": np.ones((3, 3))}, "TrackFeatures.face"),
        ({"face": np.ones(2)}, "TrackFeatures.face"),
        ({"face": np.full((2, 3), np.nan)}, "face: not finite"),
        ({"has_face": [True]}, "TrackFeatures.has_face"),
        ({"reasons": (Reason.NONE,)}, "reasons: one per track"),
    ],
)
def test_features_refuse(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        features(**changes)


@pytest.mark.parametrize("size", [(0, 360), (640, 0), (-1, 1)])
def test_a_video_has_a_picture(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="empty picture"):
        VideoInfo("a.mp4", *size, Fraction(25), Fraction(1, 100), 0, 1.0)


@pytest.mark.parametrize(("rate", "base"), [(0, 1), (-25, 1), (25, 0)])
def test_a_video_has_a_rate(rate: int, base: int) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        VideoInfo("a.mp4", 640, 360, Fraction(rate), Fraction(base), 0, 1.0)


def test_seconds_count_from_the_first_frame() -> None:
    video = VideoInfo("a.mp4", 640, 360, Fraction(25), Fraction(1, 90000), 1000, 1.0)
    assert video.seconds(1000) == 0.0
    assert video.seconds(46000) == 0.5
    assert video.seconds(np.int64(46000)) == 0.5  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "image",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3), np.float32)],
)
def test_a_frame_is_rgb(image: Any) -> None:
    with pytest.raises(ValueError, match="not an RGB picture"):
        Frame(0, 0, image)


@pytest.mark.parametrize("bounds", [(5, 5, 0, 10), (5, 4, 0, 10), (0, 5, 10, 10), (0, 5, 10, 9)])
def test_a_shot_is_not_empty(bounds: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="empty shot 2"):
        Shot(2, *bounds)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"quality": ChipQuality.concatenate([])}, "not parallel to detections"),
        ({"chip_embeddings": np.zeros((3, 2))}, "Analysis.chip_embeddings"),
        ({"sampled_pts": np.zeros(9)}, "Analysis.sampled_pts"),
    ],
)
def test_analysis_refuses(changes: dict[str, Any], message: str) -> None:
    whole = analysis_of([(0, 0, 0.5), (0, 6, 0.5)], chips={0: (1, 0)})
    fields = {f.name: getattr(whole, f.name) for f in dataclasses.fields(Analysis)}
    with pytest.raises(ValueError, match=message):
        Analysis(**(fields | changes))


def test_a_result_has_a_label_for_every_track() -> None:
    whole = analysis_of([(0, 0, 0.5), (1, 6, 0.5)])
    empty: dict[str, Any] = {"people": (), "unknowns": (), "config": {}}
    result = ClusteringResult(whole, features(2), np.zeros(0, np.int64), np.zeros(2), **empty)  # type: ignore[arg-type]
    assert result.cannot_link.shape == (0, 2)
    with pytest.raises(ValueError, match=r"ClusteringResult.labels"):
        ClusteringResult(whole, features(2), np.zeros((0, 2)), np.zeros(1), **empty)  # type: ignore[arg-type]


def test_only_none_is_no_reason() -> None:
    assert [reason for reason in Reason if not reason] == [Reason.NONE]
