"""How the pictures of a training were cut out, for the card of its network."""

from __future__ import annotations

from dataclasses import dataclass

from clusterer.core.config._check import check
from clusterer.core.errors import ConfigError
from clusterer.faces.alignment import ALIGNMENTS as REGISTERED

ALIGNMENTS = tuple(REGISTERED.built_in)
PADDED = tuple(name for name in ALIGNMENTS if REGISTERED.built_in[name].padding is not None)


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
