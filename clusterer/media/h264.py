"""Code pictures as every player and editing program reads them: H.264, 8 bits, BT.709, in MP4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from av.codec import codecs_available
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame

from clusterer.core.errors import DependencyError
from clusterer.core.types import ImageArray, VideoInfo
from clusterer.media.still import shown_size

_LARGEST_DENOMINATOR = 1 << 31
"""That MP4 can state."""
_FALLBACK = Fraction(1, 90_000)
"""Time base where MP4 cannot state the film's: that of broadcasts."""
_BT709 = 1


@contextmanager
def coding() -> Iterator[None]:
    """Code H.264 within the block.

    Raises
    ------
    DependencyError
        PyAV comes without an encoder for H.264.
    OSError
        Of FFmpeg: the disk is full, or the file cannot be written to.
    """
    if "libx264" not in codecs_available:
        raise DependencyError(
            "This PyAV has no encoder for H.264 (libx264)", "Install the wheel of PyAV from PyPI"
        )
    try:
        yield
    except FFmpegError as error:
        raise OSError(error.errno, error.strerror) from None


def even_size(info: VideoInfo, height_px: int) -> tuple[int, int]:
    """Width and height of a film at most this high, as shown: even, as H.264 needs them."""
    width_px, height_px = shown_size(info, height_px)
    return max(2, width_px - width_px % 2), max(2, height_px - height_px % 2)


def mp4_time_base(info: VideoInfo) -> Fraction:
    """Seconds per tick of a film, or of broadcasts where MP4 cannot state them."""
    fits = info.time_base.denominator <= _LARGEST_DENOMINATOR
    return info.time_base if fits else _FALLBACK


def timescale(time_base: Fraction) -> dict[str, str]:
    """FFmpeg's option that keeps a time base in MP4."""
    return {"video_track_timescale": str(time_base.denominator)}


def add_picture(
    out: OutputContainer,
    size: tuple[int, int],
    rate: Fraction,
    time_base: Fraction,
    options: Mapping[str, str],
) -> Any:
    """Add a stream for pictures of `coded`.

    Parameters
    ----------
    out
    size
        Width and height, even.
    rate
        Frames per second, as stated; their times count.
    time_base
        Of the times.
    options
        Of FFmpeg and x264; the bytes depend on the number of ``threads``, too.
    """
    stream: Any = out.add_stream("libx264", rate=rate, options=dict(options))
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.time_base = time_base
    context.color_range, context.colorspace = 1, _BT709
    context.color_primaries, context.color_trc = _BT709, _BT709
    return stream


def coded(image: ImageArray, pts: int, time_base: Fraction) -> VideoFrame:
    """A picture, RGB, as H.264 stores it: BT.709, limited range."""
    rgb = VideoFrame.from_ndarray(image, format="rgb24")
    frame = rgb.reformat(format="yuv420p", dst_colorspace=_BT709, dst_color_range=1)
    frame.pts, frame.time_base = pts, time_base
    return frame
