"""Constraints from corrections; if two contradict, the later wins."""

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
    constraints = of(correction)
    assert constraints.must_link.tolist() == same
    assert sorted(constraints.cannot_link.tolist()) == different
    assert constraints.excluded.tolist() == []
    assert constraints.overridden == frozenset()


def test_a_later_correction_overrides() -> None:
    join, part = edit(SAME, who=[0], others=[1]), edit(DIFFERENT, who=[1], others=[0])
    parted, joined = of(join, part), of(part, join)
    assert (parted.must_link.tolist(), parted.cannot_link.tolist()) == ([], [[0, 1]])
    assert (joined.must_link.tolist(), joined.cannot_link.tolist()) == ([[0, 1]], [])
    assert parted.overridden == joined.overridden == {0}


def test_a_consequence_of_later_corrections_overrides_too() -> None:
    """0 = 1 = 2 and 2 ≠ 3 contradict 0 = 3."""
    constraints = of(
        edit(SAME, who=[0], others=[3]),
        edit(SAME, who=[0], others=[1]),
        edit(SAME, who=[1], others=[2]),
        edit(DIFFERENT, who=[3], others=[2]),
    )
    assert constraints.must_link.tolist() == [[1, 2], [0, 1]]
    assert constraints.cannot_link.tolist() == [[2, 3]]
    assert constraints.overridden == {0}


def test_a_correction_may_hold_in_part() -> None:
    constraints = of(edit(SAME, who=[0], others=[1, 2]), edit(DIFFERENT, who=[0], others=[2]))
    assert constraints.must_link.tolist() == [[0, 1]]
    assert constraints.overridden == {0}


def test_tracks_that_are_not_faces_have_no_constraints() -> None:
    move, no_faces = edit(MOVE, who=[4], tracks=[0, 1], source=[7]), edit(NOT_A_FACE, tracks=[1, 7])
    constraints = of(move, no_faces)
    assert constraints.excluded.tolist() == [1, 7]
    assert (constraints.must_link.tolist(), constraints.cannot_link.tolist()) == ([[4, 0]], [])
    assert constraints.overridden == {0}
    reversed_ = of(no_faces, move)
    assert reversed_.excluded.tolist() == [7]
    assert reversed_.must_link.tolist() == [[4, 0], [4, 1]]
    assert reversed_.overridden == {0}
    assert of(no_faces, edit(REMOVE, tracks=[1], source=[0])).overridden == frozenset()
    without_1 = of(edit(SAME, who=[1, 2], others=[3]), no_faces)
    assert without_1.must_link.tolist() == [[2, 3]]


def test_people_with_different_names_are_different() -> None:
    ada, bob = edit(NAME, who=[0, 1], name="Ada"), edit(NAME, who=[2, 3], name="Bob")
    assert of(ada, bob).cannot_link.tolist() == [[0, 2]]
    assert of(ada, edit(NAME, who=[2], name="Ada")).cannot_link.tolist() == []
    assert of(ada, edit(NAME, who=[2])).cannot_link.tolist() == []
    # The last name and later corrections take precedence.
    assert of(bob, ada, edit(NAME, who=[0, 1], name="Bob")).cannot_link.tolist() == []
    assert of(ada, edit(NAME, who=[1, 4], name="Eve")).cannot_link.tolist() == []
    assert of(ada, bob, edit(SAME, who=[1], others=[2])).cannot_link.tolist() == []
    moved = of(ada, bob, edit(MOVE, who=[2], tracks=[0]))
    assert moved.cannot_link.tolist() == [[1, 2]]
    assert moved.overridden == frozenset()


def test_the_reviewer_overrides_observations() -> None:
    reviewed = of(
        edit(SAME, who=[0], others=[1]),
        edit(DIFFERENT, who=[5], others=[4]),
        edit(NOT_A_FACE, tracks=[8]),
    )
    observed = np.array([[0, 1], [1, 2], [4, 5], [3, 8]])
    together, cannot, must = combine(reviewed, observed, np.array([[4, 5], [7, 8], [2, 3]]), 9)
    assert together.tolist() == [[1, 2], [4, 5]]
    assert cannot.tolist() == [[1, 2], [4, 5]]
    assert must.tolist() == [[0, 1], [4, 5], [2, 3]]


def test_tracks_seen_together_may_be_one_person_by_consequence() -> None:
    """A mirror: 0 = 1 and 1 = 2, so that 0 and 2 in one frame are one person."""
    reviewed = of(edit(SAME, who=[0], others=[1]), edit(SAME, who=[1], others=[2]))
    together, cannot, _ = combine(reviewed, np.array([[0, 2], [2, 3]]), np.zeros((0, 2), int), 9)
    assert together.tolist() == cannot.tolist() == [[2, 3]]


def test_no_corrections_change_nothing() -> None:
    observed, certain = np.array([[0, 2], [1, 2]]), np.array([[4, 3], [0, 1]])
    together, cannot, must = combine(of(), observed, certain, 9)
    assert together.tolist() == cannot.tolist() == observed.tolist()
    assert must.tolist() == certain.tolist()


def groups(must: Sequence[Sequence[int]], tracks: int) -> list[int]:
    """Group of each track, by brute force."""
    group = list(range(tracks))
    for a, b in must:
        old, new = group[b], group[a]
        group = [new if g == old else g for g in group]
    return group


@given(st.integers(0, 2**32 - 1))
def test_constraints_never_contradict_and_the_last_correction_holds(seed: int) -> None:
    (case,) = cases(1, seed)
    edits = [parse_edit(content) for content in case["edits"]]
    n = len(case["keys"])
    names = Listed({key: i for i, key in enumerate(case["keys"])}, dict(case["faces"]))
    constraints = constrain(edits, names, n)
    group = groups(constraints.must_link.tolist(), n)
    assert all(group[a] != group[b] for a, b in constraints.cannot_link.tolist())
    spoken = {*constraints.must_link.ravel().tolist(), *constraints.cannot_link.ravel().tolist()}
    assert spoken.isdisjoint(constraints.excluded.tolist())
    # The last correction holds as far as it concerns faces.
    last = constrain(edits[-1:], names, n)
    if not constraints.excluded.size:
        assert all(group[a] == group[b] for a, b in last.must_link.tolist())
        pairs = {tuple(pair) for pair in constraints.cannot_link.tolist()}
        assert {tuple(pair) for pair in last.cannot_link.tolist()} <= pairs
        assert (len(edits) - 1 in constraints.overridden) == (0 in last.overridden)
