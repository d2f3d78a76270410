"""Faces found and missed."""

from __future__ import annotations

from clusterer.evaluation import Detection, match
from tests.evaluation.tables import analysis_of, box, truth_of

KINDS = ("frontal", "small", "small", "", "frontal")


def counted() -> Detection:
    """Four faces, one of them small and missed, one without kind; a fifth nobody can tell."""
    people = ["ann", "bob", "eve", "ann", "?"]
    truth = truth_of([(0, who, box(20 * i)) for i, who in enumerate(people)], kinds=KINDS)
    sights = [(0, 0, box(0)), (1, 0, box(20)), (2, 0, box(60)), (3, 0, box(80)), (4, 0, box(300))]
    return Detection.of(match(truth, analysis_of(sights)))


def test_recall_and_precision() -> None:
    found = counted()
    assert found.face_recall == 3 / 4
    assert found.box_precision == 3 / 4
    assert found.recall_by_kind() == {"frontal": 1.0, "small": 0.5}


def test_pooled() -> None:
    truth = truth_of([(0, "ann", box(0))], kinds=("profile",))
    missed = Detection.of(match(truth, analysis_of([(0, 0, box(300)), (1, 0, box(400))])))
    assert (missed.face_recall, missed.box_precision) == (0.0, 0.0)
    pooled = counted() + missed
    assert (pooled.face_recall, pooled.box_precision) == (3 / 5, 3 / 6)
    assert pooled.recall_by_kind() == {"frontal": 1.0, "profile": 0.0, "small": 0.5}


def test_nothing() -> None:
    found = Detection()
    assert (found.face_recall, found.box_precision) == (1.0, 1.0)
    assert found.recall_by_kind() == {}
    assert found + counted() == counted()
