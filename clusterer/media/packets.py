"""What the packets of a video say of its clock, without decoding."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

GAP_S = 10
"""A clock that leaps over more than this was set anew: FFmpeg's default for transport streams
(-dts_delta_threshold), beyond which it closes the gap."""
_TS_DISCONT = 0x0200
"""AVFMT_TS_DISCONT of libavformat/avformat.h."""
_REORDERED = 32
"""Recent packets checked for a repeated pts; H.264 reorders at most 16 frames."""


def may_jump(container: InputContainer) -> bool:
    """Whether the clock of this format may be set anew within a file, as in joined recordings."""
    return bool(container.format.flags & _TS_DISCONT)


def stretches(
    container: InputContainer, stream: VideoStream, time_base: Fraction, frame_pts: int
) -> list[int]:
    """Length of each stretch in which the clock is not set anew, in ticks of the stream.

    Parameters
    ----------
    container, stream
        Newly opened; all packets are read.
    time_base, frame_pts
        Seconds per tick of the stream; ticks per frame.
    """
    gap_pts = GAP_S / time_base
    lengths: list[int] = []
    last_dts: int | None = None
    try:
        for packet in container.demux(stream):
            dts = packet.dts
            if not packet.size or dts is None:
                continue
            if last_dts is None or not last_dts <= dts <= last_dts + gap_pts:
                lengths.append(frame_pts)
            else:
                lengths[-1] += dts - last_dts  # before a jump, a pts may be of what follows
            last_dts = dts
    except av.error.FFmpegError:
        pass  # a damaged end: use the packets read so far
    return lengths


class Clock:
    """Checks, packet by packet, that times are all stated, differ, and go on.

    Parameters
    ----------
    may_jump
        Seconds per tick, of formats whose clock may be set anew: then no gap may be longer than
        `GAP_S`. None = of all others.
    """

    def __init__(self, may_jump: Fraction | None = None) -> None:
        self._longest = None if may_jump is None else GAP_S / may_jump
        self._last_dts: int | None = None
        self._recent: deque[int] = deque(maxlen=_REORDERED)

    def is_clear(self, packet: Packet[Any]) -> bool:
        """Whether a packet's times, after those of all before it, can be relied on."""
        if packet.pts is None or packet.pts in self._recent or packet.is_corrupt:
            return False
        self._recent.append(packet.pts)
        last, dts = self._last_dts, packet.dts
        if dts is not None:
            if last is not None and not 0 <= dts - last <= (self._longest or dts - last):
                return False
            self._last_dts = dts
        return True


def count_frames_before(container: InputContainer, stream: VideoStream, pts: int) -> int | None:
    """Count the frames shown before a pts, by reading packets only.

    Skips packets that the container marks as not for display, and those before the first key frame,
    which cannot be decoded.

    Parameters
    ----------
    container, stream
        Newly opened.
    pts
        In ticks of the stream's time base.

    Returns
    -------
    int or None
        None if the packets do not allow counting: a pts is missing or repeated, the clock goes
        back, or a packet cannot be read.
    """
    count, clock = _Count(pts), Clock()
    try:
        for packet in container.demux(stream):
            if not packet.size:
                continue
            if not clock.is_clear(packet):
                return None
            if count.is_complete(packet):
                break
            count.add(packet)
    except av.error.FFmpegError:
        return None
    return count.frames


@dataclass(slots=True)
class _Count:
    """Counts the frames shown before a pts.

    Attributes
    ----------
    frames : counted so far
    key_pts : of the first key frame
    shown_pts : the latest of the packets that are for display
    is_edited : whether later ones were not: an edit list may go on anywhere after them
    """

    pts: int
    frames: int = 0
    key_pts: int | None = None
    shown_pts: int | None = None
    is_edited: bool = False

    def is_complete(self, packet: Packet[Any]) -> bool:
        """Whether a packet is shown no earlier than the pts, like everything after it."""
        return packet.dts is not None and packet.dts >= self.pts and not self.is_edited

    def add(self, packet: Packet[Any]) -> None:
        """Count the frame of a packet, if it is shown and earlier."""
        assert packet.pts is not None
        if self.key_pts is None and packet.is_keyframe:
            self.key_pts = packet.pts
        if packet.is_discard:
            self.is_edited |= self.shown_pts is not None and packet.pts > self.shown_pts
        elif self.key_pts is not None and packet.pts >= self.key_pts:
            self.shown_pts = max(packet.pts, self.shown_pts or packet.pts)
            self.frames += packet.pts < self.pts
