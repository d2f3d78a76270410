"""What the page shows of a project, by hand-made people; and what corrections did."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from clusterer.project.types import (
    Anchor,
    CastAction,
    CastDoubt,
    CastEdit,
    CastImpure,
    Member,
    Person,
)
from clusterer.review.cast import view
from clusterer.review.cast.changes import change_view
from clusterer.review.cast.likeness import by_likeness
from tests.review.cast.season import small

FIRST, SECOND = Member(1, "person-1", 2.5, 7, False, 2.0), Member(2, "person-4", 1.0, 3, True, 9.0)


@pytest.mark.parametrize(
    ("evidence", "confirmed", "word", "chance"),
    [
        (0.0, False, "doubtful", 0.5),
        (2.0, False, "doubtful", 0.881),
        (2.2, False, "likely", 0.9),
        (4.59, False, "likely", 0.99),
        (4.6, False, "certain", 0.99),
        (-3.0, True, "confirmed", 0.047),
        (math.inf, True, "confirmed", 1.0),
        (math.inf, False, "certain", 1.0),
        (-math.inf, False, "doubtful", 0.0),
        (math.nan, False, "", None),
        (math.nan, True, "confirmed", None),
    ],
)
def test_evidence_in_one_word(
    evidence: float, confirmed: bool, word: str, chance: float | None
) -> None:
    member = Member(1, "person-2", 1.23456, 5, confirmed, evidence)
    person = Person("person-9", "Ann", (member,), hidden=True)
    assert view.people_view([person], {"person-9"}) == [
        {
            "id": "person-9",
            "name": "Ann",
            "named": True,
            "hidden": True,
            "background": False,
            "members": [[1, "person-2", 1.235, 5, word, chance]],
        }
    ]


def test_questions_and_people_who_may_be_two() -> None:
    doubt = CastDoubt(FIRST, SECOND, "person-1", "person-2", 1.0, 0.73106, 12.34567)
    assert view.questions_view([doubt]) == [
        {"a": [1, "person-1"], "b": [2, "person-4"], "probability": 0.731, "gain_s": 12.346}
    ]
    impure = CastImpure(FIRST, "person-1", (4, 9), SECOND, "person-2", 3.0)
    assert view.impure_view([impure]) == [
        {"member": [1, "person-1"], "rows": [4, 9], "to": "person-2"}
    ]


def test_the_most_alike_come_first_and_ties_stay_in_order() -> None:
    people = [
        Person(f"person-{i}", "", (Member(1, f"person-{i}", 1.0, 0, False, 0.0),)) for i in range(5)
    ]
    axes = {0: (3, 0), 1: (0, 5), 2: (1, 1), 3: (0, 1), 4: (9, 1)}
    vectors = {(1, f"person-{i}"): np.array(v, np.float32) for i, v in axes.items()}
    assert by_likeness(people[0], people[1:], vectors) == [
        "person-4", "person-2", "person-1", "person-3"
    ]  # fmt: skip
    both = Person("person-9", "", (*people[0].members, *people[1].members))  # (3, 5)
    assert by_likeness(both, people[2:], vectors) == ["person-2", "person-3", "person-4"]
    nobody = Person("person-8", "", (Member(7, "person-1", 1.0, 0, False, 0.0),))
    assert by_likeness(nobody, people[:2], vectors) == ["person-0", "person-1"]


def test_corrections_as_the_page_words_them(tmp_path: Path) -> None:
    project = small(tmp_path / "a.cast")
    project.name("Person 1", "Ann")
    now = project.snapshot()
    ann, bob = project.anchors("Ann"), project.anchors("Person 3")
    gone = (Anchor("no film", "0@1,1,9,9"),)
    one, three = ["person-1"], ["person-3"]
    said = {
        CastEdit(CastAction.NAME, bob, name="Bob"): ("name", three, [], "Bob"),
        CastEdit(CastAction.NAME, ann): ("name", one, [], ""),
        CastEdit(CastAction.HIDE, ann): ("hide", one, [], ""),
        CastEdit(CastAction.SHOW, gone): ("show", [], [], ""),
        CastEdit(CastAction.SAME, ann, bob): ("same person", one, three, ""),
        CastEdit(CastAction.SAME, ann, ann): ("same person", one, one, ""),
        CastEdit(CastAction.DIFFERENT, ann, (*bob, *bob, *gone)): (
            "different people", one, three, ""
        ),
    }  # fmt: skip
    for edit, (action, who, others, name) in said.items():
        assert change_view(edit, now) == {
            "action": action, "who": who, "others": others, "name": name
        }  # fmt: skip
