"""What reviewers decided: names given in films, then the corrections of the project in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clusterer.core.text import folded as folded  # noqa: PLC0414 (exported for `view`)
from clusterer.core.types import IntArray
from clusterer.project.crowd import Decided
from clusterer.project.types import Anchor, CastAction, CastEdit

NOT_FOUND = "person not found"


@dataclass(frozen=True, eq=False)
class Decisions:
    """The state after the last correction.

    Attributes
    ----------
    decided : the certain groups and pairs, for the linking
    names : one per group of `decided`: the name given; empty = none
    hidden : rows of people who are hidden
    corrected : rows of people whom a correction of the project was about
    notes : one per correction: why it does not apply; empty = it applies
    """

    decided: Decided
    names: tuple[str, ...]
    hidden: frozenset[int]
    corrected: frozenset[int]
    notes: tuple[str, ...]

    def group_of(self, row: int) -> tuple[int, ...]:
        """The rows that are certainly the same person, in order; the row alone if none are."""
        at = self._group_at.get(row)
        return (row,) if at is None else self.decided.groups[at]

    def name_of(self, row: int) -> str:
        """The name that was given to the person of a row; empty = none."""
        at = self._group_at.get(row)
        return "" if at is None else self.names[at]

    def group_named(self, name: str, but: tuple[int, ...]) -> tuple[int, ...]:
        """The first group, other than `but`, of that name in any case; empty if there is none."""
        found = (self.decided.groups[at] for at in self._named.get(folded(name), ()))
        return next((group for group in found if group != but), ())

    @cached_property
    def _group_at(self) -> dict[int, int]:
        """Row → position of its group."""
        return {row: at for at, group in enumerate(self.decided.groups) for row in group}

    @cached_property
    def _named(self) -> dict[str, list[int]]:
        """Name in any case → positions of the groups of that name."""
        found: dict[str, list[int]] = defaultdict(list)
        for at, name in enumerate(self.names):
            if name:
                found[folded(name)].append(at)
        return dict(found)


def replay(
    names: Sequence[str],
    hidden: Collection[int],
    seen_together: IntArray,
    edits: Iterable[CastEdit],
    row_of: Callable[[Anchor], int | None],
) -> Decisions:
    """Apply corrections in order; the last word on each pair counts.

    People of films with the same name, in any case, are one person from the start. A name that two
    people have who are seen together, such as "Guard", is that of a role: it joins nobody. Who is
    named by the project is also one person with those whom films gave that name, unless two of them
    are certainly different.

    Parameters
    ----------
    names
        The name that each of n rows has in its own film; empty = none.
    hidden
        Rows that are hidden in their own film.
    seen_together
        Array of shape (m, 2), int64, rows that are seen together.
    edits
        The corrections of the project.
    row_of
        The row that an anchor stands for; None = it is in no film any more.
    """
    state = _State(len(names), hidden)
    state.begin(names, seen_together)
    notes = tuple([state.apply(edit, row_of) for edit in edits])
    groups = sorted(state.groups.values(), key=min)
    pairs = sorted((a, b) for a, others in state.apart.items() for b in others if a < b)
    given = tuple(state.names.get(state.group[min(rows)] or 0, "") for rows in groups)
    return Decisions(
        Decided(
            tuple(tuple(sorted(rows)) for rows in groups),
            np.array(pairs, dtype=np.int64).reshape(-1, 2),
            given,
        ),
        given,
        frozenset(state.hidden),
        frozenset(state.with_groups(state.corrected)),
        notes,
    )


class _State:
    """Groups by number, from 1; the group of a row is None while nobody decided about it.

    Nothing here takes longer the more people are named: a large project has ten thousand.
    """

    def __init__(self, n: int, hidden: Collection[int]) -> None:
        self.group: list[int | None] = [None] * n
        self.groups: dict[int, set[int]] = {}
        self.names: dict[int, str] = {}
        self.apart: dict[int, set[int]] = defaultdict(set)
        self.hidden = set(hidden)
        self.corrected: set[int] = set()
        self._of_films: dict[int, str] = {}
        self._numbers_of_films: dict[str, dict[int, None]] = defaultdict(dict)
        self._together: dict[int, set[int]] = defaultdict(set)
        self._next = 1
        self._do: dict[CastAction, Callable[[CastEdit, list[int], list[int]], str]] = {
            CastAction.SAME: self._same,
            CastAction.DIFFERENT: self._different,
            CastAction.NAME: self._name,
            CastAction.HIDE: self._hide,
            CastAction.SHOW: self._show,
        }

    def begin(self, names: Sequence[str], seen_together: IntArray) -> None:
        """Group by the names that films have."""
        own: dict[str, list[int]] = defaultdict(list)
        alike = {name: folded(name) for name in set(names)}
        for row, name in enumerate(names):
            if name:
                own[alike[name]].append(row)
        roles = {
            alike[names[a]]
            for a, b in seen_together.tolist()
            if names[a] and alike[names[a]] == alike[names[b]]
        }
        for name, rows in own.items():
            for some in [[row] for row in rows] if name in roles else [rows]:
                number = self._joined(some)
                self.names[number] = names[some[0]]
                self._of_films[number] = name
                self._numbers_of_films[name][number] = None
        for a, b in seen_together.tolist():
            _set_apart(self._together, a, b)

    def apply(self, edit: CastEdit, row_of: Callable[[Anchor], int | None]) -> str:
        """Apply one correction; return why it does not apply."""
        who, others = (_found(map(row_of, anchors)) for anchors in (edit.who, edit.others))
        if not who or (edit.action is CastAction.DIFFERENT and not others):
            return NOT_FOUND
        self.corrected |= {*who, *others}
        return self._do[edit.action](edit, who, others)

    def _same(self, _edit: CastEdit, who: list[int], others: list[int]) -> str:
        self._joined([*who, *others])
        return ""

    def _different(self, _edit: CastEdit, who: list[int], others: list[int]) -> str:
        stay = set(who)
        leave = [row for row in others if row not in stay]
        if not leave:
            return "both sides are the same people"
        for row in leave:
            number = self.group[row]
            if number is not None and self.groups[number] & stay:
                self._leave(row, number)
        for a in stay:
            for b in leave:
                _set_apart(self.apart, a, b)
        return ""

    def _name(self, edit: CastEdit, who: list[int], _others: list[int]) -> str:
        number = self._joined(who)
        for other in list(self._numbers_of_films.get(folded(edit.name), ())):
            if not self._differ(self.groups[number], self.groups[other]):
                number = self._joined([min(who), *self.groups[other]])
        self.names[number] = edit.name
        return ""

    def _differ(self, one: set[int], other: set[int]) -> bool:
        """Whether two groups are certainly different people."""
        return any(
            not apart[row].isdisjoint(other)
            for apart in (self.apart, self._together)
            for row in one
            if row in apart
        )

    def _hide(self, _edit: CastEdit, who: list[int], _others: list[int]) -> str:
        self.hidden |= self.with_groups(who)
        return ""

    def _show(self, _edit: CastEdit, who: list[int], _others: list[int]) -> str:
        self.hidden -= self.with_groups(who)
        return ""

    def with_groups(self, rows: Iterable[int]) -> set[int]:
        """The rows, and those that are certainly the same people."""
        numbers = {self.group[row] for row in rows}
        return {*rows, *(row for n in numbers if n is not None for row in self.groups[n])}

    def _joined(self, rows: Sequence[int]) -> int:
        """Merge rows and their groups into one; the name and the hiding of the first row's count.

        Returns
        -------
        Number of the group
        """
        before = [number for row in rows if (number := self.group[row]) is not None]
        numbers = list(dict.fromkeys(before))
        together = self.with_groups(rows)
        name = next((self.names[n] for n in numbers if self.names.get(n)), "")
        is_hidden = rows[0] in self.hidden
        for number in numbers:
            del self.groups[number]
            self.names.pop(number, None)
            self._forget(number)
        number, self._next = self._next, self._next + 1
        self.groups[number] = together
        self.names[number] = name
        for row in together:
            self.group[row] = number
        if is_hidden:
            self.hidden |= together
        else:
            self.hidden -= together
        for row in together:
            if row in self.apart:
                self.apart[row] -= together
        return number

    def _leave(self, row: int, number: int) -> None:
        """Take a row out of its group: nobody has decided about it then."""
        self.groups[number].discard(row)
        self._forget(number)
        self.group[row] = None

    def _forget(self, number: int) -> None:
        """A group is no longer one that films named."""
        name = self._of_films.pop(number, None)
        if name is not None:
            del self._numbers_of_films[name][number]


def _set_apart(apart: dict[int, set[int]], a: int, b: int) -> None:
    apart[a].add(b)
    apart[b].add(a)


def _found(rows: Iterable[int | None]) -> list[int]:
    return list(dict.fromkeys(row for row in rows if row is not None))


def numbers(
    labels: IntArray, seconds: Sequence[float], earlier: Sequence[int], free: int
) -> tuple[list[int], int]:
    """Number people so that each keeps the number under which most of its screen time was known.

    The most shared time first, ties to the lower number, then to the lower label; each number is
    given once. People without one get new numbers, by screen time, longest first, ties to the lower
    label.

    Parameters
    ----------
    labels
        Array of shape (n,), int64, person of each row, 0-based.
    seconds
        Screen time of each row.
    earlier
        Number of the person that each row was before; 0 = none.
    free
        The lowest number that was never used.

    Returns
    -------
    the number of each label; and the lowest number that is free now
    """
    shared: dict[tuple[int, int], float] = defaultdict(float)
    total: dict[int, float] = defaultdict(float)
    for label, time_s, number in zip(labels.tolist(), seconds, earlier, strict=True):
        total[label] += time_s
        if number:
            shared[number, label] += time_s
    given: dict[int, int] = {}
    taken: set[int] = set()
    for number, label in sorted(shared, key=lambda pair: (-shared[pair], pair)):
        if label not in given and number not in taken:
            given[label] = number
            taken.add(number)
    for label in sorted(total.keys() - given.keys(), key=lambda label: (-total[label], label)):
        given[label], free = free, free + 1
    return [given[label] for label in sorted(given)], free
