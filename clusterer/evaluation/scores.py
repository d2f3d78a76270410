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
from clusterer.evaluation.tracking import Identification, Tracking

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
class ByTrack(Summable):
    """Grouping of the tracks that found a labelled face, with equal weight for each.

    This is the protocol of papers that cluster given face tracks, such as VPCD (see `Characters`).
    A track stands for the person that most of its labelled faces show; faces without a track count
    nowhere.

    Attributes
    ----------
    every : over all these tracks; each unknown track is a separate cluster
    assigned : over those that are assigned to a person
    characters : precision and recall of people, over all these tracks
    """

    every: Grouping = field(default_factory=Grouping)
    assigned: Grouping = field(default_factory=Grouping)
    characters: Characters = field(default_factory=Characters)

    @classmethod
    def of(cls, matching: Matching, labels: IntArray) -> Self:
        """Score the labels of one clip; parameters as for `score`."""
        of_track = matching.track_people(len(labels))
        seen = np.array([track for track, who in enumerate(of_track) if who], np.int64)
        kept = seen[labels[seen] >= 0]
        people, assigned = ([of_track[track] for track in t.tolist()] for t in (seen, kept))
        return cls(
            Grouping.of(people, labels[seen]),
            Grouping.of(assigned, labels[kept]),
            Characters.of(people, labels[seen]),
        )


@dataclass(frozen=True)
class Scores(Summable):
    """Components of all scores. Add the scores of several clips, then take the ratios.

    Attributes
    ----------
    detection : faces found and missed
    tracking : how well tracks follow faces, whoever they are assigned to
    end_to_end : over every labelled face; each missed or unknown face is a separate cluster
    assigned : over the faces in tracks that are assigned to a person, which corresponds to papers
        on NMI, V-measure, ARI and purity that cluster given faces
    characters : precision and recall of people, over every labelled face
    identification : found people as identities of people; boxes of unknown tracks have none
    by_track : grouping and characters, with equal weight for each track
    clicks : a reviewer's work
    people_found : people of the result, including those without a labelled face
    people_true : people in the truth
    unknown_faces : faces found in unknown tracks
    """

    detection: Detection = field(default_factory=Detection)
    tracking: Tracking = field(default_factory=Tracking)
    end_to_end: Grouping = field(default_factory=Grouping)
    assigned: Grouping = field(default_factory=Grouping)
    characters: Characters = field(default_factory=Characters)
    identification: Identification = field(default_factory=Identification)
    by_track: ByTrack = field(default_factory=ByTrack)
    clicks: Clicks = field(default_factory=Clicks)
    people_found: int = 0
    people_true: int = 0
    unknown_faces: int = 0

    def ratios(self) -> dict[str, float | int]:
        """Every score by its name, in a fixed order, ready for JSON.

        Scores without ``assigned_`` are end to end, except for ``wcp`` and ``track_wcp``, which
        are over what is assigned: clusters of one face are pure, so end to end they would reward
        unknown faces. Rates over nothing, such as no faces, are 1, but ``unknown_share`` and
        ``mostly_lost`` are 0. There is a recall for each kind in the truth.
        """
        detection, tracking, clicks = self.detection, self.tracking, self.clicks
        by_track = self.by_track
        hits = detection.hits.total()
        by_kind = detection.recall_by_kind()
        return {
            "face_recall": detection.face_recall,
            **{f"face_recall_{kind}": rate for kind, rate in by_kind.items()},
            "box_precision": detection.box_precision,
            "track_purity": tracking.purity,
            "track_completeness": tracking.completeness,
            "track_idf1": tracking.identification.f1,
            "id_switches": tracking.switches,
            "trajectories": tracking.trajectories,
            "mostly_tracked": tracking.mostly_tracked_share,
            "mostly_lost": tracking.mostly_lost_share,
            **{name: getattr(self.end_to_end, name) for name in GROUPING},
            **{f"assigned_{name}": getattr(self.assigned, name) for name in GROUPING},
            "wcp": self.assigned.wcp,
            "idf1": self.identification.f1,
            "people_found": self.people_found,
            "people_true": self.people_true,
            "character_precision": self.characters.precision,
            "character_recall": self.characters.recall,
            "track_nmi": by_track.every.nmi,
            "track_wcp": by_track.assigned.wcp,
            "track_character_precision": by_track.characters.precision,
            "track_character_recall": by_track.characters.recall,
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
    strays = int((labels[matching.stray_track] >= 0).sum())
    return Scores(
        detection=Detection.of(matching),
        tracking=Tracking.of(matching),
        end_to_end=Grouping.of(people, clusters),
        assigned=Grouping.of([people[i] for i in assigned.tolist()], clusters[assigned]),
        characters=Characters.of(people, clusters),
        identification=Identification.of(people, clusters, strays),
        by_track=ByTrack.of(matching, labels),
        clicks=Clicks.of(matching, labels),
        people_found=len(np.unique(labels[labels >= 0])),
        people_true=len(matching.truth.cast),
        unknown_faces=int((found & (clusters < 0)).sum()),
    )
