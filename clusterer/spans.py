"""When a person is seen: from tracks to stretches of time."""

from __future__ import annotations

from clusterer.types import Appearance, IntArray, Shot, Track, VideoInfo

JOIN_GAP_S = 1.0
"""Tracks of one person in one shot that lie closer than this are one appearance: the gap that
tracking bridges too."""


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
