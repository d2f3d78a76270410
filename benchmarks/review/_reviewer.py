"""A simulated reviewer, who knows the truth and does only what the review page offers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.review._cards import Asked, Card, answer, cards, sides_of
from benchmarks.review._page import STANDS, Page
from clusterer.core.types import UNKNOWN, Action, Edit
from clusterer.edits import NOT_A_FACE
from clusterer.evaluation.grouping import Grouping
from clusterer.evaluation.matching import MISSED, Matching

Chore = tuple[int, str, Edit]
"""Faces that it corrects, what it is, and the correction."""


@dataclass(eq=False)
class Reviewer:
    """Answers by the truth.

    Attributes
    ----------
    page : what the reviewer sees
    matching : labelled faces, and the tracks that found them
    patience : answers in a row that change nothing, after which the reviewer corrects by hand
    useless : such answers so far
    """

    page: Page
    matching: Matching
    patience: int
    useless: int = 0

    def __post_init__(self) -> None:
        self.people = self.matching.track_people(len(self.page.faces))
        self.strays = {
            track for track in self.matching.stray_track.tolist() if not self.people[track]
        }

    def b_cubed_f(self) -> float:
        """Over the labelled faces that were found."""
        return self._b_cubed_f(self.page.labels.tolist())

    def _b_cubed_f(self, labels: Sequence[int]) -> float:
        found = self.matching.track != MISSED
        people = [who for who, here in zip(self.matching.people, found, strict=True) if here]
        return Grouping.of(people, np.array(labels)[self.matching.track[found]]).b_cubed_f

    def most(self) -> float:
        """The greatest F that there can be: each track with those of its person."""
        names = sorted(set(self.people))
        return self._b_cubed_f([names.index(who) for who in self.people])

    def review(self) -> Iterator[str]:
        """Do one thing after the other, and yield what it was, until there is nothing to do.

        A card is one action, and each answer on it that is turned is another.
        """
        while self.useless < self.patience:
            asked = cards(self.page)
            if not asked:
                break
            did = list(self._answer(asked[0]))
            helped = any(what in {"yes", "not a face", "doubt: no"} for what in did)
            self.useless = 0 if helped else self.useless + 1
            yield from did
        yield from self._by_hand()

    def _answer(self, card: Card) -> Iterator[str]:
        """Answer a card, and yield what that took."""
        if len(card.questions) == 1:
            yield self._answer_one(card.questions[0])
            return
        page = self.page
        yes = {asked.key: self._is_same(asked) for asked in card.questions}
        out = [
            track
            for asked in card.questions
            if asked.doubt and not yes[asked.key]
            for track in sides_of(page, asked).second
        ]
        page.act(*[answer(page, asked, yes[asked.key], out) for asked in card.questions])
        helped = [asked for asked in card.questions if yes[asked.key] != asked.doubt]
        yield ("doubt: no" if helped[0].doubt else "yes") if helped else "no"
        if any(yes.values()):  # else one key says no to all
            for asked in card.questions:
                if yes[asked.key] != asked.is_likely_yes:
                    yield "turned"

    def _is_same(self, asked: Asked) -> bool:
        """Whether both are known to be one person."""
        return bool(self.people[asked.a]) and self.people[asked.a] == self.people[asked.b]

    def _answer_one(self, asked: Asked) -> str:
        page = self.page
        sides = sides_of(page, asked)
        if self.strays.issuperset(sides.second):
            page.act(Edit(Action.NOT_A_FACE, tracks=page.key(*sides.second)))
            return "not a face"
        if not self.people[asked.a] or not self.people[asked.b]:
            page.skipped.add(asked.key)
            return "skip"
        same = self._is_same(asked)
        page.act(answer(page, asked, same))
        return ("doubt: " if asked.doubt else "") + ("yes" if same else "no")

    def _by_hand(self) -> Iterator[str]:
        """Split, merge, take out who is somebody else: the one that corrects most faces first."""
        while True:
            corrections = (self._splits(), self._merges(), self._moves(), self._new())
            todo = [chore for some in (*corrections, self._strays()) for chore in some]
            if not todo:
                return
            _, what, edit = max(todo, key=lambda chore: chore[0])  # the first of equals
            self.page.act(edit)
            yield what

    def _labelled(self) -> dict[int, list[int]]:
        """Tracks of each group whose person the truth knows."""
        labelled: dict[int, list[int]] = {}
        for track, group in enumerate(self.page.group):
            if self.people[track] and group != NOT_A_FACE:
                labelled.setdefault(group, []).append(track)
        return labelled

    def _wrong(self, tracks: Sequence[int]) -> list[int]:
        """Tracks that do not show the main person of the others."""
        faces: Counter[str] = Counter()
        for track in tracks:
            faces[self.people[track]] += self.page.faces[track]
        who = min(faces, key=lambda person: (-faces[person], person), default="")
        return [track for track in tracks if self.people[track] != who]

    def _splits(self) -> Iterator[Chore]:
        """Splits that save more moves than the cost of a merge that may follow."""
        for group, tracks in self._labelled().items():
            wrong = self._wrong(tracks)
            if len(wrong) < 2:
                continue
            proposed = set(self.page.cut(group))
            out = [track for track in tracks if track in proposed]
            stay = [track for track in tracks if track not in proposed]
            left = len(self._wrong(out)) + len(self._wrong(stay))
            if out and stay and left + 1 < len(wrong):
                source = self.page.key(*stay[:STANDS])
                edit = Edit(Action.NEW, tracks=self.page.key(*sorted(proposed)), source=source)
                yield self._weight(out), "split", edit

    def _merges(self) -> Iterator[Chore]:
        """Merge groups with one main person, the largest with each of the others."""
        for tracks in self._homes().values():
            for other in tracks[1:]:
                mates = self.page.members(other)
                who = self.page.stands(self.page.members(tracks[0]))
                others = self.page.stands(mates)
                weight = self._weight(mates)
                yield weight, "merge", Edit(Action.SAME, who=who, others=others)

    def _moves(self) -> Iterator[Chore]:
        """Move tracks that show somebody else than their group does."""
        homes = self._homes()
        for tracks in self._labelled().values():
            for track in self._wrong(tracks):
                source = self.page.stands(self.page.members(track), [track])
                moved = self.page.key(track)
                edit = Edit(Action.NEW, tracks=moved, source=source)
                for home in homes.get(self.people[track], [])[:1]:
                    who = self.page.stands(self.page.members(home))
                    edit = Edit(Action.MOVE, who=who, tracks=moved, source=source)
                yield self.page.faces[track], "move", edit

    def _new(self) -> Iterator[Chore]:
        """Make people of unknown tracks that are the only ones of their person."""
        for tracks in self._homes().values():
            if len(tracks) == 1 and self.page.labels[tracks[0]] == UNKNOWN:
                edit = Edit(Action.NEW, tracks=self.page.key(tracks[0]))
                yield self.page.faces[tracks[0]], "new", edit

    def _strays(self) -> Iterator[Chore]:
        """Take what is not a face out of people."""
        for track in sorted(self.strays):
            if self.page.labels[track] >= 0:
                edit = Edit(Action.NOT_A_FACE, tracks=self.page.key(track))
                yield self.page.faces[track], "not a face", edit

    def _homes(self) -> dict[str, list[int]]:
        """Person → a track of each group that shows mostly that person, the greatest first."""
        homes: dict[str, list[int]] = {}
        ordered = sorted(
            self._labelled().values(), key=lambda tracks: (-self._weight(tracks), tracks)
        )
        for tracks in ordered:
            wrong = set(self._wrong(tracks))
            right = next(track for track in tracks if track not in wrong)
            homes.setdefault(self.people[right], []).append(right)
        return homes

    def _weight(self, tracks: Sequence[int]) -> int:
        return sum(self.page.faces[track] for track in tracks)
