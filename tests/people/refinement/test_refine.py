"""Tracks that join, are split off or remain unknown. Faces are unreadable by default."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import ClothingConfig, ClusteringConfig
from clusterer.core.types import Move, TrackFeatures
from clusterer.people.refinement.refine import Refinement, Refiner
from tests.people.refinement.builder import (
    BLUE,
    NO_LINKS,
    RED,
    UNSEEN,
    Look,
    between_colours,
    features,
    spans,
)

CONFIG = ClusteringConfig()


def refine(
    tracks: TrackFeatures,
    labels: list[int],
    *,
    starts_s: tuple[float, ...] | None = None,
    cannot_link: npt.ArrayLike = NO_LINKS,
    certain: list[list[int]] | None = None,
    config: ClusteringConfig = CONFIG,
) -> Refinement:
    n = len(labels)
    times = spans(*(starts_s if starts_s is not None else range(n)))
    units = certain if certain is not None else [[track] for track in range(n)]
    links = np.asarray(cannot_link, np.int64).reshape(-1, 2)
    given = np.array(labels, np.int64)
    return Refiner(config, 0.36).refine(tracks, times, given, links, units)


def labels_of(*args: Any, **kwargs: Any) -> list[int]:
    return refine(*args, **kwargs).labels.tolist()


def test_an_unknown_track_joins_a_person_in_the_same_clothing() -> None:
    assert labels_of(features([RED, BLUE, RED]), [0, 1, -1]) == [0, 1, 0]


def test_fragments_of_one_person_are_merged() -> None:
    assert labels_of(features([RED, BLUE, RED]), [0, 1, 2]) == [0, 1, 0]


def test_an_unknown_track_in_other_clothing_remains_unknown() -> None:
    assert labels_of(features([RED, BLUE]), [0, -1]) == [0, -1]


def test_clothing_seen_long_ago_is_not_evidence() -> None:
    assert labels_of(features([RED, RED]), [0, -1], starts_s=(0.0, 500.0)) == [0, -1]


def test_an_invisible_torso_gives_no_evidence() -> None:
    assert labels_of(features([RED, UNSEEN]), [0, -1]) == [0, -1]


def test_clear_faces_that_differ_are_two_people() -> None:
    assert labels_of(features([RED, RED], 0.8, [0.0, 1.0]), [0, 1]) == [0, 1]
    assert labels_of(features([RED, RED], 0.8, [0.0, 0.1]), [0, 1]) == [0, 0]


def test_many_small_faces_in_one_suit_do_not_outvote_two_clear_ones() -> None:
    """Shot and reverse shot: two men who dress alike and are never in one picture."""
    clear, small = [0.8] * 6, [0.0] * 10
    faces = [0.0, 0.02, 0.04, 1.0, 1.02, 1.04] + [0.5] * 10
    suits = features([RED] * 16, [*clear, *small], faces)
    refined = refine(suits, [0] * 3 + [1] * 3 + [-1] * 10, starts_s=(0.0,) * 16)
    assert refined.labels[:6].tolist() == [0] * 3 + [1] * 3
    assert refined.labels[6:].tolist() == [-1] * 10
    assert refined.ambiguous[6:].all()


def test_people_seen_together_are_two_whatever_they_wear() -> None:
    tracks = features([RED, between_colours(0.4), RED])
    assert labels_of(tracks, [0, 1, -1], cannot_link=[(0, 2), (0, 1)]) == [0, 1, -1]


def test_a_look_that_all_share_gives_no_evidence() -> None:
    suits = features([RED, RED, between_colours(0.04)])
    assert labels_of(suits, [0, 1, -1]) == [0, 0, 0]
    assert labels_of(suits, [0, 1, -1], cannot_link=[(0, 1)]) == [0, 1, -1]


def test_a_track_that_fits_two_people_remains_unknown() -> None:
    tracks = features([RED, between_colours(0.3), between_colours(0.1)])
    clear = replace(tracks, quality=np.array([0.8, 0.8, 0.0]), face=np.array([[0.0], [1.0], [0.5]]))
    refined = refine(clear, [0, 1, -1], starts_s=(0.0, 0.0, 0.0), config=with_margin(9.0))
    assert refined.labels.tolist() == [0, 1, -1]
    assert refined.ambiguous.tolist() == [False, False, True]
    assert refine(clear, [0, 1, -1], config=with_margin(0.0)).labels.tolist() == [0, 1, 1]


def with_margin(margin: float) -> ClusteringConfig:
    return replace(CONFIG, clothing=ClothingConfig(margin=margin))


def test_a_person_of_two_looks_and_unreadable_faces_is_split() -> None:
    refined = refine(features([RED, RED, BLUE], face=[0.0, 0.0, 0.4]), [0, 0, 0])
    assert refined.labels.tolist() == [0, 0, 1]
    (decision,) = refined.decisions
    assert (decision.track_id, decision.move) == (2, Move.SPLIT)
    assert decision.clothing < 0


def test_a_misassigned_track_moves_to_the_right_person() -> None:
    refined = refine(features([RED, BLUE, RED, BLUE]), [0, 1, 0, 0])
    assert refined.labels.tolist() == [0, 1, 0, 1]
    (decision,) = refined.decisions
    assert (decision.track_id, decision.move) == (3, Move.JOINED)
    assert decision.runner_up is not None
    assert decision.runner_up < 0 < decision.clothing


def test_a_clear_face_may_change_clothes() -> None:
    changed = features([RED, RED, BLUE, BLUE], 0.8, [0.0, 0.01, 0.02, 0.03])
    refined = refine(changed, [0, 0, 0, 0])
    assert refined.labels.tolist() == [0, 0, 0, 0]
    assert not refined.decisions


def test_a_clear_face_is_split_off_if_clothes_differ_too() -> None:
    """The third joined the average of the first two; its face alone would not suffice."""
    clear = [0.8, 0.8, 0.8]
    assert labels_of(features([RED, RED, BLUE], clear, [0.0, 0.1, 0.55]), [0, 0, 0]) == [0, 0, 1]
    assert labels_of(features([RED, RED, RED], clear, [0.0, 0.1, 0.55]), [0, 0, 0]) == [0, 0, 0]
    assert labels_of(features([RED, RED, UNSEEN], clear, [0.0, 0.1, 0.55]), [0, 0, 0]) == [0, 0, 0]


def test_must_linked_tracks_stay_together() -> None:
    assert labels_of(features([RED, BLUE, RED]), [0, 0, 1], certain=[[0, 1], [2]]) in (
        [0, 0, 0],
        [0, 0, 1],
    )


def test_an_unknown_that_joins_has_a_decision() -> None:
    (decision,) = refine(features([RED, BLUE, RED]), [0, 1, -1]).decisions
    assert (decision.track_id, decision.move) == (2, Move.JOINED)
    assert decision.clothing == pytest.approx(CONFIG.clothing.most_for * (119 / 120), abs=1e-3)


@pytest.mark.parametrize(
    "off",
    [
        replace(CONFIG, clothing=ClothingConfig(enabled=False)),
        replace(CONFIG, clothing=ClothingConfig(prior=100.0)),
    ],
)
def test_it_can_be_switched_off(off: ClusteringConfig) -> None:
    refined = refine(features([RED, RED]), [0, -1], config=off)
    assert refined.labels.tolist() == [0, -1]
    assert not refined.decisions


def test_without_a_threshold_nothing_joins() -> None:
    tracks = features([RED, RED])
    refiner = Refiner(CONFIG, 0.0)
    alone = [[0], [1]]
    refined = refiner.refine(tracks, spans(0.0, 1.0), np.array([0, -1]), NO_LINKS, alone)
    assert refined.labels.tolist() == [0, -1]


def test_no_tracks() -> None:
    assert labels_of(features([]), [], starts_s=()) == []


LOOKS = st.lists(st.floats(0.0, 1.0), min_size=2, max_size=9)


def story(data: st.DataObject) -> tuple[TrackFeatures, list[int], list[tuple[int, int]]]:
    looks: list[Look] = [between_colours(distance) for distance in data.draw(LOOKS)]
    n = len(looks)
    row = st.lists(st.floats(0.0, 1.0, width=16), min_size=n, max_size=n)
    tracks = features(looks, data.draw(row), data.draw(row))
    labels = data.draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n))
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))
    links = [
        (a, b)
        for a, b in data.draw(st.lists(pairs, max_size=6))
        if a != b and (labels[a] < 0 or labels[a] != labels[b])
    ]
    return tracks, labels, links


@given(data=st.data())
def test_a_cannot_link_is_never_broken(data: st.DataObject) -> None:
    tracks, labels, links = story(data)
    after = refine(tracks, labels, cannot_link=links).labels
    for a, b in links:
        assert after[a] < 0 or after[a] != after[b]


@given(data=st.data())
def test_labels_are_in_time_order_and_decisions_list_moved_tracks(data: st.DataObject) -> None:
    tracks, labels, links = story(data)
    refined = refine(tracks, labels, cannot_link=links)
    assigned = [label for label in refined.labels.tolist() if label >= 0]
    assert list(dict.fromkeys(assigned)) == list(range(len(set(assigned))))
    assert not (refined.ambiguous & (refined.labels >= 0)).any()
    for decision in refined.decisions:
        group = np.flatnonzero(refined.labels == refined.labels[decision.track_id])
        if decision.move is Move.JOINED:
            assert len(group) > 1


@given(data=st.data(), seed=st.integers(0, 1000))
def test_permuting_tracks_permutes_people(data: st.DataObject, seed: int) -> None:
    """Times, faces and clothes are permuted with the tracks; the numbering does not matter."""
    n = data.draw(st.integers(2, 8))
    rng = np.random.default_rng(data.draw(st.integers(0, 100_000)))
    looks = [between_colours(float(d)) for d in rng.random(n)]
    tracks = features(looks, rng.random(n).tolist(), rng.random(n).tolist())
    labels = rng.integers(-1, 3, n)
    starts = tuple(float(s) for s in range(n))
    order = np.random.default_rng(seed).permutation(n)
    moved = replace(
        tracks,
        start_pts=tracks.start_pts[order],
        face=tracks.face[order],
        quality=tracks.quality[order],
        clothing=tracks.clothing[order],
        torso_share=tracks.torso_share[order],
    )
    before = refine(tracks, labels.tolist(), starts_s=starts).labels
    after = refine(
        moved, labels[order].tolist(), starts_s=tuple(starts[i] for i in order.tolist())
    ).labels
    together = before[:, None] == before[None, :]
    together_after = after[:, None] == after[None, :]
    assert (together[np.ix_(order, order)] == together_after).all()
