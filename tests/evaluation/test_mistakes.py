"""Who ended up where, and which tracks are to blame."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.evaluation.confusion import confusion
from clusterer.evaluation.matching import MISSED
from clusterer.evaluation.mistakes import Kind, mistakes
from tests.evaluation.tables import matching_of

CASES = [
    pytest.param("aab", [0, 0, 1], [0, 1], [], id="right"),
    pytest.param("aab", [0, 0, 1], [0, 0], [("wrong", 1, 1, "b", 0, "a")], id="two in one"),
    pytest.param(
        "aaab", [0, 0, 1, 2], [4, 5, 6], [("split", 1, 1, "a", 5, "a")], id="one in two"
    ),
    pytest.param("aa", [0, 1], [7, 5], [("split", 0, 1, "a", 7, "a")], id="equal parts"),
    pytest.param("ab", [0, 0], [3], [("wrong", 0, 1, "b", 3, "a")], id="tie to the first name"),
    pytest.param(
        "aabbc", [0, 1, 0, 1, 1], [-1, -1], [
            ("unknown", 1, 3, "a", -1, ""), ("unknown", 0, 2, "a", -1, ""),
        ], id="unknown, most faces first",
    ),
    pytest.param("aab", [MISSED, MISSED, 0], [2], [], id="missed"),
]  # fmt: skip


@pytest.mark.parametrize(("people", "tracks", "labels", "expected"), CASES)
def test_by_hand(
    people: str, tracks: list[int], labels: list[int], expected: list[tuple[str | int, ...]]
) -> None:
    matching, array = matching_of(people, tracks), np.array(labels)
    found = mistakes(matching, array, confusion(matching, array))
    assert [(m.kind, m.track, m.faces, m.person, m.label, m.owner) for m in found] == expected


def test_strays_come_last_and_know_whose_they_are() -> None:
    matching, labels = matching_of("aab", [0, 0, 1], strays=[2, 0, 2]), np.array([0, -1, 1])
    counted = confusion(matching, labels)
    found = mistakes(matching, labels, counted)
    assert [(m.kind, m.track, m.faces, m.label, m.owner) for m in found] == [
        (Kind.UNKNOWN, 1, 1, -1, ""),
        (Kind.STRAY, 2, 2, 1, ""),
        (Kind.STRAY, 0, 1, 0, "a"),
    ]
    assert (counted.strays.tolist(), counted.stray_unknown) == ([1, 2], 0)


def test_place_is_the_first_wrong_frame() -> None:
    matching, labels = matching_of("aaabb", [0, 0, 1, 1, 1], strays=[0, 0]), np.array([0, 0])
    found = mistakes(matching, labels, confusion(matching, labels))
    assert [(m.kind, m.frame) for m in found] == [(Kind.WRONG, 3), (Kind.STRAY, 0)]


def test_confusion_by_hand() -> None:
    people = "bbbaaaaac"
    tracks = [0, 0, 1, 2, 3, 3, MISSED, 4, 4]
    labels = np.array([9, 7, 2, 5, -1, 1])
    counted = confusion(matching_of(people, tracks), labels)
    assert counted.people == ("a", "b", "c")
    assert counted.labels == (5, 2, 9, 7, 1), "a's, largest first, then b's, then nobody's"
    assert counted.faces.tolist() == [[2, 1, 0, 0, 0], [0, 0, 2, 1, 0], [0, 0, 0, 0, 0]]
    assert counted.unknown.tolist() == [1, 0, 1]
    assert counted.missed.tolist() == [1, 0, 0]
    assert counted.owners == {5: "a", 2: "a", 9: "b", 7: "b"}
    assert counted.homes == {"a": 5, "b": 9}


def test_nobody() -> None:
    matching, labels = matching_of("", []), np.zeros(0, np.int64)
    counted = confusion(matching, labels)
    assert (counted.people, counted.labels, counted.faces.shape) == ((), (), (0, 0))
    assert mistakes(matching, labels, counted) == ()


@given(
    faces=st.lists(st.tuples(st.sampled_from("abcd"), st.integers(-1, 5)), max_size=25),
    labels=st.lists(st.integers(-1, 3), min_size=6, max_size=6),
    strays=st.lists(st.integers(0, 5), max_size=6),
)
def test_nothing_is_lost(
    faces: list[tuple[str, int]], labels: list[int], strays: list[int]
) -> None:
    matching = matching_of([p for p, _ in faces], [t for _, t in faces], strays)
    counted = confusion(matching, np.array(labels))
    owners, homes = counted.owners, counted.homes
    assert counted.faces.sum() + counted.unknown.sum() + counted.missed.sum() == len(faces)
    assert counted.strays.sum() + counted.stray_unknown == len(strays)
    weights = dict.fromkeys(Kind, 0)
    for mistake in mistakes(matching, np.array(labels), counted):
        weights[mistake.kind] += mistake.faces
    given_to = [(person, labels[track]) for person, track in faces if track != MISSED]
    held = [(person, label) for person, label in given_to if label >= 0]
    assert weights == {
        Kind.WRONG: sum(owners[label] != person for person, label in held),
        Kind.SPLIT: sum(owners[label] == who and homes[who] != label for who, label in held),
        Kind.UNKNOWN: len(given_to) - len(held),
        Kind.STRAY: len(strays),
    }
