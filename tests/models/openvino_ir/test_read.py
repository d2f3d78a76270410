from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.errors import ModelError
from clusterer.models.openvino_ir.read import REMEDY, read_network
from tests.models.openvino_ir.ir import MODELS, RETAIL, Net


def small() -> Net:
    net = Net()
    net.layer("Result", net.layer("PReLU", net.picture(1, 2, 2), net.constant([0.5], "f16")))
    return net


def test_layers_and_constants() -> None:
    net = small()
    picture, constant, prelu, result = read_network(net.xml, net.weights)
    assert [each.kind for each in (picture, constant, prelu, result)] == [
        "Parameter", "Const", "PReLU", "Result",
    ]  # fmt: skip
    assert picture.numbers("shape") == (1, 1, 2, 2)
    assert constant.constant is not None
    assert constant.constant.dtype == np.float16
    assert constant.constant.tolist() == [0.5]
    assert (prelu.inputs, result.inputs) == (("0", "1"), ("2",))


def test_each_layer_follows_its_inputs() -> None:
    net = small()
    net.layers.reverse()
    kinds = [layer.kind for layer in read_network(net.xml, net.weights)]
    assert kinds == ["Const", "Parameter", "PReLU", "Result"]


def test_a_constant_without_dimensions() -> None:
    net = Net()
    net.constant(2.5)
    (layer,) = read_network(net.xml, net.weights)
    assert layer.constant is not None
    assert (layer.constant.shape, float(layer.constant)) == ((), 2.5)


def changed(old: str, new: str) -> bytes:
    xml = small().xml
    assert old.encode() in xml
    return xml.replace(old.encode(), new.encode(), 1)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('version="11"', 'version="7"', "it is not a <net> of version 10 or 11"),
        ("<net ", "<net", "its .xml file is damaged (not well-formed"),
        ("<layers>", "", "its .xml file is damaged (mismatched tag"),
        ('?><net name="n"', '?><!DOCTYPE a [<!ENTITY b "c">]><net name="n"', "a declaration"),
        ('"1.0"', '"1.0" encoding="none"', "its .xml file is damaged (unknown encoding"),
        ('layer id="1"', 'layer id="0"', "two layers are called 0"),
        ('layer id="1"', 'layer id="5"', "the layer 2 takes values from 1: none such"),
        ('layer id="1"', 'layer id=""', "<layer> has no id"),
        ('type="Const"', "", "<layer> has no type"),
        ('to-port="1"', 'to-port="one"', "to-port of <edge> is 'one'"),
        ('to-port="1"', 'to-port="0"', "port 0 of the layer 2 has two inputs"),
        ('from-layer="0"', 'from-layer="3"', "its layers form a circle at 2"),
        ('element_type="f16"', 'element_type="i64"', "the constant 1 has numbers of the type i64"),
        ('shape="1"', 'shape="2"', "the constant 1 of the shape '2' has 2 bytes"),
        ('shape="1"', 'shape="-1"', "the constant 1 of the shape '-1' has 2 bytes"),
        ('shape="1"', 'shape="?"', "the constant 1 has the shape '?'"),
        ('offset="0"', 'offset="1"', "its .bin file ends before the constant 1"),
        ('offset="0"', 'offset="-1"', "its .bin file ends before the constant 1"),
        ('offset="0"', "", "<data> has no offset"),
        ('<port id="9"/>', '<port id="8"/><port id="9"/>', "the layer 0 (Parameter) has several"),
    ],
)
def test_damaged_xml(old: str, new: str, problem: str) -> None:
    with pytest.raises(ModelError, match=re.escape(problem)) as caught:
        read_network(changed(old, new), small().weights)
    assert caught.value.cause.startswith("A network in OpenVINO's format cannot be read: ")
    assert caught.value.remedy == REMEDY


def test_damaged_weights() -> None:
    net = small()
    with pytest.raises(ModelError, match=r"its \.bin file ends before the constant 1"):
        read_network(net.xml, net.weights[:-1])
    with pytest.raises(ModelError, match="the constant 1 has numbers that are not finite"):
        read_network(net.xml, np.array([np.nan], np.float16).tobytes())


def test_a_missing_attribute() -> None:
    net = small()
    layer = read_network(net.xml, net.weights)[2]
    with pytest.raises(ModelError, match=r"strides of the layer 2 \(PReLU\) is missing"):
        layer.numbers("strides")


@given(st.data())
def test_any_change_is_read_or_refused(data: st.DataObject) -> None:
    net = small()
    xml = bytearray(net.xml)
    for _ in range(data.draw(st.integers(1, 4))):
        xml[data.draw(st.integers(0, len(xml) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(xml)))
    for content in (bytes(xml), bytes(xml[:cut])):
        try:
            read_network(content, net.weights)
        except ModelError as error:
            assert error.remedy == REMEDY  # noqa: PT017 (no error is a pass, too)


def test_the_network_of_open_model_zoo() -> None:
    if not MODELS.is_dir():
        pytest.skip("the networks are not part of the project")
    files = [(MODELS / f"{RETAIL}.{ending}").read_bytes() for ending in ("xml", "bin")]
    layers = read_network(*files)
    assert len(layers) == 686
    used = sum(each.constant.nbytes for each in layers if each.constant is not None)
    assert used == len(files[1])
