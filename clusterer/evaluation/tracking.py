"""How well tracks follow faces: purity, completeness, and the scores of MOT."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from clusterer.core.types import IntArray
from clusterer.evaluation.matching import MISSED, Matching
from clusterer.evaluation.rates import Summable, share

MOSTLY_TRACKED_PERCENT = 80
"""Least share of its faces that must be found for a trajectory to be mostly tracked."""
MOSTLY_LOST_PERCENT = 20
"""Share below which a trajectory is mostly lost. Both from Milan et al., MOT16, 2016."""


@dataclass(frozen=True)
class Identification(Summable):
    """Faces found by the identity of their person: the counts of IDF1.

    Ristani et al., Performance measures and a data set for multi-target, multi-camera tracking,
    2016: the Hungarian algorithm assigns each true identity one found identity, such that as many
    faces as possible are identified: found by the identity of their person.

    Attributes
    ----------
    identified : labelled faces found by the identity that is assigned to their person
    faces : labelled faces
    boxes : boxes of found identities that match a labelled face or nothing
    """

    identified: int = 0
    faces: int = 0
    boxes: int = 0

    @classmethod
    def of(cls, true: Sequence[Hashable], found: IntArray, strays: int) -> Self:
        """Compare the true and found identities of one clip.

        Parameters
        ----------
        true
            The true identity of each labelled face.
        found : array of shape (n,), int64
            The found identity of each; negative if there is none.
        strays
            Number of boxes of found identities that match no labelled face.
        """
        pairs = [pair for pair in zip(true, found.tolist(), strict=True) if pair[1] >= 0]
        return cls(_most(Counter(pairs)), len(true), len(pairs) + strays)

    @property
    def f1(self) -> float:
        """2·identified / (faces + boxes): harmonic mean of their shares identified, 0 to 1."""
        return share(2 * self.identified, self.faces + self.boxes)


@dataclass(frozen=True)
class Tracking(Summable):
    """How well the tracks of a result follow the labelled faces, whoever they are assigned to.

    A true trajectory is the labelled faces of one person in one shot: tracks end at cuts, so the
    next shot is another trajectory. Shots are those of the analysis, because the truth lists none;
    if a cut was missed, the trajectory is longer. The scores of MOT are those of MOTChallenge,
    py-motmetrics and TrackEval, on the matches of `clusterer.evaluation.match`, at the labelled
    frames. Faces that nobody can identify count neither way.

    Attributes
    ----------
    found : labelled faces that were found
    pure : of these, those that show the person most frequent in their track
    whole : of these, those in the track that found most of their trajectory
    switches : times that a trajectory goes on in another track
    trajectories, mostly_tracked, mostly_lost : numbers of trajectories: all, those found to 80 %
        or more, and to less than 20 %, in whatever tracks
    identification : tracks as identities of trajectories
    """

    found: int = 0
    pure: int = 0
    whole: int = 0
    switches: int = 0
    trajectories: int = 0
    mostly_tracked: int = 0
    mostly_lost: int = 0
    identification: Identification = field(default_factory=Identification)

    @classmethod
    def of(cls, matching: Matching) -> Self:
        """Score the tracks of one clip."""
        true = list(zip(matching.shot.tolist(), matching.people, strict=True))
        faces = list(zip(true, matching.track.tolist(), strict=True))
        hits = [(who, track) for who, track in faces if track != MISSED]
        labelled, seen = Counter(true), Counter(who for who, _ in hits)
        cents = [(100 * seen[who], n) for who, n in labelled.items()]
        return cls(
            found=len(hits),
            pure=_largest((track, person) for (_, person), track in hits),
            whole=_largest(hits),
            switches=_switches(matching),
            trajectories=len(labelled),
            mostly_tracked=sum(part >= MOSTLY_TRACKED_PERCENT * n for part, n in cents),
            mostly_lost=sum(part < MOSTLY_LOST_PERCENT * n for part, n in cents),
            identification=Identification.of(true, matching.track, len(matching.stray_track)),
        )

    @property
    def purity(self) -> float:
        """Share of the found faces that show the person most frequent in their track, 0 to 1."""
        return share(self.pure, self.found)

    @property
    def completeness(self) -> float:
        """Share of the found faces in the track that found most of their trajectory, 0 to 1."""
        return share(self.whole, self.found)

    @property
    def mostly_tracked_share(self) -> float:
        """Share of the trajectories of which at least 80 % of the faces were found (MT)."""
        return share(self.mostly_tracked, self.trajectories)

    @property
    def mostly_lost_share(self) -> float:
        """Share of the trajectories of which less than 20 % of the faces were found (ML)."""
        return self.mostly_lost / self.trajectories if self.trajectories else 0.0


Pairs = Counter[tuple[Hashable, int]]


def _largest(pairs: Iterable[tuple[Hashable, Hashable]]) -> int:
    """Sum over the first of each pair of how often its most frequent pair occurs."""
    most: dict[Hashable, int] = defaultdict(int)
    for (first, _), n in Counter(pairs).items():
        most[first] = max(most[first], n)
    return sum(most.values())


def _switches(matching: Matching) -> int:
    """ID switches (Bernardin and Stiefelhagen, CLEAR MOT, 2008): however long the gap between.

    A person labelled twice at one frame, as in a mirror, may be in as many tracks.
    """
    at: dict[tuple[int, str, int], set[int]] = defaultdict(set)
    frames = matching.truth.frame[matching.rows].tolist()
    for shot, person, frame, track in zip(
        matching.shot.tolist(), matching.people, frames, matching.track.tolist(), strict=True
    ):
        if track != MISSED:
            at[shot, person, frame].add(track)
    last: dict[tuple[int, str], set[int]] = {}
    switches = 0
    for (shot, person, _), tracks in sorted(at.items(), key=lambda item: item[0]):
        before = last.get((shot, person), set())
        switches += min(len(before), len(tracks)) - len(before & tracks)
        last[shot, person] = tracks
    return switches


def _most(pairs: Pairs) -> int:
    """Most faces in pairs of identities, each identity in one pair at most."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 (slow to load)

    row_of = {true: row for row, true in enumerate(dict.fromkeys(true for true, _ in pairs))}
    column_of = {found: i for i, found in enumerate(dict.fromkeys(found for _, found in pairs))}
    shared = np.zeros((len(row_of), len(column_of)), np.int64)
    for (true, found), n in pairs.items():
        shared[row_of[true], column_of[found]] = n
    return int(shared[linear_sum_assignment(shared, maximize=True)].sum())
