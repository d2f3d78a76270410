"""Sample frames of a video, and divide it into shots.

A frame is sampled if it is the first or last of its shot, or the first at or after a point of the
grid 0, 1/rate, 2/rate, … seconds since the video's first frame; every other
frame of the grid is skipped while the picture is static, except after one of half a second or more.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from types import TracebackType
from typing import Self, TypeAlias

from clusterer.core.config import ShotConfig, VideoConfig
from clusterer.core.errors import ConfigError, VideoError
from clusterer.core.types import Frame, ImageArray, Losses, Mark, Shot, SmallFrame, VideoInfo
from clusterer.media.decode import Decoded, Reader, Start
from clusterer.media.parts import Part, mark
from clusterer.media.picture import Converter
from clusterer.media.read_ahead import ReadAhead
from clusterer.media.shots import CutDetector, look_ahead
from clusterer.media.static_frames import StaticFrames

_AHEAD_EVENTS = 8
_AHEAD_BYTES = 128 * 2**20
"""Limits of sampled pictures held in memory; at least two are."""
_UNDECIDED_BYTES = 256 * 2**20
"""Limit of frames held until it is known whether a shot begins with them, at 8 bits per sample and
halved chroma; frames of 4K at 10 bits take twice as much."""
NOWHERE = Mark(0, 0)
_MOST_DISSOLVE_FRAMES = 30
_LONG_S = 0.5
"""A frame that lasts as long is followed by a sample: if every other one were skipped, tracks could
not bridge the gap."""
_MOTION_FRAMES = 64
"""Small pictures held from one sample to the next; of more, every other one is dropped."""


@dataclass(frozen=True, slots=True, eq=False)
class SampledFrame:
    """A frame to analyse.

    Attributes
    ----------
    frame : in full
    motion : small pictures from the previous sampled frame of the shot to this one, both included;
        only this one if the shot begins here
    """

    frame: Frame
    motion: tuple[SmallFrame, ...]


@dataclass(frozen=True, slots=True)
class ShotEnd:
    """A shot is complete: all its frames came before this event.

    Attributes
    ----------
    shot
    frame_pts : of every frame of the shot, decoded or sampled, in order
    begins : where this shot begins
    next : where the next shot begins; None at the end of the video
    """

    shot: Shot
    frame_pts: tuple[int, ...] = field(default=(), compare=False, repr=False)
    begins: Mark = field(default=NOWHERE, compare=False, repr=False)
    next: Mark | None = field(default=None, compare=False, repr=False)


Event: TypeAlias = SampledFrame | ShotEnd


class Grid:
    """Decides which frames begin a new step of the sampling grid.

    Parameters
    ----------
    info
        Its first frame is the grid's origin.
    rate_hz
        Steps per second. At or above the video's frame rate, every frame is due.
    """

    def __init__(self, info: VideoInfo, rate_hz: float) -> None:
        rate = Fraction(rate_hz).limit_denominator(1_000_000)
        self._every = rate >= info.frame_rate
        self._start_pts = info.start_pts
        self._steps, self._per_half_pts = (rate * info.time_base / 2).as_integer_ratio()

    def is_due(self, previous_pts: int, pts: int) -> bool:
        """Whether a point of the grid lies after the previous frame but not after this one."""
        return self._every or self._step(pts) > self._step(previous_pts)

    def _step(self, pts: int) -> int:
        # Half a tick of tolerance: containers round times to their ticks.
        return (2 * (pts - self._start_pts) + 1) * self._steps // self._per_half_pts


class Sampler:
    """Iterates `SampledFrame` and `ShotEnd` events in order.

    Use in a ``with`` block, which ends the thread.

    Parameters
    ----------
    info
        From `probe`.
    video_config, shot_config
        Sampling rate and part of the video; limits of the cut detector.
    part
        Where to begin and to end within that part of the video; None = all of it.
    threads
        Number of decoding threads; None = half of the machine's cores.
    ahead
        Decode ahead in a second thread.

    Raises
    ------
    ConfigError
        The start is beyond the end of the video.
    VideoError
        While iterating: no frame of the part can be decoded.
    """

    def __init__(  # noqa: PLR0913 (as described above)
        self,
        info: VideoInfo,
        video_config: VideoConfig,
        shot_config: ShotConfig,
        part: Part | None = None,
        threads: int | None = None,
        *,
        ahead: bool = True,
    ) -> None:
        part = part or Part()
        first_pts, end_pts = span(info, video_config)
        context = context_frames(info, shot_config)
        start = Start(first_pts)
        if part.after is not None:
            start = Start(part.after.end_pts, part.after.end_frame, context, first_pts)
        elif part.entry is not None:
            start = Start(part.entry.pts, 0, context, first_pts, part.entry.key_pts)
        self._reader = Reader(info, start, end_pts, threads)
        events = _events(self._reader, _Pass(info, video_config, shot_config, part))
        self._events: ReadAhead[Event] | Generator[Event] = events
        if ahead:
            picture_bytes = math.prod(info.square_px) * 3
            most = max(2, min(_AHEAD_EVENTS, _AHEAD_BYTES // picture_bytes))
            self._events = ReadAhead(events, most, self._reader.cancel)

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        return next(self._events)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def losses(self) -> Losses:
        """What could not be decoded so far; complete when the iteration ends."""
        return self._reader.losses

    def close(self) -> None:
        """End the second thread."""
        self._events.close()


def span(info: VideoInfo, config: VideoConfig) -> tuple[int, int | None]:
    """First and last pts of the part of the video that is chosen; None = to the end.

    Parameters
    ----------
    info, config
        From `probe`; the part, in seconds.

    Raises
    ------
    ConfigError
        The start is beyond the end of the video.
    """
    start_s = config.start_s or 0.0
    if start_s >= info.end_s:
        raise ConfigError(
            f"the start, {start_s:g} s, is beyond the end of the video, {info.end_s:.1f} s",
            "Give an earlier start",
        )
    return _pts_at(info, start_s), None if config.end_s is None else _pts_at(info, config.end_s)


def context_frames(info: VideoInfo, config: ShotConfig) -> int:
    """How many frames before the first of a pass are needed to find cuts as if it began earlier.

    Parameters
    ----------
    info, config
        As of `dissolve_window`.
    """
    return look_ahead(config, dissolve_window(info, config))


def dissolve_window(info: VideoInfo, config: ShotConfig) -> int:
    """Distance in frames of the pictures that are compared to find dissolves.

    `ShotConfig.dissolve_s`, but at most 30 frames, and fewer for frames so large that those
    which wait for a decision would not fit into memory.

    Parameters
    ----------
    info, config
        Frame rate and size; the distance in seconds.
    """
    frame_bytes = info.width_px * info.height_px * 3 // 2
    window = min(round(config.dissolve_s * info.frame_rate), _MOST_DISSOLVE_FRAMES)
    while window and look_ahead(config, window) * frame_bytes > _UNDECIDED_BYTES:
        window -= 1
    return window


class _Pass:
    """State of one pass: takes frames, yields events."""

    def __init__(
        self,
        info: VideoInfo,
        video_config: VideoConfig,
        shot_config: ShotConfig,
        part: Part,
    ) -> None:
        self.info = info
        self.first_index = 0 if part.entry else part.after.end_frame if part.after else None
        self.has_ended = False
        self._converter = Converter(*info.square_px, shot_config.width_px)
        window, self._is_searching = dissolve_window(info, shot_config), part.entry is not None
        self._cuts = CutDetector(shot_config, window, inside=self._is_searching)
        self._part = part
        self._grid = Grid(info, video_config.sample_rate_hz)
        self._static_frames = StaticFrames(video_config.still_level)
        self._undecided: deque[tuple[Decoded, ImageArray]] = deque()
        self._shot_index = 0 if part.after is None else part.after.index + 1
        self._begins = NOWHERE
        self._first: Decoded | None = None
        self._previous: Decoded | None = None
        self._previous_due = False
        self._motion: list[SmallFrame] = []
        self._frame_pts: list[int] = []

    def warm_up(self, decoded: Decoded) -> None:
        self._cuts.warm_up(self._converter.small(decoded.raw), self.info.seconds(decoded.pts))

    def feed(self, decoded: Decoded) -> Iterator[Event]:
        small = self._converter.small(decoded.raw)
        self._undecided.append((decoded, small))
        for begins in self._cuts.feed(small, self.info.seconds(decoded.pts)):
            yield from self._advance(*self._undecided.popleft(), begins)

    def finish(self) -> Iterator[Event]:
        for begins in self._cuts.finish():
            yield from self._advance(*self._undecided.popleft(), begins)
        if self._previous is not None:
            last = self._previous
            yield from self._end_shot(last.index + 1, last.pts + last.duration_pts, None)

    def _advance(self, current: Decoded, small: ImageArray, begins: bool) -> Iterator[Event]:
        if self.has_ended or (self._is_searching and not self._has_found(current, begins)):
            return
        previous = self._previous
        due = self._is_due(current, small, begins)
        if begins:
            here = mark(current.pts, small)
            if previous is not None:
                yield from self._end_shot(current.index, current.pts, here)
                if self._part.ends_before(here):
                    self._previous, self.has_ended = None, True
                    return
            self._first, self._begins = current, here
            self._motion = []
            self._frame_pts = []
        elif previous is not None and self._previous_due:
            yield self._sampled(previous)
        if len(self._motion) == _MOTION_FRAMES:
            self._motion = self._motion[::2]
        self._motion.append(self._converter.grey(current.index, current.pts, current.raw))
        self._frame_pts.append(current.pts)
        self._previous, self._previous_due = current, due

    def _has_found(self, current: Decoded, begins: bool) -> bool:
        """Whether the first shot begins; before it, the pass may end without one."""
        stop_pts = self._part.stop_pts
        self.has_ended = stop_pts is not None and current.pts >= stop_pts
        self._is_searching = self.has_ended or not begins
        return not self._is_searching

    def _is_due(self, current: Decoded, small: ImageArray, begins: bool) -> bool:
        previous = self._previous
        if begins or previous is None:
            self._static_frames.sample(small)
            return True
        if not self._grid.is_due(previous.pts, current.pts):
            return False
        if (current.pts - previous.pts) * self.info.time_base >= _LONG_S:
            self._static_frames.sample(small)
            return True
        return not self._static_frames.skips(small)

    def _end_shot(self, end_frame: int, end_pts: int, after: Mark | None) -> Iterator[Event]:
        assert self._first is not None
        assert self._previous is not None
        yield self._sampled(self._previous)
        shot = Shot(self._shot_index, self._first.index, end_frame, self._first.pts, end_pts)
        yield ShotEnd(shot, tuple(self._frame_pts), self._begins, after)
        self._shot_index += 1

    def _sampled(self, decoded: Decoded) -> SampledFrame:
        image = self._converter.rgb(decoded.raw)
        motion, self._motion = tuple(self._motion), self._motion[-1:]
        return SampledFrame(Frame(decoded.index, decoded.pts, image), motion)


def _events(reader: Reader, sampling: _Pass) -> Generator[Event]:
    is_empty = True
    for decoded in reader:
        if sampling.first_index is not None and decoded.index < sampling.first_index:
            sampling.warm_up(decoded)
            continue
        is_empty = False
        yield from sampling.feed(decoded)
        if sampling.has_ended:
            return
    yield from sampling.finish()
    if is_empty and sampling.first_index is None:
        raise VideoError(
            f"no frame of the chosen part of {sampling.info.path} can be decoded",
            "Choose another part, or copy or export the video again",
        )


def _pts_at(info: VideoInfo, seconds: float) -> int:
    """First pts at or after a time as a player counts, with half a tick of tolerance."""
    return info.zero_pts + math.ceil(Fraction(seconds) / info.time_base - Fraction(1, 2))
