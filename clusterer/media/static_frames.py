"""Whether the picture stands still, so that a look at it would show what the last look showed."""

from __future__ import annotations

import cv2
import numpy as np

from clusterer.core.types import ImageArray

_BLUR_PX = 2.0
"""Standard deviation of the blur before comparing: grain and compression noise are no motion."""
_BLOCK_PX = 9
"""Side of the block whose mean change counts: about a small face in a picture 160 px wide."""


class StaticFrames:
    """Passes over every other look while nothing moves.

    Parameters
    ----------
    level
        Change of a block's mean brightness since the last look that counts as motion, 0 to 255;
        at 0 nothing is ever passed over.
    """

    def __init__(self, level: float) -> None:
        self._level = level
        self._seen: ImageArray | None = None
        self._passed_over = False

    def look(self, picture: ImageArray) -> None:
        """Take in a picture that is looked at in any case.

        Parameters
        ----------
        picture : array of shape (h, w, 3), uint8, BGR
        """
        self._seen = _smooth(picture)
        self._passed_over = False

    def skips(self, picture: ImageArray) -> bool:
        """Decide whether a picture whose turn it is need not be looked at.

        Never two in a row: what changes too slowly to be noticed is seen at half the rate.

        Parameters
        ----------
        picture : array of shape (h, w, 3), uint8, BGR
        """
        smooth = _smooth(picture)
        still = self._seen is not None and _change(self._seen, smooth) < self._level
        if still and not self._passed_over:
            self._passed_over = True
            return True
        self._seen, self._passed_over = smooth, False
        return False


def _smooth(picture: ImageArray) -> ImageArray:
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), _BLUR_PX), np.uint8)


def _change(a: ImageArray, b: ImageArray) -> float:
    """Largest mean change of a block, grey levels; of pictures that differ in size, 255."""
    if a.shape != b.shape:
        return 255.0
    difference = cv2.absdiff(a, b).astype(np.float32)
    return float(cv2.blur(difference, (_BLOCK_PX, _BLOCK_PX)).max())
