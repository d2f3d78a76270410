"""Precision and recall of characters."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given

from clusterer.evaluation import Characters
from tests.evaluation.tables import clusterings, renamed

Clustering = tuple[list[str], list[int]]


def rates(found: Characters) -> object:
    return pytest.approx((found.precision, found.recall), abs=1e-9)


@pytest.mark.parametrize(
    ("people", "labels", "precision", "recall"),
    [
        ("aabb", [0, 0, 1, 1], 1, 1),
        # Cluster 0 is that of a: 3 of 4 are his, of his 4 faces one is missed; b has the other.
        ("aaaabb", [0, 0, 0, -1, 0, 1], (3 / 4 + 1) / 2, (3 / 4 + 1 / 2) / 2),
        # One cluster, two people: b goes without.
        ("aab", [0, 0, 0], (2 / 3 + 0) / 2, (1 + 0) / 2),
        # Each may have one cluster only.
        ("aaa", [0, 1, 1], 1, 2 / 3),
        # Cluster 1 is best for both; 2 + 1 faces beat 2 + 0.
        ("aaabb", [0, 1, 1, 1, 1], (1 + 1 / 2) / 2, (1 / 3 + 1) / 2),
        ("ab", [-1, -1], 0, 0),
        ("", [], 1, 1),
    ],
)
def test_by_hand(people: str, labels: list[int], precision: float, recall: float) -> None:
    found = Characters.of(list(people), labels)
    assert (found.precision, found.recall) == rates(Characters(1, precision, recall))
    assert found.characters == len(set(people))


def best(people: list[str], labels: list[int]) -> tuple[float, float]:
    """Precision and recall by trying every way to give clusters to people."""
    cast, clusters = sorted(set(people)), sorted({label for label in labels if label >= 0})
    slots = [*clusters, *([None] * len(cast))]
    shown = list(zip(people, labels, strict=True))
    ways = []
    for way in set(permutations(slots, len(cast))):
        shared = [shown.count((who, label)) for who, label in zip(cast, way, strict=True)]
        recall = [Fraction(n, people.count(who)) for n, who in zip(shared, cast, strict=True)]
        precision = [Fraction(n, labels.count(c)) for n, c in zip(shared, way, strict=True) if n]
        ways.append((sum(shared), sum(recall), sum(precision)))
    _, recalls, precisions = max(ways)
    return (float(precisions / len(cast)), float(recalls / len(cast))) if cast else (1.0, 1.0)


@given(clusterings)
def test_against_brute_force(drawn: Clustering) -> None:
    precision, recall = best(*drawn)
    found = Characters.of(*drawn)
    assert (found.precision, found.recall) == pytest.approx((precision, recall), abs=1e-9)


@given(clusterings)
def test_order_and_names_are_nothing(drawn: Clustering) -> None:
    people, labels = drawn
    expected = rates(Characters.of(people, labels))
    for other in (renamed(people, labels), (people[::-1], labels[::-1])):
        found = Characters.of(*other)
        assert (found.precision, found.recall) == expected


@given(clusterings, clusterings)
def test_pooled_is_the_disjoint_union(one: Clustering, other: Clustering) -> None:
    pooled = Characters.of(*one) + Characters.of(*other)
    people = [*one[0], *(f"{person}2" for person in other[0])]
    union = Characters.of(people, [*one[1], *(i if i < 0 else i + 9 for i in other[1])])
    assert (pooled.precision, pooled.recall) == rates(union)


@given(clusterings)
def test_perfect(drawn: Clustering) -> None:
    people, _ = drawn
    found = Characters.of(people, ["abcd".index(person) for person in people])
    assert (found.precision, found.recall) == (1.0, 1.0)
