"""Detection, one frame after the other or in the background, some frames ahead."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from clusterer.core.types import Detections, Frame, SmallFrame, VideoInfo
from clusterer.faces.detection import Detector
from clusterer.media import Event, SampledFrame, ShotEnd

MAX_BATCH, MAX_BATCH_BYTES = 8, 64 * 2**20
"""Limits of frames detected at once; at least two are."""


@dataclass(frozen=True, slots=True, eq=False)
class FrameFaces:
    """A sampled frame, the faces in it, and the motion since the previous one."""

    frame: Frame
    detections: Detections
    motion: tuple[SmallFrame, ...]


def detect_each(events: Iterable[Event], detector: Detector) -> Iterator[FrameFaces | ShotEnd]:
    """Find the faces of sampled frames, in the caller's thread; yields as `detect_ahead`."""
    for event in events:
        if isinstance(event, SampledFrame):
            (faces,) = detector.detect([event.frame])
            yield FrameFaces(event.frame, faces, event.motion)
        else:
            yield event


def detect_ahead(
    events: Iterable[Event], detector: Detector, video: VideoInfo
) -> Iterator[FrameFaces | ShotEnd]:
    """Find the faces of sampled frames while the caller works on earlier ones.

    Frames of different shots share a batch, so that short shots keep all cores busy.

    Parameters
    ----------
    events
        Sampled frames and ends of shots.
    detector
        Detector; called from one other thread.
    video
        Its picture size bounds the memory.

    Yields
    ------
    The same events in the same order, frames with their faces.
    """
    size = max(2, min(MAX_BATCH, MAX_BATCH_BYTES // (math.prod(video.square_px) * 3)))
    waiting: tuple[list[Event], Future[list[Detections]]] | None = None
    with ThreadPoolExecutor(1, thread_name_prefix="detect") as pool:
        for batch in _batches(events, size):
            frames = [event.frame for event in batch if isinstance(event, SampledFrame)]
            ready, waiting = waiting, (batch, pool.submit(detector.detect, frames))
            if ready is not None:
                yield from _joined(*ready)
        if waiting is not None:
            yield from _joined(*waiting)


def _batches(events: Iterable[Event], size: int) -> Iterator[list[Event]]:
    """Events in lists that hold `size` frames each; the last may hold fewer."""
    batch: list[Event] = []
    frames = 0
    for event in events:
        if isinstance(event, SampledFrame) and frames == size:
            yield batch
            batch, frames = [], 0
        batch.append(event)
        frames += isinstance(event, SampledFrame)
    if batch:
        yield batch


def _joined(batch: list[Event], future: Future[list[Detections]]) -> Iterator[FrameFaces | ShotEnd]:
    results = iter(future.result())
    for event in batch:
        if isinstance(event, SampledFrame):
            yield FrameFaces(event.frame, next(results), event.motion)
        else:
            yield event
