"""What the review page shows, without a browser: people, who stands for them, the cut in two.

`_cards` has its questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from clusterer.core.appearances import appearances
from clusterer.core.types import UNKNOWN, ClusteringResult, Edit
from clusterer.edits import NOT_A_FACE, Keys, Person, replay
from clusterer.outputs.report.payload import PLACES
from clusterer.people.background import in_front, is_background

STANDS = 5
"""Tracks that a correction names for a person."""
Pair = tuple[int, int]


@dataclass(eq=False)
class Page:
    """What the page shows: the grouping with all corrections.

    Attributes
    ----------
    result : where the review begins
    edits : the corrections since
    skipped : questions that are not asked again
    group : of each track, its label; each unknown track has one of its own
    background : labels of the people who are in the background
    """

    result: ClusteringResult
    edits: list[Edit] = field(default_factory=list)
    skipped: set[Pair] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.keys = Keys(self.result.analysis)
        self.faces = [len(track) for track in self.result.analysis.tracks]
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
        self.by_hand = set(np.flatnonzero(found.by_hand).tolist())
        self.group = [
            label if label != UNKNOWN else -3 - track
            for track, label in enumerate(self.labels.tolist())
        ]
        share = self.result.config.clustering.foreground
        front = set(self.labels[in_front(self.result.analysis, share)].tolist())
        self.background = {
            label
            for label in {*self.labels.tolist()}
            if label >= 0 and is_background(found.people.get(label, Person(0)), label in front)
        }

    def members(self, track: int) -> list[int]:
        """Tracks of the same group."""
        return [t for t, group in enumerate(self.group) if group == self.group[track]]

    def key(self, *tracks: int) -> tuple[str, ...]:
        """Keys of tracks."""
        return tuple(self.keys.tracks[track] for track in tracks)

    def find(self, keys: Sequence[str]) -> list[int]:
        """Tracks of keys."""
        return [track for key in keys if (track := self._index.get(key)) is not None]

    @cached_property
    def _index(self) -> dict[str, int]:
        return {key: track for track, key in enumerate(self.keys.tracks)}

    @cached_property
    def _worth(self) -> list[float]:
        """What the page prefers to show: the track of best quality, then the longest."""
        quality = self.result.analysis.quality.value
        best = [float(quality[track.detection_rows].max()) for track in self.result.analysis.tracks]
        pairs = zip(best, self.faces, strict=True)
        return [round(value, PLACES) + 1e-6 * faces for value, faces in pairs]

    def stands(self, tracks: Sequence[int], but: Sequence[int] = ()) -> tuple[str, ...]:
        """Keys of the tracks that stand for a group, without those that leave it."""
        left = [track for track in tracks if track not in set(but)]
        return self.key(*sorted(left, key=lambda track: (-self._worth[track], track))[:STANDS])

    def time_pts(self, tracks: Sequence[int]) -> int:
        """Time of a group on screen."""
        ids = [self.result.analysis.tracks[track].id for track in tracks]
        return sum(a.end_pts - a.start_pts for a in appearances(self.result.analysis, ids))

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

    def act(self, *edits: Edit) -> None:
        """Correct something."""
        self.edits.extend(edits)
        self.replay()


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
