"""Describe torsos: colours, embedding, picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from clusterer.clothing.colours import count_colours
from clusterer.clothing.encoder import DIMENSION, ClothingEncoder
from clusterer.clothing.region import SIDE_PX, Torso
from clusterer.core.types import FloatArray

LEAST_SHARE = 0.1
"""Smallest visible share of a torso that is embedded."""
PICTURE_PX = (72, 96)
"""Width and height of a picture: like faces, torsos are a quarter higher than wide."""
JPEG_QUALITY = 80


@dataclass(frozen=True, slots=True, eq=False)
class ClothingDescription:
    """The clothing below one face.

    Attributes
    ----------
    colours : array of shape (432,), float32, see `count_colours`
    clothing : array of shape (128,), float32, see `ClothingEncoder`; zeros if not embedded
    share : visible share of the torso, 0 to 1
    sharpness : variance of the Laplacian of the visible part, grey levels²
    picture : JPEG of the visible part; empty if there is none
    """

    colours: FloatArray
    clothing: FloatArray
    share: float
    sharpness: float
    picture: bytes


def describe_torsos(torsos: Sequence[Torso], encoder: ClothingEncoder) -> list[ClothingDescription]:
    """Describe the clothing of several torsos.

    Returns
    -------
    one `ClothingDescription` per torso, in order
    """
    visible = [i for i, torso in enumerate(torsos) if torso.share >= LEAST_SHARE]
    clothing = np.zeros((len(torsos), DIMENSION), dtype=np.float32)
    if visible:
        clothing[visible] = encoder.encode(np.stack([torsos[i].picture for i in visible]))
    return [
        ClothingDescription(
            count_colours(torso), embedding, torso.share, sharpness(torso), _picture(torso)
        )
        for torso, embedding in zip(torsos, clothing, strict=True)
    ]


def sharpness(torso: Torso) -> float:
    """Variance of the Laplacian (Pech-Pacheco et al. 2000) of the visible part, grey levels²."""
    if not torso.seen.any():
        return 0.0
    grey = cv2.cvtColor(torso.picture, cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F)[torso.seen].var())


def _picture(torso: Torso) -> bytes:
    """The visible part of a torso, cropped to its bounding box, as JPEG."""
    rows, columns = (np.flatnonzero(torso.seen.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return b""
    part = torso.picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    width, height = (
        max(1, round(length * full / SIDE_PX))
        for length, full in zip((part.shape[1], part.shape[0]), PICTURE_PX, strict=True)
    )
    small = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA)
    bgr = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
    _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return bytes(encoded)
