"""What the files of an export are called that is of some people, or of a part of a film, only.

``film+Anna+Boris.edl``, ``film+from-0-01-00+to-0-02-30.edl``, ``film+together+Anna+Boris.vtt``: no
such name is one of everybody's files, which have a dot where this has a plus.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Protocol

from clusterer.core.text import folded
from clusterer.outputs.export.timeline import file_stem

LONGEST = 80
"""Bytes of UTF-8; of more, the rest is replaced by 8 digits of its digest."""
_TOGETHER = "together"
_NO_NAME = re.compile(rf"{_TOGETHER}|(?:from|to)-\d.*")


class Partial(Protocol):
    """What of a `clusterer.outputs.export.choose.Choice` tells an export from that of the whole."""

    @property
    def begin(self) -> float | str | None:
        """Where the part begins."""

    @property
    def end(self) -> float | str | None:
        """Where it ends."""

    @property
    def together(self) -> bool:
        """Whether only where all are on screen."""

    @property
    def people(self) -> object:
        """Names as typed; empty = everybody."""


def label(choice: Partial, people: Iterable[str]) -> str:
    """What follows the film's name in those of the files; empty for the whole of everybody.

    Parameters
    ----------
    choice
    people
        Names of the people that it means, in the order of the result; unused if it names nobody.
    """
    parts = [_TOGETHER] if choice.together else []
    if choice.people:
        parts += map(_safe, people)
    parts += [
        f"{word}-{_time(when)}"
        for word, when in (("from", choice.begin), ("to", choice.end))
        if when is not None
    ]
    text = "".join(f"+{part}" for part in parts)
    if len(text.encode()) <= LONGEST:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{text.encode()[: LONGEST - 9].decode(errors='ignore').rstrip('. ')}-{digest}"


def _safe(name: str) -> str:
    """A name that every system takes, and that no word of ours looks like."""
    safe = file_stem(name).replace("+", "_")
    return f"_{safe}" if _NO_NAME.fullmatch(folded(safe)) else safe


def _time(when: float | str) -> str:
    """A timecode as typed, or ``H-MM-SS`` with up to three decimals."""
    if isinstance(when, str):
        return re.sub("[:;]", "-", when)
    millis = round(Fraction(str(when)) * 1000)
    seconds, rest = divmod(millis, 1000)
    decimals = f".{rest:03d}".rstrip("0") if rest else ""
    return f"{seconds // 3600}-{seconds // 60 % 60:02d}-{seconds % 60:02d}{decimals}"
