"""Small casts: one to be corrected, one that clothing decided about."""

from __future__ import annotations

from clusterer.core.types import Advice, ClothingDecision, Move, Question, Reason
from tests.outputs.report.builder import Cast, Scene

ADA, TWO, THREE = [0, 2, 4, 6], [1, 3, 5], [8, 9]
"""Their tracks. 7, seen with 6, is too small, 10 fits nobody."""
CREW = Scene(
    [
        Cast([0, 2, 4, 6], "Ada"),
        Cast([1, 3, 5], "Person 2"),
        Cast([7, 8], "Person 3"),
        Cast([9], "Unknown 1", Reason.NO_MATCH),
        Cast([6], "Unknown 2", Reason.TOO_SMALL),
    ],
    cannot_link=[(6, 7)],
    advice=Advice(
        (
            Question(0, 10, 1.0),  # affects 4 faces, probably: 2.9 of them
            Question(1, 8, 2.0),  # 8 of the smaller person: 7.0
            Question(0, 6, -1.5),  # do 4 and 6, one side of the tree, belong to Ada? 8: 6.5
            Question(6, 7, 3.0),  # seen together: never asked
        ),
        {0: ((0, 1), (2, 3), (4, 5)), 1: ((0, 1), (2, 3)), 2: ((0, 1),)},
    ),
)

DRESSED = Scene(
    [
        Cast(range(0, 12, 2), "Ada"),
        Cast([1, 3], "Bob"),
        Cast([5], "Unknown 1", Reason.NO_MATCH),
    ],
    shot_count=12,
    clothing=(
        ClothingDecision(1, Move.SPLIT, -0.2, -2.3026, None),
        ClothingDecision(5, Move.SPLIT, 0.0, -2.0, 1.0),
        ClothingDecision(6, Move.JOINED, 0.1, 2.9957, 0.6931),
        ClothingDecision(7, Move.JOINED, 1.0986, 1.6094, -1.0986),
        ClothingDecision(8, Move.JOINED, 1.0986, 1.6094, -1.0986),
    ),
)
"""Ada, of whose tracks 0, 2, 4, … clothing moved the last three, of Bob's the one of 1, 3."""
