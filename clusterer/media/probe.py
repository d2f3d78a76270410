"""Open a video and read its properties.

The picture is used as stored: non-square pixels are kept (faces become a little narrow, which
detectors tolerate), interlaced fields are not separated, HDR is not tone-mapped.
"""

from __future__ import annotations

import errno
import os
import re
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from clusterer.core.errors import ConfigError, VideoError
from clusterer.core.files import open_file, special_kind
from clusterer.core.timecode import frame_number
from clusterer.core.types import VideoInfo
from clusterer.media.formats import HEAD_BYTES, OPTIONS, forced, is_called_playlist, playlist, still
from clusterer.media.packets import may_jump, stretches
from clusterer.media.picture import orientation

_TIMECODE = re.compile(r"(\d\d):(\d\d):(\d\d)([:;.])(\d\d)")
_CLOCK = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")
_PLAUSIBLE_RATES_HZ = (1 / 3600, 1000.0)
"""From a slide an hour. Higher ones come from containers that only state their clock, such as 90000
Hz."""
_UNKNOWN_RATE_HZ = Fraction(25)
FORMATS_WITHOUT_PTS = ("avi",)
_TAGS: dict[str, Any] = (
    {"metadata_errors": "surrogateescape"} if int(av.__version__.split(".")[0]) < 19 else {}
)
"""Escapes tags that are not UTF-8. PyAV 19 always does, and has no such argument; up to 18 it
fails without it."""
_BEFORE_END_S = (1, 10)
"""How far before its end a file is read to measure it; FLV finds nothing at the end itself."""
_PROBE_ERRORS = 100
"""Undecodable packets before the first picture after which a file is not a video."""


def probe(path: str | Path) -> VideoInfo:
    """Read the properties of a video; decodes its first frame.

    Parameters
    ----------
    path
        A file that FFmpeg can read. The first video stream that is not a cover picture is used.

    Raises
    ------
    VideoError
        The file is missing, a folder, empty, not a video, or nothing in it can be decoded.
    """
    with open_video(path) as container:
        stream = video_stream(container, path)
        rate = _frame_rate(stream)
        first = _first_frame(container, stream)
        if first is None:
            raise _picture_error(path) or VideoError(
                f"nothing in {path} can be decoded",
                "It is damaged or refers to another file; copy or export it again completely",
            )
        transposed = orientation(first)[0]
        width_px, height_px = first.width, first.height
        start_pts = stated_pts(container, first)
        stream_start = stream.start_time
        time_base = _exact(stream.time_base) or 1 / rate
        timecode = _start_timecode(container, stream, rate)
        start_pts = (stream_start or 0) if start_pts is None else start_pts
        duration_s = _duration_s(container, stream, start_pts, rate)
        delay_pts = _delay_pts(container, start_pts * time_base, time_base)
        jumps = may_jump(container)
    if jumps:
        duration_s = _joined_s(path, rate, time_base) or duration_s
    if duration_s is None:
        duration_s = _scanned_duration_s(path, rate)
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
    )


def open_video(path: str | Path) -> InputContainer:
    """Open exactly this file for reading, whatever its name looks like.

    Every video is opened here. FFmpeg would treat ``http:x``, ``concat:x`` or ``12:30 x.mp4``
    as addresses, and would open the files that a playlist names. So it is restricted to the file
    protocol and to formats that do not refer to other files.

    Raises
    ------
    VideoError
        The file is missing, a folder, a pipe or a device, empty, a playlist, or not a video.
    """
    try:
        file = Path(path).absolute()  # the system resolves symlinks, as when hashing the file
        _check(file, path)
        with open_file(file) as content:
            head = content.read(HEAD_BYTES)
        if kind := playlist(head):
            raise _playlist_error(path, kind)
        container: InputContainer = av.open(
            f"file:{file}",
            mode="r",
            format=forced(head),
            container_options=dict(OPTIONS),
            **_TAGS,
        )
        return container
    except (av.error.FFmpegError, OSError, ValueError) as error:
        if _is_forbidden(error):
            raise VideoError(
                f"{path} may not be read", "Check the permissions of the file"
            ) from None
        if picture := _picture_error(path):
            raise picture from None
        if isinstance(error, av.error.FFmpegError) and is_called_playlist(str(path)):
            raise _playlist_error(path, "by its name") from None
        foreign = isinstance(error, av.error.FFmpegError) and error.errno == errno.EINVAL
        reason = getattr(error, "strerror", None) or str(error)
        raise VideoError(
            f"{path} cannot be opened as a video"
            f" ({'its format does not hold video' if foreign else reason})",
            "It is not a video, or was not copied or exported completely",
        ) from None


def _is_forbidden(error: Exception) -> bool:
    """Whether the system refuses to read a file; FFmpeg's EPERM is any failure, its -1."""
    return isinstance(error, PermissionError) and not (
        isinstance(error, av.error.FFmpegError) and error.errno == errno.EPERM
    )


def _picture_error(path: str | Path) -> VideoError | None:
    """What to say of a file that is not a video but a picture; None if it is not."""
    with suppress(OSError), open_file(Path(path)) as content:
        if kind := still(content.read(HEAD_BYTES)):
            return VideoError(f"{path} is {kind}, not a video", "Convert it to one, such as MP4")
    return None


def _playlist_error(path: str | Path, kind: str) -> VideoError:
    return VideoError(
        f"{path} is a playlist ({kind}), which only names other files", "Give the videos themselves"
    )


def check_video(path: str | Path) -> None:
    """Raise unless a file is a video; errors as for `open_video` and `video_stream`."""
    with open_video(path) as container:
        video_stream(container, path)


def _check(file: Path, path: str | Path) -> None:
    """Refuse anything but a non-empty file; `path` is as the user wrote it."""
    if kind := special_kind(Path(path)):
        raise VideoError(f"{path} is {kind}, not a file", "Save the video to a file and give that")
    if file.is_dir():
        raise VideoError(f"{path} is a folder", "Give a video file")
    if not file.exists():
        raise VideoError(f"{path} does not exist", "Check the spelling of the path")
    if file.stat().st_size == 0:
        raise VideoError(f"{path} is empty", "Copy or export it again")


def video_stream(container: InputContainer, path: str | Path) -> VideoStream:
    """Return the first video stream that is not a cover picture, set to decode in threads.

    Raises
    ------
    VideoError
        There is none, or its codec is unknown.
    """
    moving = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not moving:
        raise VideoError(f"{path} has no moving picture", "Give a video, not a sound file")
    stream = moving[0]
    if stream.codec_context is None:
        raise VideoError(f"the codec of {path} is unknown", "Convert it to H.264")
    # Half of the cores: the models need some too, and each further decoding thread gains less.
    stream.thread_type = "AUTO"
    stream.thread_count = max(1, (os.cpu_count() or 1) // 2)
    return stream


def stream_duration_s(stream: VideoStream, start_pts: int) -> float | None:
    """Length that the container states for the stream itself, seconds; None if it does not.

    Parameters
    ----------
    stream
    start_pts
        Of its first frame.
    """
    time_base = _exact(stream.time_base)
    if stream.duration and time_base:
        return float(stream.duration * time_base)
    end_s = _tagged_s(stream)
    # FFmpeg tags a stream with its end, mkvmerge with its length: this may be too short, not long.
    return (end_s and max(0.0, end_s - float(start_pts * (time_base or 0)))) or None


def _tagged_s(stream: VideoStream) -> float | None:
    """The tag in which Matroska states the end or the length of a stream, seconds."""
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


def _frame_rate(stream: VideoStream) -> Fraction:
    low, high = _PLAUSIBLE_RATES_HZ
    for stated in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        rate = _exact(stated)
        if rate is not None and low <= rate <= high:
            return rate
    return _UNKNOWN_RATE_HZ


class _Ratio(Protocol):
    @property
    def numerator(self) -> int: ...
    @property
    def denominator(self) -> int: ...


def _exact(stated: _Ratio | None) -> Fraction | None:
    """A ratio of PyAV as a fraction; None if unset.

    PyAV 19 has its own rational type, which prints and rounds differently, and is 0/1, 0/0 or 1/0
    where older versions give None.
    """
    return Fraction(stated.numerator, stated.denominator) if stated else None


def _duration_s(
    container: InputContainer, stream: VideoStream, start_pts: int, rate: Fraction
) -> float | None:
    """Length of the picture, seconds; None if nothing states it."""
    if stream.duration:
        return stream_duration_s(stream, start_pts)
    tagged_s = _tagged_s(stream)
    stated_s = tagged_s or (container.duration / av.time_base if container.duration else None)
    # The end of whatever is longest, on a clock that may begin anywhere.
    if stated_s is not None and (start_pts or (not tagged_s and len(container.streams) > 1)):
        measured_s = _measured_s(container, stream, start_pts, rate)
        return measured_s or stream_duration_s(stream, start_pts) or stated_s
    return stated_s


def _measured_s(
    container: InputContainer, stream: VideoStream, start_pts: int, rate: Fraction
) -> float | None:
    """Length of the picture by its last packets, seconds; None if they cannot be reached."""
    time_base, duration = _exact(stream.time_base), container.duration
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


def _joined_s(path: str | Path, rate: Fraction, time_base: Fraction) -> float | None:
    """Length of a video whose clock is set anew, seconds; None if it is not.

    The container states the time from the first to the last picture on that clock.
    """
    with open_video(path) as container:
        frame_pts = max(1, round(1 / (rate * time_base)))
        lengths = stretches(container, video_stream(container, path), time_base, frame_pts)
    return float(sum(lengths) * time_base) if len(lengths) > 1 else None


def _scanned_duration_s(path: str | Path, rate: Fraction) -> float:
    """Duration by reading every packet, for containers that state none."""
    count, first, last = 0, None, None
    with open_video(path) as container:
        stream = video_stream(container, path)
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
        time_base = _exact(stream.time_base)
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
