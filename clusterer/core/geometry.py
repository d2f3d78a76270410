"""Boxes and points in the plane. Boxes are ``(left, top, right, bottom)`` in pixels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating]


def areas(boxes: FloatArray) -> FloatArray:
    """Area of each box.

    Parameters
    ----------
    boxes : array of shape (n, 4), px

    Returns
    -------
    array of shape (n,), px². Inverted boxes count as empty.
    """
    sides = np.clip(boxes[:, 2:] - boxes[:, :2], 0.0, None)
    product: FloatArray = sides[:, 0] * sides[:, 1]
    return product


def iou(a: FloatArray, b: FloatArray) -> FloatArray:
    """Intersection over union of every box of `a` with every box of `b`.

    Parameters
    ----------
    a : array of shape (n, 4), px
    b : array of shape (m, 4), px

    Returns
    -------
    array of shape (n, m), 0 to 1; 0 for two empty boxes
    """
    corner_low = np.maximum(a[:, None, :2], b[None, :, :2])
    corner_high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    sides = np.clip(corner_high - corner_low, 0.0, None)
    intersection = sides[..., 0] * sides[..., 1]
    union = areas(a)[:, None] + areas(b)[None, :] - intersection
    ratio: FloatArray = intersection / np.where(union > 0.0, union, 1.0)
    return ratio


def clip(boxes: FloatArray, width_px: int, height_px: int) -> FloatArray:
    """Clip boxes to the picture.

    Parameters
    ----------
    boxes : array of shape (n, 4), px
    width_px, height_px
        Size of the picture.

    Returns
    -------
    array of shape (n, 4), px, within the picture
    """
    limits = np.array([width_px, height_px, width_px, height_px], dtype=boxes.dtype)
    clipped: FloatArray = np.clip(boxes, 0, limits)
    return clipped


def centres(boxes: FloatArray) -> FloatArray:
    """Centre of each box.

    Parameters
    ----------
    boxes : array of shape (n, 4), px

    Returns
    -------
    array of shape (n, 2), px, as (x, y)
    """
    middle: FloatArray = (boxes[:, :2] + boxes[:, 2:]) / 2
    return middle


def size_ratio(a: FloatArray, b: FloatArray) -> FloatArray:
    """Ratio of the larger to the smaller height, for every box of `a` and of `b`.

    Parameters
    ----------
    a : array of shape (n, 4), px
    b : array of shape (m, 4), px

    Returns
    -------
    array of shape (n, m), 1 or more
    """
    heights_a, heights_b = (a[:, 3] - a[:, 1])[:, None], (b[:, 3] - b[:, 1])[None, :]
    low = np.maximum(np.minimum(heights_a, heights_b), 1e-6)
    ratio: FloatArray = np.maximum(heights_a, heights_b) / low
    return ratio


def distance_in_heights(a: FloatArray, b: FloatArray) -> FloatArray:
    """Distance between the centres of every box of `a` and of `b`, in heights of the taller box.

    Parameters
    ----------
    a : array of shape (n, 4), px
    b : array of shape (m, 4), px

    Returns
    -------
    array of shape (n, m), 0 or more
    """
    offset = centres(a)[:, None, :] - centres(b)[None, :, :]
    heights = np.maximum((a[:, 3] - a[:, 1])[:, None], (b[:, 3] - b[:, 1])[None, :])
    distance: FloatArray = np.linalg.norm(offset, axis=2) / np.maximum(heights, 1e-6)
    return distance


def square(box: FloatArray, side_px: float, lower_px: float = 0.0) -> FloatArray:
    """Square of a given side around the centre of a box, shifted down by `lower_px`.

    Parameters
    ----------
    box : array of shape (4,), px

    Returns
    -------
    array of shape (4,), px
    """
    x, y = (box[:2] + box[2:]) / 2
    half = side_px / 2
    return np.array([x - half, y - half + lower_px, x + half, y + half + lower_px])


def similarity(source: FloatArray, target: FloatArray) -> FloatArray:
    """Similarity transform (rotation, scale, shift) of points onto others, by least squares.

    As in Umeyama (1991), without reflection; exact for two points.

    Parameters
    ----------
    source, target : arrays of shape (n, 2), px, n at least 2; the points of `source` not all equal

    Returns
    -------
    array of shape (2, 3), float64: ``m[:, :2] @ point + m[:, 2]``
    """
    points, wanted = (np.asarray(p, np.float64) @ np.array([1, 1j]) for p in (source, target))
    centred = points - points.mean()
    turn = np.vdot(centred, wanted - wanted.mean()) / np.vdot(centred, centred).real
    shift = wanted.mean() - turn * points.mean()
    return np.array(
        [[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]], np.float64
    )
