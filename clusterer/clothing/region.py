"""Find the torso below a face, and its visible part."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from clusterer.core.types import FloatArray, ImageArray

WIDTH = 2.2
"""Width of the torso box in face widths: shoulder to shoulder, seen from the front."""
TOP, BOTTOM = 1.2, 3.4
"""From the chin to the belt, in face heights below the top of the face."""
SIDE_PX = 96
"""Side of the square that torsos are resized to: torsos below the faces that need clothing (20 to
40 px high) are 40 to 90 px wide."""
FILL = (124, 116, 104)
"""Colour of invisible parts: the mean of ImageNet, which the network was trained to ignore."""


@dataclass(frozen=True, slots=True, eq=False)
class Torso:
    """The torso below a face.

    Attributes
    ----------
    picture : array of shape (96, 96, 3), uint8, RGB; `FILL` where it is not visible
    seen : array of shape (96, 96), bool, False outside the frame and behind another face
    share : visible share of the torso, 0 to 1
    """

    picture: ImageArray
    seen: npt.NDArray[np.bool_]
    share: float


def cut_torso(image: ImageArray, boxes: FloatArray, row: int) -> Torso:
    """Cut out the torso below a face.

    Parameters
    ----------
    image : array of shape (H, W, 3), uint8, RGB
    boxes : array of shape (n, 4), all faces of the frame, px
    row
        Row of the face.
    """
    rows, columns, seen, share = visible_torso(boxes, row, image.shape[1], image.shape[0])
    picture = np.full((SIDE_PX, SIDE_PX, 3), FILL, dtype=np.uint8)
    visible = np.zeros((SIDE_PX, SIDE_PX), dtype=bool)
    left, top, right, bottom = torso_boxes(boxes[row : row + 1])[0]
    into_rows = _scaled(rows, top, bottom)
    into_columns = _scaled(columns, left, right)
    size = into_columns.stop - into_columns.start, into_rows.stop - into_rows.start
    if seen.any() and min(size) > 0:
        part = cv2.resize(
            np.ascontiguousarray(image[rows, columns]), size, interpolation=cv2.INTER_AREA
        )
        visible[into_rows, into_columns] = True
        if not seen.all():
            shown = cv2.resize(seen.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
            part[~shown] = FILL
            visible[into_rows, into_columns] = shown
        picture[into_rows, into_columns] = part
    return Torso(picture, visible, share)


def torso_boxes(boxes: FloatArray) -> npt.NDArray[np.float64]:
    """Box of the torso below each face, whether it is in the picture or not.

    Parameters
    ----------
    boxes : array of shape (n, 4), left, top, right, bottom of faces, px

    Returns
    -------
    array of shape (n, 4), float64, left, top, right, bottom, px; not clipped
    """
    left, top, right, bottom = np.asarray(boxes, dtype=np.float64).reshape(-1, 4).T
    centre, half, height = (left + right) / 2, WIDTH * (right - left) / 2, bottom - top
    return np.stack(
        [centre - half, top + TOP * height, centre + half, top + BOTTOM * height], axis=1
    )


def visible_torso(
    boxes: FloatArray, row: int, width_px: int, height_px: int
) -> tuple[slice, slice, npt.NDArray[np.bool_], float]:
    """The part of one torso that is inside the picture and not behind another face.

    Parameters
    ----------
    boxes : array of shape (n, 4), all faces of the frame, px
    row
        Row of the face.
    width_px, height_px
        Size of the frame.

    Returns
    -------
    rows, columns
        Position of the torso in the frame.
    seen : array of shape (rows, columns), bool, False where another face covers it
    share
        Visible share of the torso box, 0 to 1.
    """
    torso = torso_boxes(boxes[row : row + 1])[0]
    rows = _clip(torso[1], torso[3], height_px)
    columns = _clip(torso[0], torso[2], width_px)
    seen = np.ones((rows.stop - rows.start, columns.stop - columns.start), dtype=bool)
    for other, (left, top, right, bottom) in enumerate(boxes.astype(np.float64)):
        if other != row:
            face_rows, face_columns = _clip(top, bottom, height_px), _clip(left, right, width_px)
            seen[_within(face_rows, rows), _within(face_columns, columns)] = False
    area = (torso[2] - torso[0]) * (torso[3] - torso[1])
    return rows, columns, seen, min(1.0, float(seen.sum()) / area) if area > 0 else 0.0


def _clip(low: float, high: float, limit: int) -> slice:
    start = min(max(math.floor(low), 0), limit)
    return slice(start, min(max(math.ceil(high), start), limit))


def _scaled(part: slice, low: float, high: float) -> slice:
    """Position in the square of a part of the range low to high."""
    scale = SIDE_PX / max(high - low, 1e-6)
    start, stop = (round((end - low) * scale) for end in (part.start, part.stop))
    return slice(min(max(start, 0), SIDE_PX), min(max(stop, 0), SIDE_PX))


def _within(inner: slice, outer: slice) -> slice:
    start = max(inner.start - outer.start, 0)
    return slice(start, max(inner.stop - outer.start, start))
