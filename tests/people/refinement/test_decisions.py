from __future__ import annotations

import numpy as np
import pytest

from clusterer.core.types import Move
from clusterer.people.refinement.decisions import Comparison
from clusterer.people.refinement.evidence import Evidence


def moves(before: list[int], after: list[int], weight: list[float]) -> dict[int, Move]:
    """What happened to each track that moved; each is a unit."""
    none = np.zeros((len(before), len(before)), np.float32)
    evidence = Evidence(face=none, clothing=none, different=none > 0)
    comparison = Comparison(np.array(before), np.array(after), evidence, np.array(weight))
    found = comparison.decisions([[unit] for unit in range(len(before))])
    return {each.track_id: each.move for each in found}


@pytest.mark.parametrize(
    ("weight", "split"),
    [([3, 1, 1, 1], [2, 3]), ([1, 1, 1, 3], [0, 1]), ([1, 1, 1, 1], [2, 3])],
)
def test_the_lesser_part_was_split_off_of_equal_ones_the_later(
    weight: list[float], split: list[int]
) -> None:
    assert moves([0, 0, 0, 0], [0, 0, 1, 1], weight) == dict.fromkeys(split, Move.SPLIT)


def test_who_stays_together_did_not_move() -> None:
    assert moves([0, 0, 1], [0, 0, 1], [1, 1, 1]) == {}


def test_the_lighter_person_joins_the_heavier() -> None:
    assert moves([0, 1], [0, 0], [1, 2]) == {0: Move.JOINED}
