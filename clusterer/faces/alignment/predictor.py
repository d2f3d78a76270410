"""dlib's five-point predictor: both corners of each eye, and the base of the nose."""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeAlias

import dlib
import numpy as np
import numpy.typing as npt

from clusterer.core.geometry import square
from clusterer.core.types import FloatArray, ImageArray
from clusterer.models.bundled import PREDICTOR

Points: TypeAlias = npt.NDArray[np.float64]

# From a detector's tight box to the square that dlib's predictor was trained on, as shares of the
# box's height.
_SQUARE_SIDE, _SQUARE_LOWER = 0.8, 0.05


class Predictor:
    """Finds five points of a face, given its box.

    Attributes
    ----------
    models : file name of the weights → their sha256, in hexadecimal

    Raises
    ------
    ModelError
        If the weights are missing or damaged.
    """

    def __init__(self) -> None:
        weights = PREDICTOR.load()
        self.models: dict[str, str] = {PREDICTOR.name: weights.sha256}
        self._content = weights.content

    @cached_property
    def _predictor(self) -> Any:
        """Unpickled as dlib does it: the constructor would read the file again, unchecked.

        When it is first used, as that takes a tenth of the start of a process, and faces with
        landmarks need none.
        """
        predictor = dlib.shape_predictor.__new__(dlib.shape_predictor)
        predictor.__setstate__((self._content,))
        return predictor

    def shape(self, image: ImageArray, box: FloatArray) -> Any:
        """The points as dlib's object.

        Parameters
        ----------
        image : array of shape (height, width, 3), uint8, RGB, contiguous
        box : array of shape (4,), px

        Returns
        -------
        dlib.full_object_detection
        """
        height_px = float(box[3] - box[1])
        corners = square(box, _SQUARE_SIDE * height_px, _SQUARE_LOWER * height_px)
        return self._predictor(image, dlib.rectangle(*(round(float(c)) for c in corners)))

    def eyes(self, image: ImageArray, box: FloatArray) -> Points:
        """Left and right eye as seen in the picture: the middle of the two corners of each.

        Parameters
        ----------
        image, box
            As for `shape`.

        Returns
        -------
        array of shape (2, 2), float64, px
        """
        points = np.array([(p.x, p.y) for p in self.shape(image, box).parts()], np.float64)
        return np.stack([points[2:4].mean(axis=0), points[:2].mean(axis=0)])
