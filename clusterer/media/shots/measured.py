"""A picture of a sequence, as the algorithms see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2

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
    """

    picture: ImageArray
    layout: Layout
    step: float | None


def measure(picture: ImageArray, previous: Measured | None) -> Measured:
    """Measure the next picture of a sequence.

    Parameters
    ----------
    picture : array of shape (h, w, 3), uint8, BGR
    previous
        The one before it.
    """
    step = None if previous is None else _difference(previous.picture, picture)
    return Measured(picture, Layout.of(picture), step)


def _difference(a: ImageArray, b: ImageArray) -> float:
    if a.shape != b.shape:
        return 255.0
    return float(cv2.norm(a, b, cv2.NORM_L1)) / a.size


def same_layout_around(
    pictures: Sequence[Measured], position: int, window: int, area: Area | None = None
) -> bool:
    """Whether a picture from a position on has the layout of one before it.

    Parameters
    ----------
    pictures
        In order.
    position
        Of the first picture after the change.
    window
        How many pictures on each side are compared besides the two at the change.
    area
        Part of the layouts to compare; None = all of it.
    """
    before = [one.layout.within(area) for one in pictures[max(0, position - 1 - window) : position]]
    after = [one.layout.within(area) for one in pictures[position : position + 1 + window]]
    return any_same(before, after)
