"""File names as every terminal, table and page can carry them."""

from __future__ import annotations

import re

_HALVES = re.compile("[\ud800-\udfff]")


def printable(text: object) -> str:
    """Text that can be encoded as UTF-8.

    Python keeps what is not UTF-8 in a file name as halves of characters (PEP 383), which nothing
    can write. Each becomes U+FFFD. Only paths that open a file keep them.
    """
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", str(text))


def one_line(text: object) -> str:
    """The same on one line, without what steers a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text))
