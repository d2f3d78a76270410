"""The page's fixed texts: why a face is unknown, licences of models, settings."""

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
    """Why a face is unknown, and what the reviewer can do about it."""

    title: str
    why: str
    advice: str


EXPLANATIONS: Mapping[Reason, Explanation] = {
    Reason.BY_HAND: Explanation(
        "Removed by hand",
        "A correction says that this is not the person it was assigned to.",
        "If you know who it is, move it to that person.",
    ),
    Reason.AMBIGUOUS: Explanation(
        "Could be more than one person",
        "Two or more people match about equally well, by the face or by face and clothing "
        "together, so none was chosen.",
        "Compare it with the people above. If you know who it is, move it to that person.",
    ),
    Reason.NO_MATCH: Explanation(
        "No match",
        "The face is clear, but it matches no other face in this video.",
        "Often someone who appears only once. If it is a person above, move it there. If this "
        "happens often, raise --threshold a little.",
    ),
    Reason.SINGLE_FACE: Explanation(
        "Too few clear views",
        "It has too few clear pictures, often only one, to be matched reliably.",
        "A higher sample rate may find clearer views.",
    ),
    Reason.TURNED_AWAY: Explanation(
        "Turned away",
        "The face is seen from the side or from behind, so its features cannot be compared.",
        "If clothing or context tells you who it is, move it to that person.",
    ),
    Reason.TOO_BLURRED: Explanation(
        "Too blurred",
        "Motion or poor focus hides the features.",
        "A copy of the video with a higher bit rate often helps.",
    ),
    Reason.TOO_SMALL: Explanation(
        "Too small",
        "The face has too few pixels to be compared, like most people in the background.",
        "A higher-resolution copy of the video often helps.",
    ),
    Reason.NOT_A_FACE: Explanation(
        "Not a face",
        "A correction says that this is not a face. It is left out of faces.csv.",
        "If it is a face after all, undo the correction or move it to a person.",
    ),
    Reason.NONE: Explanation(
        "No reason recorded",
        "The face was left unassigned, and no reason was stored.",
        "If you know who it is, move it to that person.",
    ),
}
"""In the order of the page: first what a reviewer can most likely identify."""

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
    """Files that an analysis may name; plug-ins are imported only if no built-in one matches."""
    registries: tuple[Registry[Any], ...] = (DETECTORS, ENCODERS, ALIGNMENTS)
    yield CLOTHING
    for each in registries:
        for entry in each.built_in.values():
            yield from entry.files
    for each in registries:
        for entry in each.entries().values():
            yield from entry.files


def flatten(config: Mapping[str, Any], prefix: str = "") -> list[Setting]:
    """Flatten nested sections into settings with dotted names, in their order.

    The user's own network is shown by file name only, because pages are shared and folders are
    private.
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
