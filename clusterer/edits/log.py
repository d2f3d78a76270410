"""Convert corrections to and from JSON; untrusted input is validated here."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clusterer.core.errors import EditsError
from clusterer.core.types import Action, Edit
from clusterer.edits.keys import KEY

LIMITS = {"who": 5, "others": 5, "tracks": 20_000, "source": 500}
"""Maximum number of keys in a list: a few identify a person; `source` may name many people."""
LENGTHS = {"name": 200, "note": 500, "at": 40, "video": 1000}
"""Maximum number of characters of a text."""
MOST_THRESHOLD = 2.0
"""Largest threshold, as of `clusterer.core.config.ClusteringConfig`."""
NEEDS: Mapping[Action, tuple[str, ...]] = {
    Action.SAME: ("who", "others"),
    Action.DIFFERENT: ("who", "others"),
    Action.MOVE: ("who", "tracks"),
    Action.NEW: ("tracks",),
    Action.REMOVE: ("tracks",),
    Action.NOT_A_FACE: ("tracks",),
    Action.NAME: ("who",),
    Action.HIDE: ("who",),
    Action.SHOW: ("who",),
    Action.MAIN: ("who",),
    Action.BACKGROUND: ("who",),
    Action.COVER: ("who", "face"),
    Action.REGROUP: (),
    Action.CUT: ("tracks",),
    Action.JOIN: ("tracks",),
    Action.ADD: ("tracks",),
}
"""Required fields of each correction."""

_FIELDS = {"action", "face", *LIMITS, "name", "note", "at", "threshold"}


@dataclass(frozen=True, slots=True)
class EditLog:
    """The corrections of a video.

    Attributes
    ----------
    edits : those in effect, in order
    undone : undone corrections; the last of them is the first to redo
    video : file name, for people who read the log

    Examples
    --------
    >>> hide = clusterer.Editor(result).hide("Person 2")
    >>> [edit.action.value for edit in clusterer.EditLog().adding(hide).edits]
    ['hide']
    """

    edits: tuple[Edit, ...] = ()
    undone: tuple[Edit, ...] = ()
    video: str = ""

    def adding(self, *edits: Edit) -> EditLog:
        """The same with more corrections after those in effect; undone ones are dropped."""
        return EditLog((*self.edits, *edits), (), self.video)


def log_to_dict(log: EditLog) -> dict[str, Any]:
    """Convert the corrections to a dictionary, as in a file but without its schema."""
    return {
        "video": _printable(log.video)[: LENGTHS["video"]],
        "edits": [to_dict(edit) for edit in log.edits],
        "undone": [to_dict(edit) for edit in log.undone],
    }


def to_dict(edit: Edit) -> dict[str, Any]:
    """Convert a correction to a dictionary, without empty fields."""
    texts = {name: getattr(edit, name) for name in ("name", "face", "note", "at")}
    lists = {name: list(getattr(edit, name)) for name in LIMITS}
    return {
        "action": edit.action.value,
        **{name: value for name, value in (lists | texts).items() if value},
        **({} if edit.threshold is None else {"threshold": edit.threshold}),
    }


def parse_edit(content: object) -> Edit:
    """Validate a correction from a file or a page.

    Parameters
    ----------
    content
        As returned by `to_dict`; anything else is rejected.

    Raises
    ------
    EditsError
        It is not a valid correction; the cause explains why, on one line.
    """
    if not isinstance(content, dict):
        raise EditsError("a correction is not an object")
    _only(content, _FIELDS)
    action = content.get("action")
    if not isinstance(action, str) or action not in {each.value for each in Action}:
        raise EditsError("a correction has no known action")
    face = _text(content, "face")
    if face and KEY.fullmatch(face) is None:
        raise EditsError(f"face of a correction {action!r} is not a key")
    lists = {name: _keys(content, name) for name in LIMITS}
    edit = Edit(
        Action(action),
        **lists,
        name=_text(content, "name"),
        face=face,
        note=_text(content, "note"),
        at=_text(content, "at"),
        threshold=_threshold(content),
    )
    if edit.name and not edit.name.strip():
        raise EditsError("a name consists of spaces only")
    for needed in NEEDS[edit.action]:
        if not getattr(edit, needed):
            raise EditsError(f"a correction {action!r} has no {needed}")
    return edit


def parse_log(content: dict[str, Any]) -> EditLog:
    """Validate all corrections of a file.

    Parameters
    ----------
    content
        As returned by `log_to_dict`; anything else is rejected.

    Raises
    ------
    EditsError
        It is not valid; the cause explains why, on one line.
    """
    _only(content, {"schema", "video", "edits", "undone"})
    video = _text(content, "video")
    return EditLog(_edits(content, "edits"), _edits(content, "undone"), video)


def _only(content: dict[str, Any], fields: set[str]) -> None:
    unknown = content.keys() - fields
    if unknown:
        raise EditsError(f"unknown field {ascii(min(unknown))[:40]}")


def _edits(content: dict[str, Any], name: str) -> tuple[Edit, ...]:
    value = content.get(name, [])
    if not isinstance(value, list):
        raise EditsError(f"{name} is not a list")
    return tuple(map(parse_edit, value))


def _keys(content: dict[str, Any], name: str) -> tuple[str, ...]:
    value = content.get(name, [])
    if not isinstance(value, list):
        raise EditsError(f"{name} of a correction is not a list")
    if len(value) > LIMITS[name]:
        raise EditsError(f"{name} of a correction has more than {LIMITS[name]} keys")
    if not all(isinstance(key, str) and KEY.fullmatch(key) for key in value):
        raise EditsError(f"{name} of a correction contains something that is not a key")
    return tuple(value)


def _text(content: dict[str, Any], name: str) -> str:
    text = content.get(name, "")
    if not isinstance(text, str):
        raise EditsError(f"{name} is not text")
    if len(text) > LENGTHS.get(name, 100):
        raise EditsError(f"{name} is longer than {LENGTHS.get(name, 100)} characters")
    if _printable(text) != text:
        raise EditsError(f"{name} contains control characters")
    return text


def _threshold(content: dict[str, Any]) -> float | None:
    if "threshold" not in content:
        return None
    value = content["threshold"]
    if content["action"] != Action.REGROUP:
        raise EditsError("threshold belongs to grouping again")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise EditsError("threshold is not a number")
    if not 0.0 <= value <= MOST_THRESHOLD:
        raise EditsError(f"threshold is not from 0 to {MOST_THRESHOLD:g}")
    return float(value)


def _printable(text: str) -> str:
    """Replace control characters, surrogates and line separators."""
    return "".join(
        letter
        if unicodedata.category(letter) not in {"Cc", "Cs", "Zl", "Zp"}
        else "\N{REPLACEMENT CHARACTER}"
        for letter in text
    )
