"""A simulated reviewer, who knows the truth and does nothing that the review page does not offer.

Questions come as the page orders them: chance of yes times faces that a yes settles (for a doubt,
chance of no times faces of the track). Those that an answer has made moot are dropped.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from clusterer.edits import NOT_A_FACE, Keys, replay
from clusterer.evaluation.grouping import Grouping
from clusterer.evaluation.matching import MISSED, Matching
from clusterer.types import UNKNOWN, Action, ClusteringResult, Edit, Question

STANDS = 5
"""Tracks that a correction names for a person."""

Pair = tuple[int, int]
Chore = tuple[int, str, Edit]
"""Faces that it settles, what it is, and the correction."""


@dataclass(eq=False)
class Page:
    """What the page shows: the grouping with all corrections, and the questions that are left."""

    result: ClusteringResult
    edits: list[Edit] = field(default_factory=list)
    done: set[Pair] = field(default_factory=set)
    different: list[Pair] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keys = Keys(self.result.analysis)
        self.faces = [len(track) for track in self.result.analysis.tracks]
        self.different += [(int(a), int(b)) for a, b in self.result.cannot_link]
        grouping = self.result.grouping
        self.start = self.result.labels if grouping is None else grouping.labels
        self.questions = self.result.advice.questions
        self.group: list[int] = []
        self.replay()

    def replay(self) -> None:
        """Apply all corrections to the grouping; unknown tracks are groups of their own."""
        numbers = {int(label): int(label) + 1 for label in np.unique(self.start) if label >= 0}
        found = replay(self.start, numbers, self.edits, self.keys)
        self.labels = np.where(found.not_a_face, NOT_A_FACE, found.labels)
        self.group = [
            label if label != UNKNOWN else -3 - track
            for track, label in enumerate(self.labels.tolist())
        ]

    def members(self, track: int) -> list[int]:
        """Tracks of the same group."""
        return [t for t, group in enumerate(self.group) if group == self.group[track]]

    def key(self, *tracks: int) -> tuple[str, ...]:
        """Keys of tracks."""
        return tuple(self.keys.tracks[track] for track in tracks)

    def stands(self, track: int, but: Sequence[int] = ()) -> tuple[str, ...]:
        """Keys of tracks that stand for a person, the track itself first."""
        mates = [t for t in self.members(track) if t != track and t not in but]
        return self.key(*[track, *mates][:STANDS])

    def cut(self, group: int) -> list[int]:
        """The part of a person that the page proposes to split off; empty if there is none."""
        tracks = [track for track, of in enumerate(self.group) if of == group]
        parts: dict[int, list[int]] = {}
        for track in tracks:
            label = int(self.start[track])
            parts.setdefault(label if label != UNKNOWN else -3 - track, []).append(track)
        if len(parts) > 1:
            _, *others = sorted(parts.values(), key=lambda part: -len(part))
            return [track for part in others for track in part]
        label = int(self.start[tracks[0]])
        own = np.flatnonzero(self.start == label).tolist()
        return _cut(self.result.advice.trees.get(label, ()), own, set(tracks))

    def act(self, edit: Edit) -> None:
        """Correct something."""
        self.edits.append(edit)
        self.replay()

    def next_question(self) -> Question | None:
        """The question of greatest score that is still worth an answer."""
        weight: Counter[int] = Counter()
        for track, group in enumerate(self.group):
            weight[group] += self.faces[track]
        parted = {
            frozenset((self.group[a], self.group[b]))
            for a, b in self.different
            if self.group[a] != self.group[b]
        }
        best, most = None, 0.0
        for question in self.questions:
            score = self._score(question, weight, parted)
            if score > most:
                best, most = question, score
        return best

    def _score(
        self, question: Question, weight: Mapping[int, int], parted: set[frozenset[int]]
    ) -> float:
        a, b = question.a, question.b
        groups = self.group[a], self.group[b]
        doubt = self.start[a] == self.start[b] != UNKNOWN
        if (a, b) in self.done or NOT_A_FACE in groups or doubt != (groups[0] == groups[1]):
            return 0.0
        chance = 0.5 + 0.5 * math.tanh(0.5 * question.evidence)
        if doubt:
            return (1.0 - chance) * self.faces[b]
        if frozenset(groups) in parted:
            return 0.0
        return chance * min(weight[group] for group in groups)


def _cut(tree: Sequence[Pair], own: Sequence[int], wanted: set[int]) -> list[int]:
    """The smaller side of the last merge that joins tracks that are still there."""
    nodes = [[track] if track in wanted else [] for track in own]
    nodes += [[] for _ in tree]
    out: list[int] = []
    for k, (i, j) in enumerate(tree):
        nodes[len(own) + k] = nodes[i] + nodes[j]
        if nodes[i] and nodes[j]:
            out = nodes[i] if len(nodes[i]) < len(nodes[j]) else nodes[j]
    return sorted(out)


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
        """Do one thing after the other, and say what it was, until there is nothing to do."""
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
            page.act(Edit(Action.DIFFERENT, who=page.stands(a, [b]), others=page.key(b)))
            return "doubt: no"
        page.act(Edit(Action.DIFFERENT, who=page.stands(a), others=page.stands(b)))
        return "no"

    def _by_hand(self) -> Iterator[str]:
        """Split, merge, take out who is somebody else: what settles most faces first."""
        while True:
            todo = [*self._splits(), *self._merges(), *self._moves(), *self._new()]
            if not todo:
                return
            _, what, edit = max(todo, key=lambda chore: chore[0])  # the first of equals
            self.page.act(edit)
            yield what

    def _told(self) -> dict[int, list[int]]:
        """Tracks of each group of which the truth tells something."""
        told: dict[int, list[int]] = {}
        for track, group in enumerate(self.page.group):
            if self.people[track] and group != NOT_A_FACE:
                told.setdefault(group, []).append(track)
        return told

    def _wrong(self, tracks: Sequence[int]) -> list[int]:
        """Tracks that do not show whom most faces show."""
        faces: Counter[str] = Counter()
        for track in tracks:
            faces[self.people[track]] += self.page.faces[track]
        who = min(faces, key=lambda person: (-faces[person], person), default="")
        return [track for track in tracks if self.people[track] != who]

    def _splits(self) -> Iterator[Chore]:
        """Proposals that save more moves than the merge costs that may follow."""
        for group, tracks in self._told().items():
            wrong = self._wrong(tracks)
            if len(wrong) < 2:
                continue
            gone = set(self.page.cut(group))
            out = [track for track in tracks if track in gone]
            stay = [track for track in tracks if track not in gone]
            left = len(self._wrong(out)) + len(self._wrong(stay))
            if out and stay and left + 1 < len(wrong):
                source = self.page.key(*stay[:STANDS])
                edit = Edit(Action.NEW, tracks=self.page.key(*sorted(gone)), source=source)
                yield self._weight(out), "split", edit

    def _merges(self) -> Iterator[Chore]:
        """People of whom most faces are one's, the greatest with each of the others."""
        for tracks in self._homes().values():
            for other in tracks[1:]:
                who, others = self.page.stands(tracks[0]), self.page.stands(other)
                weight = self._weight(self.page.members(other))
                yield weight, "merge", Edit(Action.SAME, who=who, others=others)

    def _moves(self) -> Iterator[Chore]:
        """Tracks that show somebody else than their group does."""
        homes = self._homes()
        for tracks in self._told().values():
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
        """Unknown tracks that are all there is of their person."""
        for tracks in self._homes().values():
            if len(tracks) == 1 and self.page.labels[tracks[0]] == UNKNOWN:
                edit = Edit(Action.NEW, tracks=self.page.key(tracks[0]))
                yield self.page.faces[tracks[0]], "new", edit

    def _homes(self) -> dict[str, list[int]]:
        """Person → a track of each group that shows mostly that person, the greatest first."""
        homes: dict[str, list[int]] = {}
        ordered = sorted(self._told().values(), key=lambda tracks: (-self._weight(tracks), tracks))
        for tracks in ordered:
            wrong = set(self._wrong(tracks))
            right = next(track for track in tracks if track not in wrong)
            homes.setdefault(self.people[right], []).append(right)
        return homes

    def _weight(self, tracks: Sequence[int]) -> int:
        return sum(self.page.faces[track] for track in tracks)
