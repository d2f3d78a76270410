"""A detector's network as ONNX."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest

from clusterer.core.errors import ModelError
from clusterer.models.dlib_onnx.convert_search import INPUT, OUTPUT, convert_search, grid
from clusterer.models.dlib_onnx.dat import read_network
from clusterer.models.dlib_onnx.layers import (
    Affine,
    Convolution,
    Layer,
    MaxPool,
    Network,
    Relu,
    Search,
)
from tests.models.dlib_onnx import dlib_bytes as write


def network(*layers: Layer) -> Network:
    return Network((0, 0, 0), None, layers, Search((80, 80), 0.5, 1.0))


def conv(filters: int, channels: int, side: int, stride: int, padding: int) -> Convolution:
    random = np.random.default_rng(filters)
    weights = random.normal(size=(filters, channels, side, side)).astype(np.float32)
    bias = random.normal(size=filters).astype(np.float32)
    return Convolution(weights, bias, (stride, stride), (padding, padding))


def slow(layer: Convolution, planes: np.ndarray) -> np.ndarray:
    (down, across), (rows, columns) = layer.padding, layer.weights.shape[2:]
    planes = np.pad(planes, [(0, 0), (down, down), (across, across)])
    windows = np.lib.stride_tricks.sliding_window_view(planes, (rows, columns), axis=(1, 2))
    windows = windows[:, :: layer.stride[0], :: layer.stride[1]]
    return np.einsum("cyxrs,fcrs->fyx", windows, layer.weights) + layer.bias[:, None, None]


def run(model: bytes, planes: np.ndarray) -> np.ndarray:
    onnx.checker.check_model(onnx.load_model_from_string(model), full_check=True)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return np.asarray(session.run([OUTPUT], {INPUT: planes[None]})[0])[0]


def test_output_equals_the_definition() -> None:
    first, second, last = conv(5, 3, 5, 2, 0), conv(17, 5, 3, 1, 1), conv(1, 17, 9, 1, 4)
    gamma, beta = np.arange(1, 6, dtype=np.float32), np.ones(5, np.float32)
    model = convert_search(network(first, Affine(gamma, beta), Relu(), second, Relu(), last))
    planes = np.random.default_rng(1).normal(size=(3, 31, 40)).astype(np.float32)
    value = gamma[:, None, None] * slow(first, planes) + 1
    value = slow(last, np.maximum(slow(second, np.maximum(value, 0)), 0))
    np.testing.assert_allclose(run(model, planes), value, rtol=1e-4, atol=0.01)


def test_grid_by_hand() -> None:
    five = conv(3, 3, 5, 2, 0)
    result = grid(network(five, Relu(), five, five, conv(1, 3, 9, 1, 4)))
    assert (result.step_px, result.first_px, result.smallest_px) == ((8, 8), (14, 14), (29, 29))


def test_another_kind_of_layer() -> None:
    with pytest.raises(ModelError, match="a detector has a layer MaxPool"):
        convert_search(network(MaxPool((2, 2), (2, 2), (0, 0))))
    with pytest.raises(ModelError, match="it has no layers"):
        convert_search(network())


def dat(version: int = 1, variance: float = 3.75) -> bytes:
    """One batch norm: scale 4, shift 1, mean 2, a floor of 1/4 under the variance."""
    one = (1, 1, 1, 1)
    norm = (
        write.string("bn_con2")
        + write.tensor([4, 1], (2, 1, 1, 1))
        + write.alias(*one) * 2
        + write.EMPTY * 2
        + write.tensor([2], one)
        + write.tensor([variance], one)
        + write.integers(5, 1000)
        + write.RATES
        + write.real(1, -2)
    )
    loss = write.string("loss_mmod_") + write.integers(version, 80, 70)
    loss += write.real(1) * 3 + write.real(3, -3) + write.real(1) + write.real(1) * 2
    head = write.integer(1) + loss + write.integer(3)
    mean = write.real(122) + write.real(117) + write.real(104)
    tail = b"000" + write.EMPTY * 3 + write.integer(1)
    return head + write.string("input_rgb_image_pyramid") + mean + norm + tail


def test_reads_a_detector() -> None:
    result = read_network(dat())
    assert (result.mean, result.size_px) == ((122, 117, 104), None)
    assert result.search == Search((80, 70), 0.375, 1.0)
    (layer,) = result.layers
    assert isinstance(layer, Affine)
    assert (layer.gamma.tolist(), layer.beta.tolist()) == ([2], [-3])  # 4 / 2, and 1 - 2 x 2


def test_unsupported_detectors_are_refused() -> None:
    with pytest.raises(ModelError, match="loss has version 3"):
        read_network(dat(version=3))
    with pytest.raises(ModelError, match="variance is not positive"):
        read_network(dat(variance=-1))
