"""The fewest corrections, by hand and by trying all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.evaluation import Clicks, Matching
from tests.evaluation.brute_force import clicks
from tests.evaluation.tables import matching_of

Tracks = list[tuple[str, int]]

tracks = st.lists(st.tuples(st.sampled_from(["a", "b", "c", ""]), st.integers(-1, 3)), max_size=6)
"""Person (or stray) and cluster of each track."""


def between(drawn: Tracks) -> Clicks:
    return Clicks.between([who for who, _ in drawn], [label for _, label in drawn])


@pytest.mark.parametrize(
    ("people", "labels", "expected"),
    [
        ("aabb", [0, 0, 1, 1], (0, 0, 0)),
        ("aabb", [0, 1, 2, 2], (1, 0, 0)),
        ("aabb", [0, 1, 2, 3], (2, 0, 0)),
        ("aabb", [0, 0, 0, 1], (0, 1, 0)),
        ("aaabbb", [0, 0, 0, 0, 0, 0], (0, 3, 0)),
        ("aabb", [-1, -1, 0, 0], (0, 2, 0)),
        # Two of a remain in cluster 0; cluster 1 is merged, then b moves out.
        ("aaaab", [0, 0, 1, 1, 1], (1, 1, 0)),
        # Both clusters hold as many of either: one is the base of a, the other of b.
        ("abab", [0, 0, 1, 1], (0, 2, 0)),
        # Cluster 1 is the base of b: a moves out.
        ("aaab", [0, 0, 1, 1], (0, 1, 0)),
        # Cluster 0 may be merged and give up one track, or give up both: fewest moves count.
        ("abab", [0, 0, 1, 2], (1, 1, 0)),
        ("a.aa", [0, 0, 1, 1], (1, 0, 1)),
        # The face may move out, so that the strays go at once, or stay: again fewest moves count.
        ("a..", [0, 0, 0], (0, 0, 2)),
        ("aa", [0, 1], (1, 0, 0)),
        # Strays: one by one among faces, all at once alone, nothing among the unknown.
        ("aa..", [0, 0, 0, 0], (0, 0, 2)),
        ("aa..", [0, 0, 1, 1], (0, 0, 1)),
        ("aa..", [0, 0, -1, -1], (0, 0, 0)),
        # One face among three strays moves out, then the rest goes at once.
        ("a...", [0, 0, 0, 0], (0, 1, 1)),
        ("", [], (0, 0, 0)),
    ],
)
def test_by_hand(people: str, labels: list[int], expected: tuple[int, int, int]) -> None:
    found = Clicks.between([who.strip(".") for who in people], labels)
    assert (found.merges, found.moves, found.removals) == expected
    assert found.total == sum(expected) == clicks([who.strip(".") for who in people], labels)


@settings(max_examples=150)
@given(tracks)
def test_nothing_is_cheaper(drawn: Tracks) -> None:
    assert between(drawn).total == clicks([who for who, _ in drawn], [label for _, label in drawn])


@given(tracks)
def test_order_and_names_are_nothing(drawn: Tracks) -> None:
    names = {"a": "z", "b": "x", "c": "y", "": ""}
    other = [(names[who], label if label < 0 else 9 - label) for who, label in drawn[::-1]]
    assert between(other) == between(drawn)


@given(tracks, tracks)
def test_pooled_is_the_disjoint_union(one: Tracks, other: Tracks) -> None:
    union = one + [(who and f"{who}2", label if label < 0 else label + 9) for who, label in other]
    assert (between(one) + between(other)).total == between(union).total


@given(tracks)
def test_what_is_unknown_costs_one_move_each(drawn: Tracks) -> None:
    found = between([(who, -1) for who, _ in drawn])
    assert found == Clicks(moves=sum(who != "" for who, _ in drawn))


def judged() -> Matching:
    """Track 0 shows a, 1 b, 2 both and once nobody; 3 is a stray; 4 is never at a labelled face."""
    return matching_of("aabbb?", [0, 0, 1, 2, 2, 4], strays=[2, 3, 3])


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([0, 1, 1, 2, 0], Clicks(removals=1)),
        ([0, 1, 1, 0, 3], Clicks(removals=1)),
        ([0, 1, 1, -1, 1], Clicks()),
        ([0, 1, 0, -1, -1], Clicks(moves=1)),
        ([0, 1, 2, -1, 2], Clicks(merges=1)),
        ([-1, -1, -1, -1, -1], Clicks(moves=3)),
    ],
)
def test_the_truth_names_tracks(labels: list[int], expected: Clicks) -> None:
    assert Clicks.of(judged(), np.array(labels)) == expected
