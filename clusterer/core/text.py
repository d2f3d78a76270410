"""Make file names safe for terminals, tables and pages."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Control characters, line separators, and changes of the writing direction."""
_DIGITS = re.compile("([0-9]+)")
_SURROGATES = re.compile("[\ud800-\udfff]")


def printable(text: object) -> str:
    """Text that can be encoded as UTF-8.

    Python represents bytes of a file name that are not UTF-8 as lone surrogates (PEP 383), which
    cannot be encoded. Each becomes U+FFFD. Only paths used to open a file keep them.
    """
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", str(text))


def visible(text: object) -> str:
    """Printable text on one line, with control characters escaped as in Python.

    For lines that name a file to open; joining characters are kept, as names contain them.
    """
    return _CONTROLS.sub(lambda c: c[0].encode("unicode_escape").decode(), printable(text))


def one_line(text: object) -> str:
    """Text on one line, with unprintable characters replaced."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text))


def brief(text: object, longest: int = 200) -> str:
    """Text on one line, shortened: for the cause of an error, whatever a file holds."""
    line = " ".join(printable(text)[: 4 * longest].split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def counted(n: int, one: str, many: str = "") -> str:
    """A number with its noun; `many` is the plural, if it is not `one` with an s.

    Examples
    --------
    >>> counted(1, "person", "people"), counted(2, "film")
    ('1 person', '2 films')
    """
    return f"{n} {one if n == 1 else many or one + 's'}"


def megabytes(size_bytes: int) -> str:
    """A size with its unit.

    Examples
    --------
    >>> megabytes(1_250_000)
    '1.2 MB'
    """
    return f"{size_bytes / 1e6:.1f} MB"


def folded(name: str) -> str:
    """A person's name for comparison: without case, its characters composed and of one form."""
    return _caseless("NFKC", name)


def folded_file(name: str) -> str:
    """A file's name for comparison, as disks that ignore case and the encoding of accents do it."""
    return _caseless("NFC", name)


def _caseless(form: Literal["NFC", "NFKC"], name: str) -> str:
    return unicodedata.normalize(form, unicodedata.normalize(form, name).casefold())


def natural(name: str) -> tuple[tuple[bool, int, str], ...]:
    """Orders names as people do: ``e2`` before ``e10``, in any case and way to encode accents."""
    return tuple(
        (not part.isascii() or not part.isdigit(), int(part) if at % 2 else 0, part)
        for at, part in enumerate(_DIGITS.split(folded_file(name)))
    )
