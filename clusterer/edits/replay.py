"""Apply corrections, one after the other, to the automatic grouping.

The page does the same in JavaScript: every rule, including ties, must match.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from clusterer.core.types import UNKNOWN, Action, Edit, IntArray
from clusterer.edits.log import NEEDS

NOT_A_FACE = -2
"""Label of a track that is not a face, while corrections are replayed."""


class Names(Protocol):
    """Resolves keys to positions of tracks; None = not found. See `clusterer.edits.keys.Keys`.

    Corrections of tracks change what a track is. Then positions are those of `Revision.parts`, and
    a track stands for all its parts: see `clusterer.edits.revision`.
    """

    def track(self, key: str) -> int | None:
        """Track that a key refers to."""

    def pictured(self, key: str) -> int | None:
        """Track of the face that a key refers to, if that face has a stored picture."""

    def whole(self, track: int) -> Sequence[int]:
        """All parts of a track, of which `track` is the first."""

    def after(self, edit: Edit) -> Names:
        """What keys refer to after a correction."""


@dataclass(frozen=True, slots=True)
class Person:
    """Properties of a person other than the tracks.

    Attributes
    ----------
    number : never changes
    name : given by the reviewer; empty = none
    hidden : whether the reviewer hid the person
    cover : key of the face that the reviewer chose; empty = none
    background : whether the reviewer put the person in the background, or out of it; None = neither
    """

    number: int
    name: str = ""
    hidden: bool = False
    cover: str = ""
    background: bool | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Replayed:
    """The state after the last correction.

    Attributes
    ----------
    labels : array of shape (t,), int64, `UNKNOWN` = no person
    not_a_face : array of shape (t,), bool; their label is `UNKNOWN`
    by_hand : array of shape (t,), bool, tracks whose label a correction set
    people : label → person; a cover that shows another person is dropped
    notes : one per correction: why it does not apply, or only in part; empty = it applies
    """

    labels: IntArray
    not_a_face: npt.NDArray[np.bool_]
    by_hand: npt.NDArray[np.bool_]
    people: Mapping[int, Person]
    notes: tuple[str, ...]


def replay(
    labels: IntArray, numbers: Mapping[int, int], edits: Iterable[Edit], names: Names
) -> Replayed:
    """Apply corrections in order.

    Parameters
    ----------
    labels : array of shape (t,), int64, of the automatic grouping, `UNKNOWN` = no person
    numbers
        Label → number of the person.
    edits
        The reviewer's corrections.
    names
        Resolves keys.
    """
    state = _State(labels.tolist(), numbers, names)
    notes = tuple([state.apply(edit) for edit in edits])
    final = np.array(state.labels, dtype=np.int64)
    by_hand = np.zeros(len(final), dtype=bool)
    by_hand[sorted(state.by_hand)] = True
    return Replayed(
        np.where(final == NOT_A_FACE, UNKNOWN, final),
        final == NOT_A_FACE,
        by_hand,
        {label: state.shown(label) for label in sorted(state.people)},
        notes,
    )


class _State:
    def __init__(self, labels: list[int], numbers: Mapping[int, int], names: Names) -> None:
        self.labels = labels
        self.people = {label: Person(number) for label, number in numbers.items()}
        self.by_hand: set[int] = set()
        self._names = names
        self._size = Counter(labels)
        self._next_label = max(labels, default=UNKNOWN) + 1
        self._next_number = max(numbers.values(), default=0) + 1
        self._do: dict[Action, Callable[[Edit, _Refs], str]] = {
            Action.SAME: self._same,
            Action.DIFFERENT: self._different,
            Action.MOVE: self._move,
            Action.NEW: self._new,
            Action.REMOVE: self._remove,
            Action.NOT_A_FACE: self._not_a_face,
            Action.NAME: self._name,
            Action.HIDE: self._flag,
            Action.SHOW: self._flag,
            Action.MAIN: self._place,
            Action.BACKGROUND: self._place,
            Action.COVER: self._cover,
            Action.JOIN: self._join,
        }

    def apply(self, edit: Edit) -> str:
        """Apply one correction; return why it does not apply, or only in part."""
        refs = _Refs(edit, self._names)
        self._names = self._names.after(edit)
        if edit.action not in self._do:
            return ""
        missing = refs.missing()
        if missing:
            return missing
        why = self._do[edit.action](edit, refs) or refs.partly()
        self.people = {label: p for label, p in self.people.items() if self._size[label]}
        return why

    def shown(self, label: int) -> Person:
        """A person; the cover is kept only while its track belongs to the person."""
        person = self.people[label]
        track = self._names.pictured(person.cover) if person.cover else None
        matches = track is not None and self.labels[track] == label
        return person if matches or not person.cover else replace(person, cover="")

    def resolve(self, tracks: Sequence[int], without: Iterable[int] = ()) -> int | None:
        """The person with most of the tracks; ties to the one whose track comes first."""
        count = Counter(self.labels[track] for track in tracks if self.labels[track] >= 0)
        for label in without:
            count.pop(label, None)
        return max(count, key=lambda label: count[label], default=None)  # the first if equal

    def _put(self, tracks: Iterable[int], label: int, *, by_hand: bool = True) -> None:
        for track in (part for first in tracks for part in self._names.whole(first)):
            self._size[self.labels[track]] -= 1
            self._size[label] += 1
            self.labels[track] = label
            if by_hand:
                self.by_hand.add(track)

    def _make(self, tracks: Iterable[int]) -> int:
        label = self._next_label
        self.people[label] = Person(self._next_number)
        self._next_label += 1
        self._next_number += 1
        self._put(tracks, label)
        return label

    def _same(self, _edit: Edit, refs: _Refs) -> str:
        a, b = self.resolve(refs.who), self.resolve(refs.others)
        if a is None and b is None:
            self._make([*refs.who, *refs.others])
        elif b is None and a is not None:
            self._put(refs.others, a)
        elif a is None and b is not None:
            self._put(refs.who, b)
        elif a is not None and b is not None and a != b:
            first, second = self.people[a], self.people[b]
            self.people[a] = replace(
                first,
                name=first.name or second.name,
                cover=first.cover or second.cover,
                background=second.background if first.background is None else first.background,
            )
            members = [track for track, label in enumerate(self.labels) if label == b]
            self._put(members, a, by_hand=False)
        return ""

    def _different(self, _edit: Edit, refs: _Refs) -> str:
        a, b = self.resolve(refs.who), self.resolve(refs.others)
        if a is None or a != b:
            return ""
        stay = set(refs.who)
        leave = [t for t in refs.others if self.labels[t] == a and t not in stay]
        if not leave:
            return "both sides are the same faces"
        self._make(leave)
        return ""

    def _move(self, _edit: Edit, refs: _Refs) -> str:
        to = self.resolve(refs.who)
        if to is None:
            to = self._make([t for t in refs.who if self.labels[t] != NOT_A_FACE])
        self._put(refs.tracks, to)
        return ""

    def _new(self, _edit: Edit, refs: _Refs) -> str:
        to = self.resolve(refs.tracks, self._sources(refs))
        if to is None:
            self._make(refs.tracks)
        else:
            self._put(refs.tracks, to)
        return ""

    def _remove(self, edit: Edit, refs: _Refs) -> str:
        sources = self._sources(refs)
        leave = [t for t in refs.tracks if not edit.source or self.labels[t] in sources]
        self._put(leave, UNKNOWN)
        return ""

    def _sources(self, refs: _Refs) -> set[int]:
        return {self.labels[track] for track in refs.source if self.labels[track] >= 0}

    def _not_a_face(self, _edit: Edit, refs: _Refs) -> str:
        self._put(refs.tracks, NOT_A_FACE)
        return ""

    def _name(self, edit: Edit, refs: _Refs) -> str:
        label = self.resolve(refs.who)
        if label is None:
            label = self._make(refs.who)
        self.people[label] = replace(self.people[label], name=edit.name)
        return ""

    def _flag(self, edit: Edit, refs: _Refs) -> str:
        label = self.resolve(refs.who)
        if label is None:
            return NOT_FOUND
        self.people[label] = replace(self.people[label], hidden=edit.action is Action.HIDE)
        return ""

    def _place(self, edit: Edit, refs: _Refs) -> str:
        label = self.resolve(refs.who)
        if label is None:
            return NOT_FOUND
        is_background = edit.action is Action.BACKGROUND
        self.people[label] = replace(self.people[label], background=is_background)
        return ""

    def _cover(self, edit: Edit, refs: _Refs) -> str:
        label = self.resolve(refs.who)
        if label is None:
            return NOT_FOUND
        self.people[label] = replace(self.people[label], cover=edit.face)
        return ""

    def _join(self, _edit: Edit, refs: _Refs) -> str:
        """All parts of the joined track go to the person of the first that has one."""
        own = [self.labels[track] for track in refs.tracks]
        label = next((each for each in own if each >= 0), own[0])
        parts = self._names.whole(refs.tracks[0])
        moved = [part for part in parts if self.labels[part] != label]
        if moved:
            self._put(parts[:1], label, by_hand=False)
            self.by_hand.update(moved)
        return ""


NOT_FOUND = "person not found"
MISSING = {
    "who": "person not found",
    "others": "other person not found",
    "tracks": "none of the faces found",
    "face": "face not found",
}


class _Refs:
    """The keys of a correction, resolved; those not found are dropped."""

    def __init__(self, edit: Edit, names: Names) -> None:
        self._edit = edit
        self.who, self.others, self.tracks, self.source = (
            _found(map(names.track, keys))
            for keys in (edit.who, edit.others, edit.tracks, edit.source)
        )
        self.face = _found([names.pictured(edit.face)] if edit.face else [])

    def missing(self) -> str:
        """Reason why the correction cannot apply at all; empty if it can."""
        lacking = [name for name in NEEDS[self._edit.action] if not getattr(self, name)]
        return MISSING[lacking[0]] if lacking else ""

    def partly(self) -> str:
        """Reason why it applies only in part; empty if it applies fully."""
        lost = len(self._edit.tracks) - len(self.tracks)
        lost *= "tracks" in NEEDS[self._edit.action]
        return f"{lost} of {len(self._edit.tracks)} faces not found" if lost else ""


def _found(tracks: Iterable[int | None]) -> list[int]:
    return [track for track in tracks if track is not None]
