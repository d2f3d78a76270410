"""A simulated reviewer, who knows the truth and does only what the review page offers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.review._page import STANDS, Page
from clusterer.core.types import UNKNOWN, Action, Edit, Question
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
        """Do one thing after the other, and yield what it was, until there is nothing to do."""
        while self.useless < self.patience:
            question = self.page.next_question()
            if question is None:
                break
            answer = self._answer(question)
            helped = answer in {"yes", "not a face", "doubt: no"}
            self.useless = 0 if helped else self.useless + 1
            yield answer
        for track in sorted(self.strays):
            if self.page.labels[track] >= 0:
                self.page.act(Edit(Action.NOT_A_FACE, tracks=self.page.key(track)))
                yield "not a face"
        yield from self._by_hand()

    def _answer(self, question: Question) -> str:
        page, a, b = self.page, question.a, question.b
        page.done.add((a, b))
        for track in (a, b):
            if track in self.strays:
                page.act(Edit(Action.NOT_A_FACE, tracks=page.key(track)))
                return "not a face"
        if not self.people[a] or not self.people[b]:
            return "skip"
        doubt = page.group[a] == page.group[b]
        same = self.people[a] == self.people[b]
        if doubt and same:
            return "doubt: yes"
        if same:
            page.act(Edit(Action.SAME, who=page.stands(a), others=page.stands(b)))
            return "yes"
        page.different.append((a, b))
        if doubt:
            out = page.side(a, b)
            rest = page.stands(a, out)
            page.act(Edit(Action.NEW, tracks=page.key(*out), source=rest))
            return "doubt: no"
        page.act(Edit(Action.DIFFERENT, who=page.stands(a), others=page.stands(b)))
        return "no"

    def _by_hand(self) -> Iterator[str]:
        """Split, merge, take out who is somebody else: the one that corrects most faces first."""
        while True:
            todo = [*self._splits(), *self._merges(), *self._moves(), *self._new()]
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
                who, others = self.page.stands(tracks[0]), self.page.stands(other)
                weight = self._weight(self.page.members(other))
                yield weight, "merge", Edit(Action.SAME, who=who, others=others)

    def _moves(self) -> Iterator[Chore]:
        """Move tracks that show somebody else than their group does."""
        homes = self._homes()
        for tracks in self._labelled().values():
            for track in self._wrong(tracks):
                source = self.page.stands(track)[1:]
                moved = self.page.key(track)
                edit = Edit(Action.NEW, tracks=moved, source=source)
                for home in homes.get(self.people[track], [])[:1]:
                    edit = Edit(
                        Action.MOVE, who=self.page.stands(home), tracks=moved, source=source
                    )
                yield self.page.faces[track], "move", edit

    def _new(self) -> Iterator[Chore]:
        """Make people of unknown tracks that are the only ones of their person."""
        for tracks in self._homes().values():
            if len(tracks) == 1 and self.page.labels[tracks[0]] == UNKNOWN:
                edit = Edit(Action.NEW, tracks=self.page.key(tracks[0]))
                yield self.page.faces[tracks[0]], "new", edit

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
