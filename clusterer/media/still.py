"""Single pictures of a film, each exactly the frame that is shown at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction
from typing import TypeAlias

import av
import cv2
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from clusterer.core.errors import VideoError
from clusterer.core.types import ImageArray, VideoInfo
from clusterer.media.decode import Reader
from clusterer.media.frames import decodable
from clusterer.media.opening import open_video, video_stream
from clusterer.media.packets import may_jump, stretches
from clusterer.media.picture import Converter
from clusterer.media.stream import FORMATS_WITHOUT_PTS, stated_pts

HEIGHT_PX = 540
"""Of a still, and of a proxy, unless the film is smaller."""
_QUALITY = 88
"""Of JPEG: differences to the frame are not seen at this size."""
_MARGINS_S = (0, 10)
"""How far before the time each seek aims, in case the one before landed too late."""
_NEAR_S = 2
"""A time at most this far ahead is reached by decoding on: about as long as from key frame to key
frame."""

_Timed: TypeAlias = tuple[int, VideoFrame]
"""A pts, and the frame shown from then on."""


def shown_size(info: VideoInfo, height_px: int = HEIGHT_PX) -> tuple[int, int]:
    """Width and height of a picture as shown, at most this high; a film is never enlarged."""
    width_px, whole_px = info.square_px
    height_px = max(1, min(height_px, whole_px))
    return max(1, round(Fraction(width_px * height_px, whole_px))), height_px


class Stills:
    """Pictures of one film; any thread may ask.

    The file stays open between asks. Times near ahead are reached by decoding on, others by seeking
    to the key frame before. Where the clock of a file cannot be relied on (AVI, joined recordings),
    its frames are read from the start as an analysis does: slow, but the same frames.

    Parameters
    ----------
    info
        From `probe`.
    height_px
        Of the pictures; those of a smaller film are as high as it is.
    """

    def __init__(self, info: VideoInfo, height_px: int = HEIGHT_PX) -> None:
        self._info = info
        self._converter = Converter(*shown_size(info, height_px), 160)
        self._lock = threading.Lock()
        self._opened: tuple[InputContainer, VideoStream] | None = None
        self._frames: Iterator[_Timed] = iter(())
        self._shown: _Timed | None = None
        self._next: _Timed | None = None
        self._reliable: bool | None = None
        self._near_pts = round(_NEAR_S / info.time_base)

    def picture(self, pts: int) -> ImageArray:
        """The frame shown at a time.

        Parameters
        ----------
        pts
            Ticks of the film's time base. Before the first frame: that; after the last: that.

        Returns
        -------
        array of shape (height, width, 3), uint8, RGB: rotated, with square pixels

        Raises
        ------
        VideoError
            The file is gone, or nothing in it can be decoded.
        """
        with self._lock:
            return self._converter.rgb(self._frame(max(pts, self._info.start_pts)))

    def jpeg(self, pts: int) -> bytes:
        """The frame shown at a time as JPEG; parameters and errors as of `picture`."""
        bgr = self.picture(pts)[:, :, ::-1]
        _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        return encoded.tobytes()

    def close(self) -> None:
        """Close the file; the next ask opens it again."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        self._frames, self._shown, self._next = iter(()), None, None
        if self._opened is not None:
            self._opened[0].close()
            self._opened = None

    def _frame(self, pts: int) -> VideoFrame:
        if self._is_ahead(pts) and (found := self._advance(pts)):
            return found
        for margin_s in _MARGINS_S if self._is_reliable() else ():
            if self._seek(pts - round(margin_s / self._info.time_base)) and (
                found := self._advance(pts)
            ):
                return found
        self._let_go()
        self._frames = ((each.pts, each.raw) for each in Reader(self._info))
        self._start()
        found = self._advance(pts) or (self._shown[1] if self._shown else None)
        if found is None:
            raise VideoError(
                f"nothing in {self._info.path} can be decoded", "Copy or export it again completely"
            )
        return found

    def _is_ahead(self, pts: int) -> bool:
        """Whether to decode on, from where the last ask ended."""
        if self._shown is None or pts < self._shown[0]:
            return False
        if self._next is None or not self._is_reliable():
            return True
        return pts < self._next[0] + self._near_pts

    def _is_reliable(self) -> bool:
        """Whether a frame is found by its time as the file states it."""
        if self._reliable is None:
            container, stream = self._open()
            self._reliable = container.format.name not in FORMATS_WITHOUT_PTS
            if self._reliable and may_jump(container):
                frame_pts = max(1, round(1 / (self._info.frame_rate * self._info.time_base)))
                lengths = stretches(container, stream, self._info.time_base, frame_pts)
                self._reliable = len(lengths) == 1
            self._let_go()
        return self._reliable

    def _open(self) -> tuple[InputContainer, VideoStream]:
        if self._opened is None:
            container = open_video(self._info.path)
            self._opened = container, video_stream(container, self._info.path, self._info.stream)
        return self._opened

    def _seek(self, pts: int) -> bool:
        """Go to the key frame before a time; False if that fails."""
        self._frames, self._shown, self._next = iter(()), None, None
        container, stream = self._open()
        try:
            container.seek(max(pts, self._info.start_pts), stream=stream)
        except av.error.FFmpegError:
            return False
        self._frames = self._decoded(container, stream)
        self._start()
        return True

    def _start(self) -> None:
        self._shown = next(self._frames, None)
        self._next = next(self._frames, None)

    def _advance(self, pts: int) -> VideoFrame | None:
        """Decode up to a time; None if the first frame that was decoded is later."""
        if self._shown is None or self._shown[0] > pts:
            return None
        while self._next is not None and self._next[0] <= pts:
            self._shown, self._next = self._next, next(self._frames, None)
        return self._shown[1]

    def _decoded(self, container: InputContainer, stream: VideoStream) -> Iterator[_Timed]:
        """Frames from the first key frame on, at times that only go on."""
        last: int | None = None
        for frame in decodable(container, stream):
            if last is None and not frame.key_frame:
                continue  # may refer to what was not decoded
            stated = stated_pts(container, frame)
            if stated is None:
                if last is None:
                    continue
                stated = last + 1
            last = stated if last is None else max(stated, last + 1)
            yield last, frame


def still(info: VideoInfo, pts: int, height_px: int = HEIGHT_PX) -> bytes:
    """One picture of a film as JPEG: the last frame that begins at this time or before.

    Parameters
    ----------
    info
        From `probe`.
    pts
        Ticks of its time base.
    height_px
        Of the picture; that of a smaller film is as high as it is.

    Raises
    ------
    VideoError
        The file is gone, or nothing in it can be decoded.
    """
    stills = Stills(info, height_px)
    try:
        return stills.jpeg(pts)
    finally:
        stills.close()
