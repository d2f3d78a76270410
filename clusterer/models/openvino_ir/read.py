"""Read a network in OpenVINO's intermediate representation (IR), version 10 or 11.

The ``.xml`` file lists layers and the edges between them, the ``.bin`` file contains the constants:
https://docs.openvino.ai/2024/documentation/openvino-ir-format.html
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from clusterer.core.errors import ModelError

VERSIONS = ("10", "11")
DTYPES: Mapping[str, str] = {"f16": "<f2", "f32": "<f4"}
"""Element type of a constant → NumPy's; all are little-endian."""
REMEDY = "Give the .xml and the .bin file as its owner offers them"


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer.

    Attributes
    ----------
    id : unique in the network
    kind : such as ``Convolution``
    data : its attributes, as text
    inputs : ids of the layers that it takes its values from, in the order of its ports
    constant : value of a ``Const``, else None
    """

    id: str
    kind: str
    data: Mapping[str, str]
    inputs: tuple[str, ...]
    constant: npt.NDArray[Any] | None = None

    def numbers(self, name: str) -> tuple[int, ...]:
        """Whole numbers of an attribute, as ``2, 2``; ModelError if it is missing or not such."""
        try:
            return tuple(int(each) for each in self.data[name].split(","))
        except (KeyError, ValueError):
            raise unreadable(f"{name} of the layer {self.id} ({self.kind}) is missing") from None


def read_network(xml: bytes, weights: bytes) -> tuple[Layer, ...]:
    """Read the two files of a network.

    Parameters
    ----------
    xml : content of the ``.xml`` file
    weights : content of the ``.bin`` file

    Returns
    -------
    Layers, each after those that it takes its values from; in the order of the file otherwise.

    Raises
    ------
    ModelError
        The files are damaged, of another version, or do not belong together.
    """
    root = _parse(xml)
    if root.tag != "net" or root.get("version") not in VERSIONS:
        raise unreadable(f"it is not a <net> of version {' or '.join(VERSIONS)}")
    sources = _sources(root)
    layers: dict[str, Layer] = {}
    for element in root.iterfind("layers/layer"):
        layer = _layer(element, sources, weights)
        if layer.id in layers:
            raise unreadable(f"two layers are called {layer.id}")
        layers[layer.id] = layer
    return _ordered(layers)


def unreadable(problem: str) -> ModelError:
    """An error for a network that cannot be read or converted."""
    return ModelError(f"A network in OpenVINO's format cannot be read: {problem}", REMEDY)


def _parse(xml: bytes) -> ET.Element:
    if b"<!" in xml:  # a document type may define entities that expand without end
        raise unreadable("its .xml file contains a declaration")
    try:
        return ET.fromstring(xml)
    except (ET.ParseError, ValueError, LookupError) as error:  # LookupError: unknown encoding
        raise unreadable(f"its .xml file is damaged ({error})") from None


def _sources(root: ET.Element) -> dict[str, dict[int, str]]:
    """Layer → port → layer that its value comes from."""
    sources: dict[str, dict[int, str]] = {}
    for edge in root.iterfind("edges/edge"):
        to, source = _text(edge, "to-layer"), _text(edge, "from-layer")
        ports = sources.setdefault(to, {})
        port = _whole(edge, "to-port")
        if port in ports:
            raise unreadable(f"port {port} of the layer {to} has two inputs")
        ports[port] = source
    return sources


def _layer(element: ET.Element, sources: Mapping[str, dict[int, str]], weights: bytes) -> Layer:
    id_, kind = _text(element, "id"), _text(element, "type")
    found = element.find("data")
    data = {} if found is None else dict(found.attrib)
    ports = sources.get(id_, {})
    if len(element.findall("output/port")) > 1:
        raise unreadable(f"the layer {id_} ({kind}) has several outputs")
    constant = None
    if kind == "Const":
        if found is None:
            raise unreadable(f"the constant {id_} has no data")
        constant = _constant(id_, found, weights)
    return Layer(id_, kind, data, tuple(ports[port] for port in sorted(ports)), constant)


def _constant(id_: str, data: ET.Element, weights: bytes) -> npt.NDArray[Any]:
    kind = _text(data, "element_type")
    if kind not in DTYPES:
        raise unreadable(f"the constant {id_} has numbers of the type {kind}")
    dtype = np.dtype(DTYPES[kind])
    offset, size = _whole(data, "offset"), _whole(data, "size")
    text = data.get("shape", "")
    try:
        shape = tuple(int(each) for each in text.split(",")) if text else ()
    except ValueError:
        raise unreadable(f"the constant {id_} has the shape {text!r}") from None
    if min(shape, default=1) < 1 or size != math.prod(shape) * dtype.itemsize:
        raise unreadable(f"the constant {id_} of the shape {text!r} has {size} bytes")
    if offset < 0 or offset + size > len(weights):
        raise unreadable(f"its .bin file ends before the constant {id_}")
    values = np.frombuffer(weights, dtype, math.prod(shape), offset).reshape(shape)
    if not np.isfinite(values).all():
        raise unreadable(f"the constant {id_} has numbers that are not finite")
    return values


def _ordered(layers: Mapping[str, Layer]) -> tuple[Layer, ...]:
    """Each layer after its inputs; of those that are ready, the first of the file."""
    done: dict[str, Layer] = {}
    left = list(layers.values())
    while left:
        waiting = []
        for layer in left:
            if missing := [each for each in layer.inputs if each not in layers]:
                raise unreadable(f"the layer {layer.id} takes values from {missing[0]}: none such")
            if all(each in done for each in layer.inputs):
                done[layer.id] = layer
            else:
                waiting.append(layer)
        if len(waiting) == len(left):
            raise unreadable(f"its layers form a circle at {waiting[0].id}")
        left = waiting
    return tuple(done.values())


def _text(element: ET.Element, name: str) -> str:
    value = element.get(name)
    if not value:
        raise unreadable(f"<{element.tag}> has no {name}")
    return value


def _whole(element: ET.Element, name: str) -> int:
    value = _text(element, name)
    try:
        return int(value)
    except ValueError:
        raise unreadable(f"{name} of <{element.tag}> is {value!r}") from None
