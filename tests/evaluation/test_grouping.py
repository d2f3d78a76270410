"""How well clusters agree with people."""

from __future__ import annotations

import pytest
from hypothesis import given
from sklearn import metrics

from clusterer.evaluation import Grouping
from tests.evaluation import brute_force
from tests.evaluation.tables import alone, clusterings, renamed

RATIOS = (
    "b_cubed_precision", "b_cubed_recall", "b_cubed_f", "pairwise_precision", "pairwise_recall",
    "pairwise_f", "homogeneity", "completeness", "v_measure", "nmi", "ari", "wcp",
)  # fmt: skip
Clustering = tuple[list[str], list[int]]


def ratios(grouping: Grouping) -> list[float]:
    return [getattr(grouping, name) for name in RATIOS]


def close(value: float) -> object:
    return pytest.approx(value, abs=1e-9)


# Bagga and Baldwin 1998, figures 1 to 3: entities of 5, 2 and 5 mentions; the second joined to the
# third (0.76), or the first to the third (0.58); recall is 1.
BAGGA = "aaaaabbccccc"


@pytest.mark.parametrize(
    ("clusters", "precision"),
    [([0] * 5 + [1] * 7, (5 + 2 * 2 / 7 + 5 * 5 / 7) / 12),
     ([0] * 5 + [1] * 2 + [0] * 5, (5 * 0.5 + 2 + 5 * 0.5) / 12)],
)  # fmt: skip
def test_b_cubed_of_its_authors(clusters: list[int], precision: float) -> None:
    found = Grouping.of(list(BAGGA), clusters)
    assert found.b_cubed_precision == close(precision)
    assert found.b_cubed_precision == pytest.approx(0.76 if clusters[-1] else 0.58, abs=5e-3)
    assert found.b_cubed_recall == 1.0


def test_a_table_by_hand() -> None:
    """Clusters aab, bc and an unknown c."""
    found = Grouping.of(list("aabbcc"), [0, 0, 0, 1, 1, -1])
    assert found.b_cubed_precision == close((2 * 2 / 3 + 1 / 3 + 1 / 2 + 1 / 2 + 1) / 6)
    assert found.b_cubed_recall == close((2 * 1 + 4 * 1 / 2) / 6)
    assert (found.pairwise_precision, found.pairwise_recall) == (close(1 / 4), close(1 / 3))
    assert found.pairwise_f == close(2 / 7)
    # 15 pairs, 3 of people, 4 of clusters, 1 of both: chance would have 12/15.
    assert found.ari == close((1 - 0.8) / (3.5 - 0.8))
    assert found.wcp == close((2 + 1 + 1) / 6)
    assert (found.faces, found.people, found.clusters) == (6, 3, 3)


def test_two_questions_and_one_answer() -> None:
    """People of 2 bits less 1 bit of the clusters."""
    found = Grouping.of(list("abcd"), [0, 0, 1, 1])
    assert found.homogeneity == close(1 / 2)
    assert found.completeness == close(1)
    assert found.v_measure == close(2 / 3)
    assert found.nmi == close(1 / 1.5)


@given(clusterings)
def test_against_brute_force(drawn: Clustering) -> None:
    people, labels = drawn
    found = Grouping.of(people, labels)
    b_cubed = brute_force.b_cubed(people, alone(labels))
    pairwise = brute_force.pairwise(people, alone(labels))
    assert (found.b_cubed_precision, found.b_cubed_recall) == close_pair(b_cubed)
    assert (found.pairwise_precision, found.pairwise_recall) == close_pair(pairwise)


def close_pair(pair: tuple[float, float]) -> object:
    return pytest.approx(pair, abs=1e-9)


@given(clusterings)
def test_agrees_with_scikit_learn(drawn: Clustering) -> None:
    people, labels = drawn
    found, clusters = Grouping.of(people, labels), alone(labels)
    assert found.nmi == close(metrics.normalized_mutual_info_score(people, clusters))
    expected = metrics.homogeneity_completeness_v_measure(people, clusters)
    assert found.homogeneity == close(expected[0])
    assert found.completeness == close(expected[1])
    assert found.v_measure == close(expected[2])
    assert found.ari == close(metrics.adjusted_rand_score(people, clusters))


@given(clusterings)
def test_order_and_names_are_nothing(drawn: Clustering) -> None:
    people, labels = drawn
    expected = pytest.approx(ratios(Grouping.of(people, labels)), abs=1e-9)
    assert ratios(Grouping.of(*renamed(people, labels))) == expected
    assert ratios(Grouping.of(people[::-1], labels[::-1])) == expected


@given(clusterings, clusterings)
def test_pooled_is_the_disjoint_union(one: Clustering, other: Clustering) -> None:
    pooled = Grouping.of(*one) + Grouping.of(*other)
    people = [f"{i} {person}" for i, part in enumerate((one, other)) for person in part[0]]
    labels = [*one[1], *(label if label < 0 else label + 10 for label in other[1])]
    whole = Grouping.of(people, labels)
    assert ratios(pooled) == pytest.approx(ratios(whole), abs=1e-9)
    assert (pooled.faces, pooled.people, pooled.clusters) == (
        whole.faces, whole.people, whole.clusters,
    )  # fmt: skip


@given(clusterings)
def test_perfect(drawn: Clustering) -> None:
    people, _ = drawn
    assert ratios(Grouping.of(people, ["abcd".index(p) for p in people])) == [close(1.0)] * 12


def test_nothing() -> None:
    assert ratios(Grouping()) == ratios(Grouping.of([], [])) == [1.0] * 12
    assert Grouping() == Grouping.of([], [])


@pytest.mark.parametrize("n", [1, 2, 3, 7, 1000])
def test_one_person_has_no_entropy(n: int) -> None:
    """Rounding must not make one of it."""
    apart = Grouping.of(["a"] * n, range(n))
    assert (apart.homogeneity, apart.completeness) == (1.0, 1.0 if n == 1 else 0.0)
    together = Grouping.of([str(i) for i in range(n)], [0] * n)
    assert (together.homogeneity, together.completeness) == (1.0 if n == 1 else 0.0, 1.0)
    assert together.nmi == apart.nmi == (1.0 if n == 1 else 0.0)
