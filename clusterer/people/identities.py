"""Labels → people and unknowns: names, covers, appearances, confidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from clusterer.core.appearances import appearances
from clusterer.core.types import UNKNOWN, Analysis, Identity, IntArray, Reason, Track, TrackFeatures


def identify(
    analysis: Analysis,
    features: TrackFeatures,
    labels: IntArray,
    ambiguous: npt.NDArray[np.bool_],
    confidence: npt.NDArray[np.floating],
) -> tuple[tuple[Identity, ...], tuple[Identity, ...]]:
    """Turn labels into people and unknowns.

    Parameters
    ----------
    analysis, features
        What is known of t tracks.
    labels : array of shape (t,), int64, `UNKNOWN` = nobody's
    ambiguous : array of shape (t,), bool, unknown tracks that had more than one candidate
    confidence : array of shape (t,), 0 to 1

    Returns
    -------
    people
        By screen time, longest first; ties by first appearance.
    unknowns
        One per unknown track, in time order.
    """
    reasons = reasons_of(features, labels, ambiguous)
    return present(analysis, labels, reasons, confidence)


def reasons_of(
    features: TrackFeatures, labels: IntArray, ambiguous: npt.NDArray[np.bool_]
) -> tuple[Reason, ...]:
    """Why each track is unknown; `Reason.NONE` where it is not. Parameters as of `identify`."""
    return tuple(
        unknown_reason(reading, unclear) if label == UNKNOWN else Reason.NONE
        for reading, unclear, label in zip(
            features.reasons, ambiguous.tolist(), labels.tolist(), strict=True
        )
    )


@dataclass(frozen=True, slots=True)
class ReviewerFacts:
    """What a reviewer said of a person.

    Attributes
    ----------
    number : that the person has, whatever the screen time
    name : empty = by the number
    hidden
    cover_row : detection whose crop stands for the person; None = the best
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
    known: Mapping[int, ReviewerFacts] | None = None,
) -> tuple[tuple[Identity, ...], tuple[Identity, ...]]:
    """Turn labels into people and unknowns, as `identify`, with what a reviewer said of them.

    Parameters
    ----------
    analysis, labels, confidence
        As of `identify`.
    reasons
        Why each of the t tracks is unknown.
    known
        Label → what was said; None = number people by screen time.
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
    if known is None:
        known = {
            person.label: ReviewerFacts(number) for number, person in enumerate(unnamed, start=1)
        }
    people = tuple(_reviewed(person, known[person.label]) for person in unnamed)
    return people, tuple(unknowns)


def _reviewed(person: Identity, known: ReviewerFacts) -> Identity:
    name = f"Person {known.number}"
    return replace(
        person,
        id=_id(name),
        name=known.name or name,
        hidden=known.hidden,
        cover_row=person.cover_row if known.cover_row is None else known.cover_row,
    )


def _id(name: str) -> str:
    """``Person 1`` → ``person-1``."""
    return name.lower().replace(" ", "-")


def unknown_reason(reading: Reason, ambiguous: bool) -> Reason:
    """Why a track is unknown: two candidates, else what stands against reading it."""
    if ambiguous:
        return Reason.AMBIGUOUS
    return reading if reading is not Reason.NONE else Reason.NO_MATCH


class _Builder:
    """Makes identities out of groups of tracks."""

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
        seen = appearances(
            tracks,
            analysis.detections.pts,
            analysis.detections.frame_index,
            analysis.shots,
            analysis.video,
        )
        length_pts = sum(a.end_pts - a.start_pts for a in seen)
        weights = np.array([len(track) for track in tracks], dtype=np.float64)
        ids = [track.id for track in tracks]
        return Identity(
            id=identity_id,
            name=name,
            label=label,
            track_ids=tuple(ids),
            appearances=seen,
            cover_row=int(max(crops or rows.tolist(), key=lambda row: (self._quality[row], -row))),
            crop_rows=tuple(sorted(crops)),
            screen_time_s=float(length_pts * analysis.video.time_base),
            confidence=float(np.average(self._confidence[ids], weights=weights)),
            reason=reason,
        )
