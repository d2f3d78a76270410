"""The replay of corrections, and the numbers of people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.project.decisions import NOT_FOUND, Decisions, numbers, replay
from clusterer.project.types import Anchor, CastAction, CastEdit

NOBODY: list[tuple[int, int]] = []
ROWS = 8


def anchors(*rows: int) -> tuple[Anchor, ...]:
    return tuple(Anchor("film", str(row)) for row in rows)


def same(who: Sequence[int], others: Sequence[int] = ()) -> CastEdit:
    return CastEdit(CastAction.SAME, anchors(*who), anchors(*others))


def different(who: Sequence[int], others: Sequence[int]) -> CastEdit:
    return CastEdit(CastAction.DIFFERENT, anchors(*who), anchors(*others))


def name(text: str, *who: int) -> CastEdit:
    return CastEdit(CastAction.NAME, anchors(*who), name=text)


def hide(*who: int) -> CastEdit:
    return CastEdit(CastAction.HIDE, anchors(*who))


def show(*who: int) -> CastEdit:
    return CastEdit(CastAction.SHOW, anchors(*who))


def replayed(
    edits: Sequence[CastEdit],
    names: Sequence[str] = ("",) * ROWS,
    hidden: Sequence[int] = (),
    together: Sequence[tuple[int, int]] = NOBODY,
) -> Decisions:
    def row_of(anchor: Anchor) -> int | None:
        return int(anchor.key) if int(anchor.key) < len(names) else None

    pairs = np.array(together, dtype=np.int64).reshape(-1, 2)
    return replay(names, hidden, pairs, edits, row_of)


def state(found: Decisions) -> tuple[object, ...]:
    decided = found.decided
    return decided.groups, found.names, decided.cannot_link.tolist(), sorted(found.hidden)


@pytest.mark.parametrize(
    ("edits", "groups", "names", "apart"),
    [
        ([], [], [], []),
        ([same([0], [3])], [(0, 3)], [""], []),
        ([same([0], [3]), same([3], [5])], [(0, 3, 5)], [""], []),
        ([name("Anna", 1, 2)], [(1, 2)], ["Anna"], []),
        ([name("Anna", 1), name("Ben", 2), same([2], [1])], [(1, 2)], ["Ben"], []),
        ([name("Anna", 1), same([2], [1])], [(1, 2)], ["Anna"], []),
        ([name("Anna", 1, 2), name("", 2)], [(1, 2)], [""], []),
        ([name("Anna", 1, 2), name("Ben", 2, 3)], [(1, 2, 3)], ["Ben"], []),
        ([name("Anna", 1), name("Anna", 2)], [(1,), (2,)], ["Anna", "Anna"], []),
        ([different([0], [1, 2])], [], [], [[0, 1], [0, 2]]),
        ([same([0], [1, 2]), different([0], [2])], [(0, 1)], [""], [[0, 2]]),
        ([different([0], [2]), same([0], [2])], [(0, 2)], [""], []),
        ([different([0], [2]), same([0], [1]), same([1], [2])], [(0, 1, 2)], [""], []),
        ([different([0], [2]), same([2], [3])], [(2, 3)], [""], [[0, 2]]),
        ([name("Anna", 0, 1, 2), different([0, 1], [2])], [(0, 1)], ["Anna"], [[0, 2], [1, 2]]),
        ([same([4], [5]), different([0], [4])], [(4, 5)], [""], [[0, 4]]),
        ([same([0], [99])], [(0,)], [""], []),
    ],
)
def test_corrections_apply_in_order(
    edits: list[CastEdit],
    groups: list[tuple[int, ...]],
    names: list[str],
    apart: list[list[int]],
) -> None:
    found = replayed(edits)
    assert list(found.decided.groups) == groups
    assert list(found.names) == names
    assert found.decided.cannot_link.tolist() == apart
    assert set(found.notes) <= {""}


def test_people_of_films_with_one_name_are_one_person() -> None:
    found = replayed([], ["Anna", "", "ANNA", "Ben", "A\u030anna"])
    assert found.decided.groups == ((0, 2), (3,), (4,))
    assert found.decided.names == found.names
    assert found.names == ("Anna", "Ben", "A\u030anna")


def test_a_name_of_two_people_who_are_seen_together_is_that_of_a_role() -> None:
    found = replayed([], ["Guard", "guard", "Guard"], together=[(1, 2)])
    assert found.decided.groups == ((0,), (1,), (2,))
    assert found.names == ("Guard", "guard", "Guard")


def test_a_name_given_by_the_project_joins_whom_films_gave_it() -> None:
    found = replayed([name("anna", 3)], ["Anna", "", "Anna", "", "Ben"])
    assert found.decided.groups == ((0, 2, 3), (4,))
    assert found.names == ("anna", "Ben")


def test_it_joins_nobody_who_is_certainly_different() -> None:
    own = ["Anna", "", "", "", ""]
    assert replayed([name("Anna", 3)], own, together=[(0, 3)]).decided.groups == ((0,), (3,))
    edits = [different([0], [3]), name("Anna", 3)]
    assert replayed(edits, own).decided.groups == ((0,), (3,))


def test_hiding_counts_for_the_whole_person() -> None:
    assert replayed([same([0], [1]), hide(1)]).hidden == {0, 1}
    assert replayed([hide(0, 2)]).hidden == {0, 2}
    assert replayed([hide(0), same([0], [1])]).hidden == {0, 1}
    assert replayed([hide(0), same([1], [0])]).hidden == set()
    assert replayed([show(0)], hidden=[0, 3]).hidden == {3}
    assert replayed([hide(0), show(0)]).hidden == set()
    assert replayed([hide(0, 2)]).decided.groups == ()


def test_corrections_of_people_who_are_gone_say_so() -> None:
    found = replayed([name("Anna", 99), different([0], [99]), different([0], [0]), hide(99)])
    assert found.notes[:2] == (NOT_FOUND, NOT_FOUND)
    assert found.notes[2] == "both sides are the same people"
    assert found.notes[3] == NOT_FOUND
    assert state(found) == ((), (), [], [])


def test_who_was_corrected_is_known_with_the_whole_person() -> None:
    found = replayed([same([0], [1]), name("Ben", 1)], ["", "", "", "Anna"])
    assert found.corrected == {0, 1}
    assert found.group_of(1) == (0, 1)
    assert found.group_of(2) == (2,)
    assert (found.name_of(0), found.name_of(2)) == ("Ben", "")
    assert found.group_named("anna", but=(0, 1)) == (3,)
    assert found.group_named("Ben", but=(0, 1)) == ()


rows = st.lists(st.integers(0, ROWS - 1), min_size=1, max_size=3, unique=True)
edits = st.lists(
    st.one_of(
        st.builds(same, rows, rows),
        st.builds(different, rows, rows),
        st.builds(lambda text, who: name(text, *who), st.sampled_from(["", "Anna", "Ben"]), rows),
        st.builds(lambda who: hide(*who), rows),
        st.builds(lambda who: show(*who), rows),
    ),
    max_size=8,
)
own_names = st.lists(st.sampled_from(["", "", "Anna", "Ben"]), min_size=ROWS, max_size=ROWS)


def together(found: Decisions, a: int, b: int) -> bool:
    return b in found.group_of(a) and any(a in group for group in found.decided.groups)


@given(edits, own_names)
def test_groups_never_overlap_and_no_pair_is_both_one_and_two_people(
    done: list[CastEdit], own: list[str]
) -> None:
    found = replayed(done, own)
    everyone = [row for group in found.decided.groups for row in group]
    assert len(everyone) == len(set(everyone))
    assert all(group for group in found.decided.groups)
    for a, b in found.decided.cannot_link.tolist():
        assert a < b
        assert not together(found, a, b)


@given(edits, own_names, rows, rows)
def test_the_last_word_on_a_pair_counts(
    done: list[CastEdit], own: list[str], who: list[int], others: list[int]
) -> None:
    found = replayed([*done, same(who, others)], own)
    assert set(who) | set(others) <= set(found.group_of(who[0]))
    found = replayed([*done, different(who, others)], own)
    for a in who:
        for b in set(others) - set(who):
            assert [min(a, b), max(a, b)] in found.decided.cannot_link.tolist()


@given(edits, own_names, edits)
def test_a_group_loses_a_row_only_where_it_is_said_to_be_another(
    done: list[CastEdit], own: list[str], more: list[CastEdit]
) -> None:
    before = replayed(done, own)
    kind = [edit for edit in more if edit.action is not CastAction.DIFFERENT]
    after = replayed([*done, *kind], own)
    for group in before.decided.groups:
        assert set(group) <= set(after.group_of(group[0]))


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "seconds", "earlier", "expected", "free"),
    [
        ([0, 1, 0], [1.0, 5.0, 1.0], [0, 0, 0], [2, 1], 3),  # new people by screen time
        ([0, 1, 2], [1.0, 1.0, 1.0], [0, 0, 0], [1, 2, 3], 4),  # ties to the lower label
        ([0, 0, 1], [3.0, 1.0, 2.0], [4, 7, 7], [4, 7], 8),
        ([0, 0, 1], [3.0, 5.0, 2.0], [4, 7, 7], [7, 8], 9),  # 7 is where most of it is; 4 is gone
        ([0, 0], [2.0, 2.0], [9, 4], [4], 10),  # a tie: the lower number
        ([0, 1], [2.0, 2.0], [4, 4], [4, 5], 6),  # a tie: the lower label
        ([], [], [], [], 1),
    ],
)
def test_people_keep_the_number_of_most_of_their_screen_time(
    labels: list[int], seconds: list[float], earlier: list[int], expected: list[int], free: int
) -> None:
    first = max(earlier, default=0) + 1
    found = numbers(np.array(labels, dtype=np.int64), seconds, earlier, first)
    assert found == (expected, free)


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from([1.0, 2.0, 3.0]), st.integers(0, 6)),
        max_size=10,
    )
)
def test_each_number_is_given_once_and_is_that_of_a_row_or_new(
    table: list[tuple[int, float, int]],
) -> None:
    known = sorted({label for label, *_ in table})
    labels = np.array([known.index(label) for label, *_ in table], dtype=np.int64)
    seconds, earlier = [t for _, t, _ in table], [n for *_, n in table]
    found, free = numbers(labels, seconds, earlier, 7)
    assert len(found) == len(set(found)) == len(known)
    assert all(0 < number < free for number in found)
    for label, number in enumerate(found):
        if number < 7:
            assert number in {n for n, at in zip(earlier, labels, strict=True) if at == label}
