"""Pairs of rows, against comparing each with each; whatever blocks and cores."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import EvidenceConfig
from clusterer.project import neighbours
from clusterer.project.evidence import Products, Scale
from clusterer.project.neighbours import Pairs, best, find_pairs, products_of

CONFIG = EvidenceConfig(reliability=((0.0, 0.5), (1.0, 0.5)), spread=0.1, variation=0.35)
UNKNOWN = EvidenceConfig()
SCALES = {
    "pooled": Scale(CONFIG, "cosine", 0.5, 0.25),
    "l2": Scale(UNKNOWN, "l2", 3.0, 0.25),
    "cosine": Scale(UNKNOWN, "cosine", 0.2, 0.25),
}
FLOORS = st.sampled_from([-20.0, -2.0, 0.0, 3.0, 8.0])


def crowd(
    seed: int, films: int, each: int, dimension: int = 6, scale: str = "pooled"
) -> tuple[Products, np.ndarray]:
    """Rows about few directions, so that many pairs are near; some have no face."""
    chance = np.random.default_rng(seed)
    n = films * each
    centres = chance.normal(size=(3, dimension))
    sums = centres[chance.integers(0, 3, n)] + 0.3 * chance.normal(size=(n, dimension))
    known = [0.0, 0.5, 2.0, 9.0] if scale == "pooled" else [0.0, 0.1, 0.3, 0.9]
    precision = chance.choice(known, n).astype(np.float32)
    sums[precision == 0.0] = 0.0
    film = np.repeat(np.arange(films), each)
    return products(SCALES[scale], sums.astype(np.float32), precision), film


def products(scale: Scale, sums: np.ndarray, precision: np.ndarray) -> Products:
    return Products.of(scale.pools(sums, precision), scale)


def by_brute_force(
    measure: Products, film: np.ndarray, floor: float, most: int
) -> dict[tuple[int, int], float]:
    """The best of either row, each compared with each."""
    of_row: dict[int, list[tuple[float, int]]] = defaultdict(list)
    found = {}
    for a in range(len(film)):
        for b in range(a + 1, len(film)):
            if film[a] == film[b] or not (measure.usable[a] and measure.usable[b]):
                continue
            product = measure.left[a].astype(float) @ measure.right[b].astype(float)
            known = measure.known[[a]], measure.known[[b]]
            evidence = float(measure.scale.ratio(np.array([product]), *known)[0])
            if evidence >= floor and (product >= 0.0 or not measure.scale.is_pooled):
                found[a, b] = evidence
                of_row[a].append((-evidence, b))
                of_row[b].append((-evidence, a))
    chosen = {row: {other for _, other in sorted(each)[:most]} for row, each in of_row.items()}
    return {(a, b): e for (a, b), e in found.items() if b in chosen[a] or a in chosen[b]}


def as_dict(pairs: Pairs) -> dict[tuple[int, int], float]:
    keys = zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)
    return dict(zip(keys, pairs.evidence.tolist(), strict=True))


@given(
    seed=st.integers(0, 10_000),
    films=st.integers(1, 5),
    each=st.integers(1, 9),
    floor=FLOORS,
    most=st.integers(1, 4),
    scale=st.sampled_from(sorted(SCALES)),
)
def test_the_same_pairs_as_by_brute_force(  # noqa: PLR0917 (drawn)
    seed: int, films: int, each: int, floor: float, most: int, scale: str
) -> None:
    measure, film = crowd(seed, films, each, scale=scale)
    found = as_dict(find_pairs(measure, film, floor, most))
    assert found == pytest.approx(by_brute_force(measure, film, floor, most), abs=1e-9)


@given(
    seed=st.integers(0, 10_000),
    films=st.integers(2, 5),
    new=st.sets(st.integers(0, 4), min_size=1),
    floor=FLOORS,
    most=st.integers(1, 4),
)
def test_new_films_added_to_old_pairs_give_what_all_films_give(
    seed: int, films: int, new: set[int], floor: float, most: int
) -> None:
    measure, film = crowd(seed, films, 7)
    is_new = np.isin(film, sorted(new))
    old = replace(measure, usable=measure.usable & ~is_new)
    before = find_pairs(old, film, floor, most)
    added = find_pairs(measure, film, floor, most, np.flatnonzero(is_new))
    together = best(Pairs.join([before, added]), most)
    at_once = find_pairs(measure, film, floor, most)
    for name in ("a", "b", "evidence"):
        np.testing.assert_array_equal(getattr(together, name), getattr(at_once, name))


@pytest.mark.parametrize("cores", [1, 3])
@pytest.mark.parametrize(("rows", "columns", "held"), [(1, 1, 1), (5, 3, 10), (64, 7, 10**6)])
def test_neither_blocks_nor_cores_change_a_bit(
    monkeypatch: pytest.MonkeyPatch, rows: int, columns: int, held: int, cores: int
) -> None:
    measure, film = crowd(7, 6, 11, dimension=40)
    expected = find_pairs(measure, film, 1.0, 3)
    monkeypatch.setattr(neighbours, "ROWS", rows)
    monkeypatch.setattr(neighbours, "COLUMNS", columns)
    monkeypatch.setattr(neighbours, "HELD", held)
    monkeypatch.setattr(neighbours, "GATHERED", rows)
    monkeypatch.setattr(neighbours, "usable_cores", lambda: cores)
    found = find_pairs(measure, film, 1.0, 3)
    assert len(expected) > 20
    for name in ("a", "b", "evidence"):
        assert getattr(found, name).tobytes() == getattr(expected, name).tobytes()


def test_ties_go_to_the_earlier_row() -> None:
    unit = np.ones((5, 1), np.float32)
    measure = products(SCALES["pooled"], unit, np.full(5, 2.0, np.float32))
    found = find_pairs(measure, np.arange(5), 0.0, 1)
    assert list(as_dict(found)) == [(0, 1), (0, 2), (0, 3), (0, 4)]


def test_rows_without_a_face_are_near_nobody() -> None:
    zeros = np.zeros((3, 2), np.float32), np.zeros(3, np.float32)
    measure = products(SCALES["pooled"], *zeros)
    assert len(find_pairs(measure, np.arange(3), -100.0, 2)) == 0
    assert len(find_pairs(measure, np.zeros(3, np.int64), -100.0, 2)) == 0


def test_opposite_faces_are_not_one_person() -> None:
    opposite = np.array([[1.0], [-1.0]], np.float32)
    measure = products(SCALES["pooled"], opposite, np.full(2, 2.0, np.float32))
    at = np.array([0]), np.array([1])
    assert measure.evidence(np.array([-1.0]), *at)[0] < 0.0
    assert len(find_pairs(measure, np.arange(2), 1.0, 1)) == 0


def test_evidence_of_given_pairs() -> None:
    measure, film = crowd(3, 4, 5)
    found = find_pairs(measure, film, -20.0, 20)
    exact = products_of(measure, found.a, found.b)
    evidence = measure.evidence(exact, found.a, found.b)
    np.testing.assert_array_equal(evidence, found.evidence)
    assert (found.a < found.b).all()
    assert (film[found.a] != film[found.b]).all()
