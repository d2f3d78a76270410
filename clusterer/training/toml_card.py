"""What lies beside a network as ``NAME.toml``: how chips are cut for it, and its threshold."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields

from clusterer.core.config._check import check
from clusterer.core.errors import ConfigError

ALIGNMENTS = ("five-point", "dlib", "box")
"""ArcFace's template of five landmarks; dlib's ``get_face_chip``; a square around the detector's
box."""
PADDED = ("dlib", "box")


@dataclass(frozen=True, slots=True)
class Cut:
    """How the pictures of a training were cut out, so that chips can be cut likewise.

    Attributes
    ----------
    alignment
        One of `ALIGNMENTS`.
    padding
        Margin on each side as a share of the box, for dlib and box only; None = their defaults.

    Raises
    ------
    ConfigError
        There is no such alignment, or the padding is out of its range or of no use.
    """

    alignment: str = "five-point"
    padding: float | None = None

    def __post_init__(self) -> None:
        if self.alignment not in ALIGNMENTS:
            known = ", ".join(ALIGNMENTS)
            raise ConfigError(f"unknown alignment {self.alignment!r}", f"Known: {known}")
        if self.padding is None:
            return
        if self.alignment not in PADDED:
            raise ConfigError(f"alignment {self.alignment} has no padding", "Leave out --padding")
        check("padding", self.padding, 0.0, 2.0)


@dataclass(frozen=True, slots=True)
class NetworkCard:
    """All that must be known to use a face encoder as an ONNX file.

    Attributes
    ----------
    size_px : side of the square chips
    channels, layout, dtype : what the input takes; with ``uint8`` the network normalises pixels
    alignment, padding : see `Cut`; no padding = not told
    dimension : numbers in an embedding
    metric, threshold : the largest distance at which two embeddings are one person
    normalise : whether embeddings are brought to length 1
    licence, name : text; empty = not told
    """

    size_px: int
    alignment: str
    padding: float | None
    dimension: int
    threshold: float
    licence: str = ""
    name: str = ""
    channels: str = "RGB"
    layout: str = "NHWC"
    dtype: str = "uint8"
    metric: str = "cosine"
    normalise: bool = True


def to_toml(card: NetworkCard) -> str:
    """Write a card as TOML; what is not told is left out."""
    told = ((field.name, getattr(card, field.name)) for field in fields(card))
    return "".join(f"{name} = {_value(value)}\n" for name, value in told if value not in (None, ""))


def _value(value: str | bool | float) -> str:
    """A string of JSON is one of TOML, but for the one character that only JSON lets stand."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("\x7f", "\\u007F")
