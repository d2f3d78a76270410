"""What is known for certain about pairs of tracks: faces of one frame are different people."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from clusterer.types import Detections, IntArray, Track


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
