"""What the page asks: the parts of its requests, checked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from clusterer.core.errors import EditsError


async def read_body(request: Request, *names: str) -> dict[str, Any]:
    """Parse a JSON object with exactly these fields; ``count`` is a number of corrections."""
    try:
        content = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise EditsError("Invalid request: it is not JSON") from None
    if not isinstance(content, dict) or content.keys() != set(names):
        raise EditsError(f"Invalid request: it must have exactly the fields {' and '.join(names)}")
    if type(content["count"]) is not int or content["count"] < 0:
        raise EditsError("Invalid request: count is not a number of corrections")
    return content


def number(text: str) -> int:
    """Parse digits of ASCII, at most nine; raises KeyError if it is something else."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise KeyError(text)
    return int(text)


@contextmanager
def known(what: str) -> Iterator[None]:
    """Answer 404 where something is asked for that is not there."""
    try:
        yield
    except KeyError:
        raise HTTPException(404, f"{what} not found") from None
