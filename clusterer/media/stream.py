"""What a video file states about a stream: its length, times of frames, the shape of a pixel."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Protocol

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from clusterer.core.types import PIXEL_ASPECTS
from clusterer.media.packets import may_jump

FORMATS_WITHOUT_PTS = ("avi",)
"""Names by FFmpeg; see `stated_pts`."""
_CLOCK = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")
_NEARLY_SQUARE = Fraction(1, 100)
"""Aspects this near 1 are rounding (853x480 shown as 854x480), not shapes: 16:15 is the nearest."""


def stream_duration_s(stream: VideoStream, start_pts: int) -> float | None:
    """Length that the container states for the stream itself, seconds; None if it does not.

    Parameters
    ----------
    stream
    start_pts
        Of its first frame.
    """
    time_base = exact(stream.time_base)
    if stream.duration and time_base:
        return float(stream.duration * time_base)
    end_s = tagged_s(stream)
    # FFmpeg tags a stream with its end, mkvmerge with its length: this may be too short, not long.
    return (end_s and max(0.0, end_s - float(start_pts * (time_base or 0)))) or None


def tagged_s(stream: VideoStream) -> float | None:
    """The end or the length of a stream as Matroska tags it, seconds; None without the tag."""
    clock = _CLOCK.match(stream.metadata.get("DURATION", ""))
    if clock is None:
        return None
    hours, minutes, seconds = clock.groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds) or None


def stated_pts(container: InputContainer, frame: VideoFrame) -> int | None:
    """Pts of a frame as the file states it, ticks; None if it does not.

    AVI stores no pts, and FFmpeg's substitutes are wrong where frames are reordered. The decoder's
    dts follow the display order.
    """
    return frame.dts if container.format.name in FORMATS_WITHOUT_PTS else frame.pts


def pixel_aspect(container: InputContainer, stream: VideoStream) -> Fraction:
    """Width of a stored pixel divided by its height, at the frame that was decoded last.

    The container's word comes before the codec's, as in FFmpeg; streams that may be joined have
    only the codec's. Where a file gives none, or one that cannot be meant, pixels are square.
    """
    low, high = PIXEL_ASPECTS
    codec = stream.codec_context
    for source in (codec,) if may_jump(container) else (stream, codec):
        aspect = exact(source.sample_aspect_ratio)
        if aspect is not None and aspect > 0:
            meant = low <= aspect <= high and abs(aspect - 1) > _NEARLY_SQUARE
            return aspect if meant else Fraction(1)
    return Fraction(1)


class _Ratio(Protocol):
    @property
    def numerator(self) -> int: ...
    @property
    def denominator(self) -> int: ...


def exact(stated: _Ratio | None) -> Fraction | None:
    """A ratio of PyAV as a fraction; None if unset.

    PyAV 19 has its own rational type, which prints and rounds differently, and is 0/1, 0/0 or 1/0
    where older versions give None.
    """
    return Fraction(stated.numerator, stated.denominator) if stated else None
