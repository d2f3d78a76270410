"""Networks that refer to other files are rejected before any is opened."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import GraphProto, ModelProto, SparseTensorProto, TensorProto, helper

import clusterer
from clusterer.clothing.encoder import ClothingEncoder
from clusterer.core.config import EncodingConfig
from clusterer.core.errors import ModelError
from clusterer.faces import encoding
from clusterer.faces.encoding.card import to_toml
from clusterer.models.bundled import CLOTHING
from clusterer.models.runtime import open_session
from clusterer.models.self_contained import (
    DATA_LOCATION,
    EXTERNAL_DATA,
    INSIDE,
    OP_TYPE,
    external_part,
)
from tests.tiny_network import CARD, network

SECRET = np.array([1, 2, 3, 4], np.float32)


def elsewhere(location: str) -> TensorProto:
    tensor = TensorProto(
        name="w", data_type=TensorProto.FLOAT, dims=[4], data_location=TensorProto.EXTERNAL
    )
    for key, value in (("location", location), ("offset", "0"), ("length", "16")):
        tensor.external_data.add(key=key, value=value)
    return tensor


def value(name: str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [4])


def graph(*nodes: onnx.NodeProto, weights: tuple[TensorProto, ...] = ()) -> GraphProto:
    return helper.make_graph(list(nodes), "g", [value("x")], [value("y")], list(weights))


ADD = helper.make_node("Add", ["x", "w"], ["y"])
COPY = helper.make_node("Identity", ["x"], ["y"])


def whole(made: GraphProto, functions: tuple[onnx.FunctionProto, ...] = ()) -> ModelProto:
    domains = [helper.make_opsetid(*each) for each in (("", 17), ("my", 1), ("com.microsoft", 1))]
    model = helper.make_model(made, opset_imports=domains, functions=list(functions))
    model.ir_version = 8
    return model


def initializer(location: str) -> ModelProto:
    return whole(graph(ADD, weights=(elsewhere(location),)))


def constant(location: str) -> ModelProto:
    return whole(graph(helper.make_node("Constant", [], ["w"], value=elsewhere(location)), ADD))


def tensors(location: str) -> ModelProto:
    node = helper.make_node("Identity", ["x"], ["y"])
    node.attribute.append(helper.make_attribute("many", [elsewhere(location)]))
    return whole(graph(node))


def subgraph(location: str) -> ModelProto:
    then = helper.make_graph(
        [helper.make_node("Identity", ["w"], ["a"])], "t", [], [value("a")], [elsewhere(location)]
    )
    other = helper.make_graph([helper.make_node("Identity", ["x"], ["b"])], "e", [], [value("b")])
    yes = helper.make_tensor("yes", TensorProto.BOOL, [], [True])
    choice = helper.make_node("If", ["yes"], ["y"], then_branch=then, else_branch=other)
    return whole(graph(choice, weights=(yes,)))


def subgraphs(location: str) -> ModelProto:
    node = helper.make_node("Identity", ["x"], ["y"])
    node.attribute.append(helper.make_attribute("many", [initializer(location).graph]))
    return whole(graph(node))


def _sparse(location: str, *, indices: bool = False) -> SparseTensorProto:
    sparse = SparseTensorProto(dims=[4])
    values = helper.make_tensor("w", TensorProto.INT64, [4], [0, 1, 2, 3])
    sparse.values.CopyFrom(values if indices else elsewhere(location))
    sparse.indices.CopyFrom(elsewhere(location) if indices else values)
    return sparse


def sparse_values(location: str) -> ModelProto:
    made = graph(ADD)
    made.sparse_initializer.append(_sparse(location))
    return whole(made)


def sparse_indices(location: str) -> ModelProto:
    made = graph(ADD)
    made.sparse_initializer.append(_sparse(location, indices=True))
    return whole(made)


def sparse_constant(location: str) -> ModelProto:
    node = helper.make_node("Constant", [], ["w"], sparse_value=_sparse(location))
    return whole(graph(node, ADD))


def sparse_tensors(location: str) -> ModelProto:
    node = helper.make_node("Identity", ["x"], ["y"])
    attribute = node.attribute.add(name="many", type=onnx.AttributeProto.SPARSE_TENSORS)
    attribute.sparse_tensors.append(_sparse(location))
    return whole(graph(node))


def function(location: str) -> ModelProto:
    node = helper.make_node("Constant", [], ["w"], value=elsewhere(location))
    made = helper.make_function("my", "F", ["x"], ["y"], [node, ADD], [helper.make_opsetid("", 17)])
    return whole(graph(helper.make_node("F", ["x"], ["y"], domain="my")), (made,))


def default_of_a_function(location: str) -> ModelProto:
    made = helper.make_function("my", "F", ["x"], ["y"], [COPY], [helper.make_opsetid("", 17)])
    made.attribute_proto.append(helper.make_attribute("w", elsewhere(location)))
    return whole(graph(helper.make_node("F", ["x"], ["y"], domain="my")), (made,))


def training(location: str) -> ModelProto:
    model = whole(graph(COPY))
    model.training_info.add().algorithm.CopyFrom(initializer(location).graph)
    model.training_info.add().initialization.CopyFrom(initializer(location).graph)
    return model


def nameless(location: str) -> ModelProto:
    model = initializer(location)
    del model.graph.initializer[0].external_data[:]
    return model


def compiled(location: str) -> ModelProto:
    node = helper.make_node(
        "EPContext", ["x"], ["y"], domain="com.microsoft", embed_mode=0, ep_cache_context=location
    )
    return whole(graph(node))


PLACES: tuple[Callable[[str], ModelProto], ...] = (
    initializer, constant, tensors, subgraph, subgraphs, sparse_values, sparse_indices,
    sparse_constant, sparse_tensors, function, default_of_a_function, training, nameless, compiled,
)  # fmt: skip
LOCATIONS = ("secret.bin", "../secret.bin", "/etc/passwd", "*/_ORT_MEM_ADDR_/*")


@pytest.fixture(autouse=True)
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that must not be opened, in the working folder, where ONNX Runtime looks for it."""
    (tmp_path / "secret.bin").write_bytes(SECRET.tobytes())
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize("place", PLACES)
def test_external_data_is_refused_anywhere(
    place: Callable[[str], ModelProto], location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise AssertionError("ONNX Runtime was called")

    monkeypatch.setattr(onnxruntime, "InferenceSession", fail)
    with pytest.raises(ModelError) as caught:
        open_session(place(location).SerializeToString(), 1, "mine.onnx", "Look again")
    part = "a compiled part" if place is compiled else "weights"
    assert str(caught.value) == (
        f"mine.onnx is incomplete: it takes {part} from another file."
        " Save it as one file, with its weights inside"
    )


def test_onnx_runtime_itself_would_read_the_file() -> None:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    content = subgraph("secret.bin").SerializeToString()
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    (read,) = session.run(None, {"x": np.zeros(4, np.float32)})
    assert read.tolist() == SECRET.tolist()


def test_a_users_network_with_external_weights(tmp_path: Path) -> None:
    path = tmp_path / "mine.onnx"
    onnx.save(network(CARD), path, save_as_external_data=True, size_threshold=0)
    path.with_suffix(".toml").write_text(to_toml(CARD), "utf-8")
    assert len(list(tmp_path.glob("*-*-*"))) == 1, "the weights"
    with pytest.raises(ModelError, match=r"mine\.onnx is incomplete: it takes weights from"):
        encoding.create(EncodingConfig(encoder=f"onnx:{path}"), 1)


def test_weights_marked_as_internal_are_accepted() -> None:
    model = network(CARD)
    for tensor in model.graph.initializer:
        tensor.data_location = TensorProto.DEFAULT
    assert external_part(model.SerializeToString()) == ""
    assert external_part(CLOTHING.read()) == ""
    ClothingEncoder(1)


@pytest.mark.parametrize(
    "content",
    [b"\x0b", b"\x3a\xff\xff\xff\xff\x0f", b"\x3a", b"\x80", b"\xff" * 11, b"\x0d\x00", b"not one"],
)
def test_other_files_are_reported_as_damaged(content: bytes) -> None:
    with pytest.raises(ModelError, match=r"^it is damaged, or not a network in ONNX\. Look again$"):
        open_session(content, 1, "it", "Look again")


def test_the_format_of_onnx_runtime_is_refused(tmp_path: Path) -> None:
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "net.ort")
    options.add_session_config_entry("session.save_model_format", "ORT")
    content = whole(graph(COPY)).SerializeToString()
    onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    written = (tmp_path / "net.ort").read_bytes()
    assert written[4:8] == b"ORTM"
    with pytest.raises(ModelError, match="not a network in ONNX"):
        open_session(written, 1, "net.ort", "")


def test_every_path_to_a_tensor_is_covered() -> None:
    """Compared with the definition in the library onnx, including newer versions."""
    ways: dict[str, dict[int, str]] = {}
    waiting = [ModelProto.DESCRIPTOR]
    reached: dict[str, set[str]] = {}
    while waiting:
        message = waiting.pop()
        if message.name in reached:
            continue
        parts = {f.number: f.message_type for f in message.fields if f.message_type is not None}
        reached[message.name] = {part.name for part in parts.values()}
        ways[message.name] = {number: part.name for number, part in parts.items()}
        waiting += parts.values()
    leads = {"TensorProto", "NodeProto"}
    while more := {name for name, parts in reached.items() if parts & leads} - leads:
        leads |= more
    expected = {
        name: {number: part for number, part in parts.items() if part in leads}
        for name, parts in ways.items()
        if name in leads and name != "TensorProto"
    }
    assert expected == INSIDE
    numbers = TensorProto.DESCRIPTOR.fields_by_name
    assert numbers["external_data"].number == EXTERNAL_DATA
    assert numbers["data_location"].number == DATA_LOCATION
    assert onnx.NodeProto.DESCRIPTOR.fields_by_name["op_type"].number == OP_TYPE


@given(st.binary(max_size=60), st.integers(0, 400))
def test_damage_never_crashes_the_reader(junk: bytes, at: int) -> None:
    content = subgraph("secret.bin").SerializeToString()
    for damaged in (junk, content[:at] + junk + content[at:], content[: at % len(content)]):
        try:
            external_part(damaged)
        except ValueError:
            continue


@given(st.lists(st.sampled_from(PLACES[:-1]), min_size=1, max_size=3))
def test_parts_that_protobuf_would_merge_are_all_checked(
    places: list[Callable[[str], ModelProto]],
) -> None:
    content = whole(graph(COPY)).SerializeToString()
    assert external_part(content) == ""
    for place in places:
        content += place("secret.bin").SerializeToString()
    assert external_part(content) == "weights"


def test_a_location_with_more_than_32_bits() -> None:
    """Protobuf keeps 32 bits of it, which give 1: external."""
    content = initializer("").SerializeToString()
    assert content.count(b"\x70\x01") == 1
    tensor = nameless("").graph.initializer[0].SerializeToString()
    tensor = tensor.replace(b"\x70\x01", b"\x70\x81\x80\x80\x80\x10")
    parsed = TensorProto.FromString(tensor)
    assert parsed.data_location == TensorProto.EXTERNAL
    made = bytes([0x2A, len(tensor)]) + tensor  # GraphProto.initializer
    assert external_part(bytes([0x3A, len(made)]) + made) == "weights"


def test_networks_are_opened_in_one_module() -> None:
    root = Path(clusterer.__file__).parent
    opening = {
        str(path.relative_to(root).as_posix())
        for path in root.rglob("*.py")
        if re.search(r"\bInferenceSession\(|dnn\.read|onnx\.load\(", path.read_text("utf-8"))
    }
    assert opening == {"models/runtime.py"}
