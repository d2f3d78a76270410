"""Dates of which the day or the month may be unknown."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.dates import parse_date


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1965", "1965-01-01", "1965-12-31"),
        ("1964-02", "1964-02-01", "1964-02-29"),
        ("1965-12", "1965-12-01", "1965-12-31"),
        (" 1965-4-3 ", "1965-04-03", "1965-04-03"),
        ("9999", "9999-01-01", "9999-12-31"),
    ],
)
def test_the_first_day_and_the_last(text: str, first: str, last: str) -> None:
    assert parse_date(text).isoformat() == first
    assert parse_date(text, last=True).isoformat() == last


@given(st.dates())
def test_every_day(day: date) -> None:
    assert parse_date(day.isoformat()) == parse_date(day.isoformat(), last=True) == day
    year = f"{day.year:04}"
    assert parse_date(year) <= day <= parse_date(year, last=True)
    month = f"{year}-{day.month:02}"
    assert parse_date(month) <= day <= parse_date(month, last=True)


@pytest.mark.parametrize(
    "text",
    ["", "65", "1965-13", "1965-00", "1965-01-00", "1965-02-29", "0000", "1965/4", "soon", "١٩٦٥"],
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        parse_date(text)
    with pytest.raises(ValueError, match="is not a date"):
        parse_date(text, last=True)
