"""Names from earlier reviews, as suggestions."""

from __future__ import annotations

from pathlib import Path

from clusterer.core.errors import EditsError
from clusterer.core.types import Action
from clusterer.store.edits_json import read
from clusterer.store.names import EDITS, ENDING

MOST = 1000
"""Most names to suggest."""


def earlier_names(folder: Path) -> tuple[str, ...]:
    """Names given in neighbouring result folders, for the page to suggest.

    Parameters
    ----------
    folder
        A result folder; its neighbours are ``*.people``. Damaged corrections are skipped.

    Returns
    -------
    At most `MOST` distinct names in alphabetical order. A renamed person counts with the last name.
    """
    folder = folder.resolve()
    names: set[str] = set()
    for path in sorted(folder.parent.glob(f"*{ENDING}/{EDITS}")):
        if path.parent != folder:
            names |= _names(path)
    return tuple(sorted(names, key=lambda name: (name.casefold(), name))[:MOST])


def _names(path: Path) -> set[str]:
    try:
        edits = read(path).edits
    except EditsError:
        return set()
    last = {edit.who: edit.name for edit in edits if edit.action is Action.NAME}
    return set(last.values()) - {""}
