"""A picture of a sequence, as the algorithms see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2

from clusterer.core.config import ShotConfig
from clusterer.core.types import ImageArray
from clusterer.media.shots.layout import Area, Layout, any_same


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A picture.

    Attributes
    ----------
    picture : array of shape (h, w, 3), uint8, BGR
    layout : its layout
    step
        Mean absolute difference from the previous picture over the three channels, 0 to 255; 255 if
        the sizes differ, None for the first. A grey picture changes as much as a coloured one.
    time_s : when it begins, seconds
    """

    picture: ImageArray
    layout: Layout
    step: float | None
    time_s: float = 0.0


def measure(picture: ImageArray, previous: Measured | None, time_s: float = 0.0) -> Measured:
    """Measure the next picture of a sequence.

    Parameters
    ----------
    picture : array of shape (h, w, 3), uint8, BGR
    previous
        The one before it.
    time_s
        When it begins, seconds; the same for all if only their number counts.
    """
    step = None if previous is None else _difference(previous.picture, picture)
    return Measured(picture, Layout.of(picture), step, time_s)


def _difference(a: ImageArray, b: ImageArray) -> float:
    if a.shape != b.shape:
        return 255.0
    return float(cv2.norm(a, b, cv2.NORM_L1)) / a.size


def neighbours(pictures: Sequence[Measured], position: int, config: ShotConfig) -> tuple[int, int]:
    """The first and the last picture that begin near another one, itself included.

    At most `config.window` pictures away, and no farther than a flash lasts: a slide that is shown
    for a second is no neighbour.

    Parameters
    ----------
    pictures
        In order.
    position
        Of the other one.
    config
        Window, and length of a flash.
    """
    time_s = pictures[position].time_s
    first = last = position
    while first > max(0, position - config.window) and (
        time_s - pictures[first - 1].time_s <= config.flash_s
    ):
        first -= 1
    while last < min(len(pictures) - 1, position + config.window) and (
        pictures[last + 1].time_s - time_s <= config.flash_s
    ):
        last += 1
    return first, last


def same_layout_around(
    pictures: Sequence[Measured], position: int, config: ShotConfig, area: Area | None = None
) -> bool:
    """Whether a picture from a position on has the layout of one before it: after a flash.

    Parameters
    ----------
    pictures
        In order.
    position
        Of the first picture after the change.
    config
        How many pictures on each side are compared besides the two at the change; see `neighbours`.
    area
        Part of the layouts to compare; None = all of it.
    """
    first, last = neighbours(pictures, position, config)
    before = [one.layout.within(area) for one in pictures[max(0, first - 1) : position]]
    after = [one.layout.within(area) for one in pictures[position : last + 1]]
    return any_same(before, after)
