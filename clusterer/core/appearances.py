"""When people are on screen: merge tracks into appearances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from clusterer.core.types import UNKNOWN, Analysis, Appearance, Grouping, IntArray, VideoInfo

JOIN_GAP_S = 1.0
"""Tracks of one person in one shot with a shorter gap are one appearance; tracking bridges the same
gap."""


def appearances(analysis: Analysis, tracks: Iterable[int]) -> tuple[Appearance, ...]:
    """Appearances of a person: spans of tracks, joined where the gap is short.

    Parameters
    ----------
    analysis
    tracks
        All of one person.

    Returns
    -------
    appearances in time order, each within one shot
    """
    spans = analysis.spans(*tracks)
    joined: list[Appearance] = []
    for span in sorted(spans, key=lambda span: (span.start_pts, span.track_ids)):
        if joined and _joins(joined[-1], span, analysis.video):
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
    members: dict[int, list[int]] = defaultdict(list)
    for track, label in zip(analysis.tracks, labels.tolist(), strict=True):
        if label > UNKNOWN:
            members[label].append(track.id)
    order = []
    for label, tracks in members.items():
        seen = appearances(analysis, tracks)
        length_pts = sum(a.end_pts - a.start_pts for a in seen)
        order.append((-length_pts, seen[0].start_pts, label))
    return {label: number for number, (_, _, label) in enumerate(sorted(order), start=1)}


def numbers_of(analysis: Analysis, grouping: Grouping) -> dict[int, int]:
    """Number of each person of a grouping: those it has kept, else as `numbers`."""
    kept = dict(grouping.numbers)
    ordered = dict(sorted(kept.items(), key=lambda pair: pair[1]))
    return ordered or numbers(analysis, grouping.labels)


def _joins(a: Appearance, b: Appearance, video: VideoInfo) -> bool:
    if a.shot_index != b.shot_index:
        return False
    return float((b.start_pts - a.end_pts) * video.time_base) <= JOIN_GAP_S


def _union(a: Appearance, b: Appearance) -> Appearance:
    return Appearance(
        a.shot_index,
        a.start_frame,
        max(a.end_frame, b.end_frame),
        a.start_pts,
        max(a.end_pts, b.end_pts),
        a.track_ids + b.track_ids,
    )
