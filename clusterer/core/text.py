"""File names as every terminal, table and page can carry them."""

from __future__ import annotations

import re

_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Controls, ends of lines, and what turns the direction of writing round."""
_HALVES = re.compile("[\ud800-\udfff]")


def printable(text: object) -> str:
    """Text that can be encoded as UTF-8.

    Python keeps what is not UTF-8 in a file name as halves of characters (PEP 383), which nothing
    can write. Each becomes U+FFFD. Only paths that open a file keep them.
    """
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", str(text))


def visible(text: object) -> str:
    """The same on one line, with what steers a terminal written out, as Python writes it.

    For lines that name a file to open; letters that join others stay, as names have them.
    """
    return _STEERING.sub(lambda c: c[0].encode("unicode_escape").decode(), printable(text))


def one_line(text: object) -> str:
    """The same on one line, without what steers a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text))
