"""Read networks that dlib has serialized (``.dat``).

The file: integer 1, the loss, one version number per layer (outermost layer first), the input
layer, then every layer's contents (innermost first). Source: dlib/dnn/core.h and layers.h of dlib
19 and 20. Supports the recognition network and the face detector; another loss, input or layer
needs a function and an entry in `_LOSSES`, `_INPUTS` or `_LAYERS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np

from clusterer.core.types import FloatArray
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
    Search,
)
from clusterer.models.dlib_onnx.serial import Reader, Shape

Mean = tuple[float, float, float]
T = TypeVar("T")

# The version numbers identify the kind of layer. A larger number is the length of the input layer's
# name, which follows the last of them.
_MARK, _COMPUTING, _INNERMOST = 1, 2, 3


def read_network(data: bytes) -> Network:
    """Read a whole ``.dat`` file.

    Parameters
    ----------
    data : its content

    Raises
    ------
    ModelError
        If the bytes are not a dlib network, contain unsupported layers, or continue after it.
    """
    reader = Reader(data)
    version = reader.read_int()
    if version != 1:
        raise reader.damaged(f"the file has version {version}, not 1")
    search = _choose(reader, _LOSSES, "loss")
    versions = []
    while reader.peek_int() in (_MARK, _COMPUTING, _INNERMOST):
        versions.append(reader.read_int())
    mean, size_px = _choose(reader, _INPUTS, "input")
    layers = tuple(_read_layer(reader, version) for version in reversed(versions))
    if reader.left:
        raise reader.damaged(f"{reader.left} bytes are left over")
    return Network(mean, size_px, layers, search)


def _choose(reader: Reader, table: Mapping[str, Callable[[Reader], T]], kind: str) -> T:
    """Read a name, then call the table's entry for it."""
    name = reader.read_string()
    if name not in table:
        raise reader.damaged(f"unknown {kind} {name[:40]!r}")
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
    """Split a layer's parameters, stored in one tensor, into its parts."""
    ends = [0]
    for shape in shapes:
        ends.append(ends[-1] + math.prod(shape))
    if ends[-1] != values.size:
        raise reader.damaged(f"{values.size} parameters, {ends[-1]} expected")
    flat = values.reshape(-1)
    return [
        flat[start:end].reshape(shape)
        for start, end, shape in zip(ends, ends[1:], shapes, strict=False)
    ]


def _read_metric_loss(reader: Reader) -> None:
    reader.read_float()  # margin
    reader.read_float()  # distance threshold


def _read_detector_loss(reader: Reader) -> Search:
    version = reader.read_int()
    if version != 1:
        raise reader.damaged(f"a detector's loss has version {version}, not 1")
    window_px = reader.read_pair()
    for _ in range(3):  # losses per false alarm and per miss, overlap of a match
        reader.read_float()
    max_overlap, max_covered = reader.read_float(), reader.read_float()
    for _ in range(2):  # likewise, of boxes to ignore in training
        reader.read_float()
    return Search(window_px, max_overlap, max_covered)


def _read_mean(reader: Reader) -> Mean:
    return reader.read_float(), reader.read_float(), reader.read_float()


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


def _read_batch_norm(reader: Reader) -> Affine:
    """Read a batch norm layer; with fixed statistics it is affine."""
    values = reader.read_tensor()
    shapes = [reader.read_alias(), reader.read_alias()]
    for _ in range(2):  # means and inverse deviations of the last batch
        reader.read_tensor()
    mean, variance = (reader.read_tensor().reshape(-1).astype(np.float64) for _ in range(2))
    for _ in range(2):  # updates so far, window of the statistics
        reader.read_int()
    for _ in range(4):  # learning rates and weight decays
        reader.read_float()
    floor = reader.read_float()
    scale, shift = (part.reshape(-1) for part in _read_parts(reader, values, shapes))
    if not scale.size == shift.size == mean.size == variance.size:
        raise reader.damaged(f"{mean.size} means do not fit {scale.size} scales")
    if not (variance + floor > 0).all():
        raise reader.damaged("a variance is not positive")
    gamma = scale / np.sqrt(variance + floor)
    return Affine(gamma.astype(np.float32), (shift - gamma * mean).astype(np.float32))


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


_LOSSES: dict[str, Callable[[Reader], Search | None]] = {
    "loss_metric_2": _read_metric_loss,
    "loss_mmod_": _read_detector_loss,
}

_INPUTS: dict[str, Callable[[Reader], tuple[Mean, Pair | None]]] = {
    "input_rgb_image_sized": lambda reader: (_read_mean(reader), reader.read_pair()),
    "input_rgb_image_pyramid": lambda reader: (_read_mean(reader), None),
}

_LAYERS: dict[str, Callable[[Reader], Layer]] = {
    "con_4": _read_convolution,
    "affine_": _read_affine,
    "bn_con2": _read_batch_norm,
    "relu_": lambda _: Relu(),
    "max_pool_2": lambda reader: MaxPool(*_read_window(reader)),
    "avg_pool_2": lambda reader: MeanPool(*_read_window(reader)),
    "add_prev_": lambda _: AddTagged(),
    "fc_2": _read_dense,
}
