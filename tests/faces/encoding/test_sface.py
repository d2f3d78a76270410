"""The shipped SFace: as its original, and made as documented."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from clusterer.core.config import EncodingConfig
from clusterer.core.types import ImageArray
from clusterer.faces.encoding.cards import SFACE, SFACE_FILE
from clusterer.faces.encoding.onnx_network import OnnxNetwork


@pytest.fixture(scope="module")
def recipe() -> ModuleType:
    module: ModuleType = pytest.importorskip(
        "benchmarks.faces.sface", reason="the benchmarks are not part of this distribution"
    )
    return module


def smooth_chips(count: int) -> ImageArray:
    """Smooth pictures with values that fill the range."""
    rows, columns = np.mgrid[:112, :112] / 112
    planes = [
        127.5 + 127.5 * np.sin(2 * np.pi * ((1 + each) * rows + (2 + plane) * columns + plane / 3))
        for each in range(count)
        for plane in range(3)
    ]
    chips = np.array(planes).reshape(count, 3, 112, 112).transpose(0, 2, 3, 1)
    return chips.round().astype(np.uint8)


# By the original, in float32: numbers 0, 8, 16 ... of the embeddings, brought to length 1.
BY_ORIGINAL = (
    (0.20267, -0.01555, 0.12838, 0.00097, -0.04578, -0.18783, 0.11014, -0.08269,
     0.06177, -0.03602, 0.05969, 0.0878, -0.11719, 0.08339, 0.13627, 0.10144),
    (0.0726, -0.02511, 0.17806, -0.02342, -0.06736, -0.03251, 0.11681, -0.03045,
     -0.05805, -0.02657, 0.0501, 0.08828, -0.08224, 0.08752, 0.22633, 0.07208),
    (0.01802, -0.06345, 0.16143, -0.04142, -0.04529, -0.06979, 0.04143, -0.08014,
     -0.04429, -0.05726, 0.1275, 0.12622, -0.1159, -0.01551, 0.14315, 0.04688),
)  # fmt: skip


def test_embeddings_are_those_of_the_original() -> None:
    uncentred = replace(SFACE, centre=())
    config = EncodingConfig(encoder="sface")
    found = OnnxNetwork(uncentred, (SFACE_FILE,), config, 1).encode(smooth_chips(3))
    assert np.abs(found[:, ::8] - np.array(BY_ORIGINAL)).max() < 1e-3


def test_large_weights_are_in_half_precision_and_no_inputs() -> None:
    graph = onnx.load_model_from_string(SFACE_FILE.read()).graph
    assert [value.name for value in graph.input] == ["data"]
    assert {node.op_type for node in graph.node}.isdisjoint({"PRelu", "Dropout"})
    kinds = {numpy_helper.to_array(each).dtype.name for each in graph.initializer}
    assert kinds == {"float16", "float32"}


def small_original(recipe: ModuleType) -> bytes:
    """Layers of the original's kinds, with random weights, all of them inputs, too."""
    random = np.random.default_rng(0)
    side = recipe.SIDE_PX
    weights = {
        "mean": np.array([127.5], np.float32),
        "filters": random.normal(size=(20, 3, 5, 5)).astype(np.float32),
        **{
            f"{name}{layer}": random.uniform(0.5, 1.5, size).astype(np.float32)
            for layer, size in (("1", 20), ("2", 20), ("3", 128))
            for name in ("gamma", "beta", "mean_", "variance")
        },
        "slope": random.uniform(-1, 2, (20, 1, 1)).astype(np.float32),
        "matrix": random.normal(size=(128, 20)).astype(np.float32),
        "offset": random.normal(size=128).astype(np.float32),
    }

    def norm(source: str, layer: str, output: str) -> onnx.NodeProto:
        names = [f"{name}{layer}" for name in ("gamma", "beta", "mean_", "variance")]
        return helper.make_node("BatchNormalization", [source, *names], [output], epsilon=1e-3)

    nodes = [
        helper.make_node("Sub", ["data", "mean"], ["centred"]),
        helper.make_node("Conv", ["centred", "filters"], ["seen"], strides=[4, 4]),
        norm("seen", "1", "even"),
        helper.make_node("PRelu", ["even", "slope"], ["bent"]),
        helper.make_node("GlobalAveragePool", ["bent"], ["pooled"]),
        norm("pooled", "2", "level"),  # not after a convolution: stays
        helper.make_node("Dropout", ["level"], ["kept"], ratio=0.4),
        helper.make_node("Flatten", ["kept"], ["flat"]),
        helper.make_node("Gemm", ["flat", "matrix", "offset"], ["product"], transB=1),
        norm("product", "3", "fc1"),
    ]
    floats = onnx.TensorProto.FLOAT
    inputs = {"data": (1, 3, side, side)} | {name: each.shape for name, each in weights.items()}
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info(name, floats, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info("fc1", floats, [1, 128])],
        [numpy_helper.from_array(each, name) for name, each in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=6)
    return model.SerializeToString()


def test_the_recipe_keeps_the_embeddings(recipe: ModuleType) -> None:
    original = small_original(recipe)
    made = recipe.ready(original)
    assert made == recipe.ready(original)
    model = onnx.load_model_from_string(made)
    onnx.checker.check_model(model, full_check=True)
    kinds = [node.op_type for node in model.graph.node]
    assert kinds.count("BatchNormalization") == 1
    chips = np.random.default_rng(1).uniform(0, 255, (4, 3, 112, 112)).astype(np.float32)
    apart = recipe.embeddings(made, chips) - recipe.embeddings(original, chips)
    assert np.abs(apart).max() < 1e-3


def test_the_page_beside_it_lists_size_and_hashes(recipe: ModuleType) -> None:
    path = SFACE_FILE.find()
    text = path.with_name("SFACE.md").read_text("utf-8")
    assert f"| the original, 38,696,353 bytes | `{recipe.ORIGINAL}` |" in text
    assert f"| `{path.name}`, {len(SFACE_FILE.read()):,} bytes | `{SFACE_FILE.digest}` |" in text
    licence = path.with_name("SFACE.LICENSE.txt").read_text("utf-8")
    assert "Apache License\n                           Version 2.0, January 2004" in licence
