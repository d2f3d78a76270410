"""What went wrong, track by track, worst first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from clusterer.core.types import UNKNOWN, IntArray
from clusterer.evaluation.confusion import Confusion
from clusterer.evaluation.matching import MISSED, Matching


class Kind(StrEnum):
    """What is wrong with a track."""

    WRONG = "wrong"
    """It shows somebody else than most faces of its found person."""
    SPLIT = "split"
    """It shows whom its found person mostly shows, who has a larger found person too."""
    UNKNOWN = "unknown"
    """It was left unknown, and a viewer can tell who it is."""
    STRAY = "stray"
    """It is seen where no labelled face is."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One track that is not where it should be.

    Attributes
    ----------
    kind : what is wrong
    track : its number
    frame : the first labelled frame at which it is wrong
    faces : labelled faces of it that are wrong, or for strays boxes; what it weighs
    person : whom these faces show mostly; empty for a stray
    label : the found person that it is in, or `UNKNOWN`
    owner : whom that found person mostly shows; empty if nobody
    """

    kind: Kind
    track: int
    frame: int
    faces: int
    person: str
    label: int
    owner: str


def mistakes(matching: Matching, labels: IntArray, counted: Confusion) -> tuple[Mistake, ...]:
    """Everything that is wrong with the tracks of a result.

    Parameters
    ----------
    matching
        Which labelled face was found by which track.
    labels : array of shape (t,), int64
        The person of each track, `UNKNOWN` = nobody's.
    counted
        The same faces, counted by `clusterer.evaluation.confusion.confusion`.

    Returns
    -------
    tuple of mistakes
        By kind in the order of `Kind`, then by faces, most first, then by track. A track that
        shows two people can be right for one and wrong for the other; missed faces have no track
        and are not among them.
    """
    owners, homes = counted.owners, counted.homes
    frames = matching.truth.frame[matching.rows].tolist()
    seen: dict[int, _Seen] = defaultdict(lambda: defaultdict(list))
    for person, track, frame in zip(matching.people, matching.track.tolist(), frames, strict=True):
        if track != MISSED:
            seen[track][person].append(frame)
    found: list[Mistake] = []
    for track, people in seen.items():
        label = int(labels[track])
        owner = owners.get(label, "")
        if label == UNKNOWN:
            found.append(_mistake(Kind.UNKNOWN, track, people, label, owner))
            continue
        others = {person: at for person, at in people.items() if person != owner}
        if others:
            found.append(_mistake(Kind.WRONG, track, others, label, owner))
        if owner in people and homes[owner] != label:
            own = {owner: people[owner]}
            found.append(_mistake(Kind.SPLIT, track, own, label, owner))
    strays: dict[int, list[int]] = defaultdict(list)
    for track, frame in zip(
        matching.stray_track.tolist(), matching.stray_frame.tolist(), strict=True
    ):
        strays[track].append(frame)
    for track, at in strays.items():
        label = int(labels[track])
        found.append(_mistake(Kind.STRAY, track, {"": at}, label, owners.get(label, "")))
    order = list(Kind)
    return tuple(sorted(found, key=lambda m: (order.index(m.kind), -m.faces, m.track)))


_Seen = dict[str, list[int]]
"""Person → labelled frames at which a track shows her."""


def _mistake(kind: Kind, track: int, people: _Seen, label: int, owner: str) -> Mistake:
    return Mistake(
        kind=kind,
        track=track,
        frame=min(min(at) for at in people.values()),
        faces=sum(map(len, people.values())),
        person=min(people, key=lambda who: (-len(people[who]), who)),
        label=label,
        owner=owner,
    )
