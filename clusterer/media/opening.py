"""Open a video, and choose a stream of it."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

import av
from av.container import InputContainer, OutputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from clusterer.core.errors import ConfigError, VideoError
from clusterer.core.files import open_file, special_kind
from clusterer.media.formats import (
    HEAD_BYTES,
    OPTIONS,
    animated_webp,
    forced,
    is_called_playlist,
    kind_of_picture,
    playlist,
)

_TAGS: dict[str, Any] = (
    {"metadata_errors": "surrogateescape"} if int(av.__version__.split(".")[0]) < 19 else {}
)
"""Escapes tags that are not UTF-8. PyAV 19 always does, and has no such argument; up to 18 it
fails without it."""


NO_OPTIONS: Mapping[str, str] = MappingProxyType({})


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
    head = b""
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
        raise _unopened(path, head, error) from None


def create_video(
    file: Path | BytesIO, container: str = "mp4", options: Mapping[str, str] = NO_OPTIONS
) -> OutputContainer:
    """Begin a video of our own, at exactly this path or in memory.

    Parameters
    ----------
    file
    container
        FFmpeg's name of the format.
    options
        FFmpeg's for the format.
    """
    target = file if isinstance(file, BytesIO) else f"file:{file.absolute()}"
    created: OutputContainer = av.open(target, "w", format=container, options=dict(options))
    return created


def _unopened(path: str | Path, head: bytes, error: Exception) -> VideoError:
    """Why a file could not be opened, of which at most the head was read."""
    is_ffmpeg = isinstance(error, av.error.FFmpegError)
    if _is_forbidden(error):
        return VideoError(f"{path} may not be read", "Check the permissions of the file")
    if is_ffmpeg and (kind := kind_of_picture(head)):
        return VideoError(
            f"{path} cannot be opened as a video ({kind})",
            "Save it as MP4 or GIF" if animated_webp(head) else "Give a video",
        )
    if is_ffmpeg and is_called_playlist(str(path)):
        return _playlist_error(path, "by its name")
    foreign = is_ffmpeg and getattr(error, "errno", None) == errno.EINVAL
    reason = getattr(error, "strerror", None) or str(error)
    return VideoError(
        f"{path} cannot be opened as a video"
        f" ({'its format does not hold video' if foreign else reason})",
        "It is not a video, or was not copied or exported completely",
    )


def _is_forbidden(error: Exception) -> bool:
    """Whether the system refuses to read a file; FFmpeg's EPERM is any failure, its -1."""
    return isinstance(error, PermissionError) and not (
        isinstance(error, av.error.FFmpegError) and error.errno == errno.EPERM
    )


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


def video_stream(
    container: InputContainer, path: str | Path, index: int | None = None
) -> VideoStream:
    """Return a video stream, set to decode in threads.

    Parameters
    ----------
    container, path
        The opened file.
    index
        Of the stream in the file, as of `VideoInfo.stream`; None = the first that is not a cover.

    Raises
    ------
    ConfigError
        The file has no such stream, or it is no video.
    VideoError
        It has none at all, or the codec is unknown.
    """
    moving = moving_streams(container)
    if not moving and index is None:
        raise VideoError(f"{path} has no moving picture", "Give a video, not a sound file")
    stream = moving[0] if index is None else _numbered(container, path, index)
    if stream.codec_context is None:
        raise VideoError(f"the codec of {path} is unknown", "Convert it to H.264")
    # Half of the cores: the models need some too, and each further decoding thread gains less.
    stream.thread_type = "AUTO"
    stream.thread_count = max(1, (os.cpu_count() or 1) // 2)
    return stream


def moving_streams(container: InputContainer) -> list[VideoStream]:
    """Video streams that are not marked as cover pictures."""
    return [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]


def _numbered(container: InputContainer, path: str | Path, index: int) -> VideoStream:
    for stream in container.streams.video:
        if stream.index == index:
            return stream
    known = ", ".join(str(stream.index) for stream in container.streams.video)
    raise ConfigError(
        f"{path} has no video stream {index}",
        f"Its video streams are: {known}" if known else "Give a video, not a sound file",
    )
