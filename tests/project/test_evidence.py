"""Evidence between people of films, and the odds before it, computed by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import (
    AnalysisConfig,
    ClusteringConfig,
    Config,
    EncodingConfig,
    LinkConfig,
)
from clusterer.core.errors import ConfigError
from clusterer.people.refinement.likelihood import log_ratio
from clusterer.project.evidence import MOST, Pools, Products, Scale, log_prior, sizes
from clusterer.project.types import Scope
from tests.project.crowds import CONFIG, EVIDENCE, crowd_of, directions, film_of

POOLED = Scale.of(CONFIG, LinkConfig(shared_look=0.5))
L2 = Scale(Config().clustering.evidence, "l2", 0.5, 0.1)
COSINE = Scale(Config().clustering.evidence, "cosine", 0.25, 0.1)


def pools(scale: Scale, *vectors: tuple[float, ...], known: float = 0.5) -> Pools:
    sums = np.array(vectors, np.float32)
    return scale.pools(sums, np.full(len(sums), known, np.float32))


def test_a_shared_look_limits_what_one_film_tells() -> None:
    found = POOLED.pools(directions(0, 1) * 6.0, np.array([2.0, 1e9]))
    np.testing.assert_allclose(found.weight, [1.0, 2.0])  # 1 / (1/2 + 1/2), and 1 / (1/2)
    np.testing.assert_allclose(found.total[0], directions(0)[0] * 3.0)


def test_several_films_tell_more() -> None:
    one = POOLED.pools(directions(0, 1, 0), np.array([2.0, 2.0, 2.0]))
    found = one.added(np.array([0, 1, 0]), 3)
    np.testing.assert_allclose(found.weight, [2.0, 1.0, 0.0])
    np.testing.assert_allclose(found.total, [directions(0)[0], directions(1)[0] / 2, [0.0] * 8])
    np.testing.assert_allclose(found.without(one[np.array([2, 1, 0])]).weight[0], 1.0)


def test_the_evidence_is_that_between_tracks_with_less_precision() -> None:
    cosine = 0.6
    other = np.array([[cosine, math.sqrt(1 - cosine**2), 0, 0, 0, 0, 0, 0]])
    a, b = POOLED.pools(directions(0), np.array([2.0])), POOLED.pools(other, np.array([1.0]))
    expected = log_ratio(cosine, 1.0, 1.0 / 1.5, EVIDENCE)
    np.testing.assert_allclose(POOLED.compare(a, b), expected)


def test_who_has_no_face_is_no_evidence() -> None:
    nothing = POOLED.pools(np.zeros((1, 8)), np.array([0.0]))
    assert POOLED.compare(nothing, POOLED.pools(directions(0), np.array([5.0]))).tolist() == [0.0]
    blank = L2.pools(np.zeros((1, 2)), np.array([0.5]))
    assert L2.compare(blank, pools(L2, (0.0, 0.1))).tolist() == [0.0]


@pytest.mark.parametrize(
    ("distance", "quality", "expected"),
    [
        (0.65, 0.5, 0.0),  # 1.3 thresholds
        (0.5, 0.5, 6.0),
        (0.5, 0.1, 3.8),  # 20 · (1.19 - 1)
        (0.5, 0.0, 1.0),
        (0.1, 0.5, MOST + 0.12),  # 0.01 · (20 · (1.3 - 0.2) - 10)
        (2.0, 0.5, -MOST - 0.44),  # 0.01 · (20 · (1.3 - 4) + 10)
    ],
)
def test_distances_of_an_encoder_without_statistics(
    distance: float, quality: float, expected: float
) -> None:
    one, other = pools(L2, (1.0, 0.0)), pools(L2, (1.0, distance), known=quality)
    tolerance = 0.1 if quality == 0.0 else 1e-5  # a face of no quality has a little
    np.testing.assert_allclose(L2.compare(one, other), [expected], atol=tolerance)


def test_cosine_distances_grow_with_the_square() -> None:
    angle = math.acos(1.0 - 0.25)  # at the threshold
    one, other = pools(COSINE, (3.0, 0.0)), pools(COSINE, (math.cos(angle), math.sin(angle)))
    np.testing.assert_allclose(COSINE.compare(one, other), [6.0], atol=1e-5)


def test_a_mean_over_films_is_weighted_by_quality() -> None:
    both = L2.pools(np.array([[0.0, 1.0], [0.0, 4.0]]), np.array([0.2, 0.4]))
    found = both.added(np.zeros(2, np.int64), 1)
    np.testing.assert_allclose(L2.vectors(found), [[0.0, 3.0]], rtol=1e-6)
    np.testing.assert_allclose(L2.known(found), [(0.04 + 0.16) / 0.6], rtol=1e-6)


@pytest.mark.parametrize(
    ("one", "other", "n_people", "scope", "odds"),
    [
        (3, 10, 1000, Scope.SEASON, 20),
        (1, 1, 1000, Scope.SEASON, 2),
        (3, 10, 1000, Scope.ARCHIVE, 1000),
        (3, 10, 13, Scope.ARCHIVE, 20),
    ],
)
def test_the_odds(one: int, other: int, n_people: int, scope: Scope, odds: int) -> None:
    found = log_prior(np.array([one]), np.array([other]), n_people, scope)
    np.testing.assert_allclose(found, [-math.log(odds)])


def test_each_row_knows_the_people_of_its_film() -> None:
    crowd = crowd_of(film_of(directions(0, 1), [1, 1]), film_of(directions(2), [1]))
    assert sizes(crowd).tolist() == [2, 2, 1]


@given(st.sampled_from([POOLED, L2, COSINE]), st.integers(0, 2**32 - 1))
def test_products_give_the_same_evidence(scale: Scale, seed: int) -> None:
    chance = np.random.default_rng(seed)
    sums = chance.normal(size=(6, 4))
    sums[0] = 0.0
    of = scale.pools(sums, chance.random(6) * 3 if scale is POOLED else chance.random(6))
    products = Products.of(of, scale)
    a, b = np.triu_indices(6, 1)
    product = (products.left[a].astype(np.float64) * products.right[b]).sum(axis=1)
    usable = products.usable[a] & products.usable[b]
    found, expected = products.evidence(product, a, b), scale.of_pairs(of, a, b)
    np.testing.assert_allclose(found[usable], expected[usable], atol=2e-3)
    assert (expected[~usable] == 0.0).all()
    meant = usable & (product >= 0.0) if scale.is_pooled else usable
    for floor in (0.0, 2.0):
        assert (product[meant & (expected > floor + 1e-3)] >= products.least(floor)).all()


def test_an_encoder_without_statistics_needs_a_threshold() -> None:
    own = AnalysisConfig(
        encoding=EncodingConfig("onnx:/nowhere/mine.onnx", thresholds=(("l2", 0.4),))
    )
    assert Scale.of(Config(own, ClusteringConfig(metric="l2")), LinkConfig()).threshold == 0.4
    given_one = Config(own, ClusteringConfig(metric="cosine", threshold=0.9))
    assert Scale.of(given_one, LinkConfig()).threshold == 0.9
    with pytest.raises(ConfigError, match="no default threshold"):
        Scale.of(Config(own, ClusteringConfig(metric="cosine")), LinkConfig())
