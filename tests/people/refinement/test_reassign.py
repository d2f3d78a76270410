from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.people.refinement.evidence import Bools, Matrix
from clusterer.people.refinement.reassign import fits, reassign

ALL_MOVABLE = np.ones(4, bool)


def symmetric(pairs: dict[tuple[int, int], float], n: int = 4) -> Matrix:
    evidence = np.zeros((n, n), np.float32)
    for (a, b), value in pairs.items():
        evidence[a, b] = evidence[b, a] = value
    return evidence


def apart(*pairs: tuple[int, int], n: int = 4) -> Bools:
    links = np.zeros((n, n), bool)
    for a, b in pairs:
        links[a, b] = links[b, a] = True
    return links


def test_two_tracks_of_one_frame_are_assigned_jointly() -> None:
    """2 fits 0 a little better than 1, but 3 fits only 0: jointly, 2 goes to 1 and 3 to 0."""
    evidence = symmetric({(0, 2): 3.0, (1, 2): 2.8, (0, 3): 2.9, (1, 3): -4.0})
    links = apart((0, 1), (2, 3))
    greedy = np.array([0, 1, 0, 2])
    movable = np.array([False, False, True, True])
    assert reassign(greedy, evidence, links, movable, 1.0).tolist() == [0, 1, 1, 0]


def test_a_track_that_fits_no_group_is_alone() -> None:
    evidence = symmetric({(0, 2): 0.5, (1, 2): -1.0})
    reassigned = reassign(
        np.array([0, 1, 0, 3]), evidence, apart(), np.array([0, 0, 1, 0], bool), 1.0
    )
    assert reassigned[2] not in reassigned[[0, 1, 3]]


def test_clear_tracks_do_not_move() -> None:
    evidence = symmetric({(0, 2): -5.0, (1, 2): 5.0})
    labels = np.array([0, 1, 0, 3])
    assert reassign(labels, evidence, apart(), ~ALL_MOVABLE, 1.0).tolist() == labels.tolist()


def test_ties_change_nothing() -> None:
    evidence = symmetric({(0, 2): 2.0, (1, 2): 2.0})
    movable = np.array([False, False, True, False])
    for label in (0, 1):
        labels = np.array([0, 1, label, 3])
        assert reassign(labels, evidence, apart(), movable, 1.0).tolist() == labels.tolist()


def test_fits_equal_the_evidence_of_linkage() -> None:
    evidence = symmetric({(0, 2): 2.0, (1, 2): 4.0, (2, 3): 1.0})
    fit = fits([2], np.array([0, 0, 1, 2]), evidence, apart((2, 3)))
    assert fit[0] == pytest.approx([6.0 / np.sqrt(2), -np.inf, -np.inf])


@given(seed=st.integers(0, 100_000))
def test_the_assignment_of_a_clique_equals_brute_force(seed: int) -> None:
    """Two people, three tracks of one frame: the largest sum over all assignments."""
    rng = np.random.default_rng(seed)
    evidence = rng.normal(0.5, 2.0, (5, 5)).astype(np.float32)
    evidence = (evidence + evidence.T) / 2
    links = apart((0, 1), (2, 3), (2, 4), (3, 4), n=5)
    labels = np.arange(5)
    movable = np.array([False, False, True, True, True])
    least = 1.0
    reassigned = reassign(labels, evidence, links, movable, least)
    ways = [
        way
        for way in product((0, 1, None), repeat=3)
        if len(set(way) - {None}) == sum(place is not None for place in way)
    ]

    def gain(way: tuple[int | None, ...]) -> float:
        return sum(
            least if place is None else float(evidence[track, place])
            for track, place in zip((2, 3, 4), way, strict=True)
        )

    best = max(ways, key=gain)
    placed = tuple(
        next((place for place in (0, 1) if reassigned[place] == reassigned[track]), None)
        for track in (2, 3, 4)
    )
    assert gain(placed) == pytest.approx(gain(best), abs=1e-4)


@given(n=st.integers(1, 10), seed=st.integers(0, 100_000))
def test_cannot_links_hold_and_clear_tracks_do_not_move(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    evidence = rng.normal(0.5, 2.0, (n, n)).astype(np.float32)
    evidence = (evidence + evidence.T) / 2
    links = rng.random((n, n)) < 0.2
    links = (links | links.T) & ~np.eye(n, dtype=bool)
    labels = np.arange(n)
    movable = rng.random(n) < 0.6
    reassigned = reassign(labels, evidence, links, movable, 1.0)
    assert reassigned[~movable].tolist() == labels[~movable].tolist()
    for a, b in np.argwhere(links).tolist():
        assert reassigned[a] != reassigned[b]
