from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.errors import ModelError
from clusterer.models.dlib_onnx.dat import (
    AddTagged,
    Affine,
    Convolution,
    Dense,
    Mark,
    MaxPool,
    MeanPool,
    Relu,
    read_network,
)
from tests.models.dlib_onnx import dlib_bytes as write

LOSS, FC = write.string("loss_metric_2"), write.string("fc_2")
WHOLE = write.network(
    write.CONVOLUTION,
    write.AFFINE,
    write.string("relu_"),
    None,
    write.POOL,
    write.string("avg_pool_2") + write.integers(0, 0, 1, 1, 0, 0),
    write.string("add_prev_"),
    write.DENSE,
)


def test_every_kind_of_layer() -> None:
    network = read_network(WHOLE)
    assert network.mean == (122.5, 117.0, 104.0)
    assert network.size_px == (5, 6)
    kinds = [type(layer) for layer in network.layers]
    assert kinds == [Convolution, Affine, Relu, Mark, MaxPool, MeanPool, AddTagged, Dense]

    convolution, affine, _, _, max_pool, mean_pool, _, dense = network.layers
    assert isinstance(convolution, Convolution)
    assert convolution.weights.tolist() == [[[[1, 2], [3, 4]]]]
    assert convolution.bias.tolist() == [5]
    assert (convolution.stride, convolution.padding) == ((1, 1), (0, 0))
    assert isinstance(affine, Affine)
    assert (affine.gamma.tolist(), affine.beta.tolist()) == ([10], [7])
    assert max_pool == MaxPool((3, 2), (1, 4), (0, 5))
    assert mean_pool == MeanPool((0, 0), (1, 1), (0, 0))
    assert isinstance(dense, Dense)
    assert dense.weights.tolist() == [[1, 2], [3, 4], [5, 6]]


def test_left_over_bytes() -> None:
    with pytest.raises(ModelError, match="1 bytes are left over"):
        read_network(WHOLE + b"\x00")


@settings(deadline=None)
@given(st.integers(0, len(WHOLE) - 1))
def test_truncated_anywhere(length: int) -> None:
    with pytest.raises(ModelError):
        read_network(WHOLE[:length])


@given(st.binary(max_size=64))
def test_noise(data: bytes) -> None:
    with pytest.raises(ModelError):
        read_network(data)


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        (write.integer(1) + LOSS, write.integer(9) + LOSS, "version 9"),
        (LOSS, write.string("loss_unheard_"), "unknown loss"),
        (write.string("affine_"), write.string("affinx_"), "unknown layer 'affinx_'"),
        (
            write.string("input_rgb_image_sized"),
            write.string("input_rgb_image_other"),
            "unknown input",
        ),
        (write.integers(1, 2, 2, 1, 1, 0, 0), write.integers(2, 2, 2, 1, 1, 0, 0), "2 filters"),
        (write.integers(1, 2, 2, 1, 1, 0, 0), write.integers(1, 2, 3, 1, 1, 0, 0), "do not fit"),
        (write.integers(1, 2, 2, 1, 1, 0, 0), write.integers(1, 2, 2, 0, 1, 0, 0), "moves by 0"),
        (write.alias(1, 1, 2, 2), write.alias(1, 1, 2, 3), "5 parameters, 7 expected"),
        (write.alias(3, 2, 1, 1), write.alias(3, 1, 1, 1), "6 parameters, 3 expected"),
        (FC + write.integers(2, 3), FC + write.integers(2, 4), "6 weights do not make 4 by 2"),
    ],
)
def test_contradictions_are_reported(right: bytes, wrong: bytes, problem: str) -> None:
    data = WHOLE.replace(right, wrong)
    assert data != WHOLE
    with pytest.raises(ModelError, match=problem):
        read_network(data)


def test_unsupported_modes() -> None:
    per_pixel = write.AFFINE[:-2] + write.integer(1)
    with pytest.raises(ModelError, match="mode 1, not 0"):
        read_network(write.network(per_pixel))
    mode_at = len(write.DENSE) - len(write.RATES) - 2
    biased = write.DENSE[:mode_at] + write.integer(0) + write.RATES
    with pytest.raises(ModelError, match="mode 0, not 1"):
        read_network(write.network(biased))
    uneven = (
        write.string("affine_")
        + write.tensor([1, 2, 3], (3, 1, 1, 1))
        + write.alias(1, 2, 1, 1)
        + write.alias(1, 1, 1, 1)
        + write.integer(0)
    )
    with pytest.raises(ModelError, match="2 scales and 1 offsets"):
        read_network(write.network(uneven))
