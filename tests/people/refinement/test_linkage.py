import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.people.refinement.evidence import Bools, Matrix, between_groups
from clusterer.people.refinement.linkage import link


def table(n: int, seed: int) -> tuple[Matrix, Bools]:
    rng = np.random.default_rng(seed)
    evidence = rng.normal(0.3, 2.0, (n, n)).astype(np.float32)
    different = rng.random((n, n)) < 0.15
    evidence = (evidence + evidence.T) / 2
    return evidence, (different | different.T) & ~np.eye(n, dtype=bool)


def slowly_linked(
    groups: list[list[int]], evidence: Matrix, different: Bools, least: float
) -> set[frozenset[int]]:
    """By definition: compares every pair of groups in every step."""
    merged = [frozenset(group) for group in groups]
    while True:
        scores = {
            (i, j): sum(float(evidence[a, b]) for a in merged[i] for b in merged[j])
            / np.sqrt(len(merged[i]) * len(merged[j]))
            for i in range(len(merged))
            for j in range(i + 1, len(merged))
            if not any(different[a, b] for a in merged[i] for b in merged[j])
        }
        best = max(scores, key=lambda pair: scores[pair], default=None)
        if best is None or scores[best] <= least:
            return set(merged)
        i, j = best
        merged[i] |= merged[j]
        del merged[j]


@given(n=st.integers(1, 12), seed=st.integers(0, 100_000), least=st.sampled_from([0.0, 1.0, -1.0]))
def test_linkage_equals_brute_force(n: int, seed: int, least: float) -> None:
    evidence, different = table(n, seed)
    alone = [[i] for i in range(n)]
    linked = {frozenset(group) for group in link(alone, evidence, different, least)}
    assert linked == slowly_linked(alone, evidence, different, least)


@given(n=st.integers(2, 12), seed=st.integers(0, 100_000))
def test_input_groups_stay_together(n: int, seed: int) -> None:
    evidence, different = table(n, seed)
    groups = [list(range(0, n, 2)), *([i] for i in range(1, n, 2))]
    linked = {frozenset(group) for group in link(groups, evidence, different, 0.5)}
    assert linked == slowly_linked(groups, evidence, different, 0.5)


@given(n=st.integers(2, 10), seed=st.integers(0, 100_000))
def test_linkage_is_independent_of_order(n: int, seed: int) -> None:
    evidence, different = table(n, seed)
    order = np.random.default_rng(seed).permutation(n)
    linked = link([[i] for i in range(n)], evidence, different, 0.5)
    turned = link(
        [[i] for i in range(n)],
        evidence[np.ix_(order, order)],
        different[np.ix_(order, order)],
        0.5,
    )
    back = {frozenset(order[group].tolist()) for group in turned}
    assert back == {frozenset(group) for group in linked}


def test_many_pairs_count_more_than_one_and_less_than_their_sum() -> None:
    evidence = np.array([[0, 5, 1], [5, 0, 1], [1, 1, 0]], np.float32)
    no_conflicts = np.zeros((3, 3), bool)
    alone = [[0], [1], [2]]
    assert link(alone, evidence, no_conflicts, 1.4) == [[0, 1, 2]]  # 2 / sqrt(2) = 1.414
    assert link(alone, evidence, no_conflicts, 1.42) == [[0, 1], [2]]


def test_ties_go_to_the_earlier() -> None:
    evidence = np.array([[0, -9, 2], [-9, 0, 2], [2, 2, 0]], np.float32)
    assert link([[0], [1], [2]], evidence, np.zeros((3, 3), bool), 1.0) == [[0, 2], [1]]


def test_no_groups() -> None:
    assert link([], np.zeros((0, 0), np.float32), np.zeros((0, 0), bool), 0.0) == []


def test_sums_are_over_all_pairs() -> None:
    values = np.arange(16, dtype=np.float32).reshape(4, 4)
    sums = between_groups([[2, 0], [3], [1]], values)
    by_hand = [
        [values[[2, 0]][:, [2, 0]].sum(), values[2, 3] + values[0, 3], values[2, 1] + values[0, 1]],
        [values[3, 2] + values[3, 0], values[3, 3], values[3, 1]],
        [values[1, 2] + values[1, 0], values[1, 3], values[1, 1]],
    ]
    assert sums == pytest.approx(np.array(by_hand))
