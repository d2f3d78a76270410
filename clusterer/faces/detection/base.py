"""What a detector is, which ones there are, and the rules that all of them keep.

Importing this loads no model library; `create` does, for the one detector asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

from clusterer.core.config import DetectionConfig
from clusterer.core.errors import ConfigError
from clusterer.models.bundled import OURS, Weights
from clusterer.models.download import Download
from clusterer.models.registry import AnyFile, Entry, Measured, Registry

if TYPE_CHECKING:  # names and weights of detectors are listed without NumPy
    import numpy as np
    import numpy.typing as npt

    from clusterer.core.types import Detections, Frame


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


YUNET = Download(
    model="yunet",
    name="face_detection_yunet_2023mar.onnx",
    url="https://github.com/opencv/opencv_zoo/raw/main/models/face_detection_yunet/"
    "face_detection_yunet_2023mar.onnx",
    digest="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    size_bytes=232589,
    licence="MIT",
)
# The owner's own release is an archive of five networks: buffalo_l.zip of release v0.7 on
# github.com/deepinsight/insightface, which holds this file as det_10g.onnx. Address and sha256 of
# the file by itself were read in uniface/constants.py of github.com/yakhyo/uniface (commit
# 02c77ce5); the same sha256 and the size in the LFS pointer of commit b67dddf4 of
# huggingface.co/camstack/camstack-models. The licence is the owner's, in its README.
SCRFD = Download(
    model="scrfd",
    name="det_10g.onnx",
    url="https://github.com/yakhyo/uniface/releases/download/weights/scrfd_10g_kps.onnx",
    digest="5838f7fe053675b1c7a08b633df49e7af5495cee0493c7dcf6697200b85b5b91",
    size_bytes=16923827,
    licence="Non-commercial research only (InsightFace)",
    needs_consent=True,
)
CENTERFACE = Weights(
    OURS,
    "faces/detection/centerface.onnx",
    "b1930cd1c00d13cde23605e583227ac2d387462631030a1b9579d9df84b71fc5",
    project="cluster-video",
    licence="MIT",
)
LBP = Weights(
    "skimage",
    "data/lbpcascade_frontalface_opencv.xml",
    "03097789a3dcbb0e40d20b9ef82537dbc3b670b6a7f2268d735470f22e003a91",
    project="scikit-image",
    licence="BSD-3-Clause (scikit-image)",
    extra="cascade",
)
MMOD = Weights(
    "face_recognition_models",
    "models/mmod_human_face_detector.dat",
    "4cb19393e2fbaf2b1609a9319ad5386618c886a6234ec1b971f3e87c85d87fe6",
    licence="Public domain (dlib)",
)

DETECTORS = Registry(
    "detector",
    "cluster_video.detectors",
    Entry,
    {
        "cascade": Entry(
            "clusterer.faces.detection.cascade:Cascade",
            (LBP,),
            measured=Measured(0.815, 143),
            extra="cascade",
            library="skimage",
            summary="local binary patterns, as in scikit-image",
        ),
        "centerface": Entry(
            "clusterer.faces.detection.centerface:CenterFace",
            (CENTERFACE,),
            measured=Measured(1.0, 22),
            summary="CenterFace: small and turned faces too",
        ),
        "cnn": Entry(
            "clusterer.faces.detection.cnn:Cnn",
            (MMOD,),
            measured=Measured(0.877, 170),
            summary="dlib's CNN detector",
        ),
        "hog": Entry(
            "clusterer.faces.detection.hog:Hog",
            package="dlib-bin",
            licence="Boost",
            measured=Measured(0.954, 46),
            summary="dlib's HOG detector, as in face_recognition",
        ),
        "scrfd": Entry(
            "clusterer.faces.detection.scrfd:Scrfd",
            (SCRFD,),
            summary="SCRFD-10G by InsightFace",
        ),
        "yunet": Entry(
            "clusterer.faces.detection.yunet:YuNet",
            (YUNET,),
            measured=Measured(1.0, 7.8),
            summary="YuNet of the OpenCV Zoo: the fastest",
        ),
    },
)
"""The class takes a `DetectionConfig` and a number of threads, and the `device` if it has a
parameter of that name. The figures are those that `python -m benchmarks faces detectors` prints for
the sample film, at the default settings."""

names = DETECTORS.names


def weights(name: str) -> tuple[AnyFile, ...]:
    """Files that a detector needs, without creating it; errors as `Registry.get`."""
    return DETECTORS.get(name).files


def create(config: DetectionConfig, threads: int, device: str = "cpu") -> Detector:
    """Load the detector that `config` names.

    Parameters
    ----------
    config
        Its settings.
    threads
        Largest number of threads it may use, at least 1.
    device
        Name in `clusterer.models.devices.DEVICES`; ignored by a detector whose class has no
        parameter of that name, such as those of OpenCV and dlib.

    Raises
    ------
    ConfigError
        There is no detector of that name, or `threads` is under 1.
    ModelError
        Its weights are missing or damaged.
    DependencyError
        It needs a library that is not installed, or is a plug-in that cannot be loaded.
    PlugInError
        It is a plug-in without what `Detector` asks for.
    """
    if threads < 1:
        raise ConfigError(f"threads is {threads}", "It must be at least 1")
    detector: Detector = DETECTORS.create(config.detector, config, threads, device=device)
    return (
        _PlugIn(config.detector, detector) if DETECTORS.has_plug_in(config.detector) else detector
    )


class _PlugIn:
    """A detector of another package; errors name it, and what it returns is checked."""

    def __init__(self, name: str, detector: Any) -> None:
        self.name = name
        self.models = DETECTORS.models_of(name, detector)
        self._detector = detector

    @property
    def trouble(self) -> str:
        """Why it runs on the CPU although another device was asked for; else empty."""
        with DETECTORS.running(self.name):
            return str(getattr(self._detector, "trouble", ""))

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """As `Detector.detect`; PlugInError where it fails or breaks that contract."""
        from clusterer.core.types import Detections  # noqa: PLC0415 (needs NumPy)

        with DETECTORS.running(self.name):
            found = list(self._detector.detect(frames))
        if len(found) != len(frames):
            raise DETECTORS.failure(
                self.name, f"returned {len(found)} results for {len(frames)} frames"
            )
        for faces, frame in zip(found, frames, strict=True):
            if not isinstance(faces, Detections):
                raise DETECTORS.failure(self.name, f"returned {type(faces).__name__} objects")
            if (faces.frame_index != frame.index).any() or (faces.pts != frame.pts).any():
                raise DETECTORS.failure(self.name, "returned faces of other frames")
        return found


def look_at_each(
    frames: Sequence[Frame], look: Callable[[Frame], Detections], threads: int = 1
) -> list[Detections]:
    """Find the faces of each frame, one frame per thread; an empty picture has none.

    Parameters
    ----------
    frames
        May differ in size.
    look
        Finds the faces of one; with several threads it is called side by side.
    threads
        Largest number of frames in a call.

    Returns
    -------
    One `Detections` per frame, in the order given.
    """
    from clusterer.core.types import Detections  # noqa: PLC0415 (needs NumPy)

    def look_at(frame: Frame) -> Detections:
        return look(frame) if frame.image.size else Detections.empty()

    if threads == 1 or len(frames) < 2:
        return [look_at(frame) for frame in frames]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(look_at, frames))


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
    import numpy as np  # noqa: PLC0415 (see above)

    from clusterer.core.geometry import clip  # noqa: PLC0415 (needs NumPy)
    from clusterer.core.types import Detections  # noqa: PLC0415 (likewise)

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
