"""Labels → people and unknowns: names, covers, appearances, confidence."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from clusterer.spans import appearances
from clusterer.types import (
    UNKNOWN,
    Analysis,
    Identity,
    IntArray,
    Reason,
    Track,
    TrackFeatures,
)


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
    members: dict[int, list[Track]] = defaultdict(list)
    for track, label in zip(analysis.tracks, labels.tolist(), strict=True):
        members[label].append(track)
    builder = _Builder(analysis, features, confidence)
    unknowns = tuple(
        builder.identity(
            f"unknown-{k}",
            f"Unknown {k}",
            UNKNOWN,
            [track],
            unknown_reason(features.reasons[track.id], bool(ambiguous[track.id])),
        )
        for k, track in enumerate(members.pop(UNKNOWN, []), start=1)
    )
    unnamed = [builder.identity("", "", label, group) for label, group in members.items()]
    unnamed.sort(key=lambda p: (-p.screen_time_s, p.appearances[0].start_pts, p.label))
    people = tuple(
        replace(person, id=f"person-{k}", name=f"Person {k}")
        for k, person in enumerate(unnamed, start=1)
    )
    return people, unknowns


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
        features: TrackFeatures,
        confidence: npt.NDArray[np.floating],
    ) -> None:
        self._analysis = analysis
        self._features = features
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
