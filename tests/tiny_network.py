"""Small networks, with cards, whose embeddings depend on the chips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from clusterer.faces.encoding.card import Card, to_toml

CARD = Card(size_px=32, alignment="five-point", dimension=24, metric="cosine", threshold=0.2)


def tensor(name: str, values: np.ndarray) -> TensorProto:
    return numpy_helper.from_array(values, name)


def network(card: Card, *, batch: int | str = "n", seed: int = 0) -> onnx.ModelProto:
    """Input, eight filters of 7x7, averages of a 4x4 grid, and a matrix, with random weights."""
    random = np.random.default_rng(seed)
    side, dimension = card.size_px, card.dimension
    shape = [batch, side, side, side]
    shape[1 if card.layout == "NCHW" else 3] = 3
    is_bytes = card.dtype == "uint8"
    stride = max(1, side // 32)
    filters = random.normal(size=(8, 3, 7, 7)).astype(np.float32)
    filters -= filters.mean(axis=(1, 2, 3), keepdims=True)
    if card.channels == "BGR":
        filters = filters[:, ::-1]
    spread = 1.0 if is_bytes else 1 / np.mean(card.scale)  # grey levels of one unit of input
    filters *= np.float32(0.01 * spread)
    pixels = "pixels"
    nodes = []
    if is_bytes:
        nodes.append(helper.make_node("Cast", [pixels], ["real"], to=TensorProto.FLOAT))
        pixels = "real"
    if card.layout == "NHWC":
        nodes.append(helper.make_node("Transpose", [pixels], ["nchw"], perm=[0, 3, 1, 2]))
        pixels = "nchw"
    pooled = ((side - 7) // stride + 1) // 4
    nodes += [
        helper.make_node("Conv", [pixels, "filters"], ["seen"], strides=[stride, stride]),
        helper.make_node("Relu", ["seen"], ["lit"]),
        helper.make_node(
            "AveragePool", ["lit"], ["grid"], kernel_shape=[pooled] * 2, strides=[pooled] * 2
        ),
        helper.make_node("Flatten", ["grid"], ["flat"]),
        helper.make_node("MatMul", ["flat", "matrix"], ["embedding"]),
    ]
    cells = ((side - 7) // stride + 1 - pooled) // pooled + 1
    matrix = random.normal(size=(8 * cells**2, dimension)).astype(np.float32)
    kind = TensorProto.UINT8 if is_bytes else TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("pixels", kind, shape)],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [batch, dimension])],
        [tensor("filters", np.ascontiguousarray(filters)), tensor("matrix", matrix)],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def write_network(path: Path, card: Card = CARD, *, batch: int | str = "n", seed: int = 0) -> str:
    """Write a network and its card; return the name of the encoder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(network(card, batch=batch, seed=seed).SerializeToString())
    path.with_suffix(".toml").write_text(to_toml(card), "utf-8")
    return f"onnx:{path}"
