"""Whom a question is about: people, and unknown tracks by themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clusterer.core.types import UNKNOWN, IntArray, Question, Reason, TrackFeatures
from clusterer.people.refinement.pair_sums import Bools, Group


@dataclass(frozen=True, slots=True)
class Found:
    """A question, and what it is worth; the greatest come first.

    Attributes
    ----------
    question
    worth
        Chance that the answer changes something times the weight of the tracks that it decides.
    """

    question: Question
    worth: float

    @property
    def key(self) -> tuple[float, int, int]:
        """Orders questions: the greatest worth first, of equals the lower tracks."""
        return -self.worth, self.question.a, self.question.b


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Disjoint groups of tracks.

    Attributes
    ----------
    members : g groups of tracks, each in order: people by label, then the unknown by number,
        but for what a reviewer said is no face
    labels : of the people, who are the first of these groups, in order
    weights : array of shape (t,), int64, of each track, 1 and up: what it counts for
    rank : array of shape (t,), int64, 0 = the track that shows best whom it shows
    silent : array of shape (t,), bool, neither face nor clothes say anything
    spans_s : array of shape (t, 2), float64, first and last sight of each track, seconds
    """

    members: list[Group]
    labels: list[int]
    weights: IntArray
    rank: IntArray
    silent: Bools
    spans_s: npt.NDArray[np.float64]

    def best(self, group: Group) -> int:
        """The track that stands for a group."""
        return min(group, key=lambda track: int(self.rank[track]))

    def weight(self, group: Group) -> int:
        """Weight of a group."""
        return int(self.weights[group].sum())


def chance(evidence: float) -> float:
    """Probability of yes."""
    return 0.5 + 0.5 * math.tanh(0.5 * evidence)


def gather(features: TrackFeatures, spans_s: npt.NDArray[np.float64], labels: IntArray) -> Groups:
    """Group tracks by their labels.

    A track that can be read stands for its group before one that cannot, then that of better
    quality; of equals the first.

    Parameters
    ----------
    features : t tracks
    spans_s : array of shape (t, 2), float64, seconds
    labels : array of shape (t,), int64, `UNKNOWN` = by itself
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
