"""dlib's tiled pyramid: a picture and ever smaller copies of it on one canvas.

Source: ``create_tiled_pyramid`` in dlib/image_transforms/image_pyramid.h and ``resize_bilinear`` in
dlib/cuda/cpu_dlib.cpp of dlib 19 and 20, for ``pyramid_down<6>``. Neighbouring copies affect the
network's output, so every copy is placed exactly as in dlib.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import onnx
from onnx import helper

from clusterer.core.types import FloatArray, ImageArray, IntArray
from clusterer.models.runtime import open_session

RATIO = 5 / 6
"""Size of a copy relative to the previous one."""

GAP_PX, BORDER_PX, SMALLEST_PX = 10, 11, 5
SHIFT_PX = 0.3
"""dlib maps a point of a copy to px / RATIO + this in the previous one."""

_SCALE = np.float32(1 / 256)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Positions of the copies.

    Attributes
    ----------
    tiles : array of shape (n, 4), int64: left, top, width, height; the first is the picture itself
    width_px, height_px : of the canvas
    """

    tiles: IntArray
    width_px: int
    height_px: int

    def nearest(self, points: IntArray) -> IntArray:
        """The nearest tile to each point.

        Parameters
        ----------
        points : array of shape (n, 2), px of the canvas, across and down

        Returns
        -------
        array of shape (n,), int64; ties to the larger tile
        """
        first = self.tiles[:, :2]
        last = first + self.tiles[:, 2:] - 1
        at = points[:, None]
        offset = np.maximum(np.maximum(first - at, at - last), 0)
        nearest: IntArray = (offset**2).sum(axis=2).argmin(axis=1)
        return nearest


def to_picture(boxes: FloatArray, levels: IntArray) -> FloatArray:
    """Convert boxes from px of their copy to px of the picture.

    Parameters
    ----------
    boxes : array of shape (n, 4), float64
    levels : array of shape (n,), how many times the copy was shrunk
    """
    boxes = boxes.astype(np.float64)
    for level in range(int(levels.max(initial=0))):
        rows = levels > level
        boxes[rows] = boxes[rows] / RATIO + SHIFT_PX
    return boxes


@lru_cache(maxsize=64)
def layout(width_px: int, height_px: int) -> Layout:
    """Lay out the copies of a picture: one column downwards, the rest upwards beside it."""
    sizes = _sizes(width_px, height_px)
    used_px = _first_column(sizes)
    tiles: list[tuple[int, int, int, int]] = []
    top = BORDER_PX
    while top < used_px + BORDER_PX and len(tiles) < len(sizes):
        size = sizes[len(tiles)]
        tiles.append((BORDER_PX, top, *size))
        top += size[1] + GAP_PX
    bottom = top - GAP_PX
    for width, height in sizes[len(tiles) :]:
        left, top = BORDER_PX + width_px - width, bottom - height
        if top < BORDER_PX + height_px:
            break
        tiles.append((left, top, width, height))
        bottom -= height + GAP_PX
    return Layout(np.array(tiles, np.int64), width_px + 2 * BORDER_PX, used_px + 2 * BORDER_PX)


def _sizes(width_px: int, height_px: int) -> list[tuple[int, int]]:
    """Width and height of the picture and of every copy."""
    sizes = [(width_px, height_px)]
    while True:
        width_px, height_px = int(RATIO * width_px), int(RATIO * height_px)
        if width_px == 0 or height_px < SMALLEST_PX:
            return sizes
        sizes.append((width_px, height_px))


def _first_column(sizes: list[tuple[int, int]]) -> int:
    """Height of the downward column: it ends as soon as the rest fits beside it."""
    width_px, height_px = sizes[0]
    total_px = sum(height + GAP_PX for _, height in sizes) - 2 * GAP_PX
    used_px = before_px = 0
    for width, height in sizes:
        fits = width <= width_px - before_px - GAP_PX
        if fits and 2 * (used_px - height_px) >= total_px - height_px:
            break
        used_px += height + GAP_PX
        before_px = width
    return used_px - GAP_PX


class Painter:
    """Paints pictures and their copies.

    Parameters
    ----------
    mean : red, green and blue, subtracted before the division by 256
    """

    def __init__(self, mean: tuple[float, float, float]) -> None:
        self._values = np.arange(256, dtype=np.float32) - np.array(mean, np.float32)[:, None]
        self._values *= _SCALE
        self._resizer = open_session(_resizer(), 1, "the resizer", "")

    def paint(self, image: ImageArray, where: Layout) -> FloatArray:
        """Paint a picture and its copies, each resized from the previous one.

        Parameters
        ----------
        image : array of shape (height, width, 3), uint8, RGB
        where : its layout

        Returns
        -------
        array of shape (1, 3, canvas height, canvas width), float32, 0 between the tiles
        """
        canvas = np.zeros((1, 3, where.height_px, where.width_px), np.float32)
        planes = zip(cv2.split(np.ascontiguousarray(image)), self._values, strict=True)
        copy = np.stack([cv2.LUT(plane, values) for plane, values in planes])[None]
        for left, top, width, height in where.tiles.tolist():
            if copy.shape[2:] != (height, width):
                size = np.array([1, 3, height, width], np.int64)
                (copy,) = self._resizer.run(None, {"copy": copy, "size": size})
            canvas[:, :, top : top + height, left : left + width] = copy
        return canvas


def _resizer() -> bytes:
    """ONNX model of dlib's bilinear resizing, which aligns corners."""
    node = helper.make_node(
        "Resize",
        ["copy", "", "", "size"],
        ["smaller"],
        mode="linear",
        coordinate_transformation_mode="align_corners",
    )
    floats = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [node],
        "resize",
        [
            helper.make_tensor_value_info("copy", floats, [1, 3, "H", "W"]),
            helper.make_tensor_value_info("size", onnx.TensorProto.INT64, [4]),
        ],
        [helper.make_tensor_value_info("smaller", floats, [1, 3, "h", "w"])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    serialized: bytes = model.SerializeToString(deterministic=True)
    return serialized
