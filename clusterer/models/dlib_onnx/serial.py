"""Read dlib's serialized values.

An integer is a control byte (bit 7 the sign, low nibble the byte count), then that many bytes of
magnitude, little-endian. A float is two integers, mantissa and binary exponent. A string is its
length and its bytes, a bool an ASCII ``0`` or ``1``. A tensor is version 2, four sizes and raw
float32. Source: dlib/serialize.h, dlib/float_details.h and dlib/cuda/tensor.h of dlib 19 and 20.
"""

from __future__ import annotations

import math

import numpy as np

from clusterer.core.errors import ModelError
from clusterer.core.types import FloatArray

Shape = tuple[int, int, int, int]

_SPECIAL_EXPONENTS = {32000: math.inf, 32001: -math.inf, 32002: math.nan}
_TENSOR_VERSION, _ALIAS_VERSION = 2, 1
_FLOAT_BYTES = 4


class Reader:
    """Reads values from the front of serialized bytes.

    Every ``read_`` method raises ModelError if the bytes do not match.

    Parameters
    ----------
    data : the whole file
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    @property
    def left(self) -> int:
        """Number of bytes left."""
        return len(self._data) - self._position

    def damaged(self, problem: str) -> ModelError:
        """Make an error with a problem and its position."""
        return ModelError(
            f"A dlib network is damaged at byte {self._position}: {problem}",
            "Reinstall the package that contains it",
        )

    def peek_int(self) -> int:
        """Return the next integer without consuming it."""
        position = self._position
        value = self.read_int()
        self._position = position
        return value

    def read_bytes(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        if not 0 <= count <= self.left:
            raise self.damaged(f"{count} bytes expected, {self.left} left")
        start = self._position
        self._position += count
        return self._data[start : self._position]

    def read_int(self) -> int:
        """Integer of up to 64 bits."""
        control = self.read_bytes(1)[0]
        size = control & 0x0F
        if control & 0x70 or not 1 <= size <= 8:
            raise self.damaged(f"an integer begins with {control:#04x}")
        magnitude = int.from_bytes(self.read_bytes(size), "little")
        return -magnitude if control & 0x80 else magnitude

    def read_float(self) -> float:
        """Floating-point number; infinities and NaN have special exponents."""
        mantissa, exponent = self.read_int(), self.read_int()
        if exponent in _SPECIAL_EXPONENTS:
            return _SPECIAL_EXPONENTS[exponent]
        try:
            return math.ldexp(mantissa, exponent)
        except OverflowError:
            raise self.damaged(f"{mantissa} times 2 to the {exponent} is not a float") from None

    def read_bool(self) -> bool:
        """One ASCII digit."""
        digit = self.read_bytes(1)
        if digit not in (b"0", b"1"):
            raise self.damaged(f"a bool is {digit!r}")
        return digit == b"1"

    def read_string(self) -> str:
        """Text; dlib's own names are ASCII."""
        return self.read_bytes(self.read_int()).decode("latin-1")

    def read_pair(self) -> tuple[int, int]:
        """Two non-negative integers."""
        first, second = self.read_int(), self.read_int()
        if first < 0 or second < 0:
            raise self.damaged(f"a size is ({first}, {second})")
        return first, second

    def read_tensor(self) -> FloatArray:
        """Four-dimensional array, float32."""
        shape = self._read_shape("tensor", _TENSOR_VERSION)
        raw = self.read_bytes(math.prod(shape) * _FLOAT_BYTES)
        return np.frombuffer(raw, "<f4").astype(np.float32).reshape(shape)

    def read_alias(self) -> Shape:
        """Shape of a part of another tensor; no data."""
        return self._read_shape("alias tensor", _ALIAS_VERSION)

    def _read_shape(self, kind: str, expected: int) -> Shape:
        version = self.read_int()
        if version != expected:
            raise self.damaged(f"a {kind} has version {version}, not {expected}")
        n, k = self.read_pair()
        rows, columns = self.read_pair()
        return n, k, rows, columns
