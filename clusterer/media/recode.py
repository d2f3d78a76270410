"""Write a film anew: its pictures coded again, frame for frame, in their codec; its sound copied.

**Times.** A frame keeps its time and its length; the clock of the file begins where a player shows
0:00 of the film, and for the sound, too. Where the container has a clock of its own (Matroska:
milliseconds), times are rounded to it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
from av.codec import Codec, codecs_available
from av.error import FFmpegError
from av.sidedata.sidedata import SideDataContainer
from av.video.frame import VideoFrame

from clusterer.core.errors import ConfigError, DependencyError
from clusterer.core.types import VideoInfo
from clusterer.media.frames import FAILURES, decodable
from clusterer.media.h264 import mp4_time_base, timescale
from clusterer.media.opening import create_video, open_video, video_stream
from clusterer.media.stream import exact
from clusterer.media.veil import planar

CONTAINERS = {
    ".mp4": "mp4",
    ".m4v": "mp4",
    ".mov": "mov",
    ".mkv": "matroska",
    ".webm": "webm",
}
"""Ending of a file → FFmpeg's name of what can be written."""
TAKES_ALL = ".mkv"
_OWN_CLOCK = {"matroska": Fraction(1, 1000), "webm": Fraction(1, 1000)}


class _Coder(NamedTuple):
    """FFmpeg's encoder, and options with which the picture looks as it did."""

    name: str
    options: dict[str, str]


_X264 = _Coder(
    "libx264", {"preset": "superfast", "crf": "19", "bf": "0", "threads": "4", "a53cc": "0"}
)
_VP9 = _Coder(
    "libvpx-vp9",
    {"crf": "22", "b": "0", "deadline": "good", "cpu-used": "5", "row-mt": "1", "threads": "4"},
)
CODERS = {
    "h264": _X264,
    "hevc": _Coder(
        "libx265",
        {
            "preset": "veryfast",
            "x265-params": "crf=19:bframes=0:pools=4:frame-threads=2:log-level=none:info=0",
        },
    ),
    "vp8": _Coder(
        "libvpx",
        {"crf": "8", "b": "8M", "deadline": "good", "cpu-used": "5", "threads": "4"},
    ),
    "vp9": _VP9,
    "av1": _Coder("libsvtav1", {"preset": "9", "crf": "24", "svtav1-params": "lp=4"}),
    "prores": _Coder("prores_ks", {"threads": "4"}),
    "mjpeg": _Coder("mjpeg", {"qmin": "2", "qmax": "3", "threads": "4"}),
    "ffv1": _Coder("ffv1", {"threads": "4"}),
}
"""Codec of a film → how it is coded again. As many threads on every machine, because the bytes
depend on their number. A film of any other codec becomes H.264, in WebM VP9."""
_KEY_S = 2
"""Most seconds from key frame to key frame."""
_BT709, _LIMITED, _NO_PICTURE_TYPE = 1, 1, 0
_TAGS = ("color_range", "colorspace", "color_primaries", "color_trc")
_BIT_EXACT = 0x0400
"""AVFMT_FLAG_BITEXACT: no random numbers and no version in the file."""


class Timed(NamedTuple):
    """A frame to write.

    Attributes
    ----------
    frame : of the size and the format of `Plan`
    pts : ticks of the film, increasing
    duration : likewise
    """

    frame: VideoFrame
    pts: int
    duration: int


@dataclass(frozen=True, slots=True)
class Form:
    """How a film is written.

    Attributes
    ----------
    container : FFmpeg's name of it
    coder : FFmpeg's encoder, and its options
    pixel_format : of every frame, see `clusterer.media.veil.planar`
    size : width and height as stored, before rotation
    left_out : streams of the film that are not written, in words
    """

    container: str
    coder: _Coder
    pixel_format: str
    size: tuple[int, int]
    left_out: tuple[str, ...]

    def fitting(self, raw: VideoFrame) -> VideoFrame:
        """A frame of the film in the size and format that is coded: itself if it has them."""
        raw.pict_type = _NO_PICTURE_TYPE
        if (raw.width, raw.height) == self.size and raw.format.name == self.pixel_format:
            return raw
        colours: dict[str, Any] = {}
        if raw.format.is_rgb or raw.format.has_palette:
            colours = {"dst_colorspace": _BT709, "dst_color_range": _LIMITED}
        return raw.reformat(*self.size, self.pixel_format, **colours)


def form_of(info: VideoInfo, file: Path) -> Form:
    """How a film can be written to a file of this name.

    Parameters
    ----------
    info
        From `probe`.
    file
        Its ending says which container.

    Raises
    ------
    ConfigError
        The container is not one of `CONTAINERS`, or cannot hold the sound of the film.
    DependencyError
        PyAV comes without the encoder, or cannot keep the rotation of the film.
    VideoError
        The film cannot be read.
    """
    container = CONTAINERS.get(file.suffix.casefold())
    if container is None:
        known = ", ".join(CONTAINERS)
        raise ConfigError(
            f"{file} does not end in one of {known}", f"Name a file like film{TAKES_ALL}"
        )
    with open_video(info.path) as source:
        stream = video_stream(source, info.path, info.stream)
        size = stream.codec_context.width, stream.codec_context.height
        coder = CODERS.get(stream.codec_context.name, _X264)
        if container == "webm" and coder.name not in {"libvpx", "libvpx-vp9", "libsvtav1"}:
            coder = _VP9
        if coder.name == "prores_ks" and container == "mp4":
            coder = _X264
        if coder.name not in codecs_available:
            raise DependencyError(
                f"This PyAV has no encoder {coder.name}", "Install the wheel of PyAV from PyPI"
            )
        if not hasattr(av.VideoStream, "set_display_matrix") and _display_matrix(info):
            raise DependencyError(
                "This PyAV cannot write films that are shown rotated",
                "Update it: pip install -U av",
            )
        pixel_format = _coded_format(coder.name, stream.codec_context.pix_fmt or "")
        _check_sound(source, container, file)
        left_out = [
            f"{each.type} stream {each.index}"
            for each in source.streams
            if each.type != "audio" and each.index != stream.index
        ]
    return Form(container, coder, pixel_format, size, tuple(left_out))


def rewrite(info: VideoInfo, form: Form, frames: Iterable[Timed], out: Path, comment: str) -> None:
    """Write a film: these frames, and its sound.

    Parameters
    ----------
    info
        From `probe`.
    form
        From `form_of`.
    frames
        In order.
    out
        The file; its content is replaced.
    comment
        What the file says of itself.

    Raises
    ------
    VideoError
        The film cannot be read.
    OSError
        The disk is full, or the file cannot be written to.
    """
    base = _OWN_CLOCK.get(form.container) or mp4_time_base(info)
    options = {} if form.container in _OWN_CLOCK else timescale(base) | {"movflags": "+faststart"}
    with ExitStack() as stack, _writing():
        source = stack.enter_context(open_video(info.path))
        file: Any = stack.enter_context(create_video(out, form.container, options))
        file.flags |= _BIT_EXACT
        file.metadata["comment"] = comment
        picture = _add_picture(file, source, info, form, base)
        sound = _Sound(info, source, file)
        lengths: dict[int, int] = {}
        last = -1
        for each in frames:
            at = max(last + 1, round((each.pts - info.zero_pts) * info.time_base / base))
            each.frame.pts, each.frame.time_base = at, base
            lengths[at] = max(1, round(each.duration * info.time_base / base))
            last = at
            sound.copy_until(at * base)
            _mux(file, picture.encode(each.frame), lengths)
        if last in lengths:
            lengths[last] = _last_length(info, last * base, lengths[last] * base) // base
        _mux(file, picture.encode(), lengths)
        sound.copy_until(None)


def _last_length(info: VideoInfo, at_s: Fraction, stated_s: Fraction) -> Fraction:
    """Length of the last frame: to the end that the film states, if that is near."""
    left_s = info.delay_s + Fraction(info.duration_s).limit_denominator(1_000_000) - at_s
    is_near = stated_s < left_s <= stated_s + 1 / info.frame_rate
    return left_s if is_near else stated_s


@contextmanager
def _writing() -> Iterator[None]:
    """Errors of FFmpeg within the block become those of the system."""
    try:
        yield
    except FFmpegError as error:
        raise OSError(error.errno, error.strerror) from None


def _coded_format(coder: str, stored: str) -> str:
    """The pixel format in which a film is coded: its own, or the one nearest to it."""
    known = {each.name for each in Codec(coder, "w").video_formats or ()}
    parts = planar(stored)
    if parts and stored in known:
        return stored
    is_deep = any(bits in stored for bits in ("10", "12", "16", "p010"))
    for name in ("yuv420p10le", "yuv422p10le") if is_deep else ():
        if name in known:
            return name
    return next((n for n in ("yuv420p", "yuvj420p", "yuv422p10le") if n in known), "yuv420p")


def _check_sound(source: Any, container: str, file: Path) -> None:
    trial: Any = create_video(io.BytesIO(), container)
    for stream in _heard(source):
        try:
            trial.add_stream_from_template(stream)
        except ValueError:
            raise ConfigError(
                f"{file.suffix} cannot hold the sound of the film ({stream.codec_context.name})",
                f"Name a file that ends in {TAKES_ALL}",
            ) from None


def _heard(source: Any) -> list[Any]:
    """Streams of sound that can be copied."""
    return [each for each in source.streams.audio if each.codec_context is not None]


def _add_picture(file: Any, source: Any, info: VideoInfo, form: Form, base: Fraction) -> Any:
    """Add the stream for the pictures, with colours, shape and rotation of the film's."""
    stored = video_stream(source, info.path, info.stream)
    gop = {"g": str(max(1, round(info.frame_rate * _KEY_S)))}
    stream = file.add_stream(
        form.coder.name, rate=info.frame_rate, options=form.coder.options | gop
    )
    stream.width, stream.height = form.size
    stream.pix_fmt = form.pixel_format
    context = stream.codec_context
    context.time_base = base
    is_converted = not planar(stored.codec_context.pix_fmt or "")
    for tag in _TAGS:
        value = _BT709 if is_converted else getattr(stored.codec_context, tag)
        setattr(context, tag, value)
    aspect = exact(stored.sample_aspect_ratio) or exact(stored.codec_context.sample_aspect_ratio)
    if aspect:
        context.sample_aspect_ratio = aspect
    if form.coder.name == "libx265" and form.container in {"mp4", "mov"}:
        context.codec_tag = "hvc1"  # the only one that Apple's players read
    if info.start_timecode and form.container == "mov":
        stream.metadata["timecode"] = info.start_timecode
    matrix = _display_matrix(info)
    if matrix is not None:
        stream.set_display_matrix(matrix)
    return stream


def _display_matrix(info: VideoInfo) -> list[int] | None:
    """How the film is rotated, as FFmpeg states it; None if it is not."""
    with open_video(info.path) as source:
        stream = video_stream(source, info.path, info.stream)
        first = next(decodable(source, stream), None)
        side_data: Any = SideDataContainer
        matrix: Any = None if first is None else side_data(first).get("DISPLAYMATRIX")
        return None if matrix is None else np.frombuffer(bytes(matrix), np.int32).tolist()


def _mux(file: Any, packets: Iterable[Any], lengths: dict[int, int]) -> None:
    for packet in packets:
        if packet.pts is not None and (length := lengths.pop(packet.pts, None)):
            packet.duration = length
        file.mux_one(packet)


class _Sound:
    """Copies the coded sound of a film, as far as the picture has come."""

    def __init__(self, info: VideoInfo, source: Any, file: Any) -> None:
        self._zero_s = info.zero_pts * info.time_base
        self._streams = {each.index: file.add_stream_from_template(each) for each in _heard(source)}
        for each in _heard(source):
            if language := each.metadata.get("language"):
                self._streams[each.index].metadata["language"] = language
        self._packets = self._shifted(source) if self._streams else iter(())
        self._file = file
        self._waiting = next(self._packets, None)

    def copy_until(self, at_s: Fraction | None) -> None:
        """Copy what is heard before a time since 0:00; None = all."""
        while self._waiting is not None and (at_s is None or self._waiting[0] <= at_s):
            self._file.mux_one(self._waiting[1])
            self._waiting = next(self._packets, None)

    def _shifted(self, source: Any) -> Iterator[tuple[Fraction, Any]]:
        """Packets, and when they are heard; a damaged one is left out."""
        last: dict[int, int] = {}
        packets = source.demux(_heard(source))
        failures = 0
        while failures < FAILURES:
            try:
                packet = next(packets, None)
            except FFmpegError:
                failures += 1
                packets = source.demux(_heard(source))
                continue
            if packet is None:
                return
            if not packet.size or packet.dts is None:
                continue
            base = exact(packet.time_base) or Fraction(1)
            shift = round(self._zero_s / base)
            index = packet.stream.index
            packet.dts -= shift
            packet.pts = packet.dts if packet.pts is None else packet.pts - shift
            if packet.dts <= last.get(index, packet.dts - 1):
                continue
            last[index] = packet.dts
            packet.stream = self._streams[index]
            yield packet.dts * base, packet
