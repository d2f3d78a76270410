"""Text of unknown origin → values: JSON, TOML, and the fields of a dataclass.

Whatever is wrong is a ValueError with a few words on one line: also values nested so deeply, or
numbers so long, that Python raises something else for them, then or later.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from clusterer.core.text import brief

DEEPEST = 50
"""Levels of lists and objects; our own files have six."""
_MOST_DOTS = 1000
"""In a key of TOML, or a text without comma; 1000 take 0.01 s."""
_RATIO = re.compile("[0-9]{1,40}(?:/[1-9][0-9]{0,39})?")
_SURROGATE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""Those that stand for no byte of a file's name, as PEP 383 has it."""


def parse_json(content: bytes | str) -> Any:
    """Parse JSON, with numbers of at most 64 bits.

    Raises
    ------
    ValueError
        It is not JSON, is nested too deeply, or a number is too large.
    """
    try:
        parsed = json.loads(content, parse_int=_int, parse_float=_float)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise ValueError("it is not JSON") from None
    _check_depth([parsed])
    return parsed


def parse_toml(content: bytes) -> dict[str, Any]:
    """Parse TOML; limits and errors as of `parse_json`."""
    if any(piece.count(b".") > _MOST_DOTS for piece in re.split(b"[,=\n]", content)):
        raise ValueError("it is nested too deeply")  # tomllib takes the cube of a key's length
    try:
        parsed = tomllib.loads(content.decode("utf-8-sig"))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError as error:  # not UTF-8, not TOML, or a number of thousands of digits
        raise ValueError(brief(error)) from None
    _check_depth([parsed], wide=False)
    return parsed


def _int(text: str) -> int:
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        raise ValueError(f"a number of {len(text)} digits")
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"the number {brief(text, 20)} is too large")
    return number


def _check_depth(level: Iterable[Any], *, wide: bool = True) -> None:
    """Refuse what is nested too deeply or, unless `wide`, holds a number of more than 64 bits."""
    for _ in range(DEEPEST):
        inner = [each for each in level if isinstance(each, (dict, list))]
        if not inner:
            return
        level = [v for each in inner for v in (each.values() if isinstance(each, dict) else each)]
        if not wide and any(type(v) is int and not -(2**63) <= v < 2**63 for v in level):
            raise ValueError("a number of more than 64 bits")
    raise ValueError("it is nested too deeply")


def build(kind: Any, value: Any, name: str = "") -> Any:
    """Make a value of a type, or an instance of a dataclass, out of parsed JSON.

    Parameters
    ----------
    kind
        A dataclass, or the type of one of its fields: ``int``, ``float`` (finite), ``str`` (no lone
        surrogate but for bytes of a file's name), ``bool``, `Fraction` (of text), an enumeration, a
        tuple of these, or one or None.
    value
    name
        Of the field, for the error.

    Raises
    ------
    ValueError
        It is not of this type.
    """
    if is_dataclass(kind):
        return _instance(kind, value)
    origin = get_origin(kind)
    if origin is UnionType:
        (inner,) = (each for each in get_args(kind) if each is not NoneType)
        return None if value is None else build(inner, value, name)
    if origin is tuple:
        inner, *_ = get_args(kind)
        if not isinstance(value, list):
            raise ValueError(f"{name} is not a list")
        return tuple(build(inner, each, name) for each in value)
    return _plain(kind, value, name)


def _instance(kind: Any, value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"a {kind.__name__} is not an object")
    types = _types(kind)
    if unknown := value.keys() - types.keys():
        raise ValueError(f"a {kind.__name__} has a field {brief(ascii(min(unknown)), 40)}")
    try:
        return kind(**{name: build(types[name], each, name) for name, each in value.items()})
    except TypeError as error:  # a field is missing
        raise ValueError(brief(error)) from None


@cache
def _types(kind: Any) -> dict[str, Any]:
    """Type of each field of a dataclass."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _plain(kind: Any, value: Any, name: str) -> Any:
    if issubclass(kind, Enum):
        return kind(value)
    if kind is float:
        if type(value) in (int, float) and math.isfinite(value):
            return value
    elif kind is Fraction:
        if isinstance(value, str) and _RATIO.fullmatch(value):
            return Fraction(value)
    elif type(value) is kind and not (kind is str and _SURROGATE.search(value)):
        return value
    raise ValueError(f"{name} is {brief(ascii(value), 40)}")
