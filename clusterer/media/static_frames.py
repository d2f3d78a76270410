"""Skip samples while the picture is static."""

from __future__ import annotations

import cv2
import numpy as np

from clusterer.core.types import ImageArray

_BLUR_PX = 2.0
"""Standard deviation of the blur before comparing, so that noise is not mistaken for motion."""
_BLOCK_PX = 9
"""Side of the blocks whose mean change is compared: about a small face in a picture 160 px wide."""


class StaticFrames:
    """Skips every other sample while nothing moves.

    Parameters
    ----------
    level
        Change of a block's mean brightness since the last sample from which it is motion, 0 to 255;
        at 0 nothing is skipped.
    """

    def __init__(self, level: float) -> None:
        self._level = level
        self._last: ImageArray | None = None
        self._skipped = False

    def sample(self, picture: ImageArray) -> None:
        """Record a picture that is sampled in any case.

        Parameters
        ----------
        picture : array of shape (h, w, 3), uint8, BGR
        """
        self._last = _smooth(picture)
        self._skipped = False

    def skips(self, picture: ImageArray) -> bool:
        """Whether to skip a picture that is due; records it if not.

        It never skips two in a row: changes too slow to detect are sampled at half the rate.

        Parameters
        ----------
        picture : array of shape (h, w, 3), uint8, BGR
        """
        smooth = _smooth(picture)
        still = self._last is not None and _change(self._last, smooth) < self._level
        if still and not self._skipped:
            self._skipped = True
            return True
        self._last, self._skipped = smooth, False
        return False


def _smooth(picture: ImageArray) -> ImageArray:
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), _BLUR_PX), np.uint8)


def _change(a: ImageArray, b: ImageArray) -> float:
    """Largest mean change of a block, grey levels; 255 if sizes differ."""
    if a.shape != b.shape:
        return 255.0
    difference = cv2.absdiff(a, b).astype(np.float32)
    return float(cv2.blur(difference, (_BLOCK_PX, _BLOCK_PX)).max())
