"""Labels → people and unknowns: names, covers, appearances, confidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from clusterer.core.appearances import appearances
from clusterer.core.types import UNKNOWN, Analysis, Identity, IntArray, Reason, Track, TrackFeatures


def reasons_of(
    features: TrackFeatures, labels: IntArray, ambiguous: npt.NDArray[np.bool_]
) -> tuple[Reason, ...]:
    """Give the reason why each track is unknown; `Reason.NONE` if it has a person.

    Parameters
    ----------
    features : t tracks
    labels : array of shape (t,), int64, `UNKNOWN` = no person
    ambiguous : array of shape (t,), bool, unknown tracks with more than one candidate
    """
    return tuple(
        unknown_reason(reason, unclear) if label == UNKNOWN else Reason.NONE
        for reason, unclear, label in zip(
            features.reasons, ambiguous.tolist(), labels.tolist(), strict=True
        )
    )


@dataclass(frozen=True, slots=True)
class ReviewerFacts:
    """A reviewer's settings for a person.

    Attributes
    ----------
    number : kept, whatever the screen time
    name : empty = named after the number
    hidden
    cover_row : detection whose crop represents the person; None = the best
    """

    number: int
    name: str = ""
    hidden: bool = False
    cover_row: int | None = None


def present(
    analysis: Analysis,
    labels: IntArray,
    reasons: Sequence[Reason],
    confidence: npt.NDArray[np.floating],
    facts: Mapping[int, ReviewerFacts] | None = None,
) -> tuple[tuple[Identity, ...], tuple[Identity, ...]]:
    """Turn labels into people and unknowns.

    Parameters
    ----------
    analysis
        Of t tracks.
    labels : array of shape (t,), int64, `UNKNOWN` = no person
    reasons
        Reason why each track is unknown, from `reasons_of`.
    confidence : array of shape (t,), 0 to 1
    facts
        Label → a reviewer's settings; None = number people by screen time.

    Returns
    -------
    people
        By screen time, longest first; ties by first appearance.
    unknowns
        One per unknown track, in time order.
    """
    members: dict[int, list[Track]] = defaultdict(list)
    for track, label in zip(analysis.tracks, labels.tolist(), strict=True):
        members[label].append(track)
    builder = _Builder(analysis, confidence)
    count: Counter[str] = Counter()
    unknowns = []
    for track in members.pop(UNKNOWN, []):
        reason = reasons[track.id]
        kind = "Not a face" if reason is Reason.NOT_A_FACE else "Unknown"
        count[kind] += 1
        name = f"{kind} {count[kind]}"
        unknowns.append(builder.identity(_id(name), name, UNKNOWN, [track], reason))
    unnamed = [builder.identity("", "", label, group) for label, group in members.items()]
    unnamed.sort(key=lambda p: (-p.screen_time_s, p.appearances[0].start_pts, p.label))
    if facts is None:
        facts = {
            person.label: ReviewerFacts(number) for number, person in enumerate(unnamed, start=1)
        }
    people = tuple(_reviewed(person, facts[person.label]) for person in unnamed)
    return people, tuple(unknowns)


def _reviewed(person: Identity, facts: ReviewerFacts) -> Identity:
    name = f"Person {facts.number}"
    return replace(
        person,
        id=_id(name),
        name=facts.name or name,
        hidden=facts.hidden,
        cover_row=person.cover_row if facts.cover_row is None else facts.cover_row,
    )


def _id(name: str) -> str:
    """``Person 1`` → ``person-1``."""
    return name.lower().replace(" ", "-")


def unknown_reason(unreadable: Reason, ambiguous: bool) -> Reason:
    """Reason why a track is unknown: two candidates, or unreadable, or no match."""
    if ambiguous:
        return Reason.AMBIGUOUS
    return unreadable if unreadable is not Reason.NONE else Reason.NO_MATCH


class _Builder:
    """Builds identities from groups of tracks."""

    def __init__(
        self,
        analysis: Analysis,
        confidence: npt.NDArray[np.floating],
    ) -> None:
        self._analysis = analysis
        self._confidence = confidence
        self._quality = analysis.quality.value
        self._crops = set(analysis.crop_rows.tolist())

    def identity(
        self,
        identity_id: str,
        name: str,
        label: int,
        tracks: list[Track],
        reason: Reason = Reason.NONE,
    ) -> Identity:
        analysis = self._analysis
        rows = np.concatenate([track.detection_rows for track in tracks])
        crops = [row for row in rows.tolist() if row in self._crops]
        ids = [track.id for track in tracks]
        spans = appearances(analysis, ids)
        length_pts = sum(a.end_pts - a.start_pts for a in spans)
        weights = np.array([len(track) for track in tracks], dtype=np.float64)
        return Identity(
            id=identity_id,
            name=name,
            label=label,
            track_ids=tuple(ids),
            appearances=spans,
            cover_row=int(max(crops or rows.tolist(), key=lambda row: (self._quality[row], -row))),
            crop_rows=tuple(sorted(crops)),
            screen_time_s=float(length_pts * analysis.video.time_base),
            confidence=float(np.average(self._confidence[ids], weights=weights)),
            reason=reason,
        )
