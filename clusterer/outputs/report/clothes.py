"""What clothing decided, in words: the badge on a picture, and the evidence behind it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from clusterer.core.types import UNKNOWN, ClothingDecision, ClusteringResult, Move

SILENT = 0.5
"""Logarithm of odds. Evidence nearer to 0 than this, under 5 : 3, says nothing."""
MOST_ODDS = 100
"""Greater odds are told as "over" these: how much greater is beyond what was measured."""
SPACE = "\u00a0"
"""Keeps the two sides of odds on one line."""

# What was said of whom: a track that was taken away is judged by the person it was taken from.
_WHOM = {Move.JOINED: "this person", Move.SPLIT: "the person it was taken from"}


@dataclass(frozen=True, slots=True)
class Note:
    """What stands on the pictures of a track that clothing moved.

    Attributes
    ----------
    kind : class in the stylesheet
    badge : what is seen on the picture
    evidence : sentence that begins with what was done
    """

    kind: str
    badge: str
    evidence: str


def notes(result: ClusteringResult) -> dict[int, Note]:
    """Track → note, for every track that clothing moved and that has a person."""
    labels = result.grouped.labels
    return {
        decision.track_id: _note(decision)
        for decision in result.clothing
        if labels[decision.track_id] != UNKNOWN
    }


def evidence(decision: ClothingDecision) -> str:
    """Why a track is where it is: ``Joined by clothing: clothes speak 20 : 1 for this …``."""
    says = _says(decision.clothing, decision.face, _WHOM[decision.move])
    return f"{decision.move.value.capitalize()}: {says}; {_others(decision)}."


def odds(logarithm: float) -> str:
    """Odds in whole numbers: ``20 : 1`` for, ``1 : 3`` against, ``over 100 : 1``."""
    times = round(math.exp(min(abs(logarithm), MOST_ODDS)))
    number = str(min(times, MOST_ODDS))
    sides = ("1", number) if logarithm < 0 else (number, "1")
    ratio = f"{SPACE}:{SPACE}".join(sides)
    if times <= MOST_ODDS:
        return ratio
    return f"{'under' if logarithm < 0 else 'over'} {ratio}"


def _note(decision: ClothingDecision) -> Note:
    if decision.move is Move.JOINED:
        return Note("joined", "by clothing", evidence(decision))
    return Note("split", "split by clothing", evidence(decision))


def _says(clothes: float, face: float, whom: str) -> str:
    """What clothes and face say of a person, clothes first."""
    if abs(clothes) < SILENT and abs(face) < SILENT:
        return f"neither clothes nor face speak for or against {whom}"
    if abs(face) < SILENT:
        return f"clothes speak {_side(clothes, whom)}, the face says nothing"
    if abs(clothes) < SILENT:
        return f"the face speaks {_side(face, whom)}, clothes say nothing"
    if (clothes > 0) == (face > 0):
        return f"clothes speak {odds(abs(clothes))} and the face {_side(face, whom)}"
    turn = "for" if face > 0 else "against"
    return f"clothes speak {_side(clothes, whom)}, but the face {odds(abs(face))} {turn}"


def _others(decision: ClothingDecision) -> str:
    """The runner-up. It can be ahead, as those who come together are judged together."""
    other = decision.runner_up
    if other is None:
        return "nobody else is possible"
    ahead = other > decision.face + decision.clothing and decision.move is Move.JOINED
    return f"{'another' if ahead else 'next best'} person {odds(other)}"


def _side(logarithm: float, whom: str) -> str:
    return f"{odds(abs(logarithm))} {'for' if logarithm > 0 else 'against'} {whom}"
