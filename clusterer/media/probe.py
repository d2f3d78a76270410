"""Read the properties of a video.

Interlaced fields are not separated.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from clusterer.core.errors import ConfigError, VideoError
from clusterer.core.timecode import frame_number
from clusterer.core.types import VideoInfo
from clusterer.media.opening import moving_streams, open_video, video_stream
from clusterer.media.packets import may_jump, stretches
from clusterer.media.picture import orientation
from clusterer.media.stream import (
    FORMATS_WITHOUT_PTS,
    exact,
    pixel_aspect,
    stated_pts,
    stream_duration_s,
    tagged_s,
)

_TIMECODE = re.compile(r"(\d\d):(\d\d):(\d\d)([:;.])(\d\d)")
_PLAUSIBLE_RATES_HZ = (1 / 3600, 1000.0)
"""From a slide an hour. Higher ones come from containers that only state their clock, such as 90000
Hz."""
_UNKNOWN_RATE_HZ = Fraction(25)
_BEFORE_END_S = (1, 10)
"""How far before its end a file is read to measure it; FLV finds nothing at the end itself."""
_COVER_PACKETS = 1000
"""Packets of all video streams in which a stream with fewer than two is a cover, not a film."""
_PROBE_ERRORS = 100
"""Undecodable packets before the first picture after which a file is not a video."""


def probe_copy(path: str | Path, of: VideoInfo) -> VideoInfo:
    """Read the properties of a film that was analysed before, or of a copy of it.

    Parameters
    ----------
    path
        The file; errors as of `probe`.
    of
        The film as it was analysed: the same stream is read, if there is one of that number.
    """
    try:
        return probe(path, of.stream)
    except ConfigError:  # another file than the one that was analysed
        return probe(path)


def probe(path: str | Path, stream_index: int | None = None) -> VideoInfo:
    """Read the properties of a video; decodes its first frame.

    Parameters
    ----------
    path
        A file that FFmpeg can read.
    stream_index
        The video stream, counted as by ffprobe. None = of those with more than one frame, and not
        marked as covers, the one that FFmpeg chooses (`av_find_best_stream`): default ones first.

    Raises
    ------
    ConfigError
        The file has no such stream, or it is no video.
    VideoError
        The file is missing, a folder, empty, not a video, or nothing in it can be decoded.
    """
    with open_video(path) as container:
        moving = moving_streams(container)
        if stream_index is None and len(moving) > 1:
            stream_index = _film(container, path, [each.index for each in moving])
        stream = video_stream(container, path, stream_index)
        index = stream.index  # of no use once the file is closed
        several = len(moving) > 1 or stream not in moving
        rate = _frame_rate(stream)
        first = _first_frame(container, stream)
        if first is None:
            raise VideoError(
                f"nothing in {path} can be decoded",
                "It is damaged or refers to another file; copy or export it again completely",
            )
        transposed = orientation(first)[0]
        aspect = pixel_aspect(container, stream)
        width_px, height_px = first.width, first.height
        start_pts = stated_pts(container, first)
        stream_start = stream.start_time
        time_base = exact(stream.time_base) or 1 / rate
        timecode = _start_timecode(container, stream, rate)
        start_pts = (stream_start or 0) if start_pts is None else start_pts
        duration_s = _duration_s(container, stream, start_pts, rate)
        delay_pts = _delay_pts(container, start_pts * time_base, time_base)
        jumps = may_jump(container)
    if jumps:
        duration_s = _joined_s(path, rate, time_base, index) or duration_s
    if duration_s is None:
        duration_s = _scanned_duration_s(path, rate, index)
    return VideoInfo(
        path=str(path),
        width_px=height_px if transposed else width_px,
        height_px=width_px if transposed else height_px,
        frame_rate=rate,
        time_base=time_base,
        start_pts=start_pts,
        duration_s=duration_s,
        start_timecode=timecode,
        delay_pts=delay_pts,
        pixel_aspect=1 / aspect if transposed else aspect,
        stream=index if several else None,
    )


def _film(container: InputContainer, path: str | Path, indices: list[int]) -> int:
    """Which of several streams to analyse; a tie goes to the lower number.

    FFmpeg's own choice is not restricted to those that move, so it is only asked first.
    """
    known = [index for index in indices if container.streams[index].codec_context is not None]
    films = _of_several_frames(path, known or indices)
    best = container.streams.best("video")
    if best is not None and best.index in films:
        return best.index
    defaults = [i for i in films if container.streams[i].disposition & Disposition.default]
    return (defaults or films)[0]


def _of_several_frames(path: str | Path, indices: list[int]) -> list[int]:
    """The streams of two packets or more; all of them if none has two."""
    counts = dict.fromkeys(indices, 0)
    with open_video(path) as container:
        try:
            for packet in container.demux(*(container.streams[index] for index in indices)):
                counts[packet.stream.index] += bool(packet.size)
                if min(counts.values()) > 1 or sum(counts.values()) >= _COVER_PACKETS:
                    break
        except av.error.FFmpegError:
            pass  # use the packets read so far
    return [index for index in indices if counts[index] > 1] or indices


def _frame_rate(stream: VideoStream) -> Fraction:
    low, high = _PLAUSIBLE_RATES_HZ
    for stated in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        rate = exact(stated)
        if rate is not None and low <= rate <= high:
            return rate
    return _UNKNOWN_RATE_HZ


def _duration_s(
    container: InputContainer, stream: VideoStream, start_pts: int, rate: Fraction
) -> float | None:
    """Length of the picture, seconds; None if nothing states it."""
    if stream.duration:
        return stream_duration_s(stream, start_pts)
    tag_s = tagged_s(stream)
    stated_s = tag_s or (container.duration / av.time_base if container.duration else None)
    # The end of whatever is longest, on a clock that may begin anywhere.
    if stated_s is not None and (start_pts or (not tag_s and len(container.streams) > 1)):
        measured_s = _measured_s(container, stream, start_pts, rate)
        return measured_s or stream_duration_s(stream, start_pts) or stated_s
    return stated_s


def _measured_s(
    container: InputContainer, stream: VideoStream, start_pts: int, rate: Fraction
) -> float | None:
    """Length of the picture by its last packets, seconds; None if they cannot be reached."""
    time_base, duration = exact(stream.time_base), container.duration
    if time_base is None or not duration:
        return None
    end_s = Fraction((container.start_time or 0) + duration, av.time_base)
    for before_s in _BEFORE_END_S:
        end_pts = start_pts
        try:
            container.seek(max(start_pts, round((end_s - before_s) / time_base)), stream=stream)
            for packet in container.demux(stream):
                if packet.size and packet.pts is not None:
                    length = packet.duration or 1 / (rate * time_base)
                    end_pts = max(end_pts, round(packet.pts + length))
        except av.error.FFmpegError:
            pass  # a damaged end: use the packets read so far
        if end_pts > start_pts:
            return float((end_pts - start_pts) * time_base)
    return None


def _delay_pts(container: InputContainer, start_s: Fraction, time_base: Fraction) -> int:
    """Ticks from what begins first, sound or picture, to the first frame."""
    if container.start_time is None or container.format.name in FORMATS_WITHOUT_PTS:
        return 0
    begins_s = Fraction(container.start_time, av.time_base)
    return max(0, round((start_s - begins_s) / time_base))


def _first_frame(container: InputContainer, stream: VideoStream) -> VideoFrame | None:
    errors = 0
    packets = container.demux(stream)
    while errors < _PROBE_ERRORS:
        try:
            packet = next(packets, None)
            frames = packet.decode() if packet is not None else []
        except (av.error.FFmpegError, ValueError):
            errors += 1
            continue
        if frames:
            return frames[0]
        if packet is None:
            return None
    return None


def _joined_s(path: str | Path, rate: Fraction, time_base: Fraction, index: int) -> float | None:
    """Length of a video whose clock is set anew, seconds; None if it is not.

    The container states the time from the first to the last picture on that clock.
    """
    with open_video(path) as container:
        frame_pts = max(1, round(1 / (rate * time_base)))
        stream = video_stream(container, path, index)
        lengths = stretches(container, stream, time_base, frame_pts)
    return float(sum(lengths) * time_base) if len(lengths) > 1 else None


def _scanned_duration_s(path: str | Path, rate: Fraction, index: int) -> float:
    """Duration by reading every packet, for containers that state none."""
    count, first, last = 0, None, None
    with open_video(path) as container:
        stream = video_stream(container, path, index)
        try:
            for packet in container.demux(stream):
                if not packet.size:
                    continue
                count += 1
                if packet.pts is not None:
                    first = packet.pts if first is None else min(first, packet.pts)
                    last = packet.pts if last is None else max(last, packet.pts)
        except av.error.FFmpegError:
            pass  # use the packets read so far
        time_base = exact(stream.time_base)
        if first is None or last is None or last == first or time_base is None:
            return float(count / rate)
        return float((last - first) * time_base + 1 / rate)


def _start_timecode(container: InputContainer, stream: VideoStream, rate: Fraction) -> str | None:
    """First timecode valid at this rate of the stream, a tmcd track or the container."""
    tracks = [stream.metadata, *(s.metadata for s in container.streams), container.metadata]
    for metadata in tracks:
        text = metadata.get("timecode") or metadata.get("TIMECODE", "")  # Matroska uses upper case
        match = _TIMECODE.fullmatch(text.strip())
        if match is None:
            continue
        hours, minutes, seconds, separator, frames = match.groups()
        mark = ":" if separator == ":" else ";"
        stated = f"{hours}:{minutes}:{seconds}{mark}{frames}"
        try:
            frame_number(stated, rate)
        except ConfigError:
            continue  # such as frame 29 at 25 frames per second
        return stated
    return None
