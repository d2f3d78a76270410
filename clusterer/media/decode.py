"""Decode the frames of a video in display order, from the start or from the middle."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from typing import TypeAlias

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from clusterer.core.types import Losses, VideoInfo
from clusterer.media.frames import decodable
from clusterer.media.opening import open_video, video_stream
from clusterer.media.packets import GAP_S, count_frames_before, may_jump, stretches
from clusterer.media.stream import (
    FORMATS_WITHOUT_PTS,
    pixel_aspect,
    stated_pts,
    stream_duration_s,
)

_JUMP_S = 1.0
"""A clock that goes back this far was reset (two recordings joined); less is jitter."""
_SEEK_MARGINS_S = (0.0, 10.0)
"""How far before the frame each seek attempt aims, in case the previous landed too late."""
_MISSING_END_S = 0.5
"""A video that ends this much earlier than its container states is truncated."""
_CONCEALING = ("ffv1", "hevc")
"""Codecs whose decoders patch damaged pictures without saying so, with several threads otherwise
than with one."""
_SAME_SHAPE = Fraction(1, 100)
"""Relative difference of display shapes that is rounding."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where to begin in the middle of a video.

    Attributes
    ----------
    pts : the first frame at or after it is the first of the part
    index : decoded index of that frame, if known; then `pts` is exactly its pts
    context : number of frames before it to deliver first
    earliest_pts : lower bound of their pts
    key_pts : of the key frame to decode from, if it is known that the times of all packets are
        clear; then `index` need not be true, and nothing is delivered if it cannot be sought
    """

    pts: int
    index: int | None = None
    context: int = 0
    earliest_pts: int | None = None
    key_pts: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A decoded frame, not converted yet.

    Attributes
    ----------
    index : position among all decoded frames of the video, 0-based
    pts : strictly increasing; missing, repeated or backward ones are repaired
    duration_pts : display time, at least 1
    raw : PyAV's frame
    """

    index: int
    pts: int
    duration_pts: int
    raw: VideoFrame


_Stated: TypeAlias = tuple[VideoFrame, int | None]
"""A frame, and its pts as the file states it."""


class _Timing:
    """Places frames on one clock that only goes on.

    Parameters
    ----------
    info, frame_pts
        Start and time base; length of a frame.
    may_jump
        Whether the clock of the file may be set anew, also by less than it takes for a repair.
    """

    def __init__(self, info: VideoInfo, frame_pts: int, may_jump: bool) -> None:
        self._start_pts = info.start_pts
        self._frame_pts = frame_pts
        self._may_jump = may_jump
        self._back_pts = round(Fraction(_JUMP_S) / info.time_base)
        self._gap_pts = round(GAP_S / info.time_base)
        self._last: int | None = None
        self._offset = 0

    def place(self, stated: int | None, following: int | None) -> int:
        """The pts of the next frame; `following` is stated by the one after it."""
        last, frame_pts = self._last, self._frame_pts
        if last is None:
            pts = self._start_pts if stated is None else stated
        elif stated is None:
            pts = last + frame_pts
        elif self._has_jumped(stated + self._offset, following, last):
            pts = last + frame_pts
            self._offset = pts - stated
        else:
            pts = max(stated + self._offset, last + 1)
        self._last = pts
        return pts

    def _has_jumped(self, pts: int, following: int | None, last: int) -> bool:
        if pts <= last - self._back_pts:
            return True
        if not self._may_jump:
            return False
        stays_back = following is not None and following + self._offset <= last
        return pts > last + self._gap_pts or (pts < last and stays_back)


class _SeekMissedError(Exception):
    """A seek landed in the wrong place."""


class Reader:
    """Iterates the decoded frames of a video.

    Damage does not raise: every decodable frame is delivered, and `losses` tells of the others.

    Parameters
    ----------
    info
        From `probe`.
    start
        Where to begin; None = at the first frame.
    end_pts
        Frames at or after it are skipped.
    threads
        Number of decoding threads, where several give the same; None = half of the machine's cores.

    Attributes
    ----------
    losses : of what was read so far
    """

    def __init__(
        self,
        info: VideoInfo,
        start: Start | None = None,
        end_pts: int | None = None,
        threads: int | None = None,
    ) -> None:
        self.losses = Losses()
        self._info = info
        self._threads = threads
        self._start = start if start is not None and start.pts > info.start_pts else None
        self._end_pts = end_pts
        self._cancelled = threading.Event()
        self._is_needed = self._start is None or self._start.key_pts is None
        self._frame_pts = max(1, round(1 / (info.frame_rate * info.time_base)))

    def cancel(self) -> None:
        """End the iteration at its next frame; may be called from another thread."""
        self._cancelled.set()

    def __iter__(self) -> Iterator[Decoded]:
        last: Decoded | None = None
        start = self._start
        for decoded in self._from_start() if start is None else self._from_middle(start):
            if self._end_pts is not None and decoded.pts >= self._end_pts:
                break
            if decoded.raw.is_corrupt:
                self._note_damage(decoded.pts)
            last = decoded
            yield decoded
        else:
            self._note_truncation(last)

    def _from_start(self) -> Iterator[Decoded]:
        with open_video(self._info.path) as container:
            stream = video_stream(container, self._info.path, self._info.stream)
            frames = self._frames(container, stream)
            yield from self._timed(frames, may_jump=may_jump(container))

    def _from_middle(self, start: Start) -> Iterator[Decoded]:
        path = self._info.path
        index = start.index
        with open_video(path) as container:
            jumps = may_jump(container)
            has_pts = container.format.name not in FORMATS_WITHOUT_PTS
        if start.key_pts is not None:
            index = start.index or 0
        elif not has_pts:
            index = None
        elif index is None or jumps:
            index = None if jumps and self._is_joined() else self._count_before(start.pts)
            if start.index is not None and index != start.index:
                index = None  # the clock is unreliable: count by decoding
        if index is not None:
            for margin_s in _SEEK_MARGINS_S:
                try:
                    yield from self._sought(start, index, margin_s)
                except _SeekMissedError:
                    continue
                return
        if start.key_pts is None:
            yield from self._skipped(start)

    def _is_joined(self) -> bool:
        with open_video(self._info.path) as container:
            stream = video_stream(container, self._info.path, self._info.stream)
            return len(stretches(container, stream, self._info.time_base, self._frame_pts)) > 1

    def _count_before(self, pts: int) -> int | None:
        with open_video(self._info.path) as container:
            stream = video_stream(container, self._info.path, self._info.stream)
            return count_frames_before(container, stream, pts)

    def _sought(self, start: Start, index: int, margin_s: float) -> Iterator[Decoded]:
        """Frames after a seek.

        Raises
        ------
        _SeekMissedError
            Before the first frame: the seek landed too late, or the pts was repaired.
        """
        margin_pts = (start.context + 1) * self._frame_pts
        margin_pts += round(Fraction(margin_s) / self._info.time_base)
        with open_video(self._info.path) as container:
            stream = video_stream(container, self._info.path, self._info.stream)
            try:
                aim_pts = max(start.pts - margin_pts, self._info.start_pts)
                if start.key_pts is not None and not margin_s:
                    aim_pts = start.key_pts
                container.seek(aim_pts, stream=stream)
            except av.error.FFmpegError:
                raise _SeekMissedError from None
            frames = self._timed(
                _from_key_frame(self._frames(container, stream)), may_jump=may_jump(container)
            )
            before, first = self._split(frames, start, start.context + 1)
            earliest_pts = self._earliest_pts(start)
            is_early = len(before) > start.context or (before and before[0].pts <= earliest_pts)
            if not is_early or (first is not None and first.pts != first.raw.pts):
                raise _SeekMissedError
            if first is None:
                return
            shift = index - first.index
            self._is_needed = True
            for decoded in chain(
                before[-start.context :] if start.context else [], [first], frames
            ):
                yield replace(decoded, index=decoded.index + shift)

    def _skipped(self, start: Start) -> Iterator[Decoded]:
        """Decode from the beginning: slow, but correct for every file."""
        frames = self._from_start()
        before, first = self._split(frames, start, start.context)
        if first is not None:
            yield from chain(before, [first], frames)

    def _split(
        self, frames: Iterator[Decoded], start: Start, keep: int
    ) -> tuple[list[Decoded], Decoded | None]:
        """Read up to the start; return the last frames before it, and the frame there if any."""
        before: deque[Decoded] = deque(maxlen=keep)
        for decoded in frames:
            if decoded.pts >= start.pts:
                return list(before), decoded
            if decoded.pts >= self._earliest_pts(start):
                before.append(decoded)
        return list(before), None

    def _earliest_pts(self, start: Start) -> int:
        return self._info.start_pts if start.earliest_pts is None else start.earliest_pts

    def _frames(self, container: InputContainer, stream: VideoStream) -> Iterator[_Stated]:
        """Frames as FFmpeg outputs them, skipping undecodable packets."""
        if stream.codec_context.name in _CONCEALING:
            stream.thread_count = 1
        elif self._threads is not None:
            stream.thread_count = self._threads
        pts = self._info.start_pts
        shapes = _Shapes(self._info, container, stream)
        frames = decodable(
            container,
            stream,
            stop=self._cancelled.is_set,
            on_damage=lambda: self._note_damage(pts),
        )
        for frame in frames:
            stated = stated_pts(container, frame)
            pts = pts if stated is None else stated
            shapes.mark(frame)
            yield frame, stated

    def _timed(self, frames: Iterator[_Stated], *, may_jump: bool = False) -> Iterator[Decoded]:
        """Number frames and repair their pts; `may_jump` as of the container."""
        timing = _Timing(self._info, self._frame_pts, may_jump)
        following: deque[_Stated] = deque()
        for index, (raw, stated) in enumerate(_looking_ahead(frames, following)):
            pts = timing.place(stated, following[0][1] if following else None)
            duration = getattr(raw, "duration", 0) or self._frame_pts
            yield Decoded(index, pts, max(1, int(duration)), raw)

    def _note_damage(self, pts: int) -> None:
        # Right after a seek, frames before the first that is asked for may refer to others.
        if self.losses.damaged_pts is None and self._is_needed:
            self.losses = replace(self.losses, damaged_pts=pts)

    def _note_truncation(self, last: Decoded | None) -> None:
        if last is None or self._cancelled.is_set():
            return
        with open_video(self._info.path) as container:
            stream = video_stream(container, self._info.path, self._info.stream)
            stated_s = stream_duration_s(stream, self._info.start_pts)
            if stated_s is not None and may_jump(container):
                stated_s = self._info.duration_s  # the file's own spans the jumps
        length_pts = last.pts + last.duration_pts - self._info.start_pts
        end_s = float(length_pts * self._info.time_base)
        if stated_s is not None and end_s < stated_s - _MISSING_END_S:
            self.losses = replace(self.losses, ends_s=end_s, stated_s=stated_s)


def _looking_ahead(frames: Iterator[_Stated], following: deque[_Stated]) -> Iterator[_Stated]:
    """Yield each frame when the one after it is in `following`, which is empty after the last."""
    for frame in frames:
        following.append(frame)
        if len(following) > 1:
            yield following.popleft()
    while following:
        yield following.popleft()


class _Shapes:
    """Marks frames that are not of the first frame's shape, as where broadcasts change from 4:3.

    The codec states another aspect some frames before the first one that has it is output, which is
    a key frame.
    """

    def __init__(self, info: VideoInfo, container: InputContainer, stream: VideoStream) -> None:
        self._first = info.width_px * info.pixel_aspect / info.height_px
        self._container, self._stream = container, stream
        self._may_change = may_jump(container)
        self._aspect: Fraction | None = None

    def mark(self, frame: VideoFrame) -> None:
        """Note the shape of a frame if it is another; see `Converter`."""
        if not self._may_change:
            return
        if self._aspect is None or frame.key_frame:
            self._aspect = pixel_aspect(self._container, self._stream)
        shape = frame.width * self._aspect / frame.height
        if abs(shape / self._first - 1) > _SAME_SHAPE:
            frame.opaque = shape


def _from_key_frame(frames: Iterator[_Stated]) -> Iterator[_Stated]:
    """Skip frames before the first key frame: after a seek they may be incomplete."""
    started = False
    for frame, stated in frames:
        started = started or frame.key_frame
        if started:
            yield frame, stated
