"""Constraints from corrections; the later of two that contradict wins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.types import Action, Edit
from clusterer.edits import Constraints, combine, constrain, parse_edit
from tests.edits.cases import cases
from tests.edits.names import Listed, Numbered, edit

SAME, DIFFERENT, MOVE, NEW = Action.SAME, Action.DIFFERENT, Action.MOVE, Action.NEW
REMOVE, NAME, NOT_A_FACE = Action.REMOVE, Action.NAME, Action.NOT_A_FACE
Pairs = list[list[int]]


def of(*edits: Edit, tracks: int = 9) -> Constraints:
    return constrain(edits, Numbered(tracks), tracks)


@pytest.mark.parametrize(
    ("correction", "same", "different"),
    [
        (edit(SAME, who=[0, 1], others=[2, 3]), [[0, 1], [0, 2], [0, 3]], []),
        (edit(SAME, who=[0], others=[0]), [], []),
        (edit(DIFFERENT, who=[0, 5], others=[2, 3]), [], [[0, 2], [0, 3], [2, 5], [3, 5]]),
        (
            edit(MOVE, who=[4, 5], tracks=[0, 1], source=[7]),
            [[4, 0], [4, 1]],
            [[0, 7], [1, 7]],
        ),
        (edit(MOVE, who=["x", 5], tracks=[0]), [[5, 0]], []),
        (edit(NEW, tracks=[2, 0, 1], source=[7]), [[2, 0], [0, 1]], [[0, 7], [1, 7], [2, 7]]),
        (edit(REMOVE, tracks=[1, 2], source=[7, 8]), [], [[1, 7], [1, 8], [2, 7], [2, 8]]),
        (edit(REMOVE, tracks=[1, 2]), [], []),
        (edit(NAME, who=[0, 1], name="Ada"), [], []),
        (edit(Action.HIDE, who=[0, 1]), [], []),
        (edit(Action.COVER, who=[0, 1], face="0"), [], []),
        (edit(Action.REGROUP), [], []),
    ],
)
def test_by_hand(correction: Edit, same: Pairs, different: Pairs) -> None:
    found = of(correction)
    assert found.must_link.tolist() == same
    assert sorted(found.cannot_link.tolist()) == different
    assert found.excluded.tolist() == []
    assert found.overridden == frozenset()


def test_a_later_one_overrides() -> None:
    join, part = edit(SAME, who=[0], others=[1]), edit(DIFFERENT, who=[1], others=[0])
    parted, joined = of(join, part), of(part, join)
    assert (parted.must_link.tolist(), parted.cannot_link.tolist()) == ([], [[0, 1]])
    assert (joined.must_link.tolist(), joined.cannot_link.tolist()) == ([[0, 1]], [])
    assert parted.overridden == joined.overridden == {0}


def test_what_follows_from_later_ones_overrides_too() -> None:
    """0 = 1 = 2 and 2 ≠ 3, so that 0 = 3 does not hold."""
    found = of(
        edit(SAME, who=[0], others=[3]),
        edit(SAME, who=[0], others=[1]),
        edit(SAME, who=[1], others=[2]),
        edit(DIFFERENT, who=[3], others=[2]),
    )
    assert found.must_link.tolist() == [[1, 2], [0, 1]]
    assert found.cannot_link.tolist() == [[2, 3]]
    assert found.overridden == {0}


def test_in_part() -> None:
    found = of(edit(SAME, who=[0], others=[1, 2]), edit(DIFFERENT, who=[0], others=[2]))
    assert found.must_link.tolist() == [[0, 1]]
    assert found.overridden == {0}


def test_what_is_no_face_says_nothing() -> None:
    move, gone = edit(MOVE, who=[4], tracks=[0, 1], source=[7]), edit(NOT_A_FACE, tracks=[1, 7])
    found = of(move, gone)
    assert found.excluded.tolist() == [1, 7]
    assert (found.must_link.tolist(), found.cannot_link.tolist()) == ([[4, 0]], [])
    assert found.overridden == {0}
    back = of(gone, move)
    assert back.excluded.tolist() == [7]
    assert back.must_link.tolist() == [[4, 0], [4, 1]]
    assert back.overridden == {0}
    assert of(gone, edit(REMOVE, tracks=[1], source=[0])).overridden == frozenset()
    stands_for = of(edit(SAME, who=[1, 2], others=[3]), gone)
    assert stands_for.must_link.tolist() == [[2, 3]]


def test_people_of_two_names_are_two() -> None:
    ada, bob = edit(NAME, who=[0, 1], name="Ada"), edit(NAME, who=[2, 3], name="Bob")
    assert of(ada, bob).cannot_link.tolist() == [[0, 2]]
    assert of(ada, edit(NAME, who=[2], name="Ada")).cannot_link.tolist() == []
    assert of(ada, edit(NAME, who=[2])).cannot_link.tolist() == []
    # The last name counts, and whatever else is said of them.
    assert of(bob, ada, edit(NAME, who=[0, 1], name="Bob")).cannot_link.tolist() == []
    assert of(ada, edit(NAME, who=[1, 4], name="Eve")).cannot_link.tolist() == []
    assert of(ada, bob, edit(SAME, who=[1], others=[2])).cannot_link.tolist() == []
    moved = of(ada, bob, edit(MOVE, who=[2], tracks=[0]))
    assert moved.cannot_link.tolist() == [[1, 2]]
    assert moved.overridden == frozenset()


def test_the_reviewer_before_the_machine() -> None:
    given = of(
        edit(SAME, who=[0], others=[1]),
        edit(DIFFERENT, who=[5], others=[4]),
        edit(NOT_A_FACE, tracks=[8]),
    )
    seen = np.array([[0, 1], [1, 2], [4, 5], [3, 8]])
    together, cannot, must = combine(given, seen, np.array([[4, 5], [7, 8], [2, 3]]), 9)
    assert together.tolist() == [[1, 2], [4, 5]]
    assert cannot.tolist() == [[1, 2], [4, 5]]
    assert must.tolist() == [[0, 1], [4, 5], [2, 3]]


def test_seen_together_yet_the_same_by_what_follows() -> None:
    """A mirror: 0 = 1 and 1 = 2, so that 0 and 2 in one frame are one person."""
    given = of(edit(SAME, who=[0], others=[1]), edit(SAME, who=[1], others=[2]))
    together, cannot, _ = combine(given, np.array([[0, 2], [2, 3]]), np.zeros((0, 2), int), 9)
    assert together.tolist() == cannot.tolist() == [[2, 3]]


def test_no_corrections_change_nothing() -> None:
    seen, certain = np.array([[0, 2], [1, 2]]), np.array([[4, 3], [0, 1]])
    together, cannot, must = combine(of(), seen, certain, 9)
    assert together.tolist() == cannot.tolist() == seen.tolist()
    assert must.tolist() == certain.tolist()


def groups(must: Sequence[Sequence[int]], tracks: int) -> list[int]:
    """Group of each track, by brute force."""
    group = list(range(tracks))
    for a, b in must:
        old, new = group[b], group[a]
        group = [new if g == old else g for g in group]
    return group


@given(st.integers(0, 2**32 - 1))
def test_never_a_contradiction_and_the_last_word_holds(seed: int) -> None:
    (case,) = cases(1, seed)
    edits = [parse_edit(content) for content in case["edits"]]
    n = len(case["keys"])
    names = Listed({key: i for i, key in enumerate(case["keys"])}, dict(case["faces"]))
    found = constrain(edits, names, n)
    group = groups(found.must_link.tolist(), n)
    assert all(group[a] != group[b] for a, b in found.cannot_link.tolist())
    spoken = {*found.must_link.ravel().tolist(), *found.cannot_link.ravel().tolist()}
    assert spoken.isdisjoint(found.excluded.tolist())
    # What the last one says by itself holds, if it is of faces.
    last = constrain(edits[-1:], names, n)
    if not found.excluded.size:
        assert all(group[a] == group[b] for a, b in last.must_link.tolist())
        pairs = {tuple(pair) for pair in found.cannot_link.tolist()}
        assert {tuple(pair) for pair in last.cannot_link.tolist()} <= pairs
        assert (len(edits) - 1 in found.overridden) == (0 in last.overridden)
