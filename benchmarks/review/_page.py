"""What the review page offers, without a browser: people, questions, the cut in two.

Questions come as the page orders them: chance of yes times faces that a yes moves (for a doubt,
chance of no times faces on that side of the cut). Those that an answer has made moot, and those
that hardly can change anything, are dropped.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from clusterer.core.types import UNKNOWN, ClusteringResult, Edit, Question
from clusterer.edits import NOT_A_FACE, Keys, replay

STANDS = 5
"""Tracks that a correction names for a person."""
LIKELY = 0.1
"""Chance of changing anything under which the page asks only on request."""

Pair = tuple[int, int]


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
        """Apply all corrections to the grouping; each unknown track is a separate group."""
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
        leaves = np.flatnonzero(self.start == label).tolist()
        return _cut(self.result.advice.trees.get(label, ()), leaves, set(tracks))

    def side(self, a: int, b: int) -> list[int]:
        """The tracks on b's side of where the tree parts a and b, those that are still with b."""
        leaves = np.flatnonzero(self.start == self.start[b]).tolist()
        nodes = [[track] for track in leaves]
        side = [b]
        for i, j in self.result.advice.trees.get(int(self.start[b]), ()):
            nodes.append(nodes[i] + nodes[j])
            if b in nodes[-1] and a not in nodes[-1]:
                side = nodes[-1]
        return sorted(track for track in side if self.group[track] == self.group[b])

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
        doubt = bool(self.start[a] == self.start[b] != UNKNOWN)
        if (a, b) in self.done or NOT_A_FACE in groups or doubt != (groups[0] == groups[1]):
            return 0.0
        sign = -1.0 if doubt else 1.0
        chance = 0.5 + 0.5 * math.tanh(0.5 * sign * question.evidence)
        if chance < LIKELY or frozenset(groups) in parted:
            return 0.0
        if doubt:
            return chance * sum(self.faces[track] for track in self.side(a, b))
        return chance * min(weight[group] for group in groups)


def _cut(tree: Sequence[Pair], leaves: Sequence[int], wanted: set[int]) -> list[int]:
    """The smaller side of the last merge that joins tracks that are still there."""
    nodes = [[track] if track in wanted else [] for track in leaves]
    nodes += [[] for _ in tree]
    out: list[int] = []
    for k, (i, j) in enumerate(tree):
        nodes[len(leaves) + k] = nodes[i] + nodes[j]
        if nodes[i] and nodes[j]:
            out = nodes[i] if len(nodes[i]) < len(nodes[j]) else nodes[j]
    return sorted(out)
