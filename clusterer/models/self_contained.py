"""Check whether an ONNX network is self-contained, or refers to other files.

Its tensors may be stored in other files, at any path, which ONNX Runtime then maps into memory.
This reads protobuf's wire format (https://protobuf.dev/programming-guides/encoding/) and the part
of ``onnx.proto`` that leads to tensors: the library onnx takes a third of a second to import, and
copies the weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

INSIDE: Mapping[str, Mapping[int, str]] = {
    "ModelProto": {7: "GraphProto", 20: "TrainingInfoProto", 25: "FunctionProto"},
    "TrainingInfoProto": {1: "GraphProto", 2: "GraphProto"},
    "GraphProto": {1: "NodeProto", 5: "TensorProto", 15: "SparseTensorProto"},
    "FunctionProto": {7: "NodeProto", 11: "AttributeProto"},
    "NodeProto": {5: "AttributeProto"},
    "AttributeProto": {
        5: "TensorProto",
        6: "GraphProto",
        10: "TensorProto",
        11: "GraphProto",
        22: "SparseTensorProto",
        23: "SparseTensorProto",
    },
    "SparseTensorProto": {1: "TensorProto", 2: "TensorProto"},
}
"""Message → field number → message type of the field; the paths to tensors and nodes."""

EXTERNAL_DATA, DATA_LOCATION = 13, 14
"""Fields of TensorProto: the external file; and whether there is one (0, the default: no)."""
OP_TYPE = 4
"""Field of NodeProto."""
COMPILED = b"EPContext"
"""A node of ONNX Runtime for a compiled part, usually in a separate file."""

_VARINT, _EIGHT, _LENGTH, _FOUR = 0, 1, 2, 5
"""Wire types. ONNX does not use the others, which delimit groups."""
_MAX_VARINT_BYTES = 10

Field = tuple[int, "int | memoryview"]


def external_part(model: bytes) -> str:
    """Name the part of a network that is stored in another file.

    Parameters
    ----------
    model : content of the file

    Returns
    -------
    str; empty if there is none

    Raises
    ------
    ValueError
        It is not a protobuf message.
    """
    pending = [("ModelProto", memoryview(model))]
    while pending:
        message, content = pending.pop()
        inside = INSIDE.get(message, {})
        for number, value in _fields(content):
            if message == "TensorProto" and _is_external(number, value):
                return "weights"
            if isinstance(value, int):
                continue
            if message == "NodeProto" and number == OP_TYPE and bytes(value) == COMPILED:
                return "a compiled part"
            if number in inside:
                pending.append((inside[number], value))
    return ""


def _is_external(number: int, value: int | memoryview) -> bool:
    return number == EXTERNAL_DATA or (number == DATA_LOCATION and value != 0)


def _fields(content: memoryview) -> Iterator[Field]:
    """Number and value of each field; 0 as the value of fields of four and eight bytes."""
    at = 0
    while at < len(content):
        tag, at = _varint(content, at)
        number, kind = tag >> 3, tag & 7
        value: int | memoryview = 0
        if kind == _VARINT:
            value, at = _varint(content, at)
        elif kind == _LENGTH:
            length, at = _varint(content, at)
            value = content[at : at + length]
            at += length
        elif kind in {_EIGHT, _FOUR}:
            at += 8 if kind == _EIGHT else 4
        else:
            raise ValueError(f"a field of wire type {kind}")
        if at > len(content):
            raise ValueError("truncated")
        yield number, value


def _varint(content: memoryview, at: int) -> tuple[int, int]:
    """Seven bits per byte, lowest first; returns the number and the position after it."""
    number = 0
    for shift in range(0, 7 * _MAX_VARINT_BYTES, 7):
        if at >= len(content):
            raise ValueError("truncated")
        byte = content[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
    raise ValueError("a varint of more than 10 bytes")
