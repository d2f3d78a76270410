"""The page's standing words: why a face is unknown, who owns a model, how a setting reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clusterer.core.types import Reason
from clusterer.faces.alignment import ALIGNMENTS
from clusterer.faces.detection import DETECTORS
from clusterer.faces.encoding import ENCODERS
from clusterer.models.bundled import CLOTHING
from clusterer.models.registry import AnyFile, Registry


@dataclass(frozen=True, slots=True)
class Explanation:
    """A reason in plain words, and what a user may do."""

    title: str
    why: str
    advice: str


EXPLANATIONS: Mapping[Reason, Explanation] = {
    Reason.BY_HAND: Explanation(
        "Taken out by hand",
        "A correction says that this is not the person it was with.",
        "If you know who it is, move it there.",
    ),
    Reason.AMBIGUOUS: Explanation(
        "Could be more than one person",
        "By the face, or by face and clothes together, it fits one person about as well as "
        "another, so none was chosen.",
        "Compare it with the people above; if you know who it is, move it there.",
    ),
    Reason.NO_MATCH: Explanation(
        "Like nobody else",
        "The face can be read well, but it resembles no other face of this video.",
        "Often someone who appears once. If it is a person above, raise --threshold a little.",
    ),
    Reason.SINGLE_FACE: Explanation(
        "Too few clear views",
        "Too few of its pictures can be read, often just one; a person cannot be told by that.",
        "A higher sample rate looks more often and may find clearer ones.",
    ),
    Reason.TURNED_AWAY: Explanation(
        "Turned away",
        "The face is seen from the side or from behind, so its features cannot be compared.",
        "Clothing or the scene may tell you who it is; then move it there.",
    ),
    Reason.TOO_BLURRED: Explanation(
        "Too blurred",
        "Motion or focus has washed out the features.",
        "A copy of the video with a higher bit rate often helps.",
    ),
    Reason.TOO_SMALL: Explanation(
        "Too small",
        "The face covers too few pixels to be compared. People in the background end up here.",
        "A copy of the video in a higher resolution often helps.",
    ),
    Reason.NOT_A_FACE: Explanation(
        "Not a face",
        "A correction says that no face is seen here. It is left out of the table of faces.",
        "If it is a face after all, undo the correction, or move it to its person.",
    ),
    Reason.NONE: Explanation(
        "No reason recorded",
        "The face was left unassigned and no reason was stored with it.",
        "Look at the picture; if you know who it is, move it there.",
    ),
}
"""In the order of the page: what a reviewer can most likely settle comes first."""

UNKNOWN_LICENCE = "Not recorded; ask its owner"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its dotted name and its value as JSON."""

    name: str
    value: str


def licence(model: str, own: str = "") -> str:
    """Licence of a model as its owner states it.

    Parameters
    ----------
    model
        Name of its file; begins with ``onnx:`` for an encoder of the user's own.
    own
        What the card of that encoder says, or empty.
    """
    if model.startswith("onnx:"):
        return own or UNKNOWN_LICENCE
    return next((file.licence for file in _files() if file.name == model), "") or UNKNOWN_LICENCE


def _files() -> Iterator[AnyFile]:
    """Files that an analysis may name; plug-ins are imported where none of ours is meant."""
    registries: tuple[Registry[Any], ...] = (DETECTORS, ENCODERS, ALIGNMENTS)
    yield CLOTHING
    for each in registries:
        for entry in each.built_in.values():
            yield from entry.files
    for each in registries:
        for entry in each.entries().values():
            yield from entry.files


def flatten(config: Mapping[str, Any], prefix: str = "") -> list[Setting]:
    """Settings of nested sections as dotted names, in their own order.

    Of a network of the user's own the file's name: a page travels, and folders are private.
    """
    settings: list[Setting] = []
    for name, value in config.items():
        dotted = f"{prefix}{name}"
        if isinstance(value, Mapping):
            settings.extend(flatten(value, f"{dotted}."))
        else:
            settings.append(Setting(dotted, _write(value)))
    return settings


def _write(value: object) -> str:
    if value is None:
        return "not set"
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    network = re.fullmatch(r"onnx:(?:.*[/\\])?([^/\\]+)", value, re.DOTALL)
    return f"onnx:{network[1]}" if network else value
