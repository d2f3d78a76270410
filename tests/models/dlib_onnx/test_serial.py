from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.errors import ModelError
from clusterer.models.dlib_onnx.serial import Reader
from tests.models.dlib_onnx import dlib_bytes as write


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"\x01\x00", 0),
        (b"\x01\x05", 5),
        (b"\x81\x05", -5),
        (b"\x02\x00\x01", 256),
        (b"\x82\xff\xff", -65535),
        (b"\x08" + b"\xff" * 8, 2**64 - 1),
    ],
)
def test_integers(data: bytes, value: int) -> None:
    reader = Reader(data)
    assert reader.read_int() == value
    assert reader.left == 0


@given(st.integers(-(2**63), 2**63))
def test_any_integer_is_read_back(value: int) -> None:
    assert Reader(write.integer(value)).read_int() == value


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"\x01\x03\x01\x02", 12.0),
        (b"\x01\x03\x81\x02", 0.75),
        (b"\x81\x01\x81\x01", -0.5),
        (write.real(0, 0), 0.0),
        (write.real(0, 32000), math.inf),
        (write.real(0, 32001), -math.inf),
    ],
)
def test_floats(data: bytes, value: float) -> None:
    assert Reader(data).read_float() == value


def test_not_a_number() -> None:
    assert math.isnan(Reader(write.real(0, 32002)).read_float())


@pytest.mark.parametrize(("data", "value"), [(b"0", False), (b"1", True)])
def test_bools(data: bytes, value: bool) -> None:
    assert Reader(data).read_bool() is value


def test_a_string_ends_where_the_next_value_begins() -> None:
    reader = Reader(b"\x01\x05con_4\x01\x07")
    assert reader.read_string() == "con_4"
    assert reader.peek_int() == 7
    assert reader.read_int() == 7


def test_tensor_keeps_order_and_shape() -> None:
    data = write.integers(2, 1, 2, 1, 3) + np.arange(6, dtype="<f4").tobytes()
    read = Reader(data).read_tensor()
    assert read.dtype == np.float32
    assert read.tolist() == [[[[0, 1, 2]], [[3, 4, 5]]]]


def test_alias_is_a_shape() -> None:
    assert Reader(write.integers(1, 4, 3, 2, 1)).read_alias() == (4, 3, 2, 1)


@pytest.mark.parametrize(
    ("data", "method", "problem"),
    [
        (b"", "read_int", "1 bytes expected, 0 left"),
        (b"\x02\x01", "read_int", "2 bytes expected, 1 left"),
        (b"\x00", "read_int", "begins with 0x00"),
        (b"\x09" + bytes(9), "read_int", "begins with 0x09"),
        (b"\x11\x01", "read_int", "begins with 0x11"),
        (write.real(1, 5000), "read_float", "not a float"),
        (b"2", "read_bool", "a bool is"),
        (write.integer(-1) + b"a", "read_string", "-1 bytes expected"),
        (write.integer(2**40) + b"a", "read_string", "expected"),
        (write.integers(1, -1), "read_pair", r"\(1, -1\)"),
        (write.integers(1, 1, 1, 1, 1), "read_tensor", "version 1, not 2"),
        (write.integers(2, -1, 1, 1, 1), "read_tensor", r"\(-1, 1\)"),
        (write.integers(2, 1, 1, 1, 2) + bytes(7), "read_tensor", "8 bytes expected, 7 left"),
        (write.integers(2, 2**60, 2**60, 1, 2), "read_tensor", "expected"),
        (write.integers(2, 1, 1, 1, 1), "read_alias", "version 2, not 1"),
    ],
)
def test_damage_is_reported(data: bytes, method: str, problem: str) -> None:
    with pytest.raises(ModelError, match=problem):
        getattr(Reader(data), method)()
