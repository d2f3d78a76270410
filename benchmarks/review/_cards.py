"""The questions of the review page, put together as it does: see ``web/src/model/questions.ts``.

Questions come by score: chance of yes times faces that a yes moves (for a doubt, chance of no
times faces on that side of the cut). Those that an answer has made moot, and those that hardly can
change anything, are dropped. Those about one person are on one card, on which the likely answers
are given.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.review._page import Page, Pair
from clusterer.core.types import UNKNOWN, Action, Edit
from clusterer.edits import NOT_A_FACE

LIKELY = 0.1
"""Chance of changing anything under which the page asks only on request."""
MOST = 12
"""Questions on one card."""
EVEN = 0.5


@dataclass(frozen=True)
class Asked:
    """A question.

    Attributes
    ----------
    a, b : the tracks that are compared
    doubt : whether both are one person already
    chance : of changing anything
    score : by which questions are ordered
    """

    a: int
    b: int
    doubt: bool
    chance: float
    score: float

    @property
    def key(self) -> Pair:
        """Names the question."""
        return self.a, self.b

    @property
    def is_likely_yes(self) -> bool:
        """Whether "the same" is the likely answer."""
        return self.chance < EVEN if self.doubt else self.chance >= EVEN


@dataclass
class Card:
    """What is asked at once.

    Attributes
    ----------
    questions : all about one person if there are several
    score : sum of theirs
    """

    questions: list[Asked]
    score: float

    @property
    def key(self) -> str:
        """As the page names it."""
        return ",".join(f"{one.a} {one.b}" for one in self.questions)


@dataclass
class Sides:
    """Both sides of a question: who stays, and who would join or leave."""

    first: list[int]
    a: int
    second: list[int]
    b: int


def cards(page: Page) -> list[Card]:
    """All cards, the best first."""
    return _Table(page).cards()


def sides_of(page: Page, asked: Asked) -> Sides:
    """Both sides of a question: the first is whom the other would join."""
    a, b = asked.a, asked.b
    if asked.doubt:
        out = page.side(a, b)
        return Sides([track for track in page.members(a) if track not in set(out)], a, out, b)
    one, other = page.members(a), page.members(b)
    if _rank(page, other) > _rank(page, one):
        return Sides(other, b, one, a)
    return Sides(one, a, other, b)


def answer(page: Page, asked: Asked, yes: bool, leaving: Sequence[int] = ()) -> Edit:
    """The correction that answers a question; `leaving` are tracks that other answers take."""
    sides = sides_of(page, asked)
    who = page.stands(sides.first, leaving)
    if not asked.doubt:
        action = Action.SAME if yes else Action.DIFFERENT
        return Edit(action, who=who, others=page.stands(sides.second))
    if not yes:
        return Edit(Action.NEW, tracks=page.key(*sides.second), source=who)
    others = (*page.key(sides.b), *page.stands(sides.second, [sides.b]))[:5]
    return Edit(Action.SAME, who=who, others=others)


def _rank(page: Page, tracks: Sequence[int]) -> tuple[bool, int]:
    return bool(page.labels[tracks[0]] >= 0), page.time_pts(tracks)


@dataclass
class _Open:
    """A card about a person, while questions are added.

    Attributes
    ----------
    card
    groups : those that would join
    left : tracks that no question on it would take away
    """

    card: Card
    groups: list[int]
    left: set[int]


@dataclass
class _Table:
    page: Page
    apart: set[frozenset[int]] = field(default_factory=set)
    answered: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        page, group = self.page, self.page.group
        for a, b in page.result.cannot_link.tolist():
            self.apart.add(frozenset((group[a], group[b])))
        self.answered |= page.by_hand
        for edit in page.edits:
            if edit.action is Action.DIFFERENT:
                self._part(edit.who, edit.others)
            elif edit.action is Action.SAME:
                self.answered.update(page.find(edit.others))
            elif edit.source:
                self._part(edit.tracks, edit.source)

    def _part(self, some: Sequence[str], others: Sequence[str]) -> None:
        group = self.page.group
        for a in self.page.find(some):
            for b in self.page.find(others):
                self.apart.add(frozenset((group[a], group[b])))

    def questions(self) -> list[Asked]:
        """All open questions, the best first, each pair of groups once."""
        page, group = self.page, self.page.group
        weight: Counter[int] = Counter()
        for mine, faces in zip(group, page.faces, strict=True):
            weight[mine] += faces
        best: dict[object, Asked] = {}
        for question in page.questions:
            a, b = question.a, question.b
            doubt = bool(page.start[a] == page.start[b] != UNKNOWN)
            together = group[a] == group[b]
            if (a, b) in page.skipped or NOT_A_FACE in {group[a], group[b]} or doubt != together:
                continue
            if page.background & {group[a], group[b]}:
                continue
            pair = frozenset((group[a], group[b]))
            if b in self.answered if doubt else pair in self.apart:
                continue
            sign = -1.0 if doubt else 1.0
            chance = 0.5 + 0.5 * math.tanh(0.5 * sign * round(question.evidence, 2))
            affected = (
                sum(page.faces[track] for track in page.side(a, b))
                if doubt
                else min(weight[group[a]], weight[group[b]])
            )
            asked = Asked(a, b, doubt, chance, affected * chance)
            of: object = (a, b) if doubt else pair
            if of not in best or best[of].score < asked.score:
                best[of] = asked
        likely = [asked for asked in best.values() if asked.chance >= LIKELY]
        return sorted(likely, key=lambda asked: (-asked.score, asked.a, asked.b))

    def cards(self) -> list[Card]:
        """Put questions together that one look at one person answers."""
        made: list[Card] = []
        of: dict[int, list[_Open]] = {}
        for asked in self.questions():
            sides = sides_of(self.page, asked)
            who = int(self.page.labels[sides.a])
            if who < 0:
                made.append(Card([asked], asked.score))
                continue
            there = of.setdefault(who, [])
            card = next((card for card in there if self._fits(card, asked, sides)), None)
            if card is None:
                card = _Open(Card([], 0.0), [], set(self.page.members(sides.a)))
                there.append(card)
                made.append(card.card)
            self._put(card, asked, sides)
        return sorted(made, key=lambda card: -card.score)

    def _put(self, card: _Open, asked: Asked, sides: Sides) -> None:
        card.card.questions.append(asked)
        card.card.score += asked.score
        if asked.doubt:
            card.left -= set(sides.second)
        else:
            card.groups.append(self.page.group[sides.b])

    def _fits(self, card: _Open, asked: Asked, sides: Sides) -> bool:
        if len(card.card.questions) >= MOST:
            return False
        if asked.doubt:
            return set(sides.second) < card.left
        other = self.page.group[sides.b]
        clash = any(frozenset((group, other)) in self.apart for group in card.groups)
        return not clash and sides.a in card.left
