from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest

from clusterer.core.errors import ModelError
from clusterer.faces.encoding.base import DLIB_RESNET
from clusterer.models.dlib_onnx.convert import INPUT, OUTPUT, convert, fold_affine
from clusterer.models.dlib_onnx.dat import (
    AddTagged,
    Affine,
    Convolution,
    Dense,
    Layer,
    Mark,
    MaxPool,
    MeanPool,
    Network,
    Relu,
    read_network,
)


def conv(
    weights: object, bias: object = (0,), stride: tuple[int, int] = (1, 1), padding: int = 0
) -> Convolution:
    return Convolution(
        np.array(weights, np.float32), np.array(bias, np.float32), stride, (padding, padding)
    )


RED = conv([[[[256]], [[0]], [[0]]]])  # undoes the division by 256, and keeps red only


def run(layers: list[Layer], red: object, mean: tuple[float, float, float] = (0, 0, 0)) -> list:
    picture = np.zeros((1, *np.shape(red), 3), np.uint8)
    picture[0, :, :, 0] = red
    model = convert(Network(mean, picture.shape[1:3], tuple(layers)))
    onnx.checker.check_model(onnx.load_model_from_string(model), full_check=True)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (result,) = session.run([OUTPUT], {INPUT: picture})
    return result[0].tolist()


SQUARE = [[1, 2], [3, 4]]
FOUR = [[1, 3, 0, 0], [5, 7, 0, 8], [4, 4, 2, 2], [4, 4, 2, 2]]


@pytest.mark.parametrize(
    ("layers", "red", "expected"),
    [
        ([RED], SQUARE, [1, 2, 3, 4]),
        ([RED, conv([[[[2]]]], [3])], SQUARE, [5, 7, 9, 11]),
        ([RED, conv([[[[1, 10], [100, 1000]]]])], SQUARE, [4321]),
        ([RED, conv([[[[-1]]]], [2]), Relu()], SQUARE, [1, 0, 0, 0]),
        ([RED, MaxPool((2, 2), (1, 1), (0, 0))], SQUARE, [4]),
        ([RED, MeanPool((2, 2), (2, 2), (0, 0))], FOUR, [4, 2, 4, 2]),
        ([RED, MeanPool((0, 0), (1, 1), (0, 0))], SQUARE, [2.5]),
        ([RED, MaxPool((2, 2), (2, 2), (0, 0))], [[1, 2, 9]] * 3, [2]),  # rounded down
        ([RED, conv([[[[0, 0, 0], [0, 1, 0], [0, 0, 0]]]], padding=1)], SQUARE, [1, 2, 3, 4]),
        ([RED, Mark(), conv([[[[2]]]]), AddTagged()], SQUARE, [3, 6, 9, 12]),
        (
            [RED, Dense(np.array([[1, 0], [1, 0], [0, 1], [0, 10]], np.float32))],
            SQUARE,
            [3, 43],
        ),
    ],
)
def test_layers_by_hand(layers: list[Layer], red: object, expected: list[float]) -> None:
    assert run(layers, red) == pytest.approx(expected, abs=1e-4)


def test_each_colour_has_its_mean_subtracted() -> None:
    all_colours = conv([[[[256]], [[2560]], [[25600]]]])
    assert run([all_colours], [[5]], mean=(1, 2, 3)) == pytest.approx([4 - 20 - 300], abs=1e-3)


def test_down_block_pads_the_smaller_side_at_its_end() -> None:
    corner = np.zeros((2, 1, 3, 3))
    corner[0, 0, 0, 0], corner[1, 0, 2, 2] = 100, 1000
    layers: list[Layer] = [
        RED,
        Mark(),
        conv(corner, [0, 1], stride=(2, 2)),  # 2 channels of 1 by 1: 100 and 2001
        Mark(),
        Mark(),
        MeanPool((2, 2), (2, 2), (0, 0)),  # 1 channel of 2 by 2: the means of `FOUR`
        AddTagged(),
    ]
    assert run(layers, FOUR) == pytest.approx([104, 2, 4, 2, 2001, 0, 0, 0], abs=1e-3)
    whole = [*layers, MeanPool((0, 0), (1, 1), (0, 0))]
    assert run(whole, FOUR) == pytest.approx([28, 500.25], abs=1e-3)


def test_affine_is_folded() -> None:
    affine = Affine(np.array([10, -1], np.float32), np.array([1, 0.5], np.float32))
    (folded,) = fold_affine([conv([[[[2]]], [[[4]]]], [3, 5]), affine])
    assert isinstance(folded, Convolution)
    assert folded.weights.ravel().tolist() == [20, -4]
    assert folded.bias.tolist() == [31, -4.5]


AFFINE = Affine(np.ones(1, np.float32), np.zeros(1, np.float32))


@pytest.mark.parametrize(
    ("layers", "problem"),
    [
        ([AFFINE], "does not follow"),
        ([RED, Relu(), AFFINE], "does not follow"),
        ([RED, Affine(np.ones(2, np.float32), np.zeros(2, np.float32))], "does not follow"),
        ([RED, RED], "takes 3 channels, not 1"),
        ([RED, conv([[np.ones((3, 3))]])], "does not fit"),
        ([RED, MaxPool((0, 0), (1, 1), (0, 0))], "does not fit"),
        ([RED, MaxPool((2, 2), (1, 1), (1, 1))], "has padding"),
        ([RED, Mark(), Mark()], "no tag to return to"),
        ([RED, AddTagged()], "no tagged value"),
        ([RED, Dense(np.ones((3, 1), np.float32))], "takes 3 values"),
    ],
)
def test_misfits_are_reported(layers: list[Layer], problem: str) -> None:
    with pytest.raises(ModelError, match=problem):
        run(layers, SQUARE)


def test_recognition_network_is_valid_onnx_and_the_same_each_time() -> None:
    network = read_network(DLIB_RESNET.read())
    model = convert(network)
    assert model == convert(network)
    loaded = onnx.load_model_from_string(model)
    onnx.checker.check_model(loaded, full_check=True)
    (chips,), (embeddings,) = loaded.graph.input, loaded.graph.output
    shapes = [
        [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
        for value in (chips, embeddings)
    ]
    assert shapes == [["n", 150, 150, 3], ["n", 128]]
