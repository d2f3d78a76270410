"""Writes dlib's serialized values, as the format is described in `serial.py`."""

from __future__ import annotations

import numpy as np


def integer(value: int) -> bytes:
    size = max((abs(value).bit_length() + 7) // 8, 1)
    return bytes([size | (0x80 if value < 0 else 0)]) + abs(value).to_bytes(size, "little")


def integers(*values: int) -> bytes:
    return b"".join(integer(value) for value in values)


def real(mantissa: int, exponent: int = 0) -> bytes:
    return integers(mantissa, exponent)


def string(text: str) -> bytes:
    return integer(len(text)) + text.encode()


def tensor(values: np.ndarray | list, shape: tuple[int, int, int, int]) -> bytes:
    return integers(2, *shape) + np.asarray(values, "<f4").tobytes()


def alias(*shape: int) -> bytes:
    return integers(1, *shape)


EMPTY = tensor([], (0, 0, 0, 0))
RATES = real(1) * 4

CONVOLUTION = (
    string("con_4")
    + tensor([1, 2, 3, 4, 5], (5, 1, 1, 1))
    + integers(1, 2, 2, 1, 1, 0, 0)
    + alias(1, 1, 2, 2)
    + alias(1, 1, 1, 1)
    + RATES
)
AFFINE = (
    string("affine_")
    + tensor([10, 7], (2, 1, 1, 1))
    + alias(1, 1, 1, 1)
    + alias(1, 1, 1, 1)
    + integer(0)
)
POOL = string("max_pool_2") + integers(3, 2, 1, 4, 0, 5)
DENSE = (
    string("fc_2")
    + integers(2, 3)
    + tensor([1, 2, 3, 4, 5, 6], (3, 2, 1, 1))
    + alias(3, 2, 1, 1)
    + alias(0, 0, 0, 0)
    + integer(1)
    + RATES
)


def layer(details: bytes) -> bytes:
    return details + b"101" + EMPTY * 3


def network(*layers: bytes | None) -> bytes:
    """A file of the given layers, nearest the input first; None is a tag."""
    versions = [1 if details is None else 2 for details in layers]
    versions[0] = 3
    contents = [b"" if details is None else layer(details) for details in layers]
    contents[0] += integer(1)
    return (
        integer(1)
        + string("loss_metric_2")
        + real(1, -5)
        + real(3, -2)
        + integers(*reversed(versions))
        + string("input_rgb_image_sized")
        + real(245, -1)
        + real(117)
        + real(104)
        + integers(5, 6)
        + b"".join(contents)
    )
