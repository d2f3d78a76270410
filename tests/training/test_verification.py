"""Pairs of held-out people, and figures of them as scikit-learn has them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.metrics.pairwise import cosine_distances

from clusterer.training.verification import FOLDS, balanced_pairs, distances, judge

CROWDS = st.lists(st.integers(2, 7), min_size=2, max_size=6).map(
    lambda counts: np.repeat(np.arange(len(counts)), counts)
)


@given(CROWDS, st.integers(0, 99))
def test_all_same_pairs_and_as_many_others(people: np.ndarray, seed: int) -> None:
    pairs = balanced_pairs(people, seed=seed)
    found = list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))
    assert len(set(found)) == len(found)
    assert all(first < second for first, second in found)
    every = list(combinations(range(len(people)), 2))
    same = {pair for pair in every if people[pair[0]] == people[pair[1]]}
    assert {pair for pair, is_same in zip(found, pairs.same, strict=True) if is_same} == same
    assert (~pairs.same).sum() == min(len(same), len(every) - len(same))
    assert (people[pairs.first] == people[pairs.second]).tolist() == pairs.same.tolist()
    assert len(np.unique(pairs.fold)) >= 2


def test_no_more_than_asked_for_of_everybody() -> None:
    people = np.repeat(np.arange(3), [100, 50, 2])
    pairs = balanced_pairs(people, most=600)
    whose = np.bincount(people[pairs.first[pairs.same]])
    assert whose.tolist() == [480, 119, 1], "of 4950, 1225 and 1; times 600 / 6176, at least 1"
    assert (~pairs.same).sum() == 600
    for fold in range(FOLDS):
        inside = pairs.same[pairs.fold == fold]
        assert 0.4 < inside.mean() < 0.6


def test_the_choice_depends_on_the_seed_alone() -> None:
    people = np.repeat(np.arange(5), 9)
    first, again, other = (balanced_pairs(people, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.second, again.second)
    assert not np.array_equal(first.second, other.second)


@given(CROWDS, st.integers(0, 99), st.floats(0.0, 3.0))
def test_figures_are_those_of_sklearn(people: np.ndarray, seed: int, apart: float) -> None:
    chance = np.random.default_rng(seed)
    centres = chance.normal(size=(people.max() + 1, 5)) * apart
    embeddings = (centres[people] + chance.normal(size=(len(people), 5))).astype(np.float32)
    pairs = balanced_pairs(people)
    far = distances(embeddings, pairs)
    expected = cosine_distances(embeddings.astype(np.float64))[pairs.first, pairs.second]
    assert np.allclose(far, expected)
    found = judge(embeddings, pairs)
    assert found.auc == pytest.approx(roc_auc_score(pairs.same, -far))
    rates, hits, _ = roc_curve(pairs.same, -far, drop_intermediate=False)
    for at in found.operating:
        assert at.val == pytest.approx(hits[rates <= at.target].max())
    assert 0.0 <= found.accuracy <= 1.0


def test_by_hand() -> None:
    """Two people at right angles; one picture of the first lies with the second."""
    people = np.repeat([0, 1], 4)
    embeddings = np.array([[1, 0]] * 3 + [[0, 1]] * 5, dtype=np.float32)
    pairs = balanced_pairs(people)
    assert pairs.same.sum() == 12
    found = judge(embeddings, pairs)
    far = distances(embeddings, pairs)
    assert sorted(far[pairs.same].tolist()) == [0.0] * 9 + [1.0] * 3
    wrong = int((far[~pairs.same] == 0.0).sum())
    assert found.auc == pytest.approx(
        (9 * (12 - wrong) + 0.5 * (9 * wrong + 3 * (12 - wrong))) / 144
    )
    perfect = judge(np.eye(2, dtype=np.float32)[people], pairs)
    assert (perfect.auc, perfect.accuracy) == (1.0, 1.0)
    assert [at.val for at in perfect.operating] == [1.0, 1.0]
