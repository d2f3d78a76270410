"""What an alignment is, and which ones there are. `create` loads what the one asked for needs."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from clusterer.core.errors import ConfigError
from clusterer.core.types import Detections, ImageArray
from clusterer.models.bundled import PREDICTOR, Weights

ALIGNMENTS: dict[str, str] = {
    "box": "clusterer.faces.alignment.box:BoxAligner",
    "dlib": "clusterer.faces.alignment.dlib_chip:DlibAligner",
    "five-point": "clusterer.faces.alignment.five_point:FivePointAligner",
}
"""Name → class, called with the side of the chips in px and the padding."""


class Aligner(Protocol):
    """Cuts faces out.

    Attributes
    ----------
    models : file name of the weights → their sha256, in hexadecimal
    """

    @property
    def models(self) -> dict[str, str]:
        """File name of the weights → their sha256."""
        ...

    def align(self, image: ImageArray, faces: Detections) -> ImageArray:
        """Cut out the chip of every face; each depends on the image and its own row only.

        Parameters
        ----------
        image : array of shape (height, width, 3), uint8, RGB
        faces : n faces of that image; they may reach over the edge, where the chip is black

        Returns
        -------
        array of shape (n, side, side, 3), uint8, RGB
        """
        ...


def create(alignment: str, size_px: int, padding: float = 0.0) -> Aligner:
    """Load an alignment.

    Parameters
    ----------
    alignment
        Name in `ALIGNMENTS`.
    size_px
        Side of the chips.
    padding
        Margin on each side as a share of the box; without meaning for ``five-point``.

    Raises
    ------
    ConfigError
        There is none of that name.
    ModelError
        Weights are missing or damaged.
    """
    module, _, name = _home(alignment).partition(":")
    aligner: Aligner = getattr(import_module(module), name)(size_px, padding)
    return aligner


def weights(alignment: str) -> tuple[Weights, ...]:
    """Files that an alignment may need, without loading it; ConfigError for an unknown name."""
    return () if _home(alignment) == ALIGNMENTS["box"] else (PREDICTOR,)


def _home(alignment: str) -> str:
    if alignment not in ALIGNMENTS:
        raise ConfigError(
            f"There is no alignment named {alignment!r}", f"Choose from {', '.join(ALIGNMENTS)}"
        )
    return ALIGNMENTS[alignment]
