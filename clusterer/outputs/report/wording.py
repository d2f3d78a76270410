"""The page's standing words: why a face is unknown, who owns a model, how a setting reads."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clusterer.core.types import Reason


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

# Statements of the models' owners; the first name that occurs in the model's name decides.
LICENCES: tuple[tuple[str, str], ...] = (
    ("68_face", "Not for commercial use (trained on iBUG 300-W)"),
    ("scrfd", "Non-commercial research only (InsightFace)"),
    ("det_10g", "Non-commercial research only (InsightFace)"),  # SCRFD, as its file is named
    ("arcface", "Non-commercial research only (InsightFace)"),
    ("buffalo", "Non-commercial research only (InsightFace)"),
    ("antelope", "Non-commercial research only (InsightFace)"),
    ("w600k", "Non-commercial research only (InsightFace)"),
    ("insightface", "Non-commercial research only (InsightFace)"),
    ("centerface", "MIT"),
    ("yunet", "MIT"),
    ("sface", "Apache-2.0"),
    ("facenet", "MIT"),
    ("clothing", "MIT (this project; see its model card)"),
    ("dlib", "Public domain (dlib)"),
    ("shape_predictor_5", "Public domain (dlib)"),
    ("mmod_human_face", "Public domain (dlib)"),
    ("lbpcascade", "BSD-3-Clause (scikit-image)"),
)
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
    lowered = model.lower()
    return next((text for part, text in LICENCES if part in lowered), UNKNOWN_LICENCE)


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
