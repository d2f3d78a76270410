"""Pairs of tracks that are certainly one person, or certainly different people.

Faces in one frame are different people, even on the two sides of a split screen. A face
 that returns to its place within a shot is the person who left it.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations, permutations

import numpy as np

from clusterer.core.geometry import distance_in_heights, size_ratio
from clusterer.core.types import Analysis, Detections, FloatArray, IntArray, Track

MAX_ABSENCE_S = 3.0
"""Longest absence that a must-link bridges; tracking bridges a second."""
MAX_SHIFT, MAX_SIZE_RATIO = 0.5, 1.3
"""Largest shift, in face heights, and change in size of a face that returns."""


def co_occurrence(tracks: tuple[Track, ...], detections: Detections) -> IntArray:
    """Pairs of tracks seen in one frame.

    Parameters
    ----------
    tracks : t tracks
    detections : their detections

    Returns
    -------
    array of shape (m, 2), int64, positions in `tracks`, first < second, sorted
    """
    seen_in: dict[int, list[int]] = {}
    for position, track in enumerate(tracks):
        for frame in detections.frame_index[track.detection_rows].tolist():
            seen_in.setdefault(frame, []).append(position)
    pairs = {pair for together in seen_in.values() for pair in combinations(together, 2)}
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def returns(analysis: Analysis, face: FloatArray, limit: float) -> IntArray:
    """Pairs of tracks of one shot that are one face, briefly absent.

    The second begins where the first ended, within three seconds, and no other track of the shot
    qualifies.

    Parameters
    ----------
    analysis
        Of the whole video.
    face : array of shape (t, d), embeddings of its tracks
    limit
        L2 distance above which the embeddings contradict.

    Returns
    -------
    array of shape (m, 2), int64, positions in `analysis.tracks`, sorted
    """
    by_shot: dict[int, list[int]] = {}
    for position, track in enumerate(analysis.tracks):
        by_shot.setdefault(track.shot_index, []).append(position)
    pairs = [
        (a, b)
        for positions in by_shot.values()
        for a, b in permutations(positions, 2)
        if _returns(analysis, analysis.tracks[a], analysis.tracks[b])
    ]
    as_first, as_second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    certain = sorted(
        (a, b)
        for a, b in pairs
        if as_first[a] == as_second[b] == 1 and np.linalg.norm(face[a] - face[b]) <= limit
    )
    return np.array(certain, dtype=np.int64).reshape(-1, 2)


def _returns(analysis: Analysis, ended: Track, started: Track) -> bool:
    detections = analysis.detections
    last, first = int(ended.detection_rows[-1]), int(started.detection_rows[0])
    absence_s = float((detections.pts[first] - detections.pts[last]) * analysis.video.time_base)
    if not 0.0 < absence_s <= MAX_ABSENCE_S:
        return False
    boxes = detections.boxes[[last, first]]
    if analysis.video.pixel_aspect != 1:
        boxes = boxes * np.tile(analysis.video.to_square, 2)
    before, after = boxes[:1], boxes[1:]
    close = float(distance_in_heights(before, after)[0, 0]) <= MAX_SHIFT
    return close and float(size_ratio(before, after)[0, 0]) <= MAX_SIZE_RATIO


class CannotLinks:
    """Looks up cannot-links between tracks and groups.

    Parameters
    ----------
    pairs : array of shape (m, 2), int64, positions of tracks
    n_tracks
        Number of tracks.
    """

    def __init__(self, pairs: IntArray, n_tracks: int) -> None:
        self._linked: list[set[int]] = [set() for _ in range(n_tracks)]
        for a, b in pairs.tolist():
            self._linked[a].add(b)
            self._linked[b].add(a)

    def forbids(self, track: int, members: set[int]) -> bool:
        """Whether a track is certainly not the person of these tracks."""
        return not self._linked[track].isdisjoint(members)

    def forbids_union(self, a: set[int], b: set[int]) -> bool:
        """Whether a cannot-link joins the two groups."""
        small, large = sorted((a, b), key=len)
        return any(self.forbids(track, large) for track in small)
