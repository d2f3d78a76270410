"""Torsos → what is kept of them: colours, embedding, picture."""

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
"""A torso of which less is seen is not looked at."""
PICTURE_PX = (72, 96)
"""Width and height of a picture: torsos are a quarter higher than wide, as faces are."""
JPEG_QUALITY = 80


@dataclass(frozen=True, slots=True, eq=False)
class ClothingDescription:
    """What is known of the clothes below one face.

    Attributes
    ----------
    colours : array of shape (432,), float32, see `count_colours`
    clothing : array of shape (128,), float32, see `ClothingEncoder`; zeros where it did not look
    share : part of the torso that is seen, 0 to 1
    sharpness : variance of the Laplacian of what is seen, grey levels²
    picture : JPEG of what is seen; empty where nothing is
    """

    colours: FloatArray
    clothing: FloatArray
    share: float
    sharpness: float
    picture: bytes


def describe_torsos(torsos: Sequence[Torso], encoder: ClothingEncoder) -> list[ClothingDescription]:
    """Describe what is worn, all torsos at once.

    Returns
    -------
    one `ClothingDescription` per torso, in their order
    """
    looked_at = [i for i, torso in enumerate(torsos) if torso.share >= LEAST_SHARE]
    clothing = np.zeros((len(torsos), DIMENSION), dtype=np.float32)
    if looked_at:
        clothing[looked_at] = encoder.encode(np.stack([torsos[i].picture for i in looked_at]))
    return [
        ClothingDescription(
            count_colours(torso), embedding, torso.share, sharpness(torso), _picture(torso)
        )
        for torso, embedding in zip(torsos, clothing, strict=True)
    ]


def sharpness(torso: Torso) -> float:
    """Variance of the Laplacian (Pech-Pacheco et al. 2000) of what is seen, grey levels²."""
    if not torso.seen.any():
        return 0.0
    grey = cv2.cvtColor(torso.picture, cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F)[torso.seen].var())


def _picture(torso: Torso) -> bytes:
    """The seen part of a torso, cut to the box that holds it."""
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
