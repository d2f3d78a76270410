"""Labels → people and unknowns: names, covers, appearances, confidence."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from clusterer.types import (
    UNKNOWN,
    Analysis,
    Appearance,
    Identity,
    IntArray,
    Reason,
    Shot,
    Track,
    TrackFeatures,
    VideoInfo,
)

JOIN_GAP_S = 1.0
"""Tracks of one person in one shot that lie closer than this are one appearance: the gap that
tracking bridges too."""


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


def appearances(
    tracks: list[Track], pts: IntArray, frames: IntArray, shots: tuple[Shot, ...], video: VideoInfo
) -> tuple[Appearance, ...]:
    """Stretches in which a person is seen, from the first to the last sampled sight, half-open.

    Parameters
    ----------
    tracks
        All of one person.
    pts, frames : arrays of shape (n,), int64, of every detection of the video
    shots, video
        Where the shots end, and how long a frame lasts.

    Returns
    -------
    tuple of appearances in time order, each within one shot
    """
    frame_pts = max(1, round(1 / (video.frame_rate * video.time_base)))
    shot_of = {shot.index: shot for shot in shots}
    spans: list[Appearance] = []
    for track in sorted(tracks, key=lambda t: (pts[t.detection_rows[0]], t.id)):
        first, last = int(track.detection_rows[0]), int(track.detection_rows[-1])
        shot = shot_of[track.shot_index]
        end_pts = int(pts[last]) + frame_pts  # frames may differ in length
        ends_with_shot = int(frames[last]) + 1 >= shot.end_frame
        span = Appearance(
            shot_index=shot.index,
            start_frame=int(frames[first]),
            end_frame=int(frames[last]) + 1,
            start_pts=int(pts[first]),
            end_pts=shot.end_pts if ends_with_shot else min(end_pts, shot.end_pts),
            track_ids=(track.id,),
        )
        if spans and _joins(spans[-1], span, video):
            spans[-1] = _union(spans[-1], span)
        else:
            spans.append(span)
    return tuple(spans)


def _joins(a: Appearance, b: Appearance, video: VideoInfo) -> bool:
    gap_s = float((b.start_pts - a.end_pts) * video.time_base)
    return a.shot_index == b.shot_index and gap_s <= JOIN_GAP_S


def _union(a: Appearance, b: Appearance) -> Appearance:
    return Appearance(
        a.shot_index,
        a.start_frame,
        max(a.end_frame, b.end_frame),
        a.start_pts,
        max(a.end_pts, b.end_pts),
        a.track_ids + b.track_ids,
    )


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
