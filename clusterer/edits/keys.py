"""Keys of tracks and faces that survive another analysis: a frame and a box."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Self

import numpy as np

from clusterer.core.geometry import iou
from clusterer.core.types import Analysis, Edit, IntArray

KEY = re.compile(r"[0-9]{1,9}@-?[0-9]{1,6}(?:,-?[0-9]{1,6}){3}")
"""Decoded frame, then left, top, right and bottom of the box, whole px: ``125@210,80,260,140``."""
MAX_INTERVAL_S = 0.5
MIN_OVERLAP = 0.5
"""Limits for matching a face to a key after another analysis, at another sample rate or with
another detector: time between them, and intersection over union of the boxes."""


def face_key(frame: int, box: Iterable[float]) -> str:
    """Key of a face: its frame and box.

    Parameters
    ----------
    frame
        Index of the decoded frame.
    box
        Left, top, right, bottom, px; rounded to whole numbers.
    """
    return f"{frame}@{','.join(str(round(float(side))) for side in box)}"


class Keys:
    """Keys of the tracks and faces of one analysis, and the lookup of keys in it.

    Parameters
    ----------
    analysis
        Analysis of the whole video.
    """

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._all = FacesByKey(analysis, np.flatnonzero(analysis.track_of_row >= 0))

    @cached_property
    def _pictured(self) -> FacesByKey:
        """Faces with a stored picture: only these can be a person's cover."""
        stored = np.unique(self._analysis.crop_rows)
        return FacesByKey(self._analysis, stored[self._analysis.track_of_row[stored] >= 0])

    @cached_property
    def tracks(self) -> tuple[str, ...]:
        """The key of every track: that of its best face, ties to the first."""
        value = self._analysis.quality.value
        rows = [track.detection_rows for track in self._analysis.tracks]
        return tuple(self.face(int(of[int(np.argmax(value[of]))])) for of in rows)

    @cached_property
    def pictures(self) -> tuple[str, ...]:
        """The key of every face with a stored picture, in the order of `Analysis.crop_rows`."""
        return tuple(map(self.face, self._analysis.crop_rows.tolist()))

    def face(self, row: int) -> str:
        """The key of a detection."""
        detections = self._analysis.detections
        return face_key(int(detections.frame_index[row]), detections.boxes[row].tolist())

    def row(self, key: str) -> int | None:
        """The detection of a track that a key refers to; None if there is none.

        The exact face if there is one, or else the nearest in time within half a second whose box
        overlaps by half;
        ties to the largest overlap, then to the first.
        """
        return self._all.row(key)

    def track(self, key: str) -> int | None:
        """The position of the track that a key refers to; None if there is none."""
        return self._owner(self._all.row(key))

    def picture(self, key: str) -> int | None:
        """The same as `row`, but only among faces with a stored picture."""
        return self._pictured.row(key)

    def pictured(self, key: str) -> int | None:
        """The position of the track whose picture a key refers to; None if there is none."""
        return self._owner(self.picture(key))

    def whole(self, track: int) -> tuple[int, ...]:
        """The track itself: see `clusterer.edits.replay.Names`."""
        return (track,)

    def after(self, _edit: Edit) -> Self:
        """The same keys: see `clusterer.edits.replay.Names`."""
        return self

    def _owner(self, row: int | None) -> int | None:
        return None if row is None else int(self._analysis.track_of_row[row])


class FacesByKey:
    """Looks up some of the detections by key.

    Parameters
    ----------
    analysis
    rows : array of shape (k,), int64, ascending
    """

    def __init__(self, analysis: Analysis, rows: IntArray) -> None:
        rows = rows[np.argsort(analysis.detections.frame_index[rows], kind="stable")]
        self._rows = rows
        self._frames = analysis.detections.frame_index[rows]
        self._boxes = analysis.detections.boxes[rows].astype(np.float64)
        self._reach_frames = MAX_INTERVAL_S * float(analysis.video.frame_rate)
        self._cache: dict[str, int | None] = {}

    def row(self, key: str) -> int | None:
        """See `Keys.row`."""
        if key not in self._cache:
            self._cache[key] = self._look_up(key)
        return self._cache[key]

    def _look_up(self, key: str) -> int | None:
        if KEY.fullmatch(key) is None:
            return None
        frame, *box = (int(part) for part in re.split("[@,]", key))
        window = slice(
            int(np.searchsorted(self._frames, frame - self._reach_frames, "left")),
            int(np.searchsorted(self._frames, frame + self._reach_frames, "right")),
        )
        rows, boxes = self._rows[window], self._boxes[window]
        interval = np.abs(self._frames[window] - frame)
        exact = (interval == 0) & (np.rint(boxes) == np.array(box)).all(axis=1)
        if exact.any():
            return int(rows[int(np.argmax(exact))])
        overlap = iou(boxes, np.array([box], dtype=np.float64))[:, 0]
        candidates = np.flatnonzero(overlap >= MIN_OVERLAP).tolist()
        if not candidates:
            return None
        best = min(candidates, key=lambda i: (int(interval[i]), -float(overlap[i]), i))
        return int(rows[best])
