"""Damage done to files, the same for the same seed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

Change = Callable[[bytearray, random.Random], None]
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63 - 1, -(2**63), 0.5, -0.0, 1e308, float("nan"),
    float("inf"), "", "x", "\n", "\ud800", "=1+1", "<b>", "../../x", "x" * 10_000, "24000/1001",
    "1/0", "1e999999999", [], {}, [[]], [None] * 5, {"": 0}, [1, 2, 3], {"0": [[0, 0]]},
)  # fmt: skip
"""Values that JSON can hold in any place."""


def _place(data: bytearray, rng: random.Random) -> int:
    """Somewhere; half of the time near an end, where containers keep their tables."""
    near = min(len(data), 200)
    where = rng.random()
    if where < 0.25:
        return rng.randrange(near)
    return len(data) - 1 - rng.randrange(near if where < 0.5 else len(data))


def flip(data: bytearray, rng: random.Random) -> None:
    """Change single bits."""
    for _ in range(rng.choice((1, 4, 40))):
        data[_place(data, rng)] ^= 1 << rng.randrange(8)


def fill(data: bytearray, rng: random.Random) -> None:
    """Overwrite a stretch by one byte."""
    at, length = _place(data, rng), rng.choice((1, 4, 8, 64, 512))
    data[at : at + length] = bytes([rng.choice((0, 0x7F, 0x80, 0xFF))]) * len(
        data[at : at + length]
    )


def noise(data: bytearray, rng: random.Random) -> None:
    """Overwrite a stretch by noise."""
    at, length = _place(data, rng), rng.choice((2, 4, 16, 256))
    data[at : at + length] = rng.randbytes(len(data[at : at + length]))


def cut(data: bytearray, rng: random.Random) -> None:
    """Leave out the end, or a stretch."""
    at = _place(data, rng)
    del data[at : at + rng.choice((1, 8, 100, len(data)))]


def repeat(data: bytearray, rng: random.Random) -> None:
    """Insert a stretch of the file somewhere."""
    at, length = _place(data, rng), rng.choice((1, 16, 300))
    to = _place(data, rng)
    data[to:to] = data[at : at + length]


CHANGES: tuple[Change, ...] = (flip, fill, noise, cut, repeat)


def damaged(content: bytes, seed: str) -> bytes:
    """A file with one to three changes."""
    rng = random.Random(seed)
    data = bytearray(content)
    for _ in range(rng.randint(1, 3)):
        if data:
            rng.choice(CHANGES)(data, rng)
    return bytes(data)


def damaged_json(content: bytes, seed: str) -> bytes:
    """JSON in which one to three values are others, are gone, or have changed places."""
    rng = random.Random(seed)
    tree = json.loads(content)
    for _ in range(rng.randint(1, 3)):
        _disturb(tree, rng)
    return json.dumps(tree).encode()


def _disturb(tree: Any, rng: random.Random) -> None:
    inner = tree
    while True:
        keys = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
        if not keys:
            return
        key = rng.choice(keys)
        deeper = isinstance(inner[key], (dict, list)) and len(inner[key]) and rng.random() < 0.8
        if not deeper:
            break
        inner = inner[key]
    other = rng.choice(keys)
    match rng.randrange(4):
        case 0:
            del inner[key]
        case 1:
            inner[key], inner[other] = inner[other], inner[key]
        case _:
            inner[key] = rng.choice(ODD)
