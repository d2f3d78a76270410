"""Make parts of a frame unrecognisable, in the frame's own planes: nothing else of it changes."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from av.video.format import VideoFormat
from av.video.frame import VideoFrame

from clusterer.core.types import VideoInfo

_CELLS = {"blur": (5.0, 3.0, 1.5, 1.0), "pixelate": (6.0, 4.0, 2.0, 1.0)}
"""Mean colours that are kept along an axis of the ellipse, by strength. Nothing else of a face is
in the picture, so no program can bring it back."""
STRONGEST = 3
_CELL_PX = 16
"""Of an axis of the picture that is averaged: what is larger is first divided by a whole number,
which OpenCV does ten times as fast."""
_SMOOTH = 4
"""Px of the picture for one of the smooth picture, between which it is linear."""
_SOFT = 0.2
"""Width of the soft edge, outside the ellipse, in half axes."""
_FULL_RANGE = 2
"""AVColorRange."""


class Style(StrEnum):
    """How a face is made unrecognisable."""

    BLUR = "blur"
    PIXELATE = "pixelate"
    BOX = "box"


class Patch(NamedTuple):
    """An ellipse in a stored picture, before rotation, px; it may reach outside.

    Attributes
    ----------
    x, y : its centre
    across, down : half axes, above 0
    """

    x: float
    y: float
    across: float
    down: float


class _Component(NamedTuple):
    """One plane of a picture, and how many px of the picture are one of it."""

    wide: int
    high: int
    deep: int


@cache
def planar(pixel_format: str) -> tuple[_Component, ...]:
    """The planes of a format of brightness and colour, one each; empty for any other format."""
    stored = VideoFormat(pixel_format)
    parts = stored.components
    whole = (
        len(parts) in {1, 3}
        and not (
            stored.is_rgb or stored.has_palette or stored.is_big_endian or stored.is_bit_stream
        )
        and [part.plane for part in parts] == list(range(len(parts)))
        and all(8 <= part.bits <= 16 for part in parts)
    )
    if not whole:
        return ()
    side = 64
    return tuple(
        _Component(
            side // stored.chroma_width(side) if number else 1,
            side // stored.chroma_height(side) if number else 1,
            part.bits,
        )
        for number, part in enumerate(parts)
    )


def place(
    box: Sequence[float], info: VideoInfo, turned: tuple[bool, bool, bool], grown: float
) -> Patch:
    """Where a face is in the stored picture.

    Parameters
    ----------
    box
        Left, top, right, bottom, px as stored, after rotation, as in an `Analysis`.
    info
        Size of the film.
    turned
        From `clusterer.media.picture.orientation`.
    grown
        Size of the ellipse: its axes, in sides of the box.
    """
    transpose, mirror_x, mirror_y = turned
    left, top, right, bottom = box
    x, y = (left + right) / 2, (top + bottom) / 2
    x = info.width_px - x if mirror_x else x
    y = info.height_px - y if mirror_y else y
    across = max(1.0, (right - left) / 2 * grown)
    down = max(1.0, (bottom - top) / 2 * grown)
    return Patch(y, x, down, across) if transpose else Patch(x, y, across, down)


def veiled(raw: VideoFrame, patches: Sequence[tuple[Patch, int]], style: Style) -> VideoFrame:
    """A copy of a frame in which these parts cannot be recognised.

    Parameters
    ----------
    raw
        Of a format that is `planar`.
    patches
        Each with its strength, 0 to `STRONGEST`.
    style

    Returns
    -------
    Frame of the same size, format, range and matrix, without times
    """
    frame = VideoFrame(raw.width, raw.height, raw.format.name)
    for tag in ("color_range", "colorspace", "color_primaries", "color_trc"):
        if hasattr(raw, tag):
            setattr(frame, tag, getattr(raw, tag))
    is_full = raw.color_range == _FULL_RANGE or raw.format.name.startswith("yuvj")
    for number, part in enumerate(planar(raw.format.name)):
        plane = _pixels(frame.planes[number], part.deep)
        plane[:] = _pixels(raw.planes[number], part.deep)
        for patch, strength in patches:
            black = _black(part.deep, number, is_full)
            _draw(plane, _scaled(patch, part), style, strength, black)
    return frame


def _pixels(plane: Any, bits: int) -> npt.NDArray[Any]:
    """View of a plane, shape (h, w)."""
    wide = np.dtype(np.uint8 if bits == 8 else np.uint16)
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height]
    return rows[:, : plane.width * wide.itemsize].view(wide)


def _scaled(patch: Patch, part: _Component) -> Patch:
    wide, high = part.wide, part.high
    return Patch(patch.x / wide, patch.y / high, patch.across / wide, patch.down / high)


def _black(bits: int, plane: int, is_full: bool) -> int:
    """Value of black in a plane."""
    value = 128 if plane else 0 if is_full else 16
    return value << (bits - 8)


def _draw(plane: npt.NDArray[Any], patch: Patch, style: Style, strength: int, black: int) -> None:
    height_px, width_px = plane.shape
    reach = 1.0 if style is Style.BOX else 1.0 + _SOFT
    left, right = _span(patch.x, patch.across * reach, width_px)
    top, bottom = _span(patch.y, patch.down * reach, height_px)
    if left >= right or top >= bottom:
        return
    region = plane[top:bottom, left:right]
    if style is Style.BOX:
        region[:] = black
        return
    cells = _CELLS[style][strength]
    size = tuple(
        max(1, round(side * cells / (2 * half)))
        for side, half in ((right - left, patch.across), (bottom - top, patch.down))
    )
    few = _averaged(region, size)
    shape = right - left, bottom - top
    if style is Style.PIXELATE:
        hidden = cv2.resize(few, shape, interpolation=cv2.INTER_NEAREST)
    else:
        smooth = tuple(max(n, -(-side // _SMOOTH)) for n, side in zip(size, shape, strict=True))
        hidden = cv2.resize(few, smooth, interpolation=cv2.INTER_CUBIC)
        hidden = cv2.resize(hidden, shape, interpolation=cv2.INTER_LINEAR)
    mixed = hidden.astype(np.float32)
    mixed -= region
    mixed *= _share(patch, (left, right), (top, bottom))
    mixed += region
    region[:] = np.rint(mixed, out=mixed)


def _averaged(region: npt.NDArray[Any], size: tuple[int, ...]) -> npt.NDArray[Any]:
    """Mean of each cell of a picture of so many cells across and down."""
    height_px, width_px = region.shape
    by = max(1, min(width_px // (size[0] * _CELL_PX), height_px // (size[1] * _CELL_PX)))
    whole = width_px // by, height_px // by
    region = region[: whole[1] * by, : whole[0] * by]
    smaller = cv2.resize(region, whole, interpolation=cv2.INTER_AREA)
    averaged: npt.NDArray[Any] = cv2.resize(smaller, size, interpolation=cv2.INTER_AREA)
    return averaged


def _span(middle: float, half: float, limit: int) -> tuple[int, int]:
    """Pixels of an interval that lie within the picture."""
    first, last = np.floor(middle - half), np.ceil(middle + half)
    return int(np.clip(first, 0, limit)), int(np.clip(last, 0, limit))


@lru_cache(maxsize=4)  # the same for both planes of colour
def _share(patch: Patch, across: tuple[int, int], down: tuple[int, int]) -> npt.NDArray[np.float32]:
    """How much of each pixel is hidden: 1 within the ellipse, falling to 0 around it."""
    x, y = (
        (np.arange(*ends, dtype=np.float32) + np.float32(0.5 - middle)) / np.float32(half)
        for ends, middle, half in ((across, patch.x, patch.across), (down, patch.y, patch.down))
    )
    share: npt.NDArray[np.float32] = np.square(x)[None, :] + np.square(y)[:, None]
    np.sqrt(share, out=share)
    np.subtract(1 + _SOFT, share, out=share)
    share /= _SOFT
    np.clip(share, 0, 1, out=share)
    return share
