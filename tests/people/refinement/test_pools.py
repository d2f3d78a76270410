"""Pooled faces of groups, and their linkage, against what they are by definition."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clusterer.core.types import TrackFeatures
from clusterer.people.refinement.evidence import Bools, Evidence, Matrix, Pools
from clusterer.people.refinement.likelihood import log_ratio
from clusterer.people.refinement.linkage import PairLinkage, PooledLinkage, between, merge_nearest
from tests.people.refinement.pools import EVIDENCE, chance_tracks, pooled

SEEDS = st.integers(0, 100_000)
EVERYTHING = -np.inf
Floats = npt.NDArray[np.float64]


def face_evidence(
    sums_a: Floats, precision_a: float, sums_b: Floats, precision_b: float
) -> np.float64:
    lengths = np.linalg.norm(sums_a) * np.linalg.norm(sums_b)
    if not lengths:
        return np.float64(0.0)
    cosine = float(np.clip(sums_a @ sums_b / lengths, -1.0, 1.0))
    return np.float64(log_ratio(cosine, precision_a, precision_b, EVIDENCE))


@given(n=st.integers(2, 10), seed=SEEDS)
def test_a_unit_is_the_sum_of_its_tracks(n: int, seed: int) -> None:
    tracks = chance_tracks(n, seed)
    units = [list(range(0, n, 2)), list(range(1, n, 2))]
    found = Pools.of(tracks).of_units(units)
    sums = np.stack([tracks.face_sums[unit].sum(axis=0) for unit in units])
    assert found.products == pytest.approx(sums @ sums.T, abs=1e-4)
    assert found.squares == pytest.approx((sums**2).sum(axis=1), abs=1e-4)
    totals = [tracks.face_precision[unit].sum() for unit in units]
    assert found.precision == pytest.approx(totals, rel=1e-6)


@given(n=st.integers(3, 10), seed=SEEDS)
def test_merged_groups_are_the_unit_of_both(n: int, seed: int) -> None:
    tracks = Pools.of(chance_tracks(n, seed))
    merged = tracks.of_units([[track] for track in range(n)])
    merged.merge(0, 2)
    merged.merge(0, 1)
    expected = tracks.of_units([[0, 1, 2], *([track] for track in range(3, n))])
    kept = [0, *range(3, n)]
    assert merged.products[np.ix_(kept, kept)] == pytest.approx(expected.products, abs=1e-4)
    assert merged.squares[kept] == pytest.approx(expected.squares, abs=1e-4)
    assert merged.precision[kept] == pytest.approx(expected.precision, rel=1e-6)
    np.testing.assert_array_equal(merged.products, merged.products.T)


@pytest.mark.parametrize("n", [1, 7, 70])
def test_evidence_of_all_pairs(n: int) -> None:
    tracks = chance_tracks(n, 0)
    pools = Pools.of(tracks)
    found = pools.evidence(EVIDENCE)
    np.testing.assert_array_equal(found, found.T)
    for group in range(n):
        row = pools.row(group, EVIDENCE, np.full(n, EVERYTHING))
        assert found[group] == pytest.approx(row, abs=1e-5)
    sums, precision = tracks.face_sums.astype(np.float64), tracks.face_precision
    for other in range(1, n):
        by_definition = face_evidence(sums[0], precision[0], sums[other], precision[other])
        assert found[0, other] == pytest.approx(by_definition, abs=1e-4)


def test_no_face_is_no_evidence() -> None:
    tracks = chance_tracks(40, 3)
    faceless = tracks.face_precision == 0.0
    assert faceless.any()
    found = Pools.of(tracks).evidence(EVIDENCE)
    assert not found[faceless].any()
    assert found[~faceless][:, ~faceless].all()


@given(n=st.integers(2, 30), seed=SEEDS, needed=st.floats(-1.0, 8.0))
def test_only_what_is_less_than_needed_is_left_out(n: int, seed: int, needed: float) -> None:
    pools = Pools.of(chance_tracks(n, seed))
    whole = pools.row(0, EVIDENCE, np.full(n, EVERYTHING))
    found = pools.row(0, EVIDENCE, np.full(n, needed))
    left_out = np.isneginf(found)
    assert (whole[left_out] < needed).all()
    np.testing.assert_array_equal(found[~left_out], whole[~left_out])


def clothes(n: int, seed: int) -> tuple[Matrix, Bools, npt.NDArray[np.int64]]:
    """Evidence of clothing, pairs that are different people, and sizes, by chance."""
    rng = np.random.default_rng((n, seed))
    evidence = rng.normal(0.0, 1.5, (n, n))
    different = rng.random((n, n)) < 0.1
    different = (different | different.T) & ~np.eye(n, dtype=bool)
    return ((evidence + evidence.T) / 2).astype(np.float32), different, rng.integers(1, 4, n)


def slowly_linked(tracks: TrackFeatures, seed: int, least: float) -> set[frozenset[int]] | None:
    """Compare every pair of groups anew in every step; None if two are about equally near."""
    n = len(tracks)
    clothing, different, sizes = clothes(n, seed)
    groups = [[i] for i in range(n)]
    sums, precision = tracks.face_sums.astype(np.float64), tracks.face_precision
    while True:
        scores = {}
        for i in range(len(groups)):
            for j in range(i + 1, len(groups)):
                a, b = groups[i], groups[j]
                if different[np.ix_(a, b)].any():
                    continue
                pairs = clothing[np.ix_(a, b)] * np.sqrt(np.outer(sizes[a], sizes[b]))
                scores[i, j] = float(pairs.sum() / np.sqrt(len(a) * len(b))) + face_evidence(
                    sums[a].sum(axis=0), precision[a].sum(), sums[b].sum(axis=0), precision[b].sum()
                )
        ranked = sorted([*scores.values(), least], reverse=True)
        if len(ranked) > 1 and ranked[0] - ranked[1] < 1e-3:
            return None
        if ranked[0] == least:
            return {frozenset(group) for group in groups}
        i, j = max(scores, key=lambda pair: scores[pair])
        groups[i] += groups.pop(j)


def linked(tracks: TrackFeatures, seed: int, least: float, bound: float) -> set[frozenset[int]]:
    clothing, different, sizes = clothes(len(tracks), seed)
    alone = [[i] for i in range(len(tracks))]
    linkage = PooledLinkage(Pools.of(tracks), clothing, sizes, EVIDENCE, bound)
    return {frozenset(group) for group in merge_nearest(alone, linkage, different, least)}


@given(n=st.integers(1, 9), seed=SEEDS, least=st.sampled_from([-1.0, 0.5, 2.0]))
def test_linkage_equals_brute_force(n: int, seed: int, least: float) -> None:
    tracks = chance_tracks(n, seed, 2)
    expected = slowly_linked(tracks, seed, least)
    assume(expected is not None)
    assert linked(tracks, seed, least, EVERYTHING) == expected
    assert linked(tracks, seed, least, least) == expected


@given(n=st.integers(2, 9), seed=SEEDS)
def test_linkage_is_independent_of_order(n: int, seed: int) -> None:
    tracks = chance_tracks(n, seed, 2)
    assume(slowly_linked(tracks, seed, 0.5) is not None)
    order = np.random.default_rng(seed).permutation(n)
    clothing, different, sizes = clothes(n, seed)
    pools = Pools(
        (tracks.face_sums @ tracks.face_sums.T)[np.ix_(order, order)], tracks.face_precision[order]
    )
    turned = clothing[np.ix_(order, order)], sizes[order], EVIDENCE, 0.5
    groups = merge_nearest(
        [[i] for i in range(n)],
        PooledLinkage(pools, *turned),
        different[np.ix_(order, order)],
        0.5,
    )
    back = {frozenset(order[group].tolist()) for group in groups}
    assert back == linked(tracks, seed, 0.5, 0.5)


def test_many_poor_faces_show_together_what_each_does_not() -> None:
    tracks = pooled([0] * 16, precision=0.2, likeness=0.2)
    single = Pools.of(tracks)
    of_halves = single.of_units([list(range(8)), list(range(8, 16))])
    assert of_halves.evidence(EVIDENCE)[0, 1] > single.evidence(EVIDENCE)[0, 1] + 3.0


@given(n=st.integers(4, 10), seed=SEEDS)
def test_evidence_between_groups_is_that_of_the_linkage(n: int, seed: int) -> None:
    tracks = chance_tracks(n, seed)
    rng = np.random.default_rng(seed)
    clothing = rng.normal(size=(n, n)).astype(np.float32)
    clothing += clothing.T
    none = np.zeros((n, n), np.float32)
    evidence = Evidence(face=none, clothing=clothing, different=none > 0)
    groups = [list(range(0, n, 3)), list(range(1, n, 3)), list(range(2, n, 3))]
    found = between(groups, tracks, evidence, EVIDENCE)
    units = evidence.of_units(groups)
    sizes = [len(group) for group in groups]
    linkage = PooledLinkage(
        Pools.of(tracks).of_units(groups), units.clothing, sizes, EVIDENCE, EVERYTHING
    )
    for group, row in enumerate(found):
        others = np.arange(len(groups)) != group
        assert row[others] == pytest.approx(linkage.row(group)[others], abs=1e-3)
    assert found == pytest.approx(found.T, abs=1e-4)
    faceless = replace(tracks, face_sums=np.zeros((n, 0)), face_precision=np.zeros(n))
    pairs = PairLinkage(groups, clothing)
    for group, row in enumerate(between(groups, faceless, evidence, EVIDENCE)):
        assert row == pytest.approx(pairs.row(group), abs=1e-5)


def test_between_no_groups() -> None:
    tracks = chance_tracks(2, 0)
    none = np.zeros((2, 2), np.float32)
    assert between([], tracks, Evidence(none, none, none > 0), EVIDENCE).shape == (0, 0)
