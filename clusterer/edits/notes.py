"""Notes on corrections that no longer apply."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from clusterer.core.types import Edit

OVERRIDDEN = "overridden by a later correction"
"""This is not a loss: the reviewer changed their mind."""


def lines(edits: Sequence[Edit], notes: Sequence[str]) -> tuple[str, ...]:
    """One line for each correction with a note, numbered from 1.

    Parameters
    ----------
    edits, notes
        One note per correction; empty = the correction applies.
    """
    pairs = enumerate(zip(edits, notes, strict=True), start=1)
    return tuple(f"{n}. {edit.action}: {note}" for n, (edit, note) in pairs if note)


def lost(notes: Iterable[str]) -> int:
    """Number of corrections that are lost, wholly or in part."""
    return sum(bool(note) and not note.endswith(OVERRIDDEN) for note in notes)
