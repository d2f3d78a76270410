"""What is known for certain about pairs of tracks.

Faces of one frame are different people, so one person is never on both sides of a split screen. A
face that comes back to its place within a shot is the person who left it.
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
"""How far, in heights of the face, and by which factor in size, it may come back changed."""


def co_occurrence(tracks: tuple[Track, ...], detections: Detections) -> IntArray:
    """Pairs of tracks that are seen in one frame.

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
    """Pairs of tracks that are one face of one shot, gone for a moment.

    The second begins where the first ended, within three seconds, and no other track of the shot
    could be meant.

    Parameters
    ----------
    analysis
        Of the whole video.
    face : array of shape (t, d), encodings of its tracks
    limit
        L2 distance from which the encodings contradict.

    Returns
    -------
    array of shape (m, 2), int64, positions in `analysis.tracks`, sorted
    """
    of_shot: dict[int, list[int]] = {}
    for position, track in enumerate(analysis.tracks):
        of_shot.setdefault(track.shot_index, []).append(position)
    pairs = [
        (a, b)
        for positions in of_shot.values()
        for a, b in permutations(positions, 2)
        if _comes_back(analysis, analysis.tracks[a], analysis.tracks[b])
    ]
    left, entered = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    certain = sorted(
        (a, b)
        for a, b in pairs
        if left[a] == entered[b] == 1 and np.linalg.norm(face[a] - face[b]) <= limit
    )
    return np.array(certain, dtype=np.int64).reshape(-1, 2)


def _comes_back(analysis: Analysis, gone: Track, come: Track) -> bool:
    found = analysis.detections
    last, first = int(gone.detection_rows[-1]), int(come.detection_rows[0])
    absence_s = float((found.pts[first] - found.pts[last]) * analysis.video.time_base)
    if not 0.0 < absence_s <= MAX_ABSENCE_S:
        return False
    before, after = found.boxes[last : last + 1], found.boxes[first : first + 1]
    near = float(distance_in_heights(before, after)[0, 0]) <= MAX_SHIFT
    return near and float(size_ratio(before, after)[0, 0]) <= MAX_SIZE_RATIO


class CannotLinks:
    """Cannot-links between groups of tracks, kept up to date while groups grow.

    Parameters
    ----------
    pairs : array of shape (m, 2), int64, positions of tracks
    n_tracks
        How many tracks there are.
    """

    def __init__(self, pairs: IntArray, n_tracks: int) -> None:
        self._enemies: list[set[int]] = [set() for _ in range(n_tracks)]
        for a, b in pairs.tolist():
            self._enemies[a].add(b)
            self._enemies[b].add(a)

    def forbids(self, track: int, members: set[int]) -> bool:
        """Whether a track is known not to be the person with these tracks."""
        return not self._enemies[track].isdisjoint(members)

    def forbids_union(self, a: set[int], b: set[int]) -> bool:
        """Whether any track of one group is known not to be any of the other."""
        small, large = sorted((a, b), key=len)
        return any(self.forbids(track, large) for track in small)
