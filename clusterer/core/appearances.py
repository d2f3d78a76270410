"""When people are on screen: merge tracks into appearances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from clusterer.core.types import UNKNOWN, Analysis, Appearance, IntArray, Shot, Track, VideoInfo

JOIN_GAP_S = 1.0
"""Tracks of one person in one shot with a shorter gap are one appearance; tracking bridges the same
gap."""


def spans(
    tracks: Iterable[Track],
    pts: IntArray,
    frames: IntArray,
    shots: tuple[Shot, ...],
    video: VideoInfo,
) -> list[Appearance]:
    """Time span of each track: from its first to its last detection, half-open, within its shot.

    Parameters
    ----------
    tracks
    pts, frames : arrays of shape (n,), int64, of every detection of the video
    shots, video
        For the ends of shots and the duration of a frame.

    Returns
    -------
    one appearance per track, in order
    """
    frame_pts = max(1, round(1 / (video.frame_rate * video.time_base)))
    shot_of = {shot.index: shot for shot in shots}
    result = []
    for track in tracks:
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
        result.append(span)
    return result


def appearances(
    tracks: list[Track], pts: IntArray, frames: IntArray, shots: tuple[Shot, ...], video: VideoInfo
) -> tuple[Appearance, ...]:
    """Appearances of a person: spans of tracks, joined where the gap is short.

    Parameters
    ----------
    tracks
        All of one person.
    pts, frames, shots, video
        As for `spans`.

    Returns
    -------
    appearances in time order, each within one shot
    """
    ordered = sorted(tracks, key=lambda t: (pts[t.detection_rows[0]], t.id))
    joined: list[Appearance] = []
    for span in spans(ordered, pts, frames, shots, video):
        if joined and _joins(joined[-1], span, video):
            joined[-1] = _union(joined[-1], span)
        else:
            joined.append(span)
    return tuple(joined)


def numbers(analysis: Analysis, labels: IntArray) -> dict[int, int]:
    """Number of each person, by screen time: 1 is the longest.

    Parameters
    ----------
    analysis
    labels : array of shape (t,), int64, `UNKNOWN` or less = nobody

    Returns
    -------
    label → number, in order of the numbers; ties by first appearance, then label
    """
    members: dict[int, list[Track]] = defaultdict(list)
    for track, label in zip(analysis.tracks, labels.tolist(), strict=True):
        if label > UNKNOWN:
            members[label].append(track)
    detections = analysis.detections
    order = []
    for label, tracks in members.items():
        seen = appearances(
            tracks, detections.pts, detections.frame_index, analysis.shots, analysis.video
        )
        length_pts = sum(a.end_pts - a.start_pts for a in seen)
        order.append((-length_pts, seen[0].start_pts, label))
    return {label: number for number, (_, _, label) in enumerate(sorted(order), start=1)}


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
