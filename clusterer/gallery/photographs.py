"""Photographs → embeddings: in each, the face nearest to the centre, or the largest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from clusterer.core.config import AnalysisConfig
from clusterer.core.cores import usable_cores
from clusterer.core.errors import ClustererError, system_libraries
from clusterer.core.files import read_file, reading
from clusterer.core.geometry import centres
from clusterer.core.picture_size import MOST_PX, is_decodable, picture_size
from clusterer.core.types import FloatArray, Frame, ImageArray
from clusterer.faces import alignment, detection, encoding

_REMEDY = "Give a JPEG, PNG, BMP, TIFF or WebP file"
MOST_BYTES = 1 << 29
"""Largest file that is read: `MOST_PX` pixels, not compressed."""


@dataclass(frozen=True, slots=True, eq=False)
class Photographs:
    """The faces of n photographs.

    Attributes
    ----------
    embeddings : array of shape (n, d), float32, as the encoder gives them; zeros without a face
    has_face : array of shape (n,), bool, whether a face was found
    """

    embeddings: FloatArray
    has_face: np.typing.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class PhotographFaces:
    """The faces of one photograph, the largest first.

    Attributes
    ----------
    boxes : array of shape (n, 4), float32, left, top, right and bottom, px
    quality : array of shape (n,), float32, 0 to 1
    embeddings : array of shape (n, d), float32
    """

    boxes: FloatArray
    quality: FloatArray
    embeddings: FloatArray

    def box(self, face: int) -> tuple[float, float, float, float]:
        """The box of a face, to a tenth of a pixel."""
        left, top, right, bottom = (round(side, 1) for side in self.boxes[face].tolist())
        return left, top, right, bottom


class PhotographEncoder:
    """Embeds the face of a picture: the one nearest to the centre, or the largest.

    Faces are found, aligned and encoded as in a video.

    Parameters
    ----------
    config
        Names detector and encoder.
    largest
        Take the largest face.

    Attributes
    ----------
    dimension : length of an embedding
    models : of the encoder, file name → sha256

    Raises
    ------
    ConfigError
        There is no such detector or encoder.
    ModelError
        Weights are missing or damaged.
    DependencyError
        A library of the system is missing.
    """

    def __init__(self, config: AnalysisConfig, *, largest: bool = False) -> None:
        self._largest = largest
        with system_libraries():
            cores = usable_cores()
            self._detector = detection.create(config.detection, cores)
            encoder = self._encoder = encoding.create(config.encoding, cores)
            self._aligner = alignment.create(
                encoder.alignment, encoder.chip_size_px, encoder.padding
            )
        self._batch_size = config.encoding.batch_size
        self.dimension = self._encoder.dimension
        self.models = self._encoder.models

    def encode(self, image: ImageArray) -> FloatArray | None:
        """Encode one picture.

        Parameters
        ----------
        image : array of shape (height, width, 3), uint8, RGB

        Returns
        -------
        array of shape (d,), float32, or None if no face is found
        """
        chip = self._chip(image)
        return None if chip is None else self._encoder.encode(chip[None])[0]

    def encode_all(self, images: Iterator[ImageArray]) -> Photographs:
        """Encode pictures, with only one of them and a batch of chips in memory.

        Parameters
        ----------
        images : n arrays of shape (height, width, 3), uint8, RGB; sizes may differ
        """
        found: list[bool] = []
        waiting: list[ImageArray] = []
        parts = [np.zeros((0, self.dimension), np.float32)]
        for image in images:
            chip = self._chip(image)
            found.append(chip is not None)
            if chip is not None:
                waiting.append(chip)
            if len(waiting) == self._batch_size:
                parts.append(self._encoder.encode(np.stack(waiting)))
                waiting = []
        if waiting:
            parts.append(self._encoder.encode(np.stack(waiting)))
        has_face = np.array(found, np.bool_)
        embeddings = np.zeros((len(found), self.dimension), np.float32)
        embeddings[has_face] = np.concatenate(parts)
        return Photographs(embeddings, has_face)

    def faces(self, image: ImageArray) -> PhotographFaces:
        """Find and encode every face of one picture.

        Parameters
        ----------
        image : array of shape (height, width, 3), uint8, RGB
        """
        from clusterer.faces.quality import measure_quality  # noqa: PLC0415 (loads OpenCV)

        found = self._detector.detect([Frame(0, 0, image)])[0]
        sizes = (found.boxes[:, 2:] - found.boxes[:, :2]).prod(axis=1)
        found = found[np.argsort(-sizes, kind="stable")]
        if not len(found.boxes):
            nothing = np.zeros((0, self.dimension), np.float32)
            return PhotographFaces(found.boxes, np.zeros(0, np.float32), nothing)
        chips = self._aligner.align(image, found)
        parts = [
            self._encoder.encode(np.asarray(chips[start : start + self._batch_size]))
            for start in range(0, len(chips), self._batch_size)
        ]
        return PhotographFaces(
            found.boxes, measure_quality(image, found).value, np.concatenate(parts)
        )

    def _chip(self, image: ImageArray) -> ImageArray | None:
        found = self._detector.detect([Frame(0, 0, image)])[0]
        boxes = found.boxes
        if not len(boxes):
            return None
        if self._largest:
            chosen = int((boxes[:, 2:] - boxes[:, :2]).prod(axis=1).argmax())
        else:
            middle = np.array(image.shape[1::-1]) / 2
            chosen = int(np.linalg.norm(centres(boxes) - middle, axis=1).argmin())
        chip: ImageArray = self._aligner.align(image, found[chosen : chosen + 1])[0]
        return chip


def encode_photographs(
    paths: Sequence[Path],
    config: AnalysisConfig | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Photographs:
    """Read and encode photographs.

    Parameters
    ----------
    paths
        JPEG, PNG, BMP, TIFF or WebP files of at most `MOST_PX` pixels; rotated by their EXIF data.
    config
        Names detector and encoder; None = the defaults.
    progress
        Called with the number done and the total.

    Returns
    -------
    One row per path

    Raises
    ------
    ClustererError
        A file cannot be read, or is not a picture.
    ConfigError, ModelError, DependencyError
        As `PhotographEncoder`.
    """
    # See `analyse` for the limit.
    with threadpool_limits(limits=1, user_api="blas"), system_libraries():
        encoder = PhotographEncoder(config or AnalysisConfig())
        return encoder.encode_all(_read_all(paths, progress))


def _read_all(
    paths: Sequence[Path], progress: Callable[[int, int], None] | None
) -> Iterator[ImageArray]:
    for done, path in enumerate(paths, start=1):
        yield read_photograph(path)
        if progress is not None:
            progress(done, len(paths))


def read_photograph(path: Path) -> ImageArray:
    """Read a picture file.

    Returns
    -------
    array of shape (height, width, 3), uint8, RGB

    Raises
    ------
    ClustererError
        It cannot be read, is not a picture, or has too many pixels.
    """
    with reading(path, ClustererError, _REMEDY):
        content = read_file(path, MOST_BYTES)
    image = decode_photograph(content)
    if image is None:
        size = picture_size(content)
        if size and size[0] * size[1] > MOST_PX:
            cause = f"{path} has too many pixels ({size[0]} x {size[1]})"
            raise ClustererError(cause, f"Make it smaller: at most {MOST_PX:,} pixels")
        raise ClustererError(f"{path} is not a readable picture", _REMEDY)
    return image


def decode_photograph(content: bytes) -> ImageArray | None:
    """Decode the bytes of a picture file.

    Returns
    -------
    array of shape (height, width, 3), uint8, RGB, or None if it is not a picture, or has more than
    `MOST_PX` pixels
    """
    import cv2  # noqa: PLC0415 (heavy, and not needed to show the options)

    if not is_decodable(content):
        return None
    try:
        bgr = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:  # more pixels than OpenCV accepts
        return None
    return None if bgr is None else np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
