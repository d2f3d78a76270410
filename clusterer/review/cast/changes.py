"""What a correction of a project does, for undo and redo; the page has the words."""

from __future__ import annotations

from typing import Any

from clusterer.project.snapshot import Snapshot
from clusterer.project.types import Anchor, CastEdit


def change_view(edit: CastEdit, now: Snapshot) -> dict[str, Any]:
    """Say what a correction does, by the people that there are now.

    Returns
    -------
    dict
        ``action``, the ids of ``who`` and ``others``, each once, without those who are gone, and
        the ``name``; JSON-ready.
    """
    return {
        "action": edit.action.value,
        "who": _ids(edit.who, now),
        "others": _ids(edit.others, now),
        "name": edit.name,
    }


def _ids(anchors: tuple[Anchor, ...], now: Snapshot) -> list[str]:
    return list(dict.fromkeys(who.id for who in map(now.whose, anchors) if who))
