"""The video, its frames and its shots."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from clusterer.core.types._arrays import ImageArray

PIXEL_ASPECTS = (Fraction(1, 4), Fraction(4))
"""Shapes that pixels can have. The widest in use is 32:11, half D1 shown at 16:9."""


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """Properties of a video, as its container states them.

    Boxes and landmarks of an analysis, and so of every table and export, are in pixels as stored,
    after rotation: from 0 to `width_px` and `height_px`. Faces are found, measured and cut out in
    the picture with square pixels, of size `square_px`.

    Attributes
    ----------
    path : as the user gave it; in a loaded result, the name of the file
    width_px, height_px : size of the picture as stored, after rotation
    frame_rate : average frames per second
    time_base : seconds per pts tick
    start_pts : pts of the first frame
    duration_s : length of the video stream, seconds
    start_timecode : as the file states it, ``HH:MM:SS:FF`` (``;FF`` for drop-frame), or None
    delay_pts : ticks from 0:00 of a player to the first frame, 0 or more
    pixel_aspect : width of a pixel divided by its height, after rotation; 1 = square
    stream : which of several video streams it is, by its number in the file; None = the only one

    Examples
    --------
    >>> analysis.video.seconds(analysis.video.start_pts + 12800)
    1.0
    """

    path: str
    width_px: int
    height_px: int
    frame_rate: Fraction
    time_base: Fraction
    start_pts: int
    duration_s: float
    start_timecode: str | None = None
    delay_pts: int = 0
    pixel_aspect: Fraction = Fraction(1)
    stream: int | None = None

    def __post_init__(self) -> None:
        if self.width_px <= 0 or self.height_px <= 0:
            raise ValueError(f"empty picture: {self.width_px}x{self.height_px}")
        if self.frame_rate <= 0 or self.time_base <= 0:
            raise ValueError("frame_rate and time_base must be positive")
        if self.delay_pts < 0:
            raise ValueError(f"the first frame is {-self.delay_pts} ticks before the start")
        if not PIXEL_ASPECTS[0] <= self.pixel_aspect <= PIXEL_ASPECTS[1]:
            raise ValueError(f"no shape of a pixel: {self.pixel_aspect}")

    @property
    def zero_pts(self) -> int:
        """The pts at which players show 0:00: where picture or sound begins, the earlier."""
        return self.start_pts - self.delay_pts

    @property
    def delay_s(self) -> Fraction:
        """Time of the first frame as a player counts, seconds, exact."""
        return self.delay_pts * self.time_base

    @property
    def end_s(self) -> float:
        """Time at which the picture ends, as a player counts, seconds."""
        return float(self.delay_s) + self.duration_s

    @property
    def square_px(self) -> tuple[int, int]:
        """Width and height of the picture with square pixels; neither side is reduced."""
        if self.pixel_aspect < 1:
            return self.width_px, round(self.height_px / self.pixel_aspect)
        return round(self.width_px * self.pixel_aspect), self.height_px

    @property
    def to_square(self) -> tuple[float, float]:
        """Factors of x and y from pixels as stored to square ones, at least 1."""
        width_px, height_px = self.square_px
        return width_px / self.width_px, height_px / self.height_px

    def seconds(self, pts: int) -> float:
        """Time of a pts as a player counts, seconds: 0 where picture or sound begins."""
        return float((int(pts) - self.zero_pts) * self.time_base)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded, sampled frame.

    Attributes
    ----------
    index : position among all decoded frames of the video, 0-based
    pts : presentation time in ticks of the video's time base
    image : array of shape (height, width, 3), uint8, RGB, as shown: rotated, square pixels
    """

    index: int
    pts: int
    image: ImageArray

    def __post_init__(self) -> None:
        if self.image.ndim != 3 or self.image.shape[2] != 3 or self.image.dtype != np.uint8:
            raise ValueError(f"not an RGB picture: {self.image.dtype} {self.image.shape}")


@dataclass(frozen=True, slots=True, eq=False)
class SmallFrame:
    """One decoded frame, small and grey, to follow motion.

    Attributes
    ----------
    index : position among all decoded frames of the video, 0-based
    pts : presentation time in ticks of the video's time base
    picture : array of shape (h, w), uint8, as shown: rotated, square pixels
    scale : its width divided by that of the full picture
    """

    index: int
    pts: int
    picture: ImageArray
    scale: float


@dataclass(frozen=True, slots=True)
class Shot:
    """The frames between two cuts, half-open in frames and in pts.

    Attributes
    ----------
    index : 0-based
    start_frame, end_frame : decoded frame indices; `end_frame` is the first of the next shot
    start_pts, end_pts : the same in pts

    Examples
    --------
    >>> [(shot.start_frame, shot.end_frame) for shot in analysis.shots]
    [(0, 50), (50, 100)]
    """

    index: int
    start_frame: int
    end_frame: int
    start_pts: int
    end_pts: int

    def __post_init__(self) -> None:
        if self.end_frame <= self.start_frame or self.end_pts <= self.start_pts:
            raise ValueError(f"empty shot {self.index}: {self}")


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """Where a shot begins.

    Attributes
    ----------
    pts : of its first frame
    digest : CRC-32 of a small picture of that frame, to know it again
    """

    pts: int
    digest: int


@dataclass(frozen=True, slots=True)
class Losses:
    """What of a video could not be decoded.

    Attributes
    ----------
    damaged_pts : the first damage; None = none
    ends_s, stated_s : where the picture ends, and should, if the file is truncated; else None
    """

    damaged_pts: int | None = None
    ends_s: float | None = None
    stated_s: float | None = None

    def joined(self, later: Losses) -> Losses:
        """The losses of two parts of a video."""
        damaged = [pts for pts in (self.damaged_pts, later.damaged_pts) if pts is not None]
        end = self if later.ends_s is None else later
        return Losses(min(damaged, default=None), end.ends_s, end.stated_s)

    def warnings(self, video: VideoInfo) -> tuple[str, ...]:
        """What to tell the user about the video."""
        lines = []
        if video.stream is not None:
            lines.append(
                f"the file has several video streams, of which stream {video.stream} was analysed;"
                " --stream chooses another"
            )
        if self.ends_s is not None:
            lines.append(
                f"the file is truncated: its picture ends at {self.ends_s:.1f} s"
                f" of {self.stated_s:.1f} s"
            )
        if self.damaged_pts is not None:
            lines.append(
                f"the file is damaged at {video.seconds(self.damaged_pts):.1f} s;"
                " only its decodable parts were used"
            )
        return tuple(lines)
