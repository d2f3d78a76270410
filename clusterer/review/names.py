"""Names that were given in earlier episodes."""

from __future__ import annotations

from pathlib import Path

from clusterer.core.errors import EditsError
from clusterer.core.types import Action
from clusterer.store.edits_json import read
from clusterer.store.names import EDITS, ENDING

MOST = 1000
"""Names that are offered."""


def earlier_names(folder: Path) -> tuple[str, ...]:
    """Names given in the result folders beside one, for the page to suggest.

    Parameters
    ----------
    folder
        A result folder; its neighbours are ``*.people``. Those whose corrections are damaged are
        passed over.

    Returns
    -------
    At most `MOST` names, each once, in alphabetical order; of a person renamed, the last
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
