"""Cells of text in CSV, written so that no spreadsheet runs them as formulas, and restored.

Source: OWASP, "CSV Injection" (https://owasp.org/www-community/attacks/CSV_Injection): spreadsheets
take a cell for a formula if it begins with ``=``, ``+``, ``-``, ``@`` or one of their full-width
forms, and may drop a tab, carriage return or line feed before it. One with another separator
finds cells within ours.

The rule: one apostrophe more stands before

* a cell that begins with a tab, a carriage return or a line feed,
* whatever begins a formula at the start of a cell, or after a comma, semicolon, tab or end of line
  within it; between the two may be spaces and quotation marks,

and before an apostrophe in these places, so that reading is the inverse.
"""

from __future__ import annotations

import re

_BREAK = r"(?='*[\t\r\n])"
_FORMULA = r"""(?=(?:[^\S\t\r\n]|["'])*[=+\-@\uff1d\uff0b\uff0d\uff20])"""
_START = r"(?:^|(?<=[,;\t\r\n]))"
_UNSAFE = re.compile(f"^{_BREAK}|{_START}{_FORMULA}")
_GUARDED = re.compile(f"^'{_BREAK}|{_START}'{_FORMULA}")


def guarded(value: object) -> object:
    """A value for a cell of CSV: text by the rule above, anything else as it is."""
    return _UNSAFE.sub("'", value) if isinstance(value, str) else value


def restored(text: str) -> str:
    """The inverse of `guarded`; text without its apostrophes is unchanged."""
    return _GUARDED.sub("", text)
