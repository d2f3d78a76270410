"""Who is most like some tracks, against tables computed by hand."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.distance import between, mean
from clusterer.core.types import UNKNOWN, Reason, TrackFeatures
from clusterer.people.likeness import Alike, likeness, scaled

NOBODY = np.zeros((0, 2), dtype=np.int64)
EAST, NORTH, WEST = (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)
NONE = (0.0, 0.0)


def features_of(
    faces: Sequence[Sequence[float]],
    quality: Sequence[float] | None = None,
    clothing: Sequence[Sequence[float]] | None = None,
    readable: Sequence[int] | None = None,
) -> TrackFeatures:
    """A row for each track; a face of zeros is none."""
    n, face = len(faces), np.array(faces)
    dress = np.array([[0.0, 0.0]] * n if clothing is None else clothing, dtype=np.float32)
    return TrackFeatures(
        np.arange(n),
        np.arange(n),
        face,
        np.full(n, 0.5) if quality is None else np.array(quality),
        np.full(n, 3) if readable is None else np.array(readable),
        face.any(axis=1),
        (Reason.NONE,) * n,
        clothing=dress,
        torso_share=dress.any(axis=1).astype(np.float32),
    )


def ask(
    features: TrackFeatures,
    labels: Sequence[int],
    tracks: Sequence[int],
    *,
    metric: str = "cosine",
    together: Sequence[Sequence[int]] = (),
    without: Sequence[int] = (),
) -> list[Alike]:
    pairs = np.array(together, dtype=np.int64).reshape(-1, 2)
    return likeness(
        features, np.array(labels), tracks, metric=metric, together=pairs, without=without
    )


def test_nearest_first_each_person_once() -> None:
    features = features_of([EAST, WEST, NORTH, NORTH, EAST], [0.5, 0.5, 0.3, 0.9, 0.5])
    assert ask(features, [0, 1, 2, 2, -1], [0]) == [
        (4, 0.0, False),
        (3, 1.0, False),
        (1, 2.0, False),
    ]


def test_l2_by_hand() -> None:
    features = features_of([EAST, WEST, NORTH])
    found = ask(features, [0, 1, 2], [0], metric="l2")
    assert [(one.track, round(one.distance, 6)) for one in found] == [(2, 1.414214), (1, 2.0)]


def test_better_faces_weigh_more() -> None:
    """(0.9 · east + 0.1 · north), of length 1, is at 1 - 0.9 / √0.82 of east."""
    features = features_of([EAST, EAST, NORTH], [0.5, 0.9, 0.1])
    ((track, distance, _),) = ask(features, [0, 1, 1], [0])
    assert track == 1
    assert distance == pytest.approx(1 - 0.9 / math.sqrt(0.82), abs=1e-6)


def test_averages_of_faces_that_are_not_of_length_one_keep_their_length() -> None:
    features = features_of([(0.0, 0.5), (2.0, 0.0), (4.0, 0.0)])
    ((_, distance, _),) = ask(features, [0, 1, 1], [0], metric="l2")
    assert distance == pytest.approx(math.hypot(3.0, 0.5))


def test_without_a_readable_face_last_by_clothing_then_track() -> None:
    clothing = [EAST, NONE, NORTH, EAST, NONE, NONE]
    features = features_of([EAST, NONE, NONE, NONE, WEST, NONE], clothing=clothing)
    found = ask(features, [0, 1, 2, 3, 4, -1], [0])
    assert [one.track for one in found] == [4, 3, 2, 1, 5]
    assert [math.isinf(one.distance) for one in found] == [False, True, True, True, True]


def test_a_face_that_cannot_be_read_does_not_count() -> None:
    features = features_of([EAST, EAST, NORTH], readable=[3, 0, 3])
    assert [one.track for one in ask(features, [0, 1, 2], [0])] == [2, 1]


def test_ties_by_track() -> None:
    features = features_of([EAST, NORTH, NORTH, NORTH])
    assert [one.track for one in ask(features, [0, -1, 5, -1], [0])] == [1, 2, 3]


def test_seen_together_is_flagged_and_stays() -> None:
    features = features_of([EAST, EAST, EAST, NORTH])
    found = ask(features, [0, 1, 1, 2], [0], together=[[0, 2], [1, 3]])
    assert found == [(1, 0.0, True), (3, 1.0, False)]
    found = ask(features, [0, 1, 1, 2], [3], together=[[0, 2], [1, 3]])
    assert found == [(0, 1.0, False), (1, 1.0, True)]


def test_the_person_of_all_tracks_is_left_out_but_not_one_of_two() -> None:
    features = features_of([EAST, EAST, NORTH, NORTH])
    assert [one.track for one in ask(features, [0, 0, 1, 1], [0])] == [2]
    assert [one.track for one in ask(features, [0, 0, 1, 1], [0, 2])] == [1, 3]


def test_unknown_tracks_may_be_asked_about_and_left_out() -> None:
    features = features_of([EAST, EAST, NORTH, EAST])
    assert [one.track for one in ask(features, [-1, -1, 0, -1], [0], without=[3])] == [1, 2]


def test_nobody_else() -> None:
    assert ask(features_of([EAST, EAST]), [0, 0], [0, 1]) == []


def test_tracks_that_there_are_not() -> None:
    features = features_of([EAST])
    for tracks in ([1], [-1]):
        with pytest.raises(IndexError):
            ask(features, [0], tracks)
    with pytest.raises(ValueError, match="no tracks"):
        ask(features, [0], [])


@pytest.mark.parametrize(
    ("distance", "threshold", "expected"),
    [(0.0, 0.4, 0.0), (0.4, 0.4, 0.5), (1.2, 0.4, 0.75), (math.inf, 0.4, 1.0), (0.0, 0.0, 0.0)],
)
def test_scaled(distance: float, threshold: float, expected: float) -> None:
    assert scaled(distance, threshold) == pytest.approx(expected)


@given(st.data())
def test_as_one_by_one(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 8))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    faces = rng.normal(size=(n, 3))
    faces /= np.linalg.norm(faces, axis=1, keepdims=True)
    faces = faces.astype(np.float32).astype(np.float64)
    quality = rng.uniform(0.1, 1.0, n).astype(np.float32)
    labels = np.array(data.draw(st.lists(st.integers(UNKNOWN, 3), min_size=n, max_size=n)))
    features = features_of(faces.tolist(), quality.tolist())
    asked = data.draw(st.sets(st.integers(0, n - 1), min_size=1))
    mine = mean(faces[sorted(asked)], quality[sorted(asked)])
    for one in likeness(features, labels, asked, metric="l2", together=NOBODY):
        label = labels[one.track]
        theirs = [
            track
            for track in range(n)
            if track not in asked and (track == one.track or label == labels[track] != UNKNOWN)
        ]
        expected = between(mine[None], mean(faces[theirs], quality[theirs])[None], "l2")[0, 0]
        assert one.distance == pytest.approx(expected, abs=1e-6)
        assert quality[one.track] == quality[theirs].max()


def test_a_long_film_is_quick() -> None:
    rng = np.random.default_rng(0)
    faces = rng.normal(size=(5000, 256))
    features = features_of((faces / np.linalg.norm(faces, axis=1, keepdims=True)).tolist())
    labels = rng.integers(UNKNOWN, 200, 5000)
    together = rng.integers(0, 5000, (20_000, 2))
    times = []
    for _ in range(5):
        start_s = time.perf_counter()
        likeness(features, labels, [0, 1, 2], metric="l2", together=together)
        times.append(time.perf_counter() - start_s)
    assert min(times) < 0.05
