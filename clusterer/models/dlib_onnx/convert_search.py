"""Convert a dlib detector to an ONNX model with the same map of margins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import onnx
from onnx import helper, numpy_helper

from clusterer.core.errors import ModelError
from clusterer.core.types import FloatArray
from clusterer.models.dlib_onnx.convert import fold_affine
from clusterer.models.dlib_onnx.layers import Convolution, Layer, Network, Pair, Relu

INPUT, OUTPUT = "pictures", "margins"
_OPSET, _IR_VERSION = 17, 8  # the oldest possible, for old releases of ONNX Runtime

_BLOCK = 16
"""Channels per block: 16 with AVX-512, 8 without."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Positions of the output's cells in the input.

    Attributes
    ----------
    step_px : from one cell's centre to the next, across and down
    first_px : centre of the first cell, across and down
    smallest_px : width and height of the smallest input that gives a cell
    """

    step_px: Pair
    first_px: Pair
    smallest_px: Pair


def convert_search(network: Network) -> bytes:
    """Write a detector as ONNX.

    Parameters
    ----------
    network : from `read_network`; only convolutions, affine and ReLU layers

    Returns
    -------
    A serialized ONNX model with the input ``pictures``, float32, shape (n, 3, rows, columns),
    centred and scaled, and the output ``margins``, float32, shape (n, 1, cells down, across).

    Raises
    ------
    ModelError
        If it contains another kind of layer.
    """
    nodes, constants, value = [], [], INPUT
    for index, layer in enumerate(_padded(fold_affine(network.layers))):
        name = f"value{index}"
        if isinstance(layer, Relu):
            nodes.append(helper.make_node("Relu", [value], [name]))
        elif isinstance(layer, Convolution):
            kind, weights, padding = _fastest(layer)
            parts = {f"weights{index}": weights, f"bias{index}": layer.bias}
            constants += [numpy_helper.from_array(part, key) for key, part in parts.items()]
            strides, pads = layer.stride, [*padding, *padding]
            nodes.append(
                helper.make_node(kind, [value, *parts], [name], strides=strides, pads=pads)
            )
        else:
            raise _misfit(f"a detector has a layer {type(layer).__name__}")
        value = name
    if not nodes:
        raise _misfit("it has no layers")
    nodes[-1].output[0] = OUTPUT
    pictures = helper.make_tensor_value_info(INPUT, onnx.TensorProto.FLOAT, ["n", 3, "H", "W"])
    margins = helper.make_tensor_value_info(OUTPUT, onnx.TensorProto.FLOAT, ["n", 1, "h", "w"])
    graph = helper.make_graph(nodes, "dlib", [pictures], [margins], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
    model.ir_version = _IR_VERSION
    serialized: bytes = model.SerializeToString(deterministic=True)
    return serialized


def _padded(layers: Sequence[Layer]) -> list[Layer]:
    """Pad with zero filters, and channels for them in the next layer, to whole blocks.

    ONNX Runtime's fast path needs whole blocks: it takes a quarter less time for dlib's 45 filters.
    """
    padded: list[Layer] = []
    more_channels = 0
    last = max((i for i, one in enumerate(layers) if isinstance(one, Convolution)), default=0)
    for index, layer in enumerate(layers):
        if not isinstance(layer, Convolution):
            padded.append(layer)
            continue
        more_filters = -len(layer.bias) % _BLOCK if index < last else 0
        margins = [(0, more_filters), (0, more_channels), (0, 0), (0, 0)]
        padded.append(
            replace(
                layer,
                weights=np.pad(layer.weights, margins),
                bias=np.pad(layer.bias, (0, more_filters)),
            )
        )
        more_channels = more_filters
    return padded


def _fastest(layer: Convolution) -> tuple[str, FloatArray, Pair]:
    """Node type, weights and padding with which ONNX Runtime is fastest.

    With a single filter it copies every window; as a transposed convolution with mirrored weights
    it multiplies first and adds up the shifted products.
    """
    filters, _, rows, columns = layer.weights.shape
    padding = (rows - 1 - layer.padding[0], columns - 1 - layer.padding[1])
    if filters > 1 or layer.stride != (1, 1) or min(padding) < 0:
        return "Conv", layer.weights, layer.padding
    return "ConvTranspose", layer.weights[:, :, ::-1, ::-1].transpose(1, 0, 2, 3).copy(), padding


def grid(network: Network) -> Grid:
    """Positions of the cells of a detector's output in its input."""
    steps, firsts, smallest = [1, 1], [0, 0], [1, 1]
    convolutions = [layer for layer in network.layers if isinstance(layer, Convolution)]
    for layer in reversed(convolutions):
        for axis, dlib_axis in ((0, 1), (1, 0)):  # dlib's are down, across
            window = layer.weights.shape[2 + dlib_axis]
            stride, padding = layer.stride[dlib_axis], layer.padding[dlib_axis]
            steps[axis] *= stride
            firsts[axis] = firsts[axis] * stride + window // 2 - padding
            smallest[axis] = max(1, (smallest[axis] - 1) * stride + window - 2 * padding)
    return Grid((steps[0], steps[1]), (firsts[0], firsts[1]), (smallest[0], smallest[1]))


def _misfit(problem: str) -> ModelError:
    return ModelError(f"A dlib network cannot be converted: {problem}")
