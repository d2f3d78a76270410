"""All scores of a result, summable over clips."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from clusterer.core.types import UNKNOWN, IntArray
from clusterer.evaluation.characters import Characters
from clusterer.evaluation.clicks import Clicks
from clusterer.evaluation.grouping import Grouping
from clusterer.evaluation.matching import MISSED, Matching
from clusterer.evaluation.rates import Summable, share

GROUPING = (
    "b_cubed_precision",
    "b_cubed_recall",
    "b_cubed_f",
    "pairwise_precision",
    "pairwise_recall",
    "pairwise_f",
    "nmi",
    "homogeneity",
    "completeness",
    "v_measure",
    "ari",
)
"""Ratios of a `Grouping` that are computed end to end and for assigned faces."""


@dataclass(frozen=True)
class Detection(Summable):
    """Faces found and missed at the labelled frames.

    Faces that nobody can identify count neither way.

    Attributes
    ----------
    faces : kind → labelled faces
    hits : kind → labelled faces that were found
    strays : found boxes that match no face and lie in no ignore box
    """

    faces: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    strays: int = 0

    @classmethod
    def of(cls, matching: Matching) -> Self:
        """Count the faces of one clip."""
        found = zip(matching.kinds, matching.track.tolist(), strict=True)
        hits = Counter(kind for kind, track in found if track != MISSED)
        return cls(Counter(matching.kinds), hits, len(matching.stray_track))

    @property
    def face_recall(self) -> float:
        """Share of the labelled faces that were found, 0 to 1."""
        return share(self.hits.total(), self.faces.total())

    @property
    def box_precision(self) -> float:
        """Share of the found boxes that are labelled faces, 0 to 1."""
        return share(self.hits.total(), self.hits.total() + self.strays)

    def recall_by_kind(self) -> dict[str, float]:
        """Face recall of each labelled kind, in alphabetical order."""
        return {
            kind: share(self.hits[kind], self.faces[kind]) for kind in sorted(self.faces) if kind
        }


@dataclass(frozen=True)
class Scores(Summable):
    """Components of all scores. Add the scores of several clips, then take the ratios.

    Attributes
    ----------
    detection : faces found and missed
    end_to_end : over every labelled face; each missed or unknown face is a separate cluster
    assigned : over the faces in tracks that are assigned to a person, which corresponds to papers
        on NMI, V-measure, ARI and purity that cluster given faces
    characters : precision and recall of people, over every labelled face
    clicks : a reviewer's work
    people_found : people of the result, including those without a labelled face
    people_true : people in the truth
    unknown_faces : faces found in unknown tracks
    """

    detection: Detection = field(default_factory=Detection)
    end_to_end: Grouping = field(default_factory=Grouping)
    assigned: Grouping = field(default_factory=Grouping)
    characters: Characters = field(default_factory=Characters)
    clicks: Clicks = field(default_factory=Clicks)
    people_found: int = 0
    people_true: int = 0
    unknown_faces: int = 0

    def ratios(self) -> dict[str, float | int]:
        """Every score by its name, in a fixed order, ready for JSON.

        Scores without ``assigned_`` are end to end, except for ``purity``, which is over assigned
        faces: clusters of one face are pure, so end to end it would reward unknown faces. Rates
        over nothing, such as no faces, are 1, but ``unknown_share`` is 0. There is a recall for
        each kind in the truth.
        """
        detection, clicks = self.detection, self.clicks
        hits = detection.hits.total()
        by_kind = detection.recall_by_kind()
        return {
            "face_recall": detection.face_recall,
            **{f"face_recall_{kind}": rate for kind, rate in by_kind.items()},
            "box_precision": detection.box_precision,
            **{name: getattr(self.end_to_end, name) for name in GROUPING},
            **{f"assigned_{name}": getattr(self.assigned, name) for name in GROUPING},
            "purity": self.assigned.purity,
            "people_found": self.people_found,
            "people_true": self.people_true,
            "character_precision": self.characters.precision,
            "character_recall": self.characters.recall,
            "clicks": clicks.total,
            "merges": clicks.merges,
            "moves": clicks.moves,
            "removals": clicks.removals,
            "unknown_share": self.unknown_faces / hits if hits else 0.0,
        }


def score(matching: Matching, labels: IntArray) -> Scores:
    """Score the labels of one clip.

    Parameters
    ----------
    matching
        Which track found which labelled face.
    labels : array of shape (t,), int64
        The person of each track, or `UNKNOWN`.

    Returns
    -------
    Scores

    Raises
    ------
    ValueError
        A matched track has no label.
    """
    labels = np.asarray(labels, dtype=np.int64)
    tracks = np.concatenate([matching.track, matching.stray_track])
    if tracks.max(initial=MISSED) >= len(labels):
        raise ValueError(f"no label for track {tracks.max()}: there are {len(labels)} labels")
    people = matching.people
    found = matching.track != MISSED
    clusters = np.full(len(people), UNKNOWN, dtype=np.int64)
    clusters[found] = labels[matching.track[found]]
    assigned = np.flatnonzero(clusters >= 0)
    return Scores(
        detection=Detection.of(matching),
        end_to_end=Grouping.of(people, clusters),
        assigned=Grouping.of([people[i] for i in assigned.tolist()], clusters[assigned]),
        characters=Characters.of(people, clusters),
        clicks=Clicks.of(matching, labels),
        people_found=len(np.unique(labels[labels >= 0])),
        people_true=len(matching.truth.cast),
        unknown_faces=int((found & (clusters < 0)).sum()),
    )
