"""Corrections of a reviewer, the grouping before them, and advice to the reviewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from clusterer.core.certainty import Sure
from clusterer.core.types._arrays import IntArray, freeze
from clusterer.core.types._faces import Reason


class Action(StrEnum):
    """What a correction does."""

    SAME = "same person"
    DIFFERENT = "different people"
    MOVE = "move"
    NEW = "new person"
    REMOVE = "not this person"
    NOT_A_FACE = "not a face"
    NAME = "name"
    HIDE = "hide"
    SHOW = "show"
    MAIN = "main person"
    BACKGROUND = "background"
    COVER = "cover"
    REGROUP = "group again"
    CUT = "cut track"
    JOIN = "join tracks"
    ADD = "add a face"


@dataclass(frozen=True, slots=True)
class Edit:
    """One correction; `Editor` makes it.

    Tracks and faces are identified by keys: frame and box of a face, see `clusterer.edits.keys`.

    Attributes
    ----------
    action
    who
        Up to five tracks that represent a person: the first of two (SAME, DIFFERENT), the target
        (MOVE), the one concerned (NAME, HIDE, SHOW, MAIN, BACKGROUND, COVER).
    others
        Tracks that represent the second person (SAME, DIFFERENT).
    tracks
        The tracks concerned (MOVE, NEW, REMOVE, NOT_A_FACE). CUT: the face with which the second
        track begins. JOIN: the tracks to join, whose person is that of the first. ADD: every face
        of the new track.
    source
        Tracks that stay with the people from whom `tracks` are taken; may be empty.
    name
        NAME: the name; empty = the automatic one.
    face
        COVER: the face.
    note
        One sentence for a human reader; has no meaning.
    at
        When, ISO 8601; has no meaning.
    threshold
        REGROUP: the threshold that was applied, 0 to 2; None = the one before.

    Examples
    --------
    >>> key = "0@100,50,140,98"  # a face by its frame and box
    >>> clusterer.Edit(clusterer.Action.NAME, who=(key,), name="Anna").name
    'Anna'
    """

    action: Action
    who: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    name: str = ""
    face: str = ""
    note: str = ""
    at: str = ""
    threshold: float | None = None


OF_TRACKS = frozenset({Action.CUT, Action.JOIN, Action.ADD})
"""Corrections of tracks; the others are of people."""


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """The grouping before the corrections.

    Attributes
    ----------
    labels : array of shape (t,), int64, -1 = unknown
    reasons : t reasons why a track is unknown, `Reason.NONE` where it is not
    confidence : array of shape (t,), float64, 0 to 1
    numbers : label → number of the person; empty = by screen time
    sure : how sure it is of each track; empty = not known
    """

    labels: IntArray
    reasons: tuple[Reason, ...]
    confidence: npt.NDArray[np.float64]
    numbers: Mapping[int, int] = field(default_factory=dict)
    sure: tuple[Sure, ...] = ()

    def __post_init__(self) -> None:
        freeze(self, "labels", np.int64, -1)
        freeze(self, "confidence", np.float64, len(self.labels))
        if len(self.reasons) != len(self.labels):
            raise ValueError("Grouping.reasons: one per track")
        if len(self.sure) not in {0, len(self.labels)}:
            raise ValueError("Grouping.sure: one per track")


@dataclass(frozen=True, slots=True)
class Question:
    """Whether two tracks are the same person.

    Attributes
    ----------
    a, b
        Tracks; each represents its person, or itself if it is unknown. If both are of one person,
        the question is whether `b` belongs there.
    evidence
        Logarithm of the odds that the answer is yes.
    """

    a: int
    b: int
    evidence: float


@dataclass(frozen=True, slots=True)
class Advice:
    """Questions and suggestions for a reviewer.

    Attributes
    ----------
    questions
        The most useful first.
    trees
        Label → merges of its n tracks, nearest first: numbers below n are tracks, in track order;
        n + k is the cluster that merge k made. To split the person in two, undo the last merge.
    names
        Label → names that a gallery suggests, with their distance, nearest first. Only people whom
        the gallery could not name with certainty.
    """

    questions: tuple[Question, ...] = ()
    trees: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    names: Mapping[int, tuple[tuple[str, float], ...]] = field(default_factory=dict)
