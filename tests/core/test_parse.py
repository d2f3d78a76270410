"""JSON, TOML and dataclasses out of text of unknown origin."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.parse import DEEPEST, build, parse_json, parse_toml

DEEP = 100_000
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


class Mood(StrEnum):
    GOOD = "good"


@dataclass(frozen=True)
class Inner:
    rate: Fraction
    mood: Mood = Mood.GOOD


@dataclass(frozen=True)
class Outer:
    name: str
    count: int
    share: float
    on: bool
    inner: tuple[Inner, ...] = ()
    note: str | None = None
    track_ids: tuple[int, ...] = ()


WHOLE: dict[str, Any] = {
    "name": "Zoë",
    "count": -(2**63),
    "share": 0.5,
    "on": True,
    "inner": [{"rate": "24000/1001", "mood": "good"}, {"rate": "25"}],
    "note": None,
    "track_ids": [1, 2],
}


@given(JSON)
def test_any_json_of_sensible_size_is_parsed(value: Any) -> None:
    assert repr(parse_json(json.dumps(value))) == repr(value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is not JSON"),
        (b"\xff", "it is not JSON"),
        ("[" * DEEP, "it is nested too deeply"),
        ("[" * DEEP + "]" * DEEP, "it is nested too deeply"),
        ("[" * 500 + "]" * 500, "it is nested too deeply"),
        ('{"a":' * DEEP + "1" + "}" * DEEP, "it is nested too deeply"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "it is nested too deeply"),
        ("9" * 400, "a number of 400 digits"),
        ("9" * 5000, "a number of 5000 digits"),
        ("[9223372036854775808]", "a number of 19 digits"),
        ("1e400", "the number 1e400 is too large"),
        ("1" * 400 + ".5", "is too large"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_json_that_is_refused(text: str | bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words) as error:
        parse_json(text)
    assert len(str(error.value)) < 100
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        b"a = " + b"[" * DEEP,
        b"a = " + b"[" * 200 + b"]" * 200,
        b"a = " + b"9" * 400,
        b"a = [[" + b"9" * 5000 + b"]]",
        b"a." * DEEP + b"b = 1",
        b"[" + b"a." * 5000 + b"b]",
        b"\xff",
        b"a = 1\na = 2",
        b"a = 1\r\rb",
        b"a = 99-99-99",
    ],
    ids=lambda value: repr(value)[:20],
)
def test_toml_that_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r".") as error:
        parse_toml(text)
    assert type(error.value) is ValueError
    assert len(str(error.value)) <= 200
    assert "\n" not in str(error.value)


def test_toml() -> None:
    assert parse_toml(b"\xef\xbb\xbfa = 1\nb = [[0.5, inf]]") == {
        "a": 1,
        "b": [[0.5, float("inf")]],
    }


def test_a_dataclass_is_built() -> None:
    inner = (Inner(Fraction(24000, 1001)), Inner(Fraction(25)))
    assert build(Outer, WHOLE) == Outer("Zoë", -(2**63), 0.5, True, inner, None, (1, 2))
    assert build(Outer, WHOLE | {"name": "caf\udce9"}).name == "caf\udce9"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": 5},
        {"name": "\ud800"},
        {"count": 1.0},
        {"count": True},
        {"share": float("nan")},
        {"share": float("inf")},
        {"share": "1"},
        {"share": None},
        {"on": 1},
        {"note": 5},
        {"inner": {}},
        {"inner": [5]},
        {"inner": [{}]},
        {"inner": [{"rate": 25}]},
        {"inner": [{"rate": "1/0"}]},
        {"inner": [{"rate": "1e999999999"}]},
        {"inner": [{"rate": "25", "mood": []}]},
        {"inner": [{"rate": "25", "mood": "bad"}]},
        {"track_ids": "12"},
        {"track_ids": [[1]]},
        {"more": 1},
        {"x" * 10_000: 1},
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_not_of_its_type_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".") as error:
        build(Outer, WHOLE | wrong)
    assert len(str(error.value)) < 200


@pytest.mark.parametrize("left_out", ["name", "count"])
def test_a_field_is_missing(left_out: str) -> None:
    facts = {name: value for name, value in WHOLE.items() if name != left_out}
    with pytest.raises(ValueError, match=left_out):
        build(Outer, facts)
