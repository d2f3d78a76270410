"""Which faces an analysis has: of those that corrections add, the ones that it lacks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from clusterer.core.geometry import iou
from clusterer.core.types import Action, Analysis, Edit
from clusterer.edits import KEY, face_key, of_tracks

Box = npt.NDArray[np.float64]

TAKEN_IOU = 0.5
"""Overlap from which a face is that of a track."""


def missing(analysis: Analysis, edits: Sequence[Edit]) -> list[Edit]:
    """Corrections that add faces that the analysis has not, neither in a track nor free."""
    added = [edit for edit in of_tracks(edits) if edit.action is Action.ADD]
    if not added:
        return []
    found = analysis.as_found.detections
    free = np.flatnonzero(analysis.as_found.track_of_row < 0)
    keys = {
        face_key(int(found.frame_index[row]), found.boxes[row].tolist()) for row in free.tolist()
    }
    return [
        edit
        for edit in added
        if keys.isdisjoint(edit.tracks)
        and not all(is_taken(analysis.as_found, *place_of(key)) for key in edit.tracks)
    ]


def is_taken(analysis: Analysis, frame: int, box: Box) -> bool:
    """Whether a face is that of a track, also in a frame that this analysis did not look at."""
    found = analysis.detections
    if (analysis.sampled_frames == frame).any():
        rows = np.flatnonzero((found.frame_index == frame) & (analysis.track_of_row >= 0))
        boxes = found.boxes[rows].astype(np.float64)
        return bool((iou(box[None], boxes) >= TAKEN_IOU).any())
    for track in analysis.tracks:
        rows = track.detection_rows
        first, last = found.frame_index[rows[[0, -1]]].tolist()
        if track.extent is not None:
            first, last = track.extent.first_frame, track.extent.last_frame
        if first <= frame <= last:
            frames, sides = found.frame_index[rows], found.boxes[rows].T
            there = np.array([np.interp(frame, frames, side) for side in sides])
            if iou(box[None], there[None])[0, 0] >= TAKEN_IOU:
                return True
    return False


def place_of(key: str) -> tuple[int, Box]:
    """Frame and box of the key of a face."""
    assert KEY.fullmatch(key)
    frame, _, sides = key.partition("@")
    return int(frame), np.array([float(side) for side in sides.split(",")])
