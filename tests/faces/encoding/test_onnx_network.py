"""Networks by card: their input, and errors for those that do not match."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from clusterer.core.config import EncodingConfig
from clusterer.core.errors import ModelError
from clusterer.faces import encoding
from clusterer.faces.encoding import Encoder
from clusterer.faces.encoding.card import Card, to_toml
from tests.fake_devices import Card as Accelerator
from tests.tiny_network import CARD, network, tensor, write_network

SIDE = 16
COLOURS = replace(CARD, size_px=SIDE, dimension=3, metric="l2", threshold=1.0, normalise=False)


def averages(card: Card, batch: int | str = "n") -> onnx.ModelProto:
    """A network whose embedding is the average of each of its channels."""
    shape = [batch, SIDE, SIDE, SIDE]
    axis = 1 if card.layout == "NCHW" else 3
    shape[axis] = 3
    is_bytes = card.dtype == "uint8"
    nodes = [
        helper.make_node("Cast", ["pixels"], ["real"], to=TensorProto.FLOAT),
        helper.make_node(
            "ReduceMean", ["real"], ["embedding"],
            axes=[each for each in (1, 2, 3) if each != axis], keepdims=0,
        ),
    ]  # fmt: skip
    kind = TensorProto.UINT8 if is_bytes else TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "averages",
        [helper.make_tensor_value_info("pixels", kind, shape)],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [batch, 3])],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def write(path: Path, model: onnx.ModelProto, card: Card) -> str:
    path.write_bytes(model.SerializeToString())
    path.with_suffix(".toml").write_text(to_toml(card), "utf-8")
    return f"onnx:{path}"


def load(name: str, batch_size: int = 4) -> Encoder:
    return encoding.create(EncodingConfig(encoder=name, batch_size=batch_size), 1)


@pytest.mark.parametrize("channels", ["RGB", "BGR"])
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("dtype", ["float32", "uint8"])
@pytest.mark.parametrize("batch", ["n", 1])
def test_input_of_the_network(
    tmp_path: Path, channels: str, layout: str, dtype: str, batch: int | str
) -> None:
    scaled = {} if dtype == "uint8" else {"mean": (10.0, 20.0, 30.0), "scale": (1.0, 0.5, 0.1)}
    card = replace(COLOURS, channels=channels, layout=layout, dtype=dtype, **scaled)
    encoder = load(write(tmp_path / "a.onnx", averages(card, batch), card))
    chips = np.empty((5, SIDE, SIDE, 3), np.uint8)
    chips[...] = [110, 140, 230]  # red, green, blue
    expected = {
        ("RGB", "uint8"): [110, 140, 230],
        ("BGR", "uint8"): [230, 140, 110],
        ("RGB", "float32"): [100, 60, 20],  # (110 - 10) * 1, (140 - 20) * 0.5, (230 - 30) * 0.1
        ("BGR", "float32"): [220, 60, 8],  # (230 - 10) * 1, (140 - 20) * 0.5, (110 - 30) * 0.1
    }[channels, dtype]
    assert encoder.encode(chips) == pytest.approx(np.tile(expected, (5, 1)), abs=1e-3)


def test_embeddings_are_normalised_if_the_card_asks_for_it(tmp_path: Path) -> None:
    card = replace(COLOURS, normalise=True)
    encoder = load(write(tmp_path / "a.onnx", averages(card), card))
    chips = np.empty((2, SIDE, SIDE, 3), np.uint8)
    chips[...] = [30, 0, 40]
    chips[1] = 0  # cannot be normalised
    assert encoder.encode(chips) == pytest.approx(np.array([[0.6, 0, 0.8], [0, 0, 0]]))


def test_the_centre_is_subtracted_from_embeddings_of_length_1(tmp_path: Path) -> None:
    card = replace(COLOURS, normalise=True, centre=(0.6, 0.0, 0.0))
    encoder = load(write(tmp_path / "a.onnx", averages(card), card))
    chips = np.empty((3, SIDE, SIDE, 3), np.uint8)
    chips[0] = [30, 0, 40]  # (0.6, 0, 0.8) before, (0, 0, 0.8) after
    chips[1] = [0, 200, 0]  # (0, 1, 0) before, (-0.6, 1, 0) after
    chips[2] = 0  # no direction, before and after
    root = 1.36**0.5
    expected = [[0.0, 0.0, 1.0], [-0.6 / root, 1.0 / root, 0.0], [0.0, 0.0, 0.0]]
    found = encoder.encode(chips)
    assert found == pytest.approx(np.array(expected), abs=1e-6)
    assert found.dtype == np.float32


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"size_px": 64}, r"an input of \['n', 3, 32, 32\], not \['n', 3, 64, 64\]"),
        ({"layout": "NHWC"}, r"an input of \['n', 3, 32, 32\], not \['n', 32, 32, 3\]"),
        ({"dtype": "uint8"}, r"an input of tensor\(float\), not uint8"),
        ({"dimension": 25}, r"an output of \['n', 24\], not \['n', 25\]"),
    ],
)
def test_card_and_network_contradict(tmp_path: Path, change: dict[str, object], cause: str) -> None:
    name = write(tmp_path / "a.onnx", network(CARD), replace(CARD, **change))
    with pytest.raises(ModelError, match=rf"a\.onnx has {cause}\. Correct its card"):
        load(name)


def test_fixed_batch_of_more_than_one(tmp_path: Path) -> None:
    name = write_network(tmp_path / "a.onnx", batch=2)
    with pytest.raises(ModelError, match=r"an input of \[2, 3, 32, 32\]"):
        load(name)


def one_node(op: str, inputs: list[str], size: list[int | str], **more: object) -> onnx.ModelProto:
    """A network of one node that declares 24 outputs."""
    values = [helper.make_tensor_value_info(i, TensorProto.FLOAT, size) for i in ("a", "b")]
    graph = helper.make_graph(
        [helper.make_node(op, inputs, ["out"], **more)],
        "wrong",
        values[: len(inputs)],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


@pytest.mark.parametrize(
    ("model", "cause"),
    [
        (one_node("Add", ["a", "b"], ["n", 3, 32, 32]), "must be one of four dimensions"),
        (one_node("Relu", ["a"], ["n", 3072]), "must be one of four dimensions"),
        (one_node("Relu", ["a"], ["n", 3, 32, 32]), r"embeddings of shape \(1, 3, 32, 32\) for 1"),
        (one_node("Flatten", ["a"], ["n", 3, 32, 32]), r"an output of \['n', 3072\], not"),
    ],
)
def test_other_networks(tmp_path: Path, model: onnx.ModelProto, cause: str) -> None:
    with pytest.raises(ModelError, match=cause):
        load(write(tmp_path / "a.onnx", model, CARD))


def test_embeddings_that_are_not_finite(tmp_path: Path) -> None:
    model = network(CARD)
    matrix = model.graph.initializer[1]
    broken = np.full((matrix.dims[0], 24), np.nan, np.float32)
    matrix.CopyFrom(tensor("matrix", broken))
    with pytest.raises(ModelError, match="numbers that are not finite"):
        load(write(tmp_path / "a.onnx", model, CARD))


def test_a_chip_without_a_finite_embedding_gives_zeros(tmp_path: Path) -> None:
    model = averages(COLOURS)
    model.graph.node[-1].output[0] = "mean"  # then divided by itself: 1, and for black 0 / 0
    model.graph.node.append(helper.make_node("Div", ["mean", "mean"], ["embedding"]))
    encoder = load(write(tmp_path / "a.onnx", model, COLOURS))
    chips = np.full((3, SIDE, SIDE, 3), 9, np.uint8)
    chips[1] = 0
    assert encoder.encode(chips).tolist() == [[1, 1, 1], [0, 0, 0], [1, 1, 1]]


def test_a_file_that_is_not_a_network(tmp_path: Path) -> None:
    name = write_network(tmp_path / "a.onnx")
    (tmp_path / "a.onnx").write_bytes(b"text")
    with pytest.raises(
        ModelError, match=r"a\.onnx is damaged, or not a network in ONNX\. Write onnx: and"
    ):
        load(name)


def test_a_failing_batch_is_run_chip_by_chip(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Some exports have the batch size of the example, 1, as a constant of their last reshape."""
    model = network(CARD)
    model.graph.node[-1].output[0] = "unshaped"
    model.graph.initializer.append(tensor("shape", np.array([1, 24], np.int64)))
    model.graph.node.append(helper.make_node("Reshape", ["unshaped", "shape"], ["embedding"]))
    encoder = load(write(tmp_path / "a.onnx", model, CARD))
    chips = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8)
    plain = load(write_network(tmp_path / "b.onnx"))
    assert np.abs(encoder.encode(chips) - plain.encode(chips)).max() < 1e-6
    assert capfd.readouterr() == ("", "")


def test_alignment_and_padding_of_the_card(tmp_path: Path) -> None:
    card = replace(CARD, alignment="box", padding=0.3)
    encoder = load(write_network(tmp_path / "a.onnx", card))
    assert (encoder.chip_size_px, encoder.dimension) == (32, 24)
    assert (encoder.alignment, encoder.padding) == ("box", 0.3)
    assert set(encoder.models) == {"onnx:a.onnx", "onnx:a.toml"}


@pytest.mark.parametrize(
    ("batch", "shapes"), [("n", {(64, 3, 32, 32), (1, 3, 32, 32)}), (1, {(1, 3, 32, 32)})]
)
def test_on_a_device_batches_are_filled_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int | str, shapes: set[tuple[int, ...]]
) -> None:
    name = write_network(tmp_path / "tiny.onnx", batch=batch)
    chips = np.random.default_rng(0).integers(0, 256, (70, 32, 32, 3), np.uint8)
    expected = load(name).encode(chips)
    card = Accelerator()
    card.install(monkeypatch)
    encoder = encoding.create(EncodingConfig(name), 1, "cuda")
    assert np.allclose(encoder.encode(chips), expected, atol=1e-5)
    assert encoder.encode(chips[:0]).shape == (0, 24)
    assert set(card.shapes) - {(2, 3, 32, 32)} == shapes  # two chips: to see if it takes batches
    assert encoder.trouble == ""
