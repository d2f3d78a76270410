"""Tiny networks with the inputs and outputs of InsightFace's det_10g.onnx, to replace it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from clusterer.core.types import FloatArray, ImageArray
from clusterer.faces.detection import DETECTORS
from clusterer.faces.detection.base import SCRFD
from clusterer.models.download import ENVIRONMENT_VARIABLE

STRIDES = (8, 16, 32)
OUTPUTS = (("448", "471", "494"), ("451", "474", "497"), ("454", "477", "500"))
"""Scores, boxes, landmarks at each stride: names as in the file."""

EDGES = np.array([[1, 1.5, 2, 3], [3, 2, 1, 1]], np.float32)
"""Of `bright`, in cells: left, top, right, bottom, for each anchor."""

POINTS = np.array(
    [
        [[-0.5, 0], [1, 0.25], [0.25, 1], [-0.25, 2], [0.75, 2.25]],
        [[-2, -1], [-1, -1], [-1.5, -0.5], [-2, 0], [-1, 0]],
    ],
    np.float32,
)
"""Of `bright`, in cells: x and y of five landmarks, for each anchor."""


class Builder:
    """Builds a network node by node."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def constant(self, values: np.ndarray) -> str:
        name = f"weight {len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def add(self, kind: str, *inputs: str, to: str = "", **attributes: object) -> str:
        name = to or f"node {len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, [*inputs], [name], **attributes))
        return name

    def conv(self, source: str, weight: FloatArray, bias: FloatArray, **attributes: object) -> str:
        pair = [self.constant(np.asarray(part, np.float32)) for part in (weight, bias)]
        return self.add("Conv", source, *pair, **attributes)

    def rows(self, source: str, width: int, to: str) -> None:
        """Turn maps of (1, 2 * width, h, w) into rows: cell by cell, anchor by anchor."""
        last = self.add("Transpose", source, perm=[0, 2, 3, 1])
        self.add("Reshape", last, self.constant(np.array([-1, width], np.int64)), to=to)

    def finish(self, scores: list[str], edges: FloatArray, points: FloatArray) -> bytes:
        """Output the scores, with the same box and landmarks for each anchor in every cell."""
        outputs = []
        for part, values in enumerate((None, edges, points)):
            width = 1 if values is None else values[0].size
            for scale, score in enumerate(scores):
                name = OUTPUTS[part][scale]
                if values is None:
                    self.rows(score, width, name)
                else:
                    weight = np.zeros((values.size, 2, 1, 1))
                    self.rows(self.conv(score, weight, values.reshape(-1)), width, name)
                # The original declares shapes for 640 by 640, but runs at any size.
                shape = [2 * (640 // STRIDES[scale]) ** 2, width]
                outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        source = helper.make_tensor_value_info("input.1", TensorProto.FLOAT, [1, 3, "?", "?"])
        graph = helper.make_graph(self.nodes, "scrfd", [source], outputs, self.weights)
        opset = [helper.make_opsetid("", 13)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=8)
        return bytes(model.SerializeToString())


def bright() -> bytes:
    """Score a cell by its redness, 0 to 1, for the first anchor, and half that for the second."""
    build = Builder()
    scores = []
    for stride in STRIDES:
        mean = np.zeros((1, 3, stride, stride))
        mean[0, 0] = 1 / stride**2
        red = build.conv("input.1", mean, np.zeros(1), strides=[stride, stride])
        half = np.array([0.5, 0.25])
        scores.append(build.conv(red, half.reshape(2, 1, 1, 1), half))
    return build.finish(scores, EDGES, POINTS)


def likeness(faces: Sequence[tuple[ImageArray, FloatArray]]) -> bytes:
    """Find two faces (pictures and boxes), one per anchor, by the distance of the pixels.

    This replaces a detector in tests of the contract.
    """
    build = Builder()
    pixels = build.conv("input.1", np.full((1, 3, 8, 8), 1 / 192), np.zeros(1), strides=[8, 8])
    square = build.add("Mul", pixels, pixels)
    maps, edges, points = [], [], []
    for image, box in faces:
        left, top, right, bottom = (int(side) for side in np.round(box / 8))
        grey = (image[: 8 * bottom, : 8 * right].mean(axis=2) - 127.5) / 128
        cells = grey.reshape(bottom, 8, right, 8).mean(axis=(1, 3))[top:, left:]
        high, wide = cells.shape
        pads = [high // 2, wide // 2, high - 1 - high // 2, wide - 1 - wide // 2]
        product = build.conv(
            pixels, -2 * cells[None, None], np.array([(cells**2).sum()]), pads=pads
        )
        energy = build.conv(square, np.ones((1, 1, high, wide)), np.zeros(1), pads=pads)
        distance = build.add("Add", product, energy)
        # Mean squared differences of 0, 0.075 and 0.15 give scores of 0.95, 0.5 and 0.05.
        weight = np.full((1, 1, 1, 1), -40 / cells.size)
        maps.append(build.add("Sigmoid", build.conv(distance, weight, np.array([3]))))
        centre = 8 * np.array([left + wide // 2, top + high // 2])
        places = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]])
        edges.append(np.concatenate([centre - box[:2], box[2:] - centre]) / 8)
        points.append((box[:2] + places * (box[2:] - box[:2]) - centre) / 8)
    score = build.add("Concat", *maps, axis=1)
    others = [
        build.conv(score, np.zeros((2, 2, 1, 1)), np.zeros(2), strides=[factor, factor])
        for factor in (2, 4)
    ]
    return build.finish([score, *others], np.stack(edges), np.stack(points))


@contextmanager
def in_place(content: bytes, folder: Path) -> Iterator[None]:
    """Replace the download by a network."""
    (folder / "scrfd.onnx").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    file = replace(SCRFD, digest=digest, size_bytes=len(content))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(
            DETECTORS.built_in, "scrfd", replace(DETECTORS.built_in["scrfd"], files=(file,))
        )
        patch.setenv(ENVIRONMENT_VARIABLE, str(folder))
        yield
