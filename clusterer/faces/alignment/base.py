"""What an alignment is, and which ones there are. `create` loads what the one asked for needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from clusterer.models.bundled import PREDICTOR
from clusterer.models.registry import AnyFile, Entry, Registry

if TYPE_CHECKING:  # names of alignments are listed without NumPy
    from clusterer.core.types import Detections, ImageArray


@dataclass(frozen=True, slots=True)
class AlignmentEntry(Entry):
    """One alignment.

    Attributes
    ----------
    padding : default margin on each side as a share of the box; None if the alignment takes none
    """

    padding: float | None = 0.0


ALIGNMENTS = Registry(
    "alignment",
    "cluster_video.alignments",
    AlignmentEntry,
    {
        "five-point": AlignmentEntry(
            "clusterer.faces.alignment.five_point:FivePointAligner",
            (PREDICTOR,),
            summary="ArcFace's template of five landmarks",
            padding=None,
        ),
        "five-point-tight": AlignmentEntry(
            "clusterer.faces.alignment.five_point:TightFivePointAligner",
            (PREDICTOR,),
            summary="Open Model Zoo's template of five landmarks",
            padding=None,
        ),
        "dlib": AlignmentEntry(
            "clusterer.faces.alignment.dlib_chip:DlibAligner",
            (PREDICTOR,),
            summary="dlib's get_face_chip",
            padding=0.25,  # what dlib's recognition network was trained with
        ),
        "box": AlignmentEntry(
            "clusterer.faces.alignment.box:BoxAligner",
            summary="the square around the detector's box",
            padding=0.2,
        ),
    },
)
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
        Margin on each side as a share of the box; ignored by alignments that take none.

    Raises
    ------
    ConfigError
        There is none of that name.
    ModelError
        Weights are missing or damaged.
    DependencyError
        It is a plug-in that cannot be loaded.
    PlugInError
        It is a plug-in without what `Aligner` asks for.
    """
    aligner: Aligner = ALIGNMENTS.create(alignment, size_px, padding)
    return _PlugIn(alignment, aligner, size_px) if ALIGNMENTS.has_plug_in(alignment) else aligner


class _PlugIn:
    """An alignment of another package; errors name it, and what it returns is checked."""

    def __init__(self, name: str, aligner: Any, size_px: int) -> None:
        self.models = ALIGNMENTS.models_of(name, aligner)
        self._name, self._aligner, self._size_px = name, aligner, size_px

    def align(self, image: ImageArray, faces: Detections) -> ImageArray:
        """As `Aligner.align`; PlugInError where it fails or breaks that contract."""
        with ALIGNMENTS.running(self._name):
            chips: ImageArray = self._aligner.align(image, faces)
        shape = (len(faces), self._size_px, self._size_px, 3)
        ALIGNMENTS.check_array(self._name, chips, "uint8", shape)
        return chips


def weights(alignment: str) -> tuple[AnyFile, ...]:
    """Files that an alignment may need, without creating it; errors as `Registry.get`."""
    return ALIGNMENTS.get(alignment).files
