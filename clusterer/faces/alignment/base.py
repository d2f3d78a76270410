"""What an alignment is, and which ones there are. `create` loads what the one asked for needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from clusterer.models.bundled import PREDICTOR
from clusterer.models.registry import AnyFile, Entry, Registry

ALIGNMENTS = Registry(
    "alignment",
    "cluster_video.alignments",
    Entry,
    {
        "box": Entry(
            "clusterer.faces.alignment.box:BoxAligner",
            summary="the square around the detector's box",
        ),
        "dlib": Entry(
            "clusterer.faces.alignment.dlib_chip:DlibAligner",
            (PREDICTOR,),
            summary="dlib's get_face_chip",
        ),
        "five-point": Entry(
            "clusterer.faces.alignment.five_point:FivePointAligner",
            (PREDICTOR,),
            summary="ArcFace's template of five landmarks",
        ),
    },
)

if TYPE_CHECKING:  # names of alignments are listed without NumPy
    from clusterer.core.types import Detections, ImageArray
"""The class takes the side of the chips in px and the padding."""


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
        Name in the registry.
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
    DependencyError
        It is a plug-in that fails.
    """
    aligner: Aligner = ALIGNMENTS.create(alignment, size_px, padding)
    return aligner


def weights(alignment: str) -> tuple[AnyFile, ...]:
    """Files that an alignment may need, without creating it; errors as `Registry.get`."""
    return ALIGNMENTS.get(alignment).files
