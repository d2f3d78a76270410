"""Pairs of tracks, chips and photographs, against loops over all of them."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import METRICS, Config
from clusterer.core.distance import between
from clusterer.core.types import Analysis, ClusteringResult, Reason, TrackFeatures
from clusterer.evaluation import Matching, Truth, pairs
from clusterer.evaluation.pair_files import PairList
from clusterer.evaluation.pairs import (
    Pairs,
    image_pairs,
    pairs_of,
    photograph_pairs,
    spread,
    track_pairs,
)
from clusterer.evaluation.verification_figures import verify
from tests.small_analysis import analysis_of

RANDOM = np.random.default_rng(5)
VECTORS = RANDOM.normal(size=(6, 4)).astype(np.float32)
PEOPLE = ("Ann", "Bob", "", "Ann", "Bob")
EMBEDDED = {0: 0, 1: 0, 3: 1, 5: 2, 6: 3, 8: 4}
"""Row → track of the encoded chips; every track has two sights, the rows 2t and 2t + 1."""
every_metric = pytest.mark.parametrize("metric", METRICS)


def an_analysis() -> Analysis:
    sights = [(track, 10 * track + i, 0.5) for track in range(5) for i in range(2)]
    rows = dict(zip([0, 1, 3, 5, 6, 8], VECTORS.tolist(), strict=True))
    return analysis_of(sights, chips=rows)


def a_result(has_face: tuple[bool, ...] = (True, True, True, True, True)) -> ClusteringResult:
    analysis = an_analysis()
    features = TrackFeatures(
        track_ids=np.arange(5),
        start_pts=np.arange(5),
        face=np.where(np.array(has_face)[:, None], VECTORS[:5], 0.0),
        quality=np.full(5, 0.5),
        readable_chips=np.full(5, 2),
        has_face=np.array(has_face),
        reasons=(Reason.NONE,) * 5,
    )
    links = np.zeros((0, 2), np.int64)
    return ClusteringResult(analysis, features, links, np.full(5, -1), (), (), Config())


@every_metric
def test_distances_are_those_of_the_clustering(metric: str) -> None:
    first, second = (part.ravel() for part in np.indices((6, 6)))
    found = pairs_of(VECTORS, first, second, metric)
    assert np.abs(found - between(VECTORS, VECTORS, metric).ravel()).max() < 1e-7


def test_long_lists_are_worked_off_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = spread(6, 100)
    whole = pairs_of(VECTORS, first, second, "l2")
    monkeypatch.setattr(pairs, "_AT_ONCE", 4)
    assert pairs_of(VECTORS, first, second, "l2").tolist() == whole.tolist()
    assert len(whole) == 15


@pytest.mark.parametrize("n", range(8))
def test_spread_takes_all_pairs_in_order(n: int) -> None:
    first, second = spread(n, 1000)
    found = list(zip(first.tolist(), second.tolist(), strict=True))
    assert found == list(combinations(range(n), 2))


@given(st.integers(2, 60), st.integers(1, 200))
def test_spread_takes_so_many_evenly(n: int, most: int) -> None:
    everything = list(combinations(range(n), 2))
    first, second = spread(n, most)
    found = list(zip(first.tolist(), second.tolist(), strict=True))
    assert len(found) == min(most, len(everything))
    places = [everything.index(pair) for pair in found]
    steps = np.diff(places)
    step = len(everything) / len(found)
    assert ((steps > step - 1) & (steps < step + 1)).all()


@every_metric
def test_track_pairs(metric: str) -> None:
    found = track_pairs(a_result(), PEOPLE, metric)
    known = [0, 1, 3, 4]
    expected = between(VECTORS, VECTORS, metric)
    assert found.name == "track pairs"
    assert found.distances == pytest.approx([expected[i, j] for i, j in combinations(known, 2)])
    assert found.same.tolist() == [PEOPLE[i] == PEOPLE[j] for i, j in combinations(known, 2)]


def test_tracks_without_a_face_are_left_out() -> None:
    found = track_pairs(a_result((True, False, True, True, True)), PEOPLE, "l2")
    assert found.same.tolist() == [True, False, False]  # Ann and Ann, Ann and Bob, Ann and Bob


@every_metric
def test_image_pairs(metric: str) -> None:
    found = image_pairs(an_analysis(), PEOPLE, metric)
    tracks = list(EMBEDDED.values())
    chips = [i for i, track in enumerate(tracks) if PEOPLE[track]]
    chosen = [(i, j) for i, j in combinations(chips, 2) if tracks[i] != tracks[j]]
    expected = between(VECTORS, VECTORS, metric)
    assert found.distances == pytest.approx([expected[i, j] for i, j in chosen])
    assert found.same.tolist() == [PEOPLE[tracks[i]] == PEOPLE[tracks[j]] for i, j in chosen]
    assert len(found) == 9  # of five chips, the two of the first track are no pair


def test_too_many_pairs_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "MOST_PAIRS", 4)
    found = track_pairs(a_result(), PEOPLE, "l2")
    assert len(found) == 4
    assert found.not_looked_at == 2


def test_nobody_known() -> None:
    assert len(track_pairs(a_result(), ("",) * 5, "l2")) == 0
    assert len(image_pairs(an_analysis(), ("",) * 5, "l2")) == 0


def test_verify_takes_people_from_the_matching() -> None:
    frames = np.array([0, 10, 30, 40, 41])
    truth = Truth(
        name="a",
        frames=frames,
        frame=frames,
        boxes=np.tile(np.float32([0, 0, 50, 50]), (5, 1)),
        people=("Ann", "Bob", "Ann", "Bob", "Bob"),
        kinds=("",) * 5,
    )
    nothing = np.zeros(0, np.int64)
    matching = Matching(
        truth, np.arange(5), np.array([0, 1, 3, 4, 4]), np.zeros(5), nothing, nothing
    )
    tracks, images = verify(a_result(), matching, "l2", 1.5)
    by_hand = track_pairs(a_result(), PEOPLE, "l2")
    assert tracks.pairs.distances.tolist() == by_hand.distances.tolist()
    assert (tracks.curve.same, tracks.curve.different) == (2, 4)
    assert (images.curve.same, images.curve.different) == (3, 6)
    assert tracks.at_threshold is not None
    assert tracks.at_threshold.true_accepts == (by_hand.distances[by_hand.same] <= 1.5).sum()


def test_photograph_pairs_without_a_face() -> None:
    listed = PairList(
        photographs=tuple(map(Path, "abcd")),
        first=np.array([0, 1, 2, 0]),
        second=np.array([1, 2, 3, 3]),
        same=np.array([True, False, True, False]),
        fold=np.array([0, 0, 1, 1]),
    )
    found = photograph_pairs(listed, VECTORS, np.array([True, True, False, True]), "l2")
    expected = between(VECTORS, VECTORS, "l2")
    assert found.distances == pytest.approx([expected[0, 1], expected[0, 3]])
    assert found.same.tolist() == [True, False]
    assert found.fold is not None
    assert found.fold.tolist() == [0, 1]
    assert found.no_face == 2


def test_pooled() -> None:
    a = Pairs("a", np.array([1.0]), np.array([True]), np.array([0]), 2, 3)
    b = Pairs("b", np.array([2.0, 3.0]), np.array([False, True]), None, 10, 20)
    both = a + b
    assert (both.name, both.fold, both.no_face, both.not_looked_at) == ("a", None, 12, 23)
    assert both.distances.tolist() == [1, 2, 3]
    assert both.same.tolist() == [True, False, True]
