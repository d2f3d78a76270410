"""Follow faces from frame to frame by sparse optical flow, on small grey pictures.

Points inside each box are followed by Lucas and Kanade's method (Bouguet 2000) forward and
back again; those that do not return are dropped, and the box moves by the median of the rest
(Kalal et al. 2010). The background, fitted by RANSAC, gives the motion of the camera.

Most faces move little: each is followed from the first picture to the last at once, and only if it
is lost or hardly recognised by way of the pictures between them, in shorter and shorter strides. So
the cost of a slow face does not depend on the number of pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from clusterer.core.geometry import FloatArray, centres
from clusterer.core.types import ImageArray

Bools = npt.NDArray[np.bool_]

_WINDOW_PX = (9, 9)
_LEVELS = 3
"""Window and pyramid: motion of up to 36 px, a ninth of the picture, from frame to frame."""
_CRITERIA = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 0.03)
_GRID = 5
"""Points of a box, per side, within the middle `_INNER` of it."""
_INNER = 0.8
_RETURN_PX = 0.7
"""Distance from its start at which a point followed forward and back counts as returned."""
_GROUND = (10, 6)
"""Points of the background: columns and rows."""
_AROUND = 0.25
"""Part of a box's sides by which it is enlarged to leave the background."""
_MIN_GROUND, _MIN_INLIERS, _GROUND_ERROR_PX = 6, 0.4, 1.0
_PATCH_PX = 16
"""Side of the pictures of boxes that are correlated."""
_MIN_SHARE = 0.3
"""Smallest share of returned points of a box that is followed; `python -m benchmarks faces tracks`
gives purity and ends with it and the next."""
_MIN_SIMILARITY = 0.3
"""Smallest correlation with the first picture of a box that is followed."""
_SURE_SHARE, _SURE_SIMILARITY = 0.9, 0.6
"""The same for a box that is followed past pictures between; the share is that of the points that
had returned before."""

_FAR = 1e6
"""Farther than any point, px."""


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Boxes followed through f pictures.

    Attributes
    ----------
    boxes : array of shape (n, 4), px, in the last picture to which each was followed
    count : array of shape (n,), int64, pictures through which it was followed without a break, 1
        to f
    """

    boxes: FloatArray
    count: npt.NDArray[np.int64]


def follow(pictures: Sequence[ImageArray], boxes: FloatArray) -> Followed:
    """Follow boxes through pictures.

    Parameters
    ----------
    pictures : f arrays of shape (h, w), uint8, at least one
    boxes : array of shape (n, 4), px of these pictures, in the first

    Returns
    -------
    Followed
    """
    walk = _Walk(pictures, boxes)
    rows = np.arange(len(boxes))
    for stride in _strides(len(pictures)):
        rows = walk.go(stride, rows)
    return Followed(walk.at, walk.count)


def _strides(pictures: int) -> Iterator[int]:
    """All pictures at once, then half as many, down to one."""
    stride = pictures - 1
    while stride:
        yield stride
        stride //= 2


class _Walk:
    """Boxes on their way through pictures."""

    def __init__(self, pictures: Sequence[ImageArray], boxes: FloatArray) -> None:
        self.at = boxes.astype(np.float64)
        self.count = np.ones(len(boxes), np.int64)
        self._pictures, self._boxes = pictures, boxes
        self._size = _size(pictures[0])
        self._origin = _grid_of(boxes)
        self._points = self._origin.copy()
        self._returned = _inside(self._origin, self._size)
        self._first = _patches(pictures[0], boxes)

    def go(self, stride: int, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Follow boxes from where they are to the end, in strides; returns those that it loses."""
        end = len(self._pictures) - 1
        lost = np.zeros(len(rows), np.bool_)
        while True:
            at = self.count[rows] - 1
            on_way = (at < end) & ~lost
            if not on_way.any():
                return rows[lost]
            start = int(at[on_way].min())
            here = on_way & (at == start)
            lost[here] = ~self._hop(start, min(start + stride, end), rows[here])

    def _hop(self, start: int, end: int, rows: npt.NDArray[np.int64]) -> Bools:
        """Follow boxes from one picture to another; returns which arrived."""
        before, now = self._pictures[start], self._pictures[end]
        shape = (len(rows), -1, 2)
        moved, good = _step(before, now, self._points[rows].reshape(-1, 2))
        points = moved.reshape(shape)
        returned = self._returned[rows] & good.reshape(shape[:2]) & _inside(points, self._size)
        at = _moved(self._boxes[rows], self._origin[rows], points, returned)
        count = np.count_nonzero(returned, axis=1)
        kept: Bools = (count / returned.shape[1] >= _MIN_SHARE) & _inside(centres(at), self._size)
        least = _MIN_SIMILARITY
        if end - start > 1:
            least = _SURE_SIMILARITY
            kept &= count >= _SURE_SHARE * np.count_nonzero(self._returned[rows], axis=1)
        kept[kept] = _correlation(self._first[rows[kept]], _patches(now, at[kept])) >= least
        arrived = rows[kept]
        self.at[arrived], self.count[arrived] = at[kept], end + 1
        self._points[arrived], self._returned[arrived] = points[kept], returned[kept]
        return kept


def camera_motion(pictures: Sequence[ImageArray], boxes: FloatArray) -> FloatArray:
    """Motion of the background from the first picture to the last.

    Parameters
    ----------
    pictures : f arrays of shape (h, w), uint8, at least one
    boxes : array of shape (n, 4), px of these pictures, in the first: what is in them does not
        belong to the background

    Returns
    -------
    array of shape (2, 3); none where most of the background does not move as one
    """
    ground = _ground(_size(pictures[0]), boxes)
    camera, at, end = np.eye(3), 0, len(pictures) - 1
    for stride in _strides(len(pictures)):
        while at < end:
            there = min(at + stride, end)
            moved, good = _step(pictures[at], pictures[there], ground)
            motion = _common_motion(ground, moved, good)
            if motion is None and stride > 1:
                break
            if motion is not None:
                camera = np.vstack([motion, [0.0, 0.0, 1.0]]) @ camera
            at = there
    return camera[:2]


def by_camera(boxes: FloatArray, camera: FloatArray) -> FloatArray:
    """Move boxes with the background.

    Parameters
    ----------
    boxes : array of shape (n, 4), px
    camera : array of shape (2, 3), as of `camera_motion`

    Returns
    -------
    array of shape (n, 4), px
    """
    middle = centres(boxes) @ camera[:, :2].T + camera[:, 2]
    half = (boxes[:, 2:] - boxes[:, :2]) / 2 * np.hypot(camera[0, 0], camera[1, 0])
    moved: FloatArray = np.concatenate([middle - half, middle + half], axis=1)
    return moved


def similarity(a: ImageArray, in_a: FloatArray, b: ImageArray, in_b: FloatArray) -> FloatArray:
    """Correlation of boxes of one picture with boxes of another, pair by pair.

    Parameters
    ----------
    a, b : arrays of shape (h, w), uint8
    in_a, in_b : arrays of shape (n, 4), px

    Returns
    -------
    array of shape (n,), -1 to 1; 0 for a uniform one
    """
    return _correlation(_patches(a, in_a), _patches(b, in_b))


def _grid_of(boxes: FloatArray) -> FloatArray:
    """Points inside boxes, shape (n, p, 2), float32."""
    at = 0.5 + ((np.arange(_GRID) + 0.5) / _GRID - 0.5) * _INNER
    x, y = (part.ravel() for part in np.meshgrid(at, at))
    sides = boxes[:, 2:] - boxes[:, :2]
    grid: FloatArray = boxes[:, None, :2] + np.stack([x, y], axis=1) * sides[:, None]
    return grid.astype(np.float32)


def _size(picture: ImageArray) -> FloatArray:
    return np.array(picture.shape[::-1], np.float64)


def _inside(points: FloatArray, size: FloatArray) -> Bools:
    inside: Bools = np.all((points >= 0) & (points < size), axis=-1)
    return inside


def _ground(size: FloatArray, boxes: FloatArray) -> FloatArray:
    """Points of the background, shape (m, 2), float32."""
    columns, rows = ((np.arange(n) + 0.5) * side / n for n, side in zip(_GROUND, size, strict=True))
    x, y = np.meshgrid(columns, rows)
    points = np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)
    margin = (boxes[:, 2:] - boxes[:, :2]) * _AROUND
    low, high = boxes[:, :2] - margin, boxes[:, 2:] + margin
    covered = np.all((points[:, None] >= low) & (points[:, None] <= high), axis=2)
    free: FloatArray = points[~np.any(covered, axis=1)]
    return free


def _step(before: ImageArray, now: ImageArray, points: FloatArray) -> tuple[FloatArray, Bools]:
    """Where points are in another picture, and which returned from there."""
    if not len(points):
        return points, np.zeros(0, np.bool_)
    there, found = _lucas_kanade(before, now, points)
    back, found_back = _lucas_kanade(now, before, there)
    off = back - points
    return there, found & found_back & ((off * off).sum(axis=1) <= _RETURN_PX**2)


def _lucas_kanade(
    before: ImageArray, now: ImageArray, points: FloatArray
) -> tuple[FloatArray, Bools]:
    there, found, _ = cv2.calcOpticalFlowPyrLK(
        before, now, points, np.empty_like(points), None, None, _WINDOW_PX, _LEVELS, _CRITERIA
    )
    return np.asarray(there, np.float32), np.asarray(found)[:, 0] == 1


def _common_motion(ground: FloatArray, moved: FloatArray, good: Bools) -> FloatArray | None:
    """Motion of most points of the background, shape (2, 3); None if they do not move as one."""
    if good.sum() < _MIN_GROUND:
        return None
    found, inliers = cv2.estimateAffinePartial2D(
        ground[good], moved[good], ransacReprojThreshold=_GROUND_ERROR_PX
    )
    if found is None or inliers.sum() < _MIN_INLIERS * good.sum():
        return None
    return np.asarray(found, np.float64)


def _moved(boxes: FloatArray, origin: FloatArray, points: FloatArray, good: Bools) -> FloatArray:
    """Boxes, moved and scaled like the median of their good points."""
    xy = np.stack([origin, points]).transpose(0, 3, 1, 2)
    middle = _median(xy, good)
    off = xy - middle[..., None]
    reach, reach_now = _median(np.sqrt((off * off).sum(axis=1)), good)
    scale = np.clip(reach_now / np.maximum(reach, 1e-6), 0.5, 2.0)[:, None]
    before, now = middle.transpose(0, 2, 1)
    moved: FloatArray = np.concatenate(
        [now + (boxes[:, i : i + 2] - before) * scale for i in (0, 2)], axis=1
    )
    return moved


def _median(values: FloatArray, counted: Bools) -> FloatArray:
    """Upper median of the counted values of each box; some other number if there are none.

    Parameters
    ----------
    values : array of shape (..., n, p)
    counted : array of shape (n, p)

    Returns
    -------
    array of shape (..., n)
    """
    ordered = np.sort(np.where(counted, values, np.float32(_FAR)), axis=-1)
    middle = np.count_nonzero(counted, axis=1) // 2
    median: FloatArray = ordered[..., np.arange(len(counted)), middle]
    return median


def _patches(picture: ImageArray, boxes: FloatArray) -> FloatArray:
    """Small pictures of boxes, shape (n, `_PATCH_PX`²), float32."""
    patches = np.zeros((len(boxes), _PATCH_PX * _PATCH_PX), np.float32)
    for i, (left, top, right, bottom) in enumerate(boxes.tolist()):
        x, y = max(right - left, 1.0) / _PATCH_PX, max(bottom - top, 1.0) / _PATCH_PX
        place = np.array([[x, 0.0, left + x / 2 - 0.5], [0.0, y, top + y / 2 - 0.5]])
        patches[i] = cv2.warpAffine(
            picture,
            place,
            (_PATCH_PX, _PATCH_PX),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ).ravel()
    return patches


def _correlation(a: FloatArray, b: FloatArray) -> FloatArray:
    """Correlation of rows, shape (n,); 0 where one is uniform."""
    x, y = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    norm = np.sqrt((x * x).sum(axis=1)) * np.sqrt((y * y).sum(axis=1))
    product: FloatArray = (x * y).sum(axis=1) / np.maximum(norm, 1e-6)
    return product
