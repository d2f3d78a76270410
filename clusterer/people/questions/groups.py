"""The groups that questions compare: people, and single unknown tracks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clusterer.core.types import UNKNOWN, IntArray, Question, Reason, TrackFeatures
from clusterer.people.refinement.evidence import Bools, Group


@dataclass(frozen=True, slots=True)
class RankedQuestion:
    """A question and its value.

    Attributes
    ----------
    question
    value
        Probability that the answer changes something, times the weight of the tracks it decides.
    """

    question: Question
    value: float

    @property
    def key(self) -> tuple[float, int, int]:
        """Sort key: highest value first, ties by track."""
        return -self.value, self.question.a, self.question.b


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Disjoint groups of tracks.

    Attributes
    ----------
    members : g groups of tracks, each in order: people by label, then single unknown tracks,
        without those that a reviewer marked as not a face
    labels : of the people, which come first in `members`, in order
    weights : array of shape (t,), int64, weight of each track, 1 or more
    rank : array of shape (t,), int64, 0 = the track that shows its person best
    silent : array of shape (t,), bool, neither face nor clothing is known
    spans_s : array of shape (t, 2), float64, start and end of each track, seconds
    """

    members: list[Group]
    labels: list[int]
    weights: IntArray
    rank: IntArray
    silent: Bools
    spans_s: npt.NDArray[np.float64]

    def best(self, group: Group) -> int:
        """The track that represents a group."""
        return min(group, key=lambda track: int(self.rank[track]))

    def weight(self, group: Group) -> int:
        """Weight of a group."""
        return int(self.weights[group].sum())


def probability(evidence: float) -> float:
    """Probability of yes, given log odds."""
    return 0.5 + 0.5 * math.tanh(0.5 * evidence)


def group_tracks(
    features: TrackFeatures, spans_s: npt.NDArray[np.float64], labels: IntArray
) -> Groups:
    """Group tracks by label.

    A group is represented by a readable track if it has one, then by the one of best quality; ties
    go to the first.

    Parameters
    ----------
    features : t tracks
    spans_s : array of shape (t, 2), float64, seconds
    labels : array of shape (t,), int64, `UNKNOWN` = a separate group
    """
    order = np.argsort(labels, kind="stable")
    order = order[labels[order] != UNKNOWN]
    starts = np.flatnonzero(np.diff(labels[order])) + 1
    people = [part.tolist() for part in np.split(order, starts) if len(part)]
    unknown = [
        [track]
        for track in np.flatnonzero(labels == UNKNOWN).tolist()
        if features.reasons[track] is not Reason.NOT_A_FACE
    ]
    readable = (features.readable_chips > 0) & features.has_face
    by_rank = np.lexsort((-features.quality, ~readable))
    rank = np.empty(len(labels), dtype=np.int64)
    rank[by_rank] = np.arange(len(labels))
    return Groups(
        members=people + unknown,
        labels=[int(labels[group[0]]) for group in people],
        weights=np.maximum(features.readable_chips, 1),
        rank=rank,
        silent=~features.has_face & ~(features.torso_share > 0),
        spans_s=spans_s,
    )
