"""Who is who, on distances made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clusterer.core.config import GalleryConfig
from clusterer.gallery.match import Matched, match

CONFIG = GalleryConfig(limit=1.0, margin=0.25, candidates=3)
ALONE = frozenset[int]()


def matched(
    distance: list[list[float]],
    pairs: tuple[tuple[int, int], ...] = (),
    held: dict[int, frozenset[int]] | None = None,
) -> Matched:
    rows = np.array(distance, dtype=np.float64)
    meet = np.zeros((len(rows), len(rows)), dtype=bool)
    for a, b in pairs:
        meet[a, b] = meet[b, a] = True
    return match(rows, meet, held or {}, CONFIG)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ([0.7, 1.5, 1.6], 0),
        ([1.0, 1.5, 1.25], 0),
        ([1.01, 1.9, 1.9], None),
        ([0.8, 1.0, 1.6], None),
        ([0.75, 1.0, 1.6], 0),
        ([0.5], 0),
        ([np.inf, np.inf], None),
    ],
)
def test_near_and_clearly_nearer_than_the_next(row: list[float], name: int | None) -> None:
    assert matched([row]).given.get(0) == name


def test_candidates_of_those_without_a_name() -> None:
    found = matched([[1.4, 1.2, 1.9, 1.8], [np.inf] * 4, [0.5, 1.5, 1.5, 1.5]])
    assert found == Matched({2: 0}, {0: (1, 0, 3)})


def test_people_who_never_meet_may_share_a_name() -> None:
    assert matched([[0.5, 1.5], [0.6, 1.5]]).given == {0: 0, 1: 0}


def test_of_two_people_seen_together_the_nearer_gets_the_name() -> None:
    found = matched([[0.3, 1.5], [0.9, 1.5]], ((0, 1),))
    assert found == Matched({0: 0}, {1: (1,)})


def test_two_equally_near_people_seen_together_get_no_name() -> None:
    assert matched([[0.5, 1.5], [0.6, 1.5]], ((0, 1),)).given == {}


def test_a_name_already_given_is_not_a_rival() -> None:
    """The second is too near to the first's name to be named, but cannot be that person."""
    alone = matched([[0.3, 1.5], [0.8, 0.9]])
    assert alone.given == {0: 0}
    together = matched([[0.3, 1.5], [0.8, 0.9]], ((0, 1),))
    assert together.given == {0: 0, 1: 1}


def test_names_that_were_given_before_are_taken() -> None:
    assert matched([[0.3, 1.5]], held={0: frozenset({0})}) == Matched({}, {0: (1,)})


def test_nobody_and_no_names() -> None:
    none = match(np.zeros((0, 0)), np.zeros((0, 0), bool), {}, CONFIG)
    assert none == Matched({}, {})


cases = st.tuples(st.integers(1, 7), st.integers(1, 5)).flatmap(
    lambda size: st.tuples(
        arrays(np.float64, size, elements=st.sampled_from([0.1, 0.3, 0.5, 0.8, 0.9, 1.3, 2.0])),
        arrays(np.bool_, (size[0], size[0])),
        st.permutations(range(size[1])),
        st.sampled_from([0.0, 0.25]),
    )
)


@given(cases)
def test_nobody_in_one_frame_shares_a_name(
    case: tuple[np.ndarray, np.ndarray, list[int], float],
) -> None:
    distance, drawn, _, margin = case
    meet = drawn | drawn.T
    found = match(distance, meet, {}, GalleryConfig(margin=margin)).given
    clashes = [
        (a, b) for a in found for b in found if a != b and meet[a, b] and found[a] == found[b]
    ]
    assert clashes == []
    assert all(distance[person, name] <= 1.0 for person, name in found.items())


@given(cases)
def test_the_order_of_the_gallery_does_not_matter(
    case: tuple[np.ndarray, np.ndarray, list[int], float],
) -> None:
    distance, drawn, order, margin = case
    meet, config = drawn | drawn.T, GalleryConfig(margin=margin)
    plain = match(distance, meet, {}, config).given
    turned = match(distance[:, order], meet, {}, config).given
    assert {person: order[name] for person, name in turned.items()} == plain
