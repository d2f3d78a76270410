"""Wrong tracks of a result, worst first."""

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
    """It shows somebody else than most faces of its found person do."""
    SPLIT = "split"
    """It shows the main person of its found person, but a larger found person shows them too."""
    UNKNOWN = "unknown"
    """It was left unknown, although a viewer can identify it."""
    STRAY = "stray"
    """It lies where there is no labelled face."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong track.

    Attributes
    ----------
    kind : what is wrong
    track : number of the track
    frame : the first labelled frame at which it is wrong
    faces : number of its labelled faces that are wrong; for a stray, of its boxes
    person : whom most of these faces show; empty for a stray
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
    """List the wrong tracks of a result.

    Parameters
    ----------
    matching
        Which track found which labelled face.
    labels : array of shape (t,), int64
        The person of each track, or `UNKNOWN`.
    counted
        The same faces, counted by `clusterer.evaluation.confusion.confusion`.

    Returns
    -------
    tuple of mistakes
        By kind in the order of `Kind`, then by faces, most first, then by track. A track that
        shows two people can be right for one and wrong for the other. Missed faces have no track
        and are not included.
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
            of_owner = {owner: people[owner]}
            found.append(_mistake(Kind.SPLIT, track, of_owner, label, owner))
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
"""Person → labelled frames at which a track shows them."""


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
