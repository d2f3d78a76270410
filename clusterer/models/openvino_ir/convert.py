"""Convert a network in OpenVINO's IR to an ONNX model with the same output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from clusterer.core.errors import ModelError
from clusterer.models.openvino_ir.read import Layer, read_network, unreadable

INPUT, OUTPUT = "chips", "embeddings"
_OPSET, _IR_VERSION = 17, 8  # the oldest possible, for old releases of ONNX Runtime
_PLANES = 4
"""Dimensions of a picture: batch, channel, row, column."""

Shape = tuple[int, ...]
"""Of a value without the batch."""


def convert(xml: bytes, weights: bytes) -> bytes:
    """Write a network as ONNX.

    A PReLU with one slope becomes a LeakyRelu, one with a slope for each channel a sum of two
    products: ONNX Runtime neither joins PRelu with the convolution before it, nor keeps its own
    layout of pictures across it. For face-reidentification-retail-0095 on one thread: 13.2 ms a
    face with PRelu, 4.5 ms with LeakyRelu; both equal OpenVINO's output to 3e-6.

    Parameters
    ----------
    xml : content of the ``.xml`` file
    weights : content of the ``.bin`` file

    Returns
    -------
    A serialized ONNX model with the input ``chips``, float32, shape (n, channels, rows, columns),
    and the output ``embeddings``, float32, shape (n, d). The same files give the same bytes.

    Raises
    ------
    ModelError
        The files are damaged, or contain a layer that is not supported.
    """
    graph = _Graph()
    for layer in read_network(xml, weights):
        graph.add(layer)
    return graph.serialize()


class _Graph:
    """Builds an ONNX graph layer by layer."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._stored: list[onnx.TensorProto] = []
        self._constants: dict[str, npt.NDArray[Any]] = {}
        self._names: dict[str, str] = {}
        self._shapes: dict[str, Shape] = {}
        self._input: Shape | None = None
        self._output: Shape | None = None
        self._kinds: Mapping[str, Callable[[Layer], None]] = {
            "Parameter": self._parameter,
            "Const": self._constant,
            "Convert": self._convert,
            "Convolution": self._convolve,
            "GroupConvolution": self._convolve,
            "Add": self._combine,
            "Multiply": self._combine,
            "PReLU": self._rectify,
            "Sigmoid": self._sigmoid,
            "AvgPool": self._average,
            "Result": self._result,
        }

    def add(self, layer: Layer) -> None:
        """Append a layer."""
        if layer.kind not in self._kinds:
            raise unreadable(f"the layer {layer.id} is of the kind {layer.kind}, not supported")
        self._kinds[layer.kind](layer)

    def serialize(self) -> bytes:
        """Return the model."""
        if self._input is None or self._output is None:
            raise unreadable("it has no input or no output")
        floats = onnx.TensorProto.FLOAT
        chips = helper.make_tensor_value_info(INPUT, floats, ["n", *self._input])
        size = int(np.prod(self._output))
        embeddings = helper.make_tensor_value_info(OUTPUT, floats, ["n", size])
        graph = helper.make_graph(self._nodes, "openvino", [chips], [embeddings], self._stored)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
        model.ir_version = _IR_VERSION
        serialized: bytes = model.SerializeToString(deterministic=True)
        return serialized

    def _parameter(self, layer: Layer) -> None:
        shape = layer.numbers("shape")
        if self._input is not None or len(shape) != _PLANES or min(shape) < 1:
            raise unreadable("its input is not one picture")
        self._input = shape[1:]
        self._names[layer.id], self._shapes[layer.id] = INPUT, self._input

    def _constant(self, layer: Layer) -> None:
        if layer.constant is not None:
            self._constants[layer.id] = layer.constant

    def _convert(self, layer: Layer) -> None:
        (source,) = self._inputs(layer, 1)
        self._constants[layer.id] = self._weights(layer, source)

    def _convolve(self, layer: Layer) -> None:
        source, filters = self._inputs(layer, 2)
        weights, groups = self._weights(layer, filters), 1
        if layer.kind == "GroupConvolution":
            groups = weights.shape[0]
            weights = weights.reshape(-1, *weights.shape[2:])
        self._check_padding(layer)
        channels, *size = self._shape(layer, source)
        if weights.ndim != _PLANES or weights.shape[1] * groups != channels:
            raise self._misfit(layer)
        window, strides = weights.shape[2:], layer.numbers("strides")
        pads, dilations = self._pads(layer), layer.numbers("dilations")
        reach = tuple((side - 1) * by + 1 for side, by in zip(window, dilations, strict=True))
        self._add(
            layer,
            (weights.shape[0], *self._size_after(layer, size, reach)),
            "Conv",
            self._names[source],
            self._store(weights),
            kernel_shape=window,
            strides=strides,
            pads=pads,
            dilations=dilations,
            group=groups,
        )

    def _combine(self, layer: Layer) -> None:
        """Add or multiply, the smaller of the two broadcast as by NumPy."""
        if layer.data.get("auto_broadcast", "numpy") != "numpy":
            raise unreadable(f"the layer {layer.id} ({layer.kind}) is not broadcast as by NumPy")
        sides, shapes = [], []
        for source in self._inputs(layer, 2):
            if source in self._names:
                sides.append(self._names[source])
                shapes.append(self._shapes[source])
                continue
            values = self._weights(layer, source)
            if values.ndim == _PLANES and values.shape[0] == 1:
                values = values[0]
            sides.append(self._store(values))
            shapes.append(values.shape)
        try:
            shape = np.broadcast_shapes(*shapes)
        except ValueError:
            raise self._misfit(layer) from None
        self._add(layer, shape, {"Add": "Add", "Multiply": "Mul"}[layer.kind], *sides)

    def _rectify(self, layer: Layer) -> None:
        source, slopes = self._inputs(layer, 2)
        slope, shape = self._weights(layer, slopes).ravel(), self._shape(layer, source)
        name = self._names[source]
        if slope.size == 1:
            self._add(layer, shape, "LeakyRelu", name, alpha=float(slope[0]))
            return
        if slope.size != shape[0]:
            raise self._misfit(layer)
        each = slope.reshape(-1, 1, 1)
        whole = self._node("Mul", name, self._store(each))
        rest = self._node("Mul", self._node("Relu", name), self._store(1 - each))
        self._add(layer, shape, "Add", whole, rest)

    def _sigmoid(self, layer: Layer) -> None:
        (source,) = self._inputs(layer, 1)
        self._add(layer, self._shape(layer, source), "Sigmoid", self._names[source])

    def _average(self, layer: Layer) -> None:
        (source,) = self._inputs(layer, 1)
        channels, *size = self._shape(layer, source)
        self._check_padding(layer)
        window, pads = layer.numbers("kernel"), self._pads(layer)
        if any(pads) or layer.data.get("rounding_type", "floor") != "floor":
            raise unreadable(f"the layer {layer.id} (AvgPool) has padding or rounds up")
        name = self._names[source]
        after = (channels, *self._size_after(layer, size, window))
        if tuple(size) == window:
            self._add(layer, after, "GlobalAveragePool", name)
            return
        strides = layer.numbers("strides")
        self._add(layer, after, "AveragePool", name, kernel_shape=window, strides=strides)

    def _result(self, layer: Layer) -> None:
        (source,) = self._inputs(layer, 1)
        if self._output is not None:
            raise unreadable("it has several outputs")
        self._output = self._shape(layer, source)
        self._nodes.append(helper.make_node("Flatten", [self._names[source]], [OUTPUT]))

    def _size_after(self, layer: Layer, size: list[int], reach: Shape) -> Shape:
        """Rows and columns of a window's output, rounded down."""
        pads, strides = self._pads(layer), layer.numbers("strides")
        if len(strides) != 2 or len(reach) != 2 or min(*strides, *reach) < 1:
            raise self._misfit(layer)
        after = tuple(
            (size[axis] + pads[axis] + pads[axis + 2] - reach[axis]) // strides[axis] + 1
            for axis in (0, 1)
        )
        if min(after) < 1:
            raise self._misfit(layer)
        return after

    @staticmethod
    def _pads(layer: Layer) -> Shape:
        pads = (*layer.numbers("pads_begin"), *layer.numbers("pads_end"))
        if len(pads) != 4 or min(pads) < 0:
            raise unreadable(f"the layer {layer.id} ({layer.kind}) has the padding {pads}")
        return pads

    @staticmethod
    def _check_padding(layer: Layer) -> None:
        how = layer.data.get("auto_pad", "explicit")
        if how not in {"explicit", "valid"}:
            raise unreadable(f"the layer {layer.id} ({layer.kind}) has the padding {how!r}")

    def _inputs(self, layer: Layer, count: int) -> tuple[str, ...]:
        if len(layer.inputs) != count:
            raise unreadable(
                f"the layer {layer.id} ({layer.kind}) has {len(layer.inputs)} inputs, not {count}"
            )
        return layer.inputs

    def _weights(self, layer: Layer, source: str) -> npt.NDArray[Any]:
        """Constant that a layer takes, float32."""
        if source not in self._constants:
            raise unreadable(f"the layer {layer.id} ({layer.kind}) takes no constant")
        return self._constants[source].astype(np.float32)

    def _shape(self, layer: Layer, source: str) -> Shape:
        """Shape of a value that a layer takes."""
        if source not in self._shapes:
            raise unreadable(f"the layer {layer.id} ({layer.kind}) takes a constant")
        return self._shapes[source]

    def _store(self, values: npt.NDArray[Any]) -> str:
        name = f"constant{len(self._stored)}"
        self._stored.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"{kind.lower()}{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def _add(self, layer: Layer, shape: Shape, kind: str, *inputs: str, **attributes: Any) -> None:
        """Append the last node of a layer, whose value has this shape."""
        self._names[layer.id] = self._node(kind, *inputs, **attributes)
        self._shapes[layer.id] = shape

    @staticmethod
    def _misfit(layer: Layer) -> ModelError:
        return unreadable(f"the layer {layer.id} ({layer.kind}) does not fit those before it")
