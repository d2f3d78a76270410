"""Pictures of two faces of the sample film, A and B: on a wall that the camera passes, or whole."""

from __future__ import annotations

from functools import cache
from itertools import islice

import cv2
import numpy as np

from clusterer.core.types import ImageArray
from clusterer.media import probe
from clusterer.media.decode import Reader
from clusterer.media.picture import Converter
from tests.conftest import DEMO

WIDTH_PX, HEIGHT_PX = 480, 270
FACE_PX = 160
"""Height of a face with what is around it."""
STEP_PX = 3
"""How far a face moves from one frame to the next."""
_SOURCES = {"A": (96, (227, 67, 355, 231)), "B": (264, (271, 32, 358, 158))}
"""Frame of the sample film, and box of the face, as its truth states them."""


@cache
def whole(who: str) -> ImageArray:
    """The whole picture from which A or B is taken, of size WIDTH_PX x HEIGHT_PX."""
    info = probe(DEMO)
    (decoded,) = islice(Reader(info), _SOURCES[who][0], _SOURCES[who][0] + 1)
    image = Converter(info.width_px, info.height_px, 160).rgb(decoded.raw)
    return np.asarray(cv2.resize(image, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA))


@cache
def _face(who: str) -> ImageArray:
    info = probe(DEMO)
    left, top, right, bottom = _SOURCES[who][1]
    across, down = (right - left) // 3, (bottom - top) // 5
    scale = WIDTH_PX / info.width_px
    rows = slice(int(max(0, top - down) * scale), int((bottom + down) * scale))
    cut = whole(who)[rows, int((left - across) * scale) : int((right + across) * scale)]
    size = (round(cut.shape[1] * FACE_PX / cut.shape[0]), FACE_PX)
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_CUBIC))


@cache
def _wall() -> ImageArray:
    noise = np.random.default_rng(0).uniform(0, 255, (HEIGHT_PX, 2 * WIDTH_PX))
    smooth = cv2.GaussianBlur(noise.astype(np.float32), (0, 0), 25.0)
    levels = cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    return np.asarray(cv2.cvtColor(levels, cv2.COLOR_GRAY2RGB), np.uint8)


def on_wall(who: str, number: int = 0) -> ImageArray:
    """A picture of the wall, with A, B or nobody (empty); both move with the number."""
    picture = _wall()[:, number % WIDTH_PX :][:, :WIDTH_PX].copy()
    if who:
        face = _face(who)
        left = 20 + STEP_PX * (number % 100)
        picture[60 : 60 + FACE_PX, left : left + face.shape[1]] = face
    return picture
