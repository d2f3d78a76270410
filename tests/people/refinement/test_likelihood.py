"""Evidence from similarities, and the odds of a film, against numbers worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import EvidenceConfig
from clusterer.people.refinement.likelihood import least_square, log_prior, log_ratio

CONFIG = EvidenceConfig(spread=0.1, variation=0.3, look_alikes=0.01, altered=0.03)
LIKE_A_CARD = replace(CONFIG, variation=0.35)
SIMILARITIES = st.floats(-1.0, 1.0)
PRECISIONS = st.floats(0.0, 50.0)


@pytest.mark.parametrize(
    ("similarity", "precision", "expected"),
    [
        # Alike by chance: 0.97 / 0.1 + 0.03 / 0.1 = 10 against
        # 0.99 / 0.1 + 0.01 / 0.15 · exp(-(0.25 / 0.15)² / 2) = 9.9166.
        (0.0, 0.0, math.log(10.0 / 9.916623)),
        # As expected, reliability 0.5: 0.97 / √(0.1² + 0.15²) + 0.3 · exp(-12.5) = 5.380592
        # against 9.9 · exp(-12.5) + 0.0666667 · exp(-1.3888889) = 0.016660.
        (0.5, 1.0, math.log(5.380592 / 0.01666042)),
        # Of one person expected at 0.5, but 0: 5.380591 · exp(-3.846154) + 0.3 = 0.414939.
        (0.0, 1.0, math.log(0.414939 / 9.916623)),
    ],
)
def test_values_by_hand(similarity: float, precision: float, expected: float) -> None:
    found = log_ratio(similarity, precision, precision, CONFIG)
    assert float(found) == pytest.approx(expected, abs=1e-5)


@given(SIMILARITIES, PRECISIONS, PRECISIONS)
def test_it_is_symmetric_in_the_groups(similarity: float, a: float, b: float) -> None:
    assert log_ratio(similarity, a, b, CONFIG) == log_ratio(similarity, b, a, CONFIG)


def test_precisions_broadcast() -> None:
    similarity = np.array([[0.1, 0.5], [0.3, -0.2]])
    a, b = np.array([[1.0], [2.0]]), np.array([3.0, 4.0])
    found = log_ratio(similarity, a, b, CONFIG)
    each = [[log_ratio(similarity[i, j], a[i, 0], b[j], CONFIG) for j in (0, 1)] for i in (0, 1)]
    assert found == pytest.approx(np.array(each, dtype=np.float64))


@given(PRECISIONS, PRECISIONS)
def test_it_rises_from_strangers_to_what_is_expected_of_one_person(a: float, b: float) -> None:
    expected = math.sqrt(a / (1.0 + a) * (b / (1.0 + b)))
    if expected > 0.2:  # below, faces show hardly anything, whatever their similarity
        found = log_ratio(np.linspace(0.0, expected, 50), a, b, LIKE_A_CARD)
        assert (np.diff(found) > 0.0).all()


@given(st.floats(0.2, 0.6), st.floats(0.5, 50.0))
def test_look_alikes_limit_the_evidence_for_a_person(similarity: float, precision: float) -> None:
    many = replace(CONFIG, look_alikes=0.1)
    found = log_ratio(similarity, precision, precision, CONFIG)
    assert log_ratio(similarity, precision, precision, many) < found
    # no likelier than 1 / 0.1 for one person, and at least the look-alikes' share for two
    likeness = 0.01 / 0.15 * math.exp(-(((similarity - 0.25) / 0.15) ** 2) / 2.0)
    assert found <= math.log(10.0 / likeness)


@given(st.floats(-0.2, 0.0), PRECISIONS)
def test_altered_faces_limit_the_evidence_against_one(similarity: float, precision: float) -> None:
    found = log_ratio(similarity, precision, precision, CONFIG)
    assert found >= math.log(0.03 / (0.99 + 0.1 * 0.01 / 0.15 * math.exp(2.0)))


@given(SIMILARITIES, PRECISIONS, PRECISIONS, st.floats(-5.0, 15.0), st.sampled_from([0.04, 0.1, 1]))
def test_what_is_below_the_bound_has_less_evidence(
    similarity: float, a: float, b: float, evidence: float, spread: float
) -> None:
    config = replace(CONFIG, spread=spread)
    if similarity**2 < float(least_square(np.array(evidence), config)):
        assert log_ratio(similarity, a, b, config) < evidence


def film(people: int, tracks_each: int, seed: int = 0) -> npt.NDArray[np.float32]:
    """Evidence whose logarithm of the ratio of likelihoods is the value itself."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(people), tracks_each)
    values = rng.normal(0.0, math.sqrt(8.0), (len(who), len(who)))
    values = np.triu(values + np.where(who[:, None] == who, 4.0, -4.0), 1)
    found: npt.NDArray[np.float32] = (values + values.T).astype(np.float32)
    return found


def no_pair(evidence: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    return np.zeros(evidence.shape, dtype=bool)


@pytest.mark.parametrize(("people", "tracks_each"), [(2, 60), (5, 40), (30, 6)])
def test_the_share_of_a_film_is_found(people: int, tracks_each: int) -> None:
    evidence = film(people, tracks_each)
    pairs = len(evidence) * (len(evidence) - 1) / 2
    share = people * tracks_each * (tracks_each - 1) / 2 / pairs
    odds = math.log(share / (1.0 - share))
    assert log_prior(evidence, no_pair(evidence)) == pytest.approx(odds, abs=0.1)


def test_the_same_film_has_the_same_odds_in_any_order() -> None:
    evidence = film(4, 8)
    order = np.random.default_rng(1).permutation(len(evidence))
    turned = evidence[np.ix_(order, order)]
    found = log_prior(evidence, no_pair(evidence))
    assert found == log_prior(evidence, no_pair(evidence))
    assert found == log_prior(turned, no_pair(turned))


def test_odds_have_limits() -> None:
    strangers, one = np.full((200, 200), -30.0, np.float32), np.full((9, 9), 30.0, np.float32)
    assert log_prior(strangers, no_pair(strangers)) == pytest.approx(math.log(1e-4 / (1 - 1e-4)))
    assert log_prior(one, no_pair(one)) == 0.0


def test_a_track_alone_has_the_odds_to_start_with() -> None:
    alone = np.zeros((1, 1), np.float32)
    assert log_prior(alone, no_pair(alone)) == pytest.approx(math.log(0.1 / 0.9))


def test_forbidden_pairs_count_as_different() -> None:
    evidence = np.full((10, 10), 30.0, np.float32)
    forbidden = ~no_pair(evidence)
    forbidden[0, 1:5] = forbidden[1:5, 0] = False  # 4 of 45 pairs; two more at one in ten
    share = (4 + 0.2) / 47
    assert log_prior(evidence, forbidden) == pytest.approx(math.log(share / (1 - share)), abs=1e-6)


def test_very_strong_evidence_counts_too() -> None:
    evidence = np.full((10, 10), -100.0, np.float32)
    evidence[0, 1] = evidence[1, 0] = 100.0
    share = (1 + 0.2) / 47
    found = log_prior(evidence, no_pair(evidence))
    assert found == pytest.approx(math.log(share / (1 - share)), abs=1e-6)
