"""CMX 3600 lines of cut lists and marker lists, in files of at most 999 events.

Sources: CMX 3600 manual, revision 907567, pages 11 to 13 (https://xmil.biz/EDL-X/CMX3600.pdf), as
public implementations cite it: title, code mode, columns of an event. Apple, Final Cut Pro 7 User
Manual, "Limit the Number of Edits in Your Sequence"
(https://documentation.apple.com/en/finalcutpro/usermanual/chapter_96_section_5.html): 999 events,
then another list.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeVar

MOST_EVENTS = 999
"""Event numbers have three digits."""
LONGEST_TITLE = 70
"""Characters."""

T = TypeVar("T")


def header(title: str, drop: bool) -> list[str]:
    """The lines before the first event, with the title in ASCII, as the format requires."""
    plain = "".join(c if " " <= c <= "~" else "_" for c in without_accents(title))
    mode = "DROP FRAME" if drop else "NON-DROP FRAME"
    return [f"TITLE: {plain[:LONGEST_TITLE].strip()}", f"FCM: {mode}"]


def event(number: int, reel: str, times: Sequence[str]) -> str:
    """The line of a cut in the picture: source in and out, record in and out."""
    return f"{number:03}  {reel:<8} V     C        {' '.join(times)}"


def page_names(stem: str, items: int) -> list[str]:
    """File names for a number of items: ``<stem>.edl``, then ``<stem>.2.edl`` and so on."""
    pages = max(1, -(-items // MOST_EVENTS))
    return [f"{stem}.edl", *(f"{stem}.{page}.edl" for page in range(2, pages + 1))]


def paged(
    names: Sequence[str], items: Sequence[T], write: Callable[[Sequence[T]], str]
) -> dict[str, bytes]:
    """Write files of at most 999 items.

    Parameters
    ----------
    names
        From `page_names`.
    items
        If empty, one file is written.
    write
        Text of a file from its items.

    Returns
    -------
    UTF-8 content by file name.
    """
    starts = range(0, max(1, len(items)), MOST_EVENTS)
    return {
        name: write(items[start : start + MOST_EVENTS]).encode()
        for name, start in zip(names, starts, strict=True)
    }


def without_accents(text: str) -> str:
    """Remove accents: é becomes e."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
