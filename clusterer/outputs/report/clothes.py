"""What clothing decided, as text: the badge on a picture, and the evidence behind it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from clusterer.core.types import UNKNOWN, ClothingDecision, ClusteringResult, Move

SILENT = 0.5
"""Log odds below which evidence is not worth mentioning: less than 1.65 times likelier."""
MOST_TIMES = 100
"""Larger factors are written as "over" this one: the evidence was not measured beyond it."""

# A track that was split off is judged by the person that it was taken from.
_WHOM = {Move.JOINED: "this person", Move.SPLIT: "the original person"}


@dataclass(frozen=True, slots=True)
class Note:
    """What the page says about a track that clothing moved.

    Attributes
    ----------
    kind : class in the stylesheet
    badge : text on the picture
    evidence : sentences, the first of which says what was done
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
    """Why clothing moved a track.

    Returns
    -------
    ``Joined by clothing. Clothing: 20 times likelier this person than another; face: no clear
    evidence. Next best person: 3 times less likely than not.``
    """
    whom = _WHOM[decision.move]
    clothing, face = (_says(part, whom) for part in (decision.clothing, decision.face))
    done = decision.move.value.capitalize()
    return f"{done}. Clothing: {clothing}; face: {face}. {_runner_up(decision)}."


def times(logarithm: float) -> str:
    """Factor by which one explanation is likelier, from its log odds: ``20``, ``over 100``.

    Parameters
    ----------
    logarithm
        Natural logarithm of the odds; its sign is ignored.
    """
    factor = round(math.exp(min(abs(logarithm), MOST_TIMES)))
    return str(factor) if factor <= MOST_TIMES else f"over {MOST_TIMES}"


def _note(decision: ClothingDecision) -> Note:
    if decision.move is Move.JOINED:
        return Note("joined", "by clothing", evidence(decision))
    return Note("split", "split by clothing", evidence(decision))


def _says(logarithm: float, whom: str) -> str:
    if abs(logarithm) < SILENT:
        return "no clear evidence"
    likelier, other = (whom, "another") if logarithm > 0 else ("another person", whom)
    return f"{times(logarithm)} times likelier {likelier} than {other}"


def _runner_up(decision: ClothingDecision) -> str:
    """The runner-up, which can be ahead: tracks that are moved together are judged together."""
    other = decision.runner_up
    if other is None:
        return "No other person is possible"
    ahead = other > decision.face + decision.clothing and decision.move is Move.JOINED
    who = "Another person" if ahead else "Next best person"
    if abs(other) < SILENT:
        return f"{who}: about even"
    return f"{who}: {times(other)} times {'likelier' if other > 0 else 'less likely'} than not"
