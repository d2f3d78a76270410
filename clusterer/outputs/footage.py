"""The film of a result, opened again to take pictures or parts of it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from clusterer.core.errors import VideoError
from clusterer.core.types import VideoInfo

EARLY = Fraction(1, 5)
"""Part of a frame by which a computed boundary is earlier than the frame that it is for: times in a
file are rounded. Two of them are less than half a frame."""
_SAME_LENGTH_S = 1.0
"""By which copies of one film may differ in length."""


def probe_film(video: Path, film: VideoInfo) -> VideoInfo:
    """Read the properties of the film of a result, or of a copy.

    Parameters
    ----------
    video
        The file.
    film
        The film as it was analysed.

    Raises
    ------
    VideoError
        The file cannot be read, or is another film: its length is not the same.
    """
    from clusterer.media.probe import probe_copy  # noqa: PLC0415 (loads FFmpeg)

    info = probe_copy(video, film)
    if abs(info.duration_s - film.duration_s) > _SAME_LENGTH_S:
        raise VideoError(
            f"{video} is {info.duration_s:.1f} s long, but the film of the result "
            f"{film.duration_s:.1f} s",
            "Name the film that was analysed",
        )
    return info


def pts_in(copy: VideoInfo, film: VideoInfo, pts: int) -> int:
    """A time at which a copy shows the frame that has a pts in the film, ticks of the copy."""
    if (copy.time_base, copy.start_pts) == (film.time_base, film.start_pts):
        return pts
    late = (pts - film.start_pts) * film.time_base + EARLY / film.frame_rate
    return copy.start_pts + int(late / copy.time_base)
