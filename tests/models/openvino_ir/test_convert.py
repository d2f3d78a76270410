from __future__ import annotations

import re

import numpy as np
import onnx
import onnxruntime
import pytest

from clusterer.core.errors import ModelError
from clusterer.models.openvino_ir.convert import INPUT, OUTPUT, convert
from tests.models.openvino_ir.ir import MODELS, RETAIL, Net

SQUARE = [[1.0, 2.0], [3.0, 4.0]]


def run_model(model: bytes, pictures: np.ndarray) -> np.ndarray:
    onnx.checker.check_model(onnx.load_model_from_string(model), full_check=True)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (result,) = session.run([OUTPUT], {INPUT: pictures.astype(np.float32)})
    return result


def run(net: Net, last: str, *planes: object) -> list[float]:
    net.layer("Result", last)
    (result,) = run_model(convert(net.xml, net.weights), np.array([planes]))
    return result.tolist()


@pytest.mark.parametrize(
    ("weights", "data", "expected"),
    [
        ([[[[2]]]], {}, [2, 4, 6, 8]),
        ([[[[1, 10], [100, 1000]]]], {}, [4321]),
        ([[[[1]]]], {"strides": "2, 2"}, [1]),
        ([[[[0, 0, 0], [0, 1, 0], [0, 0, 0]]]], {"pads_begin": "1, 1", "pads_end": "1, 1"},
         [1, 2, 3, 4]),
        ([[[[1, 1]]]], {"pads_begin": "0, 1"}, [1, 3, 3, 7]),
        ([[[[1, 10]]]], {"dilations": "1, 2", "pads_end": "0, 1"}, [1, 3]),
        ([[[[1]]], [[[-1]]]], {}, [1, 2, 3, 4, -1, -2, -3, -4]),
    ],
)  # fmt: skip
def test_convolutions_by_hand(weights: object, data: dict, expected: list[float]) -> None:
    net = Net()
    assert run(net, net.convolution(net.picture(1, 2, 2), weights, **data), SQUARE) == expected


def test_groups() -> None:
    net = Net()
    each = [[[[[10]]]], [[[[100]]]]]
    last = net.convolution(net.picture(2, 1, 2), each, "GroupConvolution")
    assert run(net, last, [[1, 2]], [[3, 4]]) == [10, 20, 300, 400]


@pytest.mark.parametrize(
    ("slopes", "expected"),
    [([-2.5], [1, 5, 2, 0]), ([3], [1, -6, 2, 0]), ([0.5, -1], [1, -1, 2, 0])],
)
def test_prelu(slopes: list[float], expected: list[float]) -> None:
    net = Net()
    last = net.layer("PReLU", net.picture(2, 1, 2), net.constant(slopes))
    assert run(net, last, [[1, -2]], [[2, 0]]) == expected


def test_a_slope_for_each_channel_at_its_channel() -> None:
    net = Net()
    last = net.layer("PReLU", net.picture(2, 1, 2), net.constant([[[0.5]], [[-1]]]))
    assert run(net, last, [[-1, -2]], [[-3, 4]]) == [-0.5, -1, 3, 4]


@pytest.mark.parametrize("kind", ["f16", "f32"])
def test_sums_and_products_with_constants(kind: str) -> None:
    net = Net()
    scale = net.layer("Convert", net.constant([[[[2]], [[4]]]], kind), destination_type="f32")
    scaled = net.layer("Multiply", net.picture(2, 1, 2), scale)
    last = net.layer("Add", net.constant([[[[0.5]], [[-1]]]]), scaled)
    assert run(net, last, [[1, 2]], [[3, 4]]) == [2.5, 4.5, 11, 15]


def test_a_weight_for_each_channel() -> None:
    net = Net()
    picture = net.picture(1, 2, 2)
    weight = net.layer("Sigmoid", net.average(picture, kernel="2, 2"))
    last = net.layer("Multiply", picture, weight)
    expected = np.ravel(SQUARE) / (1 + np.exp(-2.5))
    assert run(net, last, SQUARE) == pytest.approx(expected.tolist())


def test_averages_of_a_part() -> None:
    net = Net()
    last = net.average(net.picture(1, 2, 3), kernel="2, 2", rounding_type="floor")
    assert run(net, last, [[1, 2, 3], [4, 5, 6]]) == [3, 4]


def with_layer(kind: str, *constants: object, **data: object) -> Net:
    net = Net()
    sources = [net.picture(2, 2, 2), *(net.constant(each) for each in constants)]
    net.layer("Result", net.layer(kind, *sources, **data))
    return net


EXPLICIT = {"strides": "1, 1", "dilations": "1, 1", "pads_begin": "0, 0", "pads_end": "0, 0"}
POOL = {"kernel": "2, 2", "strides": "1, 1", "pads_begin": "0, 0", "pads_end": "0, 0"}
WEIGHTS = np.ones((1, 2, 1, 1))


@pytest.mark.parametrize(
    ("net", "problem"),
    [
        (with_layer("Swish"), "the layer 1 is of the kind Swish, not supported"),
        (with_layer("Sigmoid", 1.0), "the layer 2 (Sigmoid) has 2 inputs, not 1"),
        (with_layer("PReLU", [1.0, 2, 3]), "the layer 2 (PReLU) does not fit"),
        (with_layer("Add", np.ones((1, 3, 1, 1))), "the layer 2 (Add) does not fit"),
        (with_layer("Add", 1.0, auto_broadcast="none"), "is not broadcast as by NumPy"),
        (with_layer("Convolution", np.ones((1, 3, 1, 1)), **EXPLICIT), "does not fit"),
        (with_layer("Convolution", np.ones((1, 2, 3, 3)), **EXPLICIT), "does not fit"),
        (with_layer("Convolution", WEIGHTS, **EXPLICIT | {"strides": "0, 1"}), "does not fit"),
        (with_layer("Convolution", WEIGHTS, **EXPLICIT | {"strides": "1"}), "does not fit"),
        (with_layer("Convolution", WEIGHTS, **EXPLICIT | {"pads_end": "1"}), "(0, 0, 1)"),
        (with_layer("Convolution", WEIGHTS, **EXPLICIT | {"dilations": "x"}), "dilations of"),
        (
            with_layer("Convolution", WEIGHTS, **EXPLICIT | {"auto_pad": "same_upper"}),
            "the padding 'same_upper'",
        ),
        (with_layer("GroupConvolution", WEIGHTS, **EXPLICIT), "does not fit"),
        (with_layer("AvgPool", **POOL | {"pads_end": "1, 1"}), "has padding or rounds up"),
        (with_layer("AvgPool", **POOL | {"rounding_type": "ceil"}), "has padding or rounds up"),
        (with_layer("AvgPool", **POOL | {"kernel": "3, 3"}), "does not fit"),
    ],
)  # fmt: skip
def test_refused_layers(net: Net, problem: str) -> None:
    with pytest.raises(ModelError, match=re.escape(problem)):
        convert(net.xml, net.weights)


def test_refused_graphs() -> None:
    net = Net()
    with pytest.raises(ModelError, match="it has no input or no output"):
        convert(net.xml, b"")
    picture = net.picture(1, 2, 2)
    for _ in range(2):
        net.layer("Result", picture)
    with pytest.raises(ModelError, match="it has several outputs"):
        convert(net.xml, b"")
    for shapes in ([(2, 2)], [(1, 2, 2), (1, 2, 2)], [(1, 0, 2)]):
        net = Net()
        for shape in shapes:
            net.picture(*shape)
        with pytest.raises(ModelError, match="its input is not one picture"):
            convert(net.xml, b"")
    net = Net()
    net.layer("PReLU", net.constant(1.0), net.constant(1.0))
    with pytest.raises(ModelError, match="takes a constant"):
        convert(net.xml, net.weights)
    net = Net()
    picture = net.picture(1, 2, 2)
    net.layer("PReLU", picture, picture)
    with pytest.raises(ModelError, match="takes no constant"):
        convert(net.xml, net.weights)


@pytest.fixture(scope="module")
def retail() -> bytes:
    if not MODELS.is_dir():
        pytest.skip("the networks are not part of the project")
    return convert(*((MODELS / f"{RETAIL}.{ending}").read_bytes() for ending in ("xml", "bin")))


def pictures(count: int) -> np.ndarray:
    """Smooth pictures with values that fill the range."""
    rows, columns = np.mgrid[:128, :128] / 128
    planes = [
        127.5 + 127.5 * np.sin(2 * np.pi * ((1 + each) * rows + (2 + plane) * columns + plane / 3))
        for each in range(count)
        for plane in range(3)
    ]
    return np.array(planes, np.float32).reshape(count, 3, 128, 128)


# By openvino 2026.4.1 on the CPU with the hint INFERENCE_PRECISION_HINT f32: numbers 0, 32, 64 ...
# of the embeddings, and their length.
BY_OPENVINO = (
    (
        5.49784,
        (0.214938, -0.005694, -0.221015, -0.104956, 0.251016, -0.338073, 0.113175, -0.027585),
    ),
    (5.62679, (0.197592, 0.050634, 0.052115, 0.019563, 0.113852, -0.20694, -0.192497, -0.181752)),
)


def test_output_is_what_openvino_gave(retail: bytes) -> None:
    result = run_model(retail, pictures(2))
    assert np.linalg.norm(result, axis=1) == pytest.approx([each[0] for each in BY_OPENVINO])
    for row, (_, numbers) in zip(result, BY_OPENVINO, strict=True):
        assert row[::32] == pytest.approx(numbers, abs=1e-5)


def test_output_is_what_openvino_gives(retail: bytes) -> None:
    openvino = pytest.importorskip("openvino", reason="OpenVINO has no wheel here")
    hints = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
    network = openvino.Core().compile_model(MODELS / f"{RETAIL}.xml", "CPU", hints)
    random = np.random.default_rng(0).integers(0, 256, (4, 3, 128, 128)).astype(np.float32)
    both = np.concatenate([random, pictures(4)])
    expected = np.stack([network([each[None]])[0].ravel() for each in both])
    assert np.abs(run_model(retail, both) - expected).max() < 1e-5
    assert np.abs(expected).max() > 1
