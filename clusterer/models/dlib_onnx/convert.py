"""Convert a dlib network to an ONNX model with the same output.

Undocumented behaviour of dlib, found by comparing outputs: sizes are rounded down; a skip that
directly follows a tag goes back to the previous tag, which makes the shortcut of a residual block;
if the two sides of such a block differ in size, the smaller is padded with zeros at its end, in
channels, rows and columns, and a mean over the picture includes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, assert_never

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from clusterer.core.errors import ModelError
from clusterer.models.dlib_onnx.layers import (
    AddTagged,
    Affine,
    Convolution,
    Dense,
    Layer,
    Mark,
    MaxPool,
    MeanPool,
    Network,
    Pair,
    Relu,
)

INPUT, OUTPUT = "chips", "embeddings"
_OPSET, _IR_VERSION = 17, 8  # the oldest possible, for old releases of ONNX Runtime
_SCALE = 256.0  # dlib's input layer divides by 256, not 255


def convert(network: Network) -> bytes:
    """Write a network as ONNX.

    Parameters
    ----------
    network : from `read_network`

    Returns
    -------
    A serialized ONNX model with the input ``chips``, uint8, shape (n, rows, columns, 3), RGB, and
    the output ``embeddings``, float32, shape (n, d). The same network gives the same bytes.

    Raises
    ------
    ModelError
        If the layers do not fit together.
    """
    graph = _Graph(network)
    for layer in fold_affine(network.layers):
        graph.add(layer)
    return graph.serialize()


def fold_affine(layers: Sequence[Layer]) -> list[Layer]:
    """Merge every affine layer into the convolution before it, computed in float64.

    Raises
    ------
    ModelError
        If an affine layer does not follow a convolution with the same number of filters.
    """
    folded: list[Layer] = []
    for layer in layers:
        if not isinstance(layer, Affine):
            folded.append(layer)
            continue
        before = folded.pop() if folded else None
        if not isinstance(before, Convolution) or before.bias.shape != layer.gamma.shape:
            raise _misfit("an affine layer does not follow a convolution of its size")
        gamma = layer.gamma.astype(np.float64)
        weights = before.weights * gamma[:, None, None, None]
        bias = before.bias * gamma + layer.beta
        folded.append(
            replace(before, weights=weights.astype(np.float32), bias=bias.astype(np.float32))
        )
    return folded


@dataclass(frozen=True, slots=True)
class _Value:
    """A named tensor of the graph, and its shape without the batch."""

    name: str
    shape: tuple[int, int, int]


class _Graph:
    """Builds an ONNX graph layer by layer."""

    def __init__(self, network: Network) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._tags: list[_Value] = []
        self._after_mark = False
        if network.size_px is None:
            raise _misfit("its input has no size")
        self._input_shape = (*network.size_px, 3)
        floats = self._node("Cast", INPUT, to=onnx.TensorProto.FLOAT)
        planes = self._node("Transpose", floats, perm=[0, 3, 1, 2])
        mean = np.array(network.mean, np.float32).reshape(1, 3, 1, 1)
        centred = self._node("Sub", planes, self._constant(mean))
        scaled = self._node("Mul", centred, self._constant(np.array(1 / _SCALE, np.float32)))
        self._value = _Value(scaled, (3, *network.size_px))

    def add(self, layer: Layer) -> None:
        """Append a layer."""
        match layer:
            case Convolution():
                self._convolve(layer)
            case Relu():
                self._value = replace(self._value, name=self._node("Relu", self._value.name))
            case MaxPool():
                self._pool("MaxPool", layer)
            case MeanPool(window=(0, 0)):
                name = self._node("GlobalAveragePool", self._value.name)
                self._value = _Value(name, (self._value.shape[0], 1, 1))
            case MeanPool():
                self._pool("AveragePool", layer)
            case Mark():
                self._mark()
            case AddTagged():
                self._add_tagged()
            case Dense():
                self._multiply(layer)
            case Affine():
                raise _misfit("an affine layer was not merged")
            case _:
                assert_never(layer)
        self._after_mark = isinstance(layer, Mark) and not self._after_mark

    def serialize(self) -> bytes:
        """Return the model, with the last value as its output."""
        self._node("Flatten", self._value.name, result=OUTPUT)
        channels, rows, columns = self._value.shape
        chips = helper.make_tensor_value_info(
            INPUT, onnx.TensorProto.UINT8, ["n", *self._input_shape]
        )
        embeddings = helper.make_tensor_value_info(
            OUTPUT, onnx.TensorProto.FLOAT, ["n", channels * rows * columns]
        )
        graph = helper.make_graph(self._nodes, "dlib", [chips], [embeddings], self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
        model.ir_version = _IR_VERSION
        serialized: bytes = model.SerializeToString(deterministic=True)
        return serialized

    def _constant(self, array: npt.NDArray[Any]) -> str:
        name = f"constant{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def _node(self, kind: str, *inputs: str, result: str = "", **attributes: Any) -> str:
        name = result or f"{kind.lower()}{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def _convolve(self, layer: Convolution) -> None:
        filters, channels, *window = layer.weights.shape
        if channels != self._value.shape[0]:
            raise _misfit(f"a convolution takes {channels} channels, not {self._value.shape[0]}")
        size = self._size_after((window[0], window[1]), layer.stride, layer.padding)
        name = self._node(
            "Conv",
            self._value.name,
            self._constant(layer.weights),
            self._constant(layer.bias),
            kernel_shape=window,
            strides=layer.stride,
            pads=[*layer.padding, *layer.padding],
        )
        self._value = _Value(name, (filters, *size))

    def _pool(self, kind: str, layer: MaxPool | MeanPool) -> None:
        if layer.padding != (0, 0):  # dlib and ONNX treat the border differently
            raise _misfit(f"a pool has padding {layer.padding}")
        size = self._size_after(layer.window, layer.stride, layer.padding)
        name = self._node(kind, self._value.name, kernel_shape=layer.window, strides=layer.stride)
        self._value = _Value(name, (self._value.shape[0], *size))

    def _size_after(self, window: Pair, stride: Pair, padding: Pair) -> Pair:
        _, *size = self._value.shape
        down, across = (
            (size[axis] + 2 * padding[axis] - window[axis]) // stride[axis] + 1 for axis in (0, 1)
        )
        if 0 in window or down < 1 or across < 1:
            raise _misfit(f"a window of {window} does not fit a picture of {tuple(size)}")
        return down, across

    def _mark(self) -> None:
        if not self._after_mark:
            self._tags.append(self._value)
            return
        if len(self._tags) < 2:
            raise _misfit("a skip has no tag to return to")
        self._value = self._tags[-2]

    def _add_tagged(self) -> None:
        if not self._tags:
            raise _misfit("there is no tagged value to add")
        sides = (self._value, self._tags[-1])
        channels, rows, columns = (
            max(sizes) for sizes in zip(*(side.shape for side in sides), strict=True)
        )
        shape = (channels, rows, columns)
        name = self._node("Add", *(self._padded(side, shape) for side in sides))
        self._value = _Value(name, shape)

    def _padded(self, value: _Value, shape: tuple[int, int, int]) -> str:
        if value.shape == shape:
            return value.name
        missing = [want - have for want, have in zip(shape, value.shape, strict=True)]
        return self._node("Pad", value.name, self._constant(np.array([0] * 5 + missing, np.int64)))

    def _multiply(self, layer: Dense) -> None:
        inputs, outputs = layer.weights.shape
        if inputs != np.prod(self._value.shape):
            raise _misfit(f"a dense layer takes {inputs} values, not {self._value.shape}")
        flat = self._node("Flatten", self._value.name)
        name = self._node("MatMul", flat, self._constant(layer.weights))
        self._value = _Value(name, (outputs, 1, 1))


def _misfit(problem: str) -> ModelError:
    return ModelError(f"A dlib network cannot be converted: {problem}")
