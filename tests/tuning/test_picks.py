"""Which row is picked, by tables made by hand."""

from __future__ import annotations

from math import nan

import pytest

from clusterer.tuning import POOLED, best, best_at, costs, groups
from clusterer.tuning.picks import most_precise
from tests.tuning.builder import Points, row, rows

FLAT: Points = [(0.3, 0.5, 0.9), (0.36, 0.5, 0.9), (0.4, 0.5, 0.9)]
PEAK: Points = [(0.3, 0.5, 1.0), (0.36, 0.7, 0.98), (0.4, 0.8, 0.97), (0.5, 0.8, 0.5)]
NOBODY: Points = [(0.3, 0.1, nan), (0.36, 0.1, nan)]
ALMOST: Points = [(0.3, 0.1 + 0.2, 0.98 - 1e-12), (0.36, 0.3, 0.979), (0.4, 0.2, 1.0)]


@pytest.mark.parametrize(
    ("points", "expected"), [(FLAT, 0.3), (PEAK, 0.4), (NOBODY, 0.3), (ALMOST, 0.3)]
)
@pytest.mark.parametrize("backwards", [False, True])
def test_best_f_and_ties_to_the_lower_threshold(
    points: Points, expected: float, backwards: bool
) -> None:
    given = [row(*point) for point in points]
    assert best(given[::-1] if backwards else given).threshold == expected


@pytest.mark.parametrize(
    ("points", "precision", "expected"),
    [
        (PEAK, 0.98, 0.36),
        (PEAK, 0.99, 0.3),
        (PEAK, 0.0, 0.4),
        (PEAK, 1.0, 0.3),
        (FLAT, 0.9, 0.3),
        (FLAT, 0.91, None),
        (NOBODY, 0.0, None),
        (ALMOST, 0.98, 0.3),
    ],
)
def test_best_at_a_precision(points: Points, precision: float, expected: float | None) -> None:
    found = best_at([row(*point) for point in points], precision)
    assert (found and found.threshold) == expected


@pytest.mark.parametrize(
    ("points", "expected"), [(FLAT, 0.3), (PEAK, 0.3), (NOBODY, None), (ALMOST, 0.4)]
)
def test_most_precise(points: Points, expected: float | None) -> None:
    found = most_precise([row(*point) for point in points])
    assert (found and found.threshold) == expected


TWO_CLIPS = {
    "a": [(0.3, 0.6, 0.99), (0.36, 0.7, 0.98), (0.4, 0.9, 0.95)],
    "b": [(0.3, 0.8, 0.99), (0.36, 0.7, 0.90), (0.4, 0.2, 0.50)],
    POOLED: [(0.3, 0.70, 0.99), (0.36, 0.72, 0.98), (0.4, 0.5, 0.9)],
}


def test_pooled_and_every_clip_are_two_things() -> None:
    (group,) = groups(rows(TWO_CLIPS), 0.98)
    assert group.best.threshold == 0.36
    assert group.precise is not None
    assert group.precise.threshold == 0.36
    assert group.precise_everywhere is not None
    assert group.precise_everywhere.threshold == 0.3
    assert group.precise_everywhere.clip == POOLED


def test_an_unreached_precision_is_explained() -> None:
    (group,) = groups(rows(TWO_CLIPS), 0.995)
    assert group.precise is None
    assert group.precise_everywhere is None


def test_what_one_best_costs_the_others() -> None:
    (group,) = groups(rows(TWO_CLIPS), 0.98)
    found = costs(group)
    assert [(cost.source, cost.threshold) for cost in found] == [
        ("a", 0.4),
        ("b", 0.3),
        (POOLED, 0.36),
        ("default", 0.36),
    ]
    assert [cost.f for cost in found] == [
        (0.9, 0.2, 0.5),
        (0.6, 0.8, 0.70),
        (0.7, 0.7, 0.72),
        (0.7, 0.7, 0.72),
    ]
    assert found[0].loss == pytest.approx((0.0, 0.6, 0.22))
    assert found[1].loss == pytest.approx((0.3, 0.0, 0.02))


def test_one_clip_costs_no_other() -> None:
    (group,) = groups(rows({"a": PEAK, POOLED: PEAK}))
    assert [(cost.source, cost.f) for cost in costs(group)] == [("a", (0.8,)), ("default", (0.7,))]


def test_groups_keep_methods_and_metrics_apart() -> None:
    given = [
        *rows({"a": FLAT, POOLED: FLAT}),
        *rows({"a": PEAK, POOLED: PEAK}, method="hdbscan"),
        *rows({"a": NOBODY, POOLED: NOBODY}, method="hdbscan", metric="cosine"),
    ]
    found = groups(given)
    assert [(group.method, group.metric) for group in found] == [
        ("incremental", "l2"),
        ("hdbscan", "l2"),
        ("hdbscan", "cosine"),
    ]
    assert [group.best.threshold for group in found] == [0.3, 0.4, 0.3]
    assert [len(group.clips[0].rows) for group in found] == [3, 4, 2]
