"""Convert a decoded frame to arrays: the full picture as shown, and a small one for cuts."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import av
import cv2
import numpy as np
from av.sidedata.sidedata import SideDataContainer
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from clusterer.core.types import ImageArray, SmallFrame
from clusterer.media.tone import FORMAT, Colours, ToSdr, colours_of

_BT709, _UNSPECIFIED, _BT601, _BT2020 = 1, 2, 5, 9
"""AVColorSpace; swscale uses the same numbers for its matrices."""
_MATRICES = (0, _BT709, _UNSPECIFIED, 4, _BT601, 6, 7, _BT2020)
"""What swscale converts; it refuses frames with others."""
_LIKE_BT2020 = (10, 14)
"""BT.2020 with constant luminance, and ICtCp."""
_FULL_RANGE = 2
"""AVColorRange."""
_HD_HEIGHT_PX = 720
"""Untagged video of at least this height is treated as BT.709, as in players (mpv, VLC)."""
GREY_PX = 320
"""Largest side of the grey pictures."""
_ONE_THREAD: dict[str, Any] = {"threads": 1} if int(av.__version__.split(".")[0]) >= 17 else {}
"""swscale otherwise takes a thread per core for every picture, which wait for one another: 0.47 ms
for a small picture of 640x360 on two cores, against 0.06. PyAV before 17 knows no others."""


def orientation(raw: VideoFrame) -> tuple[bool, bool, bool]:
    """How to orient a stored frame for display: transpose, then mirror x, then y.

    Read from the display matrix (libavutil/display.h), which works with every PyAV; angles are
    rounded to the nearest quarter turn.
    """
    # Not `raw.side_data`: the frame keeps that, and it the frame, in a cycle that only the garbage
    # collector ends, hundreds of frames later.
    side_data: Any = SideDataContainer
    matrix: Any = side_data(raw).get("DISPLAYMATRIX")
    if matrix is None:
        return False, False, False
    a, b, _, c, d = np.frombuffer(bytes(matrix), dtype=np.int32)[:5].tolist()
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return False, a < 0, d < 0
    return True, c < 0, b < 0


class Converter:
    """Converts the frames of one video; not thread-safe.

    Parameters
    ----------
    width_px, height_px
        Size of the pictures as shown, with square pixels; frames of another size are scaled to it.
        A frame whose ``opaque`` is another shape (width by height) is fitted into it, as players
        do; around it is black.
    small_width_px
        Width of the small pictures; they are never enlarged.
    """

    def __init__(self, width_px: int, height_px: int, small_width_px: int) -> None:
        self._shown = (width_px, height_px)
        self._small_width_px = small_width_px
        # One per purpose: a reformatter reuses its tables while its settings stay the same.
        self._to_rgb = VideoReformatter()
        self._to_small = VideoReformatter()
        self._to_grey = VideoReformatter()
        self._to_sdr: dict[tuple[Colours, int, int], ToSdr] = {}

    def rgb(self, raw: VideoFrame, turned_as: VideoFrame | None = None) -> ImageArray:
        """Full picture as shown, array of shape (height, width, 3), uint8, RGB.

        Parameters
        ----------
        raw
        turned_as
            The frame that it is a copy of, if that says how it is shown and the copy does not.
        """
        transpose, mirror_x, mirror_y = orientation(turned_as or raw)
        whole = self._shown[::-1] if transpose else self._shown
        width_px, height_px = _fitted(whole, raw.opaque)
        # Where pixels are not square, bicubic brings embeddings nearer to those of square ones: on
        # the sample film at four shapes L2 0.115, at worst 0.138; bilinear 0.129 and 0.159 (SFace).
        scaled = (width_px, height_px) != (raw.width, raw.height)
        interpolation = Interpolation.BICUBIC if scaled else Interpolation.BILINEAR
        image = self._sdr(self._to_rgb, raw, (width_px, height_px), interpolation)
        if image is None:
            frame = self._to_rgb.reformat(
                raw,
                width=width_px,
                height=height_px,
                format="rgb24",
                interpolation=interpolation,
                src_colorspace=_matrix(raw),
                dst_colorspace=_UNSPECIFIED,  # PyAV before 18 ignores both if they are equal
                src_color_range=_range(raw),
                **_ONE_THREAD,
            )
            image = np.asarray(frame.to_ndarray(), np.uint8)
        image = _centred(image, whole)
        return np.ascontiguousarray(turned(image, transpose, mirror_x, mirror_y))

    def small(self, raw: VideoFrame) -> ImageArray:
        """Small picture as stored, array of shape (h, w, 3), uint8, BGR.

        Fast bilinear: 0.14 ms from 640x360 and 0.25 ms from 1280x720, a third of area averaging.
        """
        width_px = min(self._small_width_px, raw.width)
        height_px = max(1, round(raw.height * width_px / raw.width))
        size = width_px, height_px
        image = self._sdr(self._to_small, raw, size, Interpolation.FAST_BILINEAR)
        if image is not None:
            return np.ascontiguousarray(image[:, :, ::-1])
        frame = self._to_small.reformat(
            raw,
            width=width_px,
            height=height_px,
            format="bgr24",
            interpolation=Interpolation.FAST_BILINEAR,
            src_color_range=_range(raw),
            **_ONE_THREAD,
        )
        return np.asarray(frame.to_ndarray(), np.uint8)

    def grey(self, index: int, pts: int, raw: VideoFrame) -> SmallFrame:
        """Small grey picture as shown, to follow motion; at most `GREY_PX` on its longer side.

        From the frame's own plane of brightness, if it has one: 0.01 ms from 640x360 and 0.04 ms
        from 1280x720, a tenth of FFmpeg's scaler.
        """
        transpose, mirror_x, mirror_y = orientation(raw)
        scale = min(1.0, GREY_PX / max(self._shown))
        shown = [max(1, round(side_px * scale)) for side_px in self._shown]
        whole = (shown[1], shown[0]) if transpose else (shown[0], shown[1])
        grey = self._grey(raw, _fitted(whole, raw.opaque))
        image = _centred(grey[:, :, None], whole)
        picture = np.ascontiguousarray(turned(image, transpose, mirror_x, mirror_y)[:, :, 0])
        return SmallFrame(index, pts, picture, picture.shape[1] / self._shown[0])

    def _grey(self, raw: VideoFrame, size: tuple[int, int]) -> ImageArray:
        """Brightness as an SDR screen shows it, in this size, not turned."""
        sdr = self._sdr(self._to_grey, raw, size, Interpolation.FAST_BILINEAR)
        if sdr is not None:
            return np.asarray(cv2.cvtColor(sdr, cv2.COLOR_RGB2GRAY), np.uint8)
        brightness = _brightness(raw)
        if brightness is not None:
            return _shrunk(brightness, *size)
        frame = self._to_grey.reformat(
            raw,
            width=size[0],
            height=size[1],
            format="gray",
            interpolation=Interpolation.FAST_BILINEAR,
            **_ONE_THREAD,
        )
        return np.asarray(frame.to_ndarray(), np.uint8)

    def _sdr(
        self,
        reformatter: VideoReformatter,
        raw: VideoFrame,
        size: tuple[int, int],
        interpolation: Interpolation,
    ) -> ImageArray | None:
        """Picture of this size, RGB, as an SDR screen shows it; None if the frame is SDR itself."""
        _make_readable(raw)
        colours = colours_of(raw)
        if colours is None:
            return None
        key = colours, *size
        if key not in self._to_sdr:
            self._to_sdr[key] = ToSdr(*key)
        frame = reformatter.reformat(
            raw,
            width=size[0],
            height=size[1],
            format=FORMAT,
            interpolation=interpolation,
            src_colorspace=_BT2020 if raw.colorspace == _UNSPECIFIED else _matrix(raw),
            dst_colorspace=_UNSPECIFIED,
            src_color_range=_range(raw),
            **_ONE_THREAD,
        )
        return self._to_sdr[key].convert(frame)


def _brightness(raw: VideoFrame) -> ImageArray | None:
    """View of a plane of its own with 8 bits of brightness per px, shape (h, w); None without."""
    if not _has_brightness(raw.format.name):
        return None
    plane: Any = raw.planes[0]
    if plane.line_size < plane.width:
        return None
    rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return np.asarray(rows[:, : plane.width])


@cache
def _has_brightness(pixel_format: str) -> bool:
    """Whether the first plane is 8 bits of brightness per px and nothing else."""
    stored = VideoFormat(pixel_format)
    first = [component for component in stored.components if component.plane == 0]
    whole = len(first) == 1 and first[0].is_luma and first[0].bits == 8
    return bool(whole and not stored.has_palette)


def _shrunk(image: ImageArray, width_px: int, height_px: int) -> ImageArray:
    """Picture in another size; if much smaller, by way of twice that size, against aliasing."""
    if image.shape[1] > 2 * width_px or image.shape[0] > 2 * height_px:
        image = np.asarray(cv2.resize(image, (2 * width_px, 2 * height_px)), np.uint8)
    return np.asarray(cv2.resize(image, (width_px, height_px)), np.uint8)


def turned(image: ImageArray, transpose: bool, mirror_x: bool, mirror_y: bool) -> ImageArray:
    """View of a picture, oriented as given by `orientation`."""
    if transpose:
        image = image.transpose(1, 0, 2)
    return image[:: -1 if mirror_y else 1, :: -1 if mirror_x else 1]


def _fitted(size: tuple[int, int], shape: Any) -> tuple[int, int]:
    """Largest width and height of this shape within a size; the size itself if it is None."""
    width_px, height_px = size
    if not isinstance(shape, Fraction):
        return size
    if shape > Fraction(width_px, height_px):
        return width_px, max(1, round(width_px / shape))
    return max(1, round(height_px * shape)), height_px


def _centred(image: ImageArray, size: tuple[int, int]) -> ImageArray:
    """The picture in the middle of a black one of this width and height."""
    height_px, width_px, channels = image.shape
    if (width_px, height_px) == size:
        return image
    whole = np.zeros((size[1], size[0], channels), np.uint8)
    left, top = (size[0] - width_px) // 2, (size[1] - height_px) // 2
    whole[top : top + height_px, left : left + width_px] = image
    return whole


def _make_readable(raw: VideoFrame) -> None:
    """Replace a matrix that swscale refuses by the nearest, so that such a film can be analysed."""
    if int(raw.colorspace) not in _MATRICES:
        raw.colorspace = _BT2020 if int(raw.colorspace) in _LIKE_BT2020 else _UNSPECIFIED


def _range(raw: VideoFrame) -> int | None:
    """Range of YUV, which PyAV 14 does not take from the frame; None = limited."""
    full = raw.color_range == _FULL_RANGE or raw.format.name.startswith("yuvj")
    return _FULL_RANGE if full else None


def _matrix(raw: VideoFrame) -> int:
    """Number of the matrix that converts this frame's YUV to RGB."""
    space = int(raw.colorspace)
    if space != _UNSPECIFIED:
        return space
    return _BT709 if raw.height >= _HD_HEIGHT_PX else _BT601
