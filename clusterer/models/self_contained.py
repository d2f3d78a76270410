"""Whether a network in ONNX is whole, or would have another file opened.

Its tensors may lie in other files, of any path, which ONNX Runtime then maps into memory. Read is
protobuf's wire format (https://protobuf.dev/programming-guides/encoding/) and as much of
``onnx.proto`` as leads to tensors: the library onnx takes a third of a second to import, and copies
the weights.
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
"""Message → number of a field → the message in it; the ways that lead to tensors and nodes."""

EXTERNAL_DATA, DATA_LOCATION = 13, 14
"""Of TensorProto: where in which file it lies; 0, the default, says that it lies in this one."""
OP_TYPE = 4
"""Of NodeProto."""
COMPILED = b"EPContext"
"""A node of ONNX Runtime's that stands for a compiled part, mostly in a file of its own."""

_VARINT, _EIGHT, _LENGTH, _FOUR = 0, 1, 2, 5
"""Kinds of field. ONNX has none of the others, which began and ended groups."""
_MOST_BYTES = 10
"""Of a varint."""

Field = tuple[int, "int | memoryview"]


def external_part(model: bytes) -> str:
    """What of a network lies in another file.

    Parameters
    ----------
    model : content of the file

    Returns
    -------
    In words; empty if nothing does.

    Raises
    ------
    ValueError
        It is no protobuf message.
    """
    waiting = [("ModelProto", memoryview(model))]
    while waiting:
        message, content = waiting.pop()
        inside = INSIDE.get(message, {})
        for number, value in _fields(content):
            if message == "TensorProto" and _is_elsewhere(number, value):
                return "weights"
            if isinstance(value, int):
                continue
            if message == "NodeProto" and number == OP_TYPE and bytes(value) == COMPILED:
                return "a compiled part"
            if number in inside:
                waiting.append((inside[number], value))
    return ""


def _is_elsewhere(number: int, value: int | memoryview) -> bool:
    return number == EXTERNAL_DATA or (number == DATA_LOCATION and value != 0)


def _fields(content: memoryview) -> Iterator[Field]:
    """Number and value of each field; of those of four and eight bytes the value is left out."""
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
            raise ValueError(f"a field of kind {kind}")
        if at > len(content):
            raise ValueError("cut off")
        yield number, value


def _varint(content: memoryview, at: int) -> tuple[int, int]:
    """Seven bits a byte, the lowest first; returns the number, and where the next byte is."""
    number = 0
    for shift in range(0, 7 * _MOST_BYTES, 7):
        if at >= len(content):
            raise ValueError("cut off")
        byte = content[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
    raise ValueError("a number without an end")
