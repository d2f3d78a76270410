"""Tables worked out by hand: two outfits, faces that cannot be read unless said otherwise."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.clothing.refine import Refiner
from clusterer.config import ClothingConfig, ClusteringConfig
from clusterer.types import Reason, TrackFeatures

CONFIG = ClusteringConfig()
NO_LINKS = np.zeros((0, 2), np.int64)
RED, BLUE = [1.0, 0.0], [0.0, 1.0]


def features(
    clothing: list[list[float]], quality: float = 0.0, face: list[float] | None = None
) -> TrackFeatures:
    n = len(clothing)
    return TrackFeatures(
        track_ids=np.arange(n),
        start_pts=np.arange(n),
        face=np.array(face or [0.0] * n, np.float32)[:, None],
        quality=np.full(n, quality, np.float32),
        readable_chips=np.full(n, 2),
        has_face=np.ones(n, bool),
        reasons=(Reason.NONE,) * n,
        clothing=np.array(clothing, np.float32).reshape(n, 2),
        torso_share=np.array([float(any(worn)) for worn in clothing], np.float32),
    )


def spans(*starts_s: float) -> npt.NDArray[np.float64]:
    return np.array([(start, start + 1.0) for start in starts_s])


def refined(
    given_features: TrackFeatures,
    labels: list[int],
    *,
    starts_s: tuple[float, ...] | None = None,
    cannot_link: npt.ArrayLike = NO_LINKS,
    config: ClusteringConfig = CONFIG,
) -> list[int]:
    times = spans(*(starts_s or range(len(labels)))).reshape(-1, 2)
    links = np.asarray(cannot_link, np.int64)
    refiner = Refiner(config, 0.36)
    given = np.array(labels, np.int64)
    return refiner.refine(given_features, times, given, links).tolist()


def test_an_unknown_joins_who_wears_the_same() -> None:
    assert refined(features([RED, BLUE, RED]), [0, 1, -1]) == [0, 1, 0]


def test_fragments_of_one_person_are_merged() -> None:
    assert refined(features([RED, BLUE, RED]), [0, 1, 2]) == [0, 1, 0]


def test_an_unknown_in_other_clothes_stays_unknown() -> None:
    assert refined(features([RED, BLUE]), [0, -1]) == [0, -1]


def test_clothes_of_long_ago_say_nothing() -> None:
    assert refined(features([RED, RED]), [0, -1], starts_s=(0.0, 500.0)) == [0, -1]


def test_a_torso_that_is_not_seen_says_nothing() -> None:
    assert refined(features([RED, [0.0, 0.0]]), [0, -1]) == [0, -1]


def test_clear_faces_that_differ_are_two_people() -> None:
    assert refined(features([RED, RED], quality=0.8, face=[0.0, 1.0]), [0, 1]) == [0, 1]
    assert refined(features([RED, RED], quality=0.8, face=[0.0, 0.1]), [0, 1]) == [0, 0]


def test_people_seen_together_are_two_whatever_they_wear() -> None:
    worn = features([RED, [0.6, 0.8], RED])
    assert refined(worn, [0, 1, -1], cannot_link=[(0, 2), (0, 1)]) == [0, 1, -1]


def test_a_look_that_several_share_has_no_vote() -> None:
    suits = features([RED, RED, [0.96, 0.28]])
    assert refined(suits, [0, 1, -1]) == [0, 0, 0]
    assert refined(suits, [0, 1, -1], cannot_link=[(0, 1)]) == [0, 1, -1]


def test_it_can_be_switched_off() -> None:
    off = replace(CONFIG, clothing=ClothingConfig(enabled=False))
    assert refined(features([RED, RED]), [0, -1], config=off) == [0, -1]


def test_no_track_is_no_person() -> None:
    assert refined(features([]), []) == []


@pytest.mark.parametrize("clothing", [0.01, 1.0])
@given(data=st.data())
def test_links_hold_and_people_stay_together(clothing: float, data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 8))
    labels = data.draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n))
    angles = np.array(data.draw(st.lists(st.floats(0, 1.5), min_size=n, max_size=n)))
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))
    links = [
        (a, b)
        for a, b in data.draw(st.lists(pairs, max_size=6))
        if a != b and (labels[a] < 0 or labels[a] != labels[b])
    ]
    worn = features(np.stack([np.cos(angles), np.sin(angles)], axis=1).tolist())
    config = replace(CONFIG, clothing=ClothingConfig(threshold=clothing))
    after = refined(worn, labels, cannot_link=np.array(links).reshape(-1, 2), config=config)
    for a, b in links:
        assert after[a] < 0 or after[a] != after[b]
    for a in range(n):
        for b in range(n):
            if labels[a] >= 0 and labels[a] == labels[b]:
                assert after[a] == after[b] >= 0


def slowly_linked(distance: npt.NDArray[np.float64]) -> set[frozenset[int]]:
    """Average linkage as its definition says: every pair of groups, every time."""
    groups = [frozenset([i]) for i in range(len(distance))]
    while len(groups) > 1:
        apart = {
            (a, b): float(np.mean([distance[i, j] for i in a for j in b]))
            for a in groups
            for b in groups
            if min(a) < min(b)
        }
        a, b = min(apart, key=lambda pair: apart[pair])
        if apart[a, b] >= 1.0:
            break
        groups = [group for group in groups if group not in (a, b)] + [a | b]
    return set(groups)


@given(seed=st.integers(0, 10_000), n=st.integers(2, 12))
def test_linkage_is_that_of_brute_force(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    angles = rng.uniform(0, 1.5, n)
    worn = features(np.stack([np.cos(angles), np.sin(angles)], axis=1).tolist())
    config = replace(CONFIG, clothing=ClothingConfig(threshold=0.1, window_s=36000.0))
    after = refined(worn, list(range(n)), starts_s=(0.0,) * n, config=config)
    found = {frozenset(np.flatnonzero(np.array(after) == label).tolist()) for label in set(after)}
    distance = (1.0 - worn.clothing.astype(np.float64) @ worn.clothing.T) / 0.1
    assert found == slowly_linked(distance)
