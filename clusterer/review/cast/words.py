"""What a correction of a project does, in words: for undo and redo."""

from __future__ import annotations

from clusterer.project.snapshot import Snapshot
from clusterer.project.types import Anchor, CastAction, CastEdit


def describe(edit: CastEdit, now: Snapshot) -> str:
    """Say what a correction does, by the names that people have now.

    Returns
    -------
    str
        One line, such as ``Anna is hidden``.
    """
    who, others = _names(edit.who, now), _names(edit.others, now)
    if edit.action is CastAction.NAME:
        return f"{who} is named {edit.name}" if edit.name else f"{who} has no name"
    if edit.action is CastAction.HIDE:
        return f"{who} is hidden"
    if edit.action is CastAction.SHOW:
        return f"{who} is shown"
    if edit.action is CastAction.DIFFERENT:
        return f"{who} and {others} are different people"
    if who == others or not edit.others:
        return f"{who} is one person"
    return f"{who} and {others} are the same person"


def _names(anchors: tuple[Anchor, ...], now: Snapshot) -> str:
    """Names that people have now, each once; ``Somebody`` if none of them is there."""
    found = dict.fromkeys(who.name for who in map(now.whose, anchors) if who)
    return ", ".join(found) or "Somebody"
