"""Dates as people write them, of which the day or the month may be unknown."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from clusterer.core.text import brief

_DATE = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?", re.ASCII)


def parse_date(text: str, *, last: bool = False) -> date:
    """Parse ``1965``, ``1965-04`` or ``1965-04-30``: the first day that it can mean, or the last.

    Raises
    ------
    ValueError
        It is not a date.

    Examples
    --------
    >>> parse_date("1965").isoformat(), parse_date("1964-02", last=True).isoformat()
    ('1965-01-01', '1964-02-29')
    """
    match = _DATE.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError
        year, *rest = map(int, filter(None, match.groups()))
        month, *days = rest or [12 if last else 1]
        return date(year, month, *(days or [monthrange(year, month)[1] if last else 1]))
    except ValueError:
        raise ValueError(f"{brief(text, 40)!r} is not a date") from None
