"""Reads networks that dlib has serialized (``.dat``).

The file: integer 1, the loss, one version number per layer (outermost layer first), the input
layer, then every layer's contents (innermost first). Source: dlib/dnn/core.h and layers.h of dlib
19 and 20. Only the kinds that the recognition network has are known; a loss, an input or a layer
more is a function and an entry in `_LOSSES`, `_INPUTS` or `_LAYERS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from clusterer.encoding.dlib_onnx.serial import Reader, Shape
from clusterer.types import FloatArray

Pair = tuple[int, int]
T = TypeVar("T")

# The version numbers tell the kinds of layer apart. A number above them is the length of the input
# layer's name, which follows the last of them.
_MARK, _COMPUTING, _INNERMOST = 1, 2, 3


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """Cross-correlation and bias.

    Attributes
    ----------
    weights : array of shape (filters, channels, rows, columns), float32
    bias : array of shape (filters,), float32
    stride, padding : down and across, px
    """

    weights: FloatArray
    bias: FloatArray
    stride: Pair
    padding: Pair


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """Per channel, x → gamma · x + beta.

    Attributes
    ----------
    gamma, beta : arrays of shape (channels,), float32
    """

    gamma: FloatArray
    beta: FloatArray


@dataclass(frozen=True, slots=True)
class Relu:
    """Negative values become 0."""


@dataclass(frozen=True, slots=True)
class MaxPool:
    """Largest value of a window.

    Attributes
    ----------
    window, stride, padding : down and across, px
    """

    window: Pair
    stride: Pair
    padding: Pair


@dataclass(frozen=True, slots=True)
class MeanPool:
    """Mean of a window; (0, 0) is the whole picture.

    Attributes
    ----------
    window, stride, padding : down and across, px
    """

    window: Pair
    stride: Pair
    padding: Pair


@dataclass(frozen=True, slots=True)
class Mark:
    """A tag, or a skip back to one: the file does not say which, their order does."""


@dataclass(frozen=True, slots=True)
class AddTagged:
    """Adds what a tag keeps; the smaller of the two is padded with zeros at its end."""


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """Matrix product without bias.

    Attributes
    ----------
    weights : array of shape (inputs, outputs), float32
    """

    weights: FloatArray


Layer = Convolution | Affine | Relu | MaxPool | MeanPool | Mark | AddTagged | Dense


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A whole network.

    Attributes
    ----------
    mean : red, green and blue, subtracted from the picture before it is divided by 256
    size_px : rows and columns of the picture
    layers : from the input to the output
    """

    mean: tuple[float, float, float]
    size_px: Pair
    layers: tuple[Layer, ...]


def read_network(data: bytes) -> Network:
    """Read a whole ``.dat`` file.

    Parameters
    ----------
    data : its content

    Raises
    ------
    ModelError
        If the bytes are no dlib network, one with layers that are not known here, or if any byte
        is left over.
    """
    reader = Reader(data)
    version = reader.read_int()
    if version != 1:
        raise reader.damaged(f"the file has version {version}, not 1")
    _choose(reader, _LOSSES, "loss")
    versions = []
    while reader.peek_int() in (_MARK, _COMPUTING, _INNERMOST):
        versions.append(reader.read_int())
    mean, size_px = _choose(reader, _INPUTS, "input")
    layers = tuple(_read_layer(reader, version) for version in reversed(versions))
    if reader.left:
        raise reader.damaged(f"{reader.left} bytes are left over")
    return Network(mean, size_px, layers)


def _choose(reader: Reader, table: Mapping[str, Callable[[Reader], T]], what: str) -> T:
    """Read a name, then what the table has for it."""
    name = reader.read_string()
    if name not in table:
        raise reader.damaged(f"unknown {what} {name[:40]!r}")
    return table[name](reader)


def _read_layer(reader: Reader, version: int) -> Layer:
    if version == _MARK:
        return Mark()
    layer = _choose(reader, _LAYERS, "layer")
    for _ in range(3):  # set up, gradient is stale, output is disabled
        reader.read_bool()
    for _ in range(3):  # gradient, cached output, gradient of the parameters
        reader.read_tensor()
    if version == _INNERMOST:
        reader.read_int()  # pictures per sample
    return layer


def _read_window(reader: Reader) -> tuple[Pair, Pair, Pair]:
    """Window, stride and padding."""
    window, stride, padding = reader.read_pair(), reader.read_pair(), reader.read_pair()
    if 0 in stride:
        raise reader.damaged("a window moves by 0")
    return window, stride, padding


def _read_parts(reader: Reader, values: FloatArray, shapes: list[Shape]) -> list[FloatArray]:
    """Cut a layer's parameters, which lie in one tensor, into its parts."""
    ends = [0]
    for shape in shapes:
        ends.append(ends[-1] + math.prod(shape))
    if ends[-1] != values.size:
        raise reader.damaged(f"{values.size} parameters, {ends[-1]} wanted")
    flat = values.reshape(-1)
    return [
        flat[start:end].reshape(shape)
        for start, end, shape in zip(ends, ends[1:], shapes, strict=False)
    ]


def _read_metric_loss(reader: Reader) -> None:
    reader.read_float()  # margin
    reader.read_float()  # distance threshold


def _read_sized_rgb_input(reader: Reader) -> tuple[tuple[float, float, float], Pair]:
    mean = (reader.read_float(), reader.read_float(), reader.read_float())
    return mean, reader.read_pair()


def _read_convolution(reader: Reader) -> Convolution:
    values = reader.read_tensor()
    filters = reader.read_int()
    window, stride, padding = _read_window(reader)
    shapes = [reader.read_alias(), reader.read_alias()]
    for _ in range(4):  # learning rates and weight decays
        reader.read_float()
    weights, bias = _read_parts(reader, values, shapes)
    if (weights.shape[0], weights.shape[2:], bias.size) != (filters, window, filters):
        raise reader.damaged(f"{filters} filters of {window} do not fit {weights.shape}")
    return Convolution(weights, bias.reshape(-1), stride, padding)


def _read_affine(reader: Reader) -> Affine:
    values = reader.read_tensor()
    shapes = [reader.read_alias(), reader.read_alias()]
    mode = reader.read_int()
    if mode != 0:
        raise reader.damaged(f"an affine layer has mode {mode}, not 0 (per channel)")
    gamma, beta = (part.reshape(-1) for part in _read_parts(reader, values, shapes))
    if gamma.size != beta.size:
        raise reader.damaged(f"{gamma.size} scales and {beta.size} offsets")
    return Affine(gamma, beta)


def _read_dense(reader: Reader) -> Dense:
    outputs, inputs = reader.read_pair()
    values = reader.read_tensor()
    shape = reader.read_alias()
    reader.read_alias()  # of the bias
    mode = reader.read_int()
    for _ in range(4):  # learning rates and weight decays
        reader.read_float()
    if mode != 1:
        raise reader.damaged(f"a dense layer has mode {mode}, not 1 (no bias)")
    (weights,) = _read_parts(reader, values, [shape])
    if weights.size != inputs * outputs:
        raise reader.damaged(f"{weights.size} weights do not make {inputs} by {outputs}")
    return Dense(weights.reshape(inputs, outputs))


_LOSSES: dict[str, Callable[[Reader], None]] = {"loss_metric_2": _read_metric_loss}

_INPUTS: dict[str, Callable[[Reader], tuple[tuple[float, float, float], Pair]]] = {
    "input_rgb_image_sized": _read_sized_rgb_input,
}

_LAYERS: dict[str, Callable[[Reader], Layer]] = {
    "con_4": _read_convolution,
    "affine_": _read_affine,
    "relu_": lambda _: Relu(),
    "max_pool_2": lambda reader: MaxPool(*_read_window(reader)),
    "avg_pool_2": lambda reader: MeanPool(*_read_window(reader)),
    "add_prev_": lambda _: AddTagged(),
    "fc_2": _read_dense,
}
