"""Names of tracks and faces that survive another analysis: what is seen, when and where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from clusterer.core.geometry import iou
from clusterer.core.types import Analysis, Edit, IntArray

KEY = re.compile(r"[0-9]{1,9}@-?[0-9]{1,6}(?:,-?[0-9]{1,6}){3}")
"""Decoded frame, then left, top, right and bottom of the box, whole px: ``125@210,80,260,140``."""
MAX_APART_S = 0.5
MIN_OVERLAP = 0.5
"""How far a face may be from its key, in time and as intersection over union of the boxes, when
the video was analysed anew, at another sample rate or with another detector."""


def face_key(frame: int, box: Iterable[float]) -> str:
    """Name a face by its frame and box.

    Parameters
    ----------
    frame
        Index of the decoded frame.
    box
        Left, top, right, bottom, px; rounded to whole numbers.
    """
    return f"{frame}@{','.join(str(round(float(side))) for side in box)}"


class Keys:
    """Names of the tracks and faces of one analysis, and what names mean in it.

    Parameters
    ----------
    analysis
        Of the whole video.
    """

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._all = _Faces(analysis, np.flatnonzero(analysis.track_of_row >= 0))

    @cached_property
    def _pictured(self) -> _Faces:
        """Faces of which a picture is kept: only these can stand for a person."""
        kept = np.unique(self._analysis.crop_rows)
        return _Faces(self._analysis, kept[self._analysis.track_of_row[kept] >= 0])

    @cached_property
    def tracks(self) -> tuple[str, ...]:
        """The key of every track: that of its best face, of equals the first."""
        value = self._analysis.quality.value
        rows = [track.detection_rows for track in self._analysis.tracks]
        return tuple(self.face(int(of[int(np.argmax(value[of]))])) for of in rows)

    def face(self, row: int) -> str:
        """The key of a detection."""
        found = self._analysis.detections
        return face_key(int(found.frame_index[row]), found.boxes[row].tolist())

    def row(self, key: str) -> int | None:
        """The detection, of a track, that a key means.

        The very face; else the nearest in time within half a second whose box overlaps by half, of
        these the one that overlaps most, of these the first. None if there is none.
        """
        return self._all.row(key)

    def track(self, key: str) -> int | None:
        """The position of the track that a key means; None if it is not here."""
        return self._owner(self._all.row(key))

    def picture(self, key: str) -> int | None:
        """As `row`, among the faces of which a picture is kept."""
        return self._pictured.row(key)

    def pictured(self, key: str) -> int | None:
        """The position of the track whose picture a key means; None if there is none."""
        return self._owner(self.picture(key))

    def renew(self, edit: Edit) -> Edit:
        """The same correction with the keys that tracks and faces have in this analysis.

        Who reads it needs to compare keys only. What is not found stays as it is.
        """
        row = self.picture(edit.face) if edit.face else None
        return replace(
            edit,
            who=self._renewed(edit.who),
            others=self._renewed(edit.others),
            tracks=self._renewed(edit.tracks),
            source=self._renewed(edit.source),
            face=edit.face if row is None else self.face(row),
        )

    def _owner(self, row: int | None) -> int | None:
        return None if row is None else int(self._analysis.track_of_row[row])

    def _renewed(self, keys: Sequence[str]) -> tuple[str, ...]:
        found = [(key, self.track(key)) for key in keys]
        return tuple(key if track is None else self.tracks[track] for key, track in found)


class _Faces:
    """Some detections, to be found by key.

    Parameters
    ----------
    analysis
    rows : array of shape (k,), int64, ascending and so in time order
    """

    def __init__(self, analysis: Analysis, rows: IntArray) -> None:
        self._rows = rows
        self._frames = analysis.detections.frame_index[rows]
        self._boxes = analysis.detections.boxes[rows].astype(np.float64)
        self._reach_frames = MAX_APART_S * float(analysis.video.frame_rate)
        self._known: dict[str, int | None] = {}

    def row(self, key: str) -> int | None:
        """See `Keys.row`."""
        if key not in self._known:
            self._known[key] = self._look_up(key)
        return self._known[key]

    def _look_up(self, key: str) -> int | None:
        if KEY.fullmatch(key) is None:
            return None
        frame, *box = (int(part) for part in re.split("[@,]", key))
        near = slice(
            int(np.searchsorted(self._frames, frame - self._reach_frames, "left")),
            int(np.searchsorted(self._frames, frame + self._reach_frames, "right")),
        )
        rows, boxes = self._rows[near], self._boxes[near]
        apart = np.abs(self._frames[near] - frame)
        exact = (apart == 0) & (np.rint(boxes) == np.array(box)).all(axis=1)
        if exact.any():
            return int(rows[int(np.argmax(exact))])
        overlap = iou(boxes, np.array([box], dtype=np.float64))[:, 0]
        candidates = np.flatnonzero(overlap >= MIN_OVERLAP).tolist()
        if not candidates:
            return None
        best = min(candidates, key=lambda i: (int(apart[i]), -float(overlap[i]), i))
        return int(rows[best])
