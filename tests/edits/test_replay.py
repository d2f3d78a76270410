"""The effect of each correction, by hand; and invariants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.types import OF_TRACKS, UNKNOWN, Action, Edit
from clusterer.edits import NOT_A_FACE, Person, Replayed, parse_edit, replay
from tests.edits.cases import cases
from tests.edits.names import Listed, Numbered, edit

SAME, DIFFERENT, MOVE, NEW = Action.SAME, Action.DIFFERENT, Action.MOVE, Action.NEW
REMOVE, NAME, COVER = Action.REMOVE, Action.NAME, Action.COVER


def after(labels: Sequence[int], *edits: Edit, without_picture: Sequence[str] = ()) -> Replayed:
    """Replay corrections of a grouping whose person of label k has number k + 1."""
    numbers = {label: label + 1 for label in sorted(set(labels) - {UNKNOWN})}
    names = Numbered(len(labels), frozenset(without_picture))
    return replay(np.array(labels, dtype=np.int64), numbers, edits, names)


def final(state: Replayed) -> list[int]:
    assert (state.labels[state.not_a_face] == UNKNOWN).all()
    labels: list[int] = np.where(state.not_a_face, NOT_A_FACE, state.labels).tolist()
    return labels


def by_hand(state: Replayed) -> list[int]:
    tracks: list[int] = np.flatnonzero(state.by_hand).tolist()
    return tracks


TABLE: list[tuple[str, list[int], Edit, list[int], list[int]]] = [
    # what, labels, correction, labels after, by hand
    ("two people", [0, 0, 1, 1], edit(SAME, who=[2], others=[0]), [1, 1, 1, 1], []),
    ("unknown joins", [0, -1, 1], edit(SAME, who=[0], others=[1]), [0, 0, 1], [1]),
    ("unknown is joined", [0, -1, 1], edit(SAME, who=[1], others=[2]), [0, 1, 1], [1]),
    ("two unknown", [0, -1, -1], edit(SAME, who=[2], others=[1]), [0, 1, 1], [1, 2]),
    ("already", [0, 0, 1], edit(SAME, who=[0], others=[1]), [0, 0, 1], []),
    ("the majority", [0, 1, 1, 2], edit(SAME, who=[0, 1, 2], others=[3]), [0, 1, 1, 1], []),
    ("a tie: the first", [0, 1, 2], edit(SAME, who=[1, 0], others=[2]), [0, 1, 1], []),
    ("unknown is skipped", [0, -1, -1, 1], edit(SAME, who=[1, 2, 0], others=[3]), [0, -1, -1, 0],
     []),
    ("apart", [0, 0, 0, 1], edit(DIFFERENT, who=[0], others=[1, 2]), [0, 2, 2, 1], [1, 2]),
    ("first list stays", [0, 0, 0], edit(DIFFERENT, who=[0, 1], others=[1, 2]), [0, 0, 1], [2]),
    ("others are kept", [0, 0, 0, 1], edit(DIFFERENT, who=[0], others=[1, 2, 3]), [0, 2, 2, 1],
     [1, 2]),
    ("different already", [0, 1], edit(DIFFERENT, who=[0], others=[1]), [0, 1], []),
    ("unknown is different", [0, -1], edit(DIFFERENT, who=[0], others=[1]), [0, -1], []),
    ("move", [0, 1, 1, -1], edit(MOVE, who=[0], tracks=[1, 3], source=[2]), [0, 0, 1, 0], [1, 3]),
    ("move all", [0, 1], edit(MOVE, who=[0], tracks=[1]), [0, 0], [1]),
    ("move the same", [0, 0], edit(MOVE, who=[0], tracks=[1]), [0, 0], [1]),
    ("move to unknown", [0, -1, 0], edit(MOVE, who=[1], tracks=[2]), [0, 1, 1], [1, 2]),
    ("new", [0, 0, 0], edit(NEW, tracks=[1, 2], source=[0]), [0, 1, 1], [1, 2]),
    ("new of unknown", [0, -1, -1], edit(NEW, tracks=[1, 2]), [0, 1, 1], [1, 2]),
    ("new exists", [0, 1, 1, 0], edit(NEW, tracks=[1, 3], source=[0]), [0, 1, 1, 1], [1, 3]),
    ("new: most", [0, 1, 2, 2, 0], edit(NEW, tracks=[1, 2, 3, 4], source=[0]), [0, 2, 2, 2, 2],
     [1, 2, 3, 4]),
    ("new: a tie", [0, 2, 1], edit(NEW, tracks=[1, 2], source=[0]), [0, 2, 2], [1, 2]),
    ("remove", [0, 0, 1], edit(REMOVE, tracks=[1, 2], source=[0]), [0, -1, 1], [1]),
    ("remove from any person", [0, 0, 1], edit(REMOVE, tracks=[1, 2]), [0, -1, -1], [1, 2]),
    ("remove from no person", [0, 0, -1], edit(REMOVE, tracks=[1], source=[2]), [0, 0, -1], []),
    ("remove, no source", [0, 0], edit(REMOVE, tracks=[1], source=["x"]), [0, 0], []),
    ("not a face", [0, 0, -1], edit(Action.NOT_A_FACE, tracks=[1, 2]), [0, -2, -2], [1, 2]),
    ("name makes a person", [0, -1], edit(NAME, who=[1], name="Ada"), [0, 1], [1]),
    ("name", [0, 1], edit(NAME, who=[1], name="Ada"), [0, 1], []),
    ("hide", [0, 1], edit(Action.HIDE, who=[1]), [0, 1], []),
    ("background", [0, 1], edit(Action.BACKGROUND, who=[1]), [0, 1], []),
    ("main person", [0, 1], edit(Action.MAIN, who=[1]), [0, 1], []),
    ("group again", [0, 1], edit(Action.REGROUP), [0, 1], []),
    ("missing keys are dropped", [0, -1], edit(SAME, who=["x", 0], others=["y", 1]), [0, 0], [1]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("labels", "correction", "expected", "hands"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_labels(labels: list[int], correction: Edit, expected: list[int], hands: list[int]) -> None:
    state = after(labels, correction)
    assert (final(state), by_hand(state)) == (expected, hands)
    assert sorted(state.people) == sorted(set(expected) - {UNKNOWN, NOT_A_FACE})
    assert state.notes == ("",)


def test_every_action_is_covered_by_the_cases() -> None:
    assert {row[2].action for row in TABLE} == set(Action) - {Action.SHOW, Action.COVER} - OF_TRACKS


def test_not_a_face_is_kept_unless_the_track_is_moved() -> None:
    no_face = edit(Action.NOT_A_FACE, tracks=[1])
    assert final(after([0, 0, -1], no_face, edit(MOVE, who=[0], tracks=[1]))) == [0, 0, -1]
    assert final(after([0, 0, -1], no_face, edit(REMOVE, tracks=[1]))) == [0, -1, -1]
    # It represents no person: 2 alone becomes a person, and 0 joins.
    assert final(after([0, 0, -1], no_face, edit(MOVE, who=[1, 2], tracks=[0]))) == [1, -2, 1]


def test_a_merged_person_keeps_number_name_and_cover() -> None:
    state = after(
        [0, 1],
        edit(NAME, who=[0], name="Ada"),
        edit(NAME, who=[1], name="Bob"),
        edit(COVER, who=[0], face="0a"),
        edit(Action.HIDE, who=[0]),
        edit(SAME, who=[1], others=[0]),
    )
    assert state.people == {1: Person(2, "Bob", False, "0a")}
    nameless = after([0, 1], edit(NAME, who=[0], name="Ada"), edit(SAME, who=[1], others=[0]))
    assert nameless.people == {1: Person(2, "Ada")}


def test_new_people_get_unused_numbers_and_labels() -> None:
    apart = edit(DIFFERENT, who=[0], others=[1])
    state = after([0, 0, 3], apart, edit(SAME, who=[0], others=[1]), apart)
    assert final(state) == [0, 5, 3]
    assert {label: p.number for label, p in state.people.items()} == {0: 1, 3: 4, 5: 6}


def test_names() -> None:
    ada, unnamed = edit(NAME, who=[0], name="Ada"), edit(NAME, who=[0])
    assert after([0], ada).people == {0: Person(1, "Ada")}
    assert after([0], ada, unnamed).people == {0: Person(1)}
    assert after([-1], unnamed).people == {0: Person(1)}


def test_hidden_and_shown() -> None:
    hide, show = edit(Action.HIDE, who=[0]), edit(Action.SHOW, who=[0])
    assert after([0], hide).people[0].hidden
    assert not after([0], hide, show).people[0].hidden
    unknown = after([-1], hide, show, edit(COVER, who=[0], face="0"))
    assert unknown.notes == ("person not found",) * 3
    assert unknown.people == {}


def test_in_the_background_and_out_of_it() -> None:
    behind, main = edit(Action.BACKGROUND, who=[0]), edit(Action.MAIN, who=[0])
    assert after([0, 1]).people[0].background is None
    assert after([0, 1], behind).people[0].background is True
    assert after([0, 1], behind, main).people[0].background is False
    assert after([0, 1], behind).people[1].background is None
    same = edit(SAME, who=[1], others=[0])
    assert after([0, 1], behind, same).people[1].background is True  # the other's, if it has none
    other = edit(Action.MAIN, who=[1])
    assert after([0, 1], behind, other, same).people[1].background is False
    unknown = after([-1], behind, main)
    assert (unknown.notes, unknown.people) == (("person not found",) * 2, {})


def test_a_cover_holds_while_its_track_belongs_to_the_person() -> None:
    cover, away = edit(COVER, who=[0], face="1a"), edit(MOVE, who=[2], tracks=[1])
    back = edit(MOVE, who=[0], tracks=[1])
    assert after([0, 0, 1], cover).people[0].cover == "1a"
    assert after([0, 0, 1], cover, away).people[0].cover == ""
    assert after([0, 0, 1], cover, away, back).people[0].cover == "1a"
    assert after([0, 0, 1], cover, edit(COVER, who=[1], face="0")).people[0].cover == "0"
    # A missing face does not replace a cover.
    lost = after([0, 0, 1], cover, edit(COVER, who=[0], face="0"), without_picture=["0"])
    assert (lost.people[0].cover, lost.notes) == ("1a", ("", "face not found"))


@pytest.mark.parametrize(
    ("correction", "note"),
    [
        (edit(SAME, who=["x"], others=[1]), "person not found"),
        (edit(SAME, who=[0], others=["x"]), "other person not found"),
        (edit(MOVE, who=[0], tracks=["x", "y"]), "none of the faces found"),
        (edit(MOVE, who=["x"], tracks=[1]), "person not found"),
        (edit(REMOVE, tracks=["x"]), "none of the faces found"),
        (edit(DIFFERENT, who=[0], others=[0]), "both sides are the same faces"),
    ],
)
def test_corrections_that_do_not_apply_change_nothing(correction: Edit, note: str) -> None:
    state = after([0, 1], correction)
    assert (final(state), state.notes) == ([0, 1], (note,))


def test_a_correction_may_apply_in_part() -> None:
    state = after([0, 1], edit(MOVE, who=[0], tracks=[1, "x", "y"]))
    assert (final(state), state.notes) == ([0, 0], ("2 of 3 faces not found",))
    assert after([0, 1], edit(SAME, who=[0, "x"], others=[1])).notes == ("",)


# ---- invariants ----

seeds = st.integers(0, 2**32 - 1)


def parts(case: dict[str, Any]) -> tuple[np.ndarray, dict[int, int], list[Edit], Listed]:
    """Arguments of `replay`."""
    return (
        np.array(case["labels"]),
        {int(label): number for label, number in case["numbers"].items()},
        [parse_edit(content) for content in case["edits"]],
        Listed({key: i for i, key in enumerate(case["keys"])}, dict(case["faces"])),
    )


def content_of(state: Replayed) -> tuple[object, ...]:
    return final(state), by_hand(state), dict(state.people), state.notes


@given(seeds)
def test_undoing_equals_replaying_the_others(seed: int) -> None:
    """Undone corrections have no effect, and notes depend only on earlier corrections."""
    (case,) = cases(1, seed)
    labels, numbers, edits, names = parts(case)
    count = len(edits)
    before = [replay(labels, numbers, edits[:k], names) for k in range(count + 1)]
    for k in reversed(range(count + 1)):
        again = replay(labels, numbers, edits[:k], names)
        assert content_of(again) == content_of(before[k])
        assert again.notes == before[count].notes[:k]
    assert labels.tolist() == case["labels"]


@given(seeds)
def test_every_person_has_tracks_and_every_label_a_person(seed: int) -> None:
    (case,) = cases(1, seed)
    state = replay(*parts(case))
    assert set(state.labels.tolist()) - {UNKNOWN} == set(state.people)
    numbers = [person.number for person in state.people.values()]
    assert len(set(numbers)) == len(numbers)
    assert not (state.not_a_face & (state.labels != UNKNOWN)).any()
    changed = np.array(case["labels"]) != np.array(final(state))
    merged = any(content["action"] == SAME for content in case["edits"])
    assert merged or not (changed & ~state.by_hand).any()


@given(seeds)
def test_correct_corrections_change_nothing(seed: int) -> None:
    """A correct grouping is not changed by corrections that agree with it."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, rng.integers(1, 9))
    edits = [of_truth(rng, truth) for _ in range(4)]
    corrected = {int(key) for e in edits for key in (*e.who, *e.others, *e.tracks, *e.source)}
    labels = [int(who) if track in corrected else UNKNOWN for track, who in enumerate(truth)]
    state = after(labels, *edits)
    assert (final(state), state.notes) == (labels, ("",) * 4)
    assert state.people == after(labels).people


def of_truth(rng: np.random.Generator, truth: np.ndarray) -> Edit:
    """Same person, move or new person, according to the truth."""
    who = int(rng.integers(len(truth)))
    same_person = [int(t) for t in rng.permutation(np.flatnonzero(truth == truth[who]))]
    others = [int(t) for t in rng.permutation(np.flatnonzero(truth != truth[who]))[:1]]
    action = [SAME, MOVE, NEW][rng.integers(3)]
    if action is SAME:
        return edit(SAME, who=[who], others=same_person[:2])
    if action is MOVE:
        return edit(MOVE, who=[who], tracks=same_person[:2], source=others)
    return edit(NEW, tracks=same_person[:3], source=others)


def test_cases_are_seeded_and_cover_every_action() -> None:
    assert cases(5, 3) == cases(5, 3) != cases(5, 4)
    many = cases(200, 0)
    assert {e["action"] for case in many for e in case["edits"]} == set(Action) - OF_TRACKS
    expected = [case["expected"] for case in many]
    assert any(NOT_A_FACE in e["labels"] for e in expected)
    facts = [tuple(fact for fact in person) for e in expected for person in e["people"].values()]
    assert all(any(person[i] for person in facts) for i in range(4))
    assert not all(case["labels"] == case["expected"]["labels"] for case in many)
