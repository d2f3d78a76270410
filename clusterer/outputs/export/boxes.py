"""Where in the picture faces are during an appearance."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from clusterer.core.clock import Clock
from clusterer.core.types import Analysis, Identity, IntArray
from clusterer.outputs.export.timeline import Span


@dataclass(frozen=True, eq=False)
class Boxes:
    """Finds the boxes of spans.

    Attributes
    ----------
    analysis : of the whole video
    clock : counts the frames of the spans; None = they are the video's own
    """

    analysis: Analysis
    clock: Clock | None

    def on(self, spans: Iterable[Span], who: Identity) -> tuple[Span, ...]:
        """The spans, each with the smallest box that holds all faces of a person within it."""
        tracks = self.analysis.tracks
        rows = np.concatenate([tracks[track].detection_rows for track in who.track_ids])
        frames = self._frames[rows]
        order = np.argsort(frames, kind="stable")
        rows, frames = rows[order], frames[order]
        found = []
        for span in spans:
            first, end = np.searchsorted(frames, [span.start, span.end]).tolist()
            found.append(replace(span, box=self._around(rows[first:end])) if first < end else span)
        return tuple(found)

    @cached_property
    def _frames(self) -> IntArray:
        """Frame of each detection, as the spans count."""
        detections = self.analysis.detections
        if self.clock is None:
            return detections.frame_index
        pts, at = np.unique(detections.pts, return_inverse=True)
        return np.array([self.clock.frame(each) for each in pts.tolist()], dtype=np.int64)[at]

    def _around(self, rows: IntArray) -> tuple[int, int, int, int]:
        """Left, top, width and height, within the picture; at least one pixel."""
        video = self.analysis.video
        boxes = self.analysis.detections.boxes[rows].astype(np.float64)
        boxes *= np.tile(video.to_square, 2)
        width, height = video.square_px
        left, top = (math.floor(each) for each in boxes[:, :2].min(axis=0))
        right, bottom = (math.ceil(each) for each in boxes[:, 2:].max(axis=0))
        left, top = min(max(0, left), width - 1), min(max(0, top), height - 1)
        return left, top, max(1, min(right, width) - left), max(1, min(bottom, height) - top)
