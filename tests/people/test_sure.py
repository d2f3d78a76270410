"""One word for how sure it is of a track, and why."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from clusterer.core.certainty import Sure, Why, Word
from clusterer.core.types import UNKNOWN, ClothingDecision, Move
from clusterer.people.sure import (
    RANGES,
    Facts,
    corrected,
    judge,
    next_person,
    sure,
    within,
)
from tests.people.clustering.builder import features_of

CERTAIN = Sure(Word.CERTAIN, Why.CLOSE_MATCH)
BLURRED = Sure(Word.DOUBTFUL, Why.SMALL_OR_BLURRED, clear=False)
NO_FACE = Sure(Word.DOUBTFUL, Why.NOT_SURE_A_FACE)
GOOD = Facts(score=0.9, quality=0.5, views=4, reach=0.5, margin=1.0, clothing=False)


@pytest.mark.parametrize(
    ("facts", "word", "why"),
    [
        ({}, Word.CERTAIN, Why.CLOSE_MATCH),
        ({"reach": 1.0}, Word.CERTAIN, Why.CLOSE_MATCH),
        ({"reach": 1.01}, Word.LIKELY, Why.FAIR_MATCH),
        ({"reach": 1.51}, Word.DOUBTFUL, Why.UNLIKE),
        ({"margin": 0.1}, Word.CERTAIN, Why.CLOSE_MATCH),
        ({"margin": 0.09}, Word.DOUBTFUL, Why.NEAR_ANOTHER),
        ({"reach": None}, Word.LIKELY, Why.ONE_STRETCH),
        ({"reach": None, "margin": 0.0}, Word.LIKELY, Why.ONE_STRETCH),
        ({"score": 0.69}, Word.LIKELY, Why.SMALL_OR_BLURRED),
        ({"score": 0.64}, Word.DOUBTFUL, Why.NOT_SURE_A_FACE),
        ({"score": 0.64, "reach": None}, Word.DOUBTFUL, Why.NOT_SURE_A_FACE),
        ({"quality": 0.1}, Word.CERTAIN, Why.CLOSE_MATCH),
        ({"quality": 0.09}, Word.LIKELY, Why.SMALL_OR_BLURRED),
        ({"quality": 0.04}, Word.LIKELY, Why.SMALL_OR_BLURRED),  # but near
        ({"quality": 0.04, "reach": 1.2}, Word.DOUBTFUL, Why.SMALL_OR_BLURRED),
        ({"views": 1}, Word.LIKELY, Why.FEW_VIEWS),
        ({"clothing": True}, Word.LIKELY, Why.BY_CLOTHING),
    ],
)
def test_each_cut(facts: dict[str, Any], word: Word, why: Why) -> None:
    known = GOOD._replace(**facts)
    assert judge(known) == (word, why, known.quality >= 0.1)


def of_first(own: float, other: float, **facts: Any) -> Sure:
    """Word of a track at 0, with one of its person at `own`, and another person at `other`."""
    features = features_of([[0.0, 0.0], [own, 0.0], [0.0, other]], quality=0.5, chips=4)
    return sure(features, np.array([0, 0, 1]), np.full(3, 0.9), "l2", unit=1.0, **facts)[0]


def test_what_a_word_rests_on_is_measured() -> None:
    assert of_first(0.99, 5.0) == CERTAIN
    assert of_first(1.01, 5.0).why == Why.FAIR_MATCH
    assert of_first(0.5, 0.61) == CERTAIN
    assert of_first(0.5, 0.59).why == Why.NEAR_ANOTHER
    given = ClothingDecision(0, Move.JOINED, face=-1.0, clothing=3.0, runner_up=None)
    assert of_first(0.5, 5.0, decisions=[given]).why == Why.BY_CLOTHING


def test_two_people_grouped_as_one_are_not_certain() -> None:
    """Each has near tracks, and the average of the others is near; most of the others are not."""
    features = features_of([[0.0], [0.0], [1.2], [1.2]], quality=0.5, chips=4)
    found = sure(features, np.zeros(4, np.int64), np.ones(4), "l2", unit=1.0)
    assert {one.why for one in found} == {Why.FAIR_MATCH}


def test_a_handbag_far_from_every_face_is_doubtful() -> None:
    """Alone, unlike everybody, found with a low score: nothing of that makes it certain."""
    features = features_of([[0.0, 0.0], [0.5, 0.0], [9.0, 9.0]], quality=[0.5, 0.5, 0.11])
    found = sure(features, np.array([0, 0, 1]), np.array([0.9, 0.9, 0.57]), "l2", unit=1.0)
    assert found == (CERTAIN, CERTAIN, NO_FACE)


def test_one_clear_stretch_is_likely_and_nobody_is_doubtful() -> None:
    features = features_of([[0.0, 0.0], [9.0, 0.0]], quality=0.9)
    found = sure(features, np.array([0, UNKNOWN]), np.ones(2), "l2", unit=1.0)
    assert found == (Sure(Word.LIKELY, Why.ONE_STRETCH), Sure(Word.DOUBTFUL, Why.NOBODY))


def test_a_sharp_face_beside_a_poor_one_is_certain_all_the_same() -> None:
    features = features_of([[0.0, 0.0], [0.4, 0.0]], quality=[0.9, 0.04], chips=4)
    found = sure(features, np.array([0, 0]), np.ones(2), "l2", unit=1.0)
    assert found[0] == CERTAIN
    assert found[1] == Sure(Word.LIKELY, Why.SMALL_OR_BLURRED, clear=False)


def test_the_next_person_by_hand() -> None:
    """Averages: 1 (of 0 and 2) and 5; in units of 0.5. Cosine: the root, 1 / 0.25 = 2 squared."""
    features = features_of([[0.0], [2.0], [5.0]], quality=0.5)
    assert next_person(features, np.array([0, 0, 1]), "l2", 0.5).tolist() == [10.0, 6.0, 8.0]
    turned = features_of([[1.0, 0.0], [0.0, 1.0]])
    assert next_person(turned, np.array([0, 1]), "cosine", 0.25) == pytest.approx([2.0, 2.0])
    assert np.isinf(next_person(features, np.array([0, 0, 0]), "l2", 0.5)).all()
    assert np.isinf(next_person(features, np.full(3, UNKNOWN), "l2", 0.5)).all()


def test_number_and_word_agree() -> None:
    words = [CERTAIN, CERTAIN, Sure(Word.LIKELY, Why.ONE_STRETCH), NO_FACE, NO_FACE]
    labels = np.array([0, 0, 1, 2, UNKNOWN])
    found = within(words, labels, np.array([0.55, 0.93, 0.95, 0.95, 0.0]))
    assert found.tolist() == [0.9, 0.93, 0.9, 0.7, 0.0]
    assert within([], np.zeros(0, np.int64), np.zeros(0)).tolist() == []


def test_each_word_has_its_part_of_the_numbers() -> None:
    ends = [RANGES[word] for word in reversed(Word)]
    assert all(low < high for low, high in ends)
    assert all(before[1] == after[0] for before, after in pairwise(ends))


def test_what_a_reviewer_decided_is_certain() -> None:
    by_hand, labels = np.array([False, True, False, True]), np.array([0, 0, UNKNOWN, UNKNOWN])
    found = corrected([CERTAIN, BLURRED, CERTAIN, NO_FACE], by_hand, labels)
    said = Sure(Word.CERTAIN, Why.BY_HAND)
    assert found == (CERTAIN, said, Sure(Word.DOUBTFUL, Why.NOBODY), said)


def test_no_tracks() -> None:
    assert sure(features_of([]), np.zeros(0, np.int64), np.zeros(0), "l2", unit=1.0) == ()
