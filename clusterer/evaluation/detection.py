"""Recall and precision of the found faces."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Self

from clusterer.evaluation.matching import MISSED, Matching
from clusterer.evaluation.rates import Summable, share


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
