"""A folder of photographs by name → a gallery of embeddings."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from clusterer.core.config import Config, GalleryConfig
from clusterer.core.errors import (
    ClustererError,
    ConfigError,
    EditsError,
    GalleryError,
    system_libraries,
)
from clusterer.core.files import reading
from clusterer.core.types import Action, FloatArray, ImageArray
from clusterer.edits import parse_edit
from clusterer.faces.encoding import LOCAL, default_threshold
from clusterer.gallery.faces import Gallery, Scale, gather
from clusterer.gallery.photographs import PhotographEncoder, PhotographFaces, read_photograph
from clusterer.people.decide import resolved

SUFFIXES = {".jpg", ".jpeg", ".png"}
REMEDY = "Give a folder that holds a folder of photographs for each person, called by their name"
PADDING = 0.5
"""Share of its sides by which a picture without a face is extended for another try: a face that
fills the whole picture is not found."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a gallery's folder holds.

    Attributes
    ----------
    people
        Name → photographs, both in alphabetical order.
    notes
        One line for each folder that cannot be used.
    """

    people: dict[str, tuple[Path, ...]]
    notes: tuple[str, ...]


def scale_of(config: Config) -> Scale:
    """Metric and default threshold; if the encoder has none, the threshold of the run.

    Raises
    ------
    ConfigError
        There is neither.
    """
    metric, used = config.clustering.metric, config.clustering.threshold
    try:
        threshold = default_threshold(config.analysis.encoding, metric)
    except ConfigError:
        if not isinstance(used, float):
            raise
        threshold = used
    if threshold <= 0.0:
        raise ConfigError("the threshold is 0, so no two faces match", "Give a larger one")
    return Scale(metric, threshold)


def made_by(encoder: str, models: Mapping[str, str]) -> str:
    """Identify an encoder; the user's own networks by their content.

    Parameters
    ----------
    encoder
        Its name.
    models
        Weights file name → sha256.

    Returns
    -------
    The name; for ``onnx:PATH``, names and hashes of the files instead
    """
    local = sorted(f"{name} {digest}" for name, digest in models.items() if name.startswith(LOCAL))
    return ", ".join(local) if encoder.startswith(LOCAL) else encoder


def read_gallery(
    folder: Path | str,
    config: Config | None = None,
    chosen: GalleryConfig | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Gallery:
    """Read and encode the photographs of known people.

    Parameters
    ----------
    folder
        Holds a folder of photographs for each person, called by their name. The largest face of
        each photograph counts. Unreadable photographs, outliers, and those without a face are left
        out and listed in `notes`.
    config
        Detector, encoder and metric: the `config` of the result whose people are to be named. None
        = the defaults.
    chosen
        What an outlier is.
    progress
        Called with the number of photographs done, and the total.

    Raises
    ------
    GalleryError
        It is not a folder, or no photograph in it can be used.
    ConfigError, ModelError, DependencyError
        As `PhotographEncoder`; or the encoder has no default threshold.
    """
    return gallery_of(list_folder(Path(folder)), str(folder), config, chosen, progress)


def gallery_of(
    listed: Listed,
    source: str,
    config: Config | None = None,
    chosen: GalleryConfig | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Gallery:
    """Encode photographs that were listed; `source` is what lists them, for errors.

    Otherwise as `read_gallery`.
    """
    config, chosen = resolved(config or Config()), chosen or GalleryConfig()
    scale = scale_of(config)
    notes, total = list(listed.notes), sum(map(len, listed.people.values()))
    rows: dict[str, FloatArray] = {}
    files: dict[str, list[Path]] = {}
    done = 0
    with threadpool_limits(limits=1, user_api="blas"), system_libraries():
        reader = Reader(config)
        for name, paths in listed.people.items():
            found = []
            for path in paths:
                row = reader.encode(path, notes)
                done += 1
                if progress is not None:
                    progress(done, total)
                if row is not None:
                    found.append(row)
                    files.setdefault(name, []).append(path)
            rows[name] = np.stack(found) if found else np.zeros((0, reader.dimension), np.float32)
    means, outliers = gather(rows, scale, chosen)
    for name, far in outliers.items():
        for position, distance in sorted(far.items()):
            path = files[name][position]
            notes.append(f"{path} is unlike the others of {name}: {scale.text(distance)}")
    if not means:
        raise GalleryError(f"No photograph in {source} can be used ({notes[0]})", REMEDY)
    names = tuple(means)
    used = tuple(len(rows[name]) - len(outliers.get(name, {})) for name in names)
    encoder = made_by(config.analysis.encoding.encoder, reader.models)
    return Gallery(names, np.stack(list(means.values())), used, encoder, scale, tuple(notes))


class Reader:
    """Photographs → embeddings of their largest faces.

    Parameters
    ----------
    config
        Names detector and encoder.
    """

    def __init__(self, config: Config) -> None:
        self._encoder = PhotographEncoder(config.analysis, largest=True)
        self.dimension = self._encoder.dimension
        self.models = self._encoder.models

    def encode(self, path: Path, notes: list[str]) -> FloatArray | None:
        """Encode one; a problem becomes a note."""
        try:
            image = read_photograph(path)
        except ClustererError as error:
            notes.append(error.cause)
            return None
        row = self.face(image)
        if row is None:
            notes.append(f"{path} shows no face")
        return row

    def face(self, image: ImageArray) -> FloatArray | None:
        """Encode the largest face; if none is found, try again with the picture extended."""
        row = self._encoder.encode(image)
        return self._encoder.encode(_padded(image)) if row is None else row

    def faces(self, image: ImageArray) -> PhotographFaces:
        """Encode every face; if none is found, try again with the picture extended."""
        found = self._encoder.faces(image)
        if len(found.boxes):
            return found
        found = self._encoder.faces(_padded(image))
        rows, columns = _margins(image)
        return replace(found, boxes=found.boxes - np.array([columns, rows] * 2, np.float32))


def _margins(image: ImageArray) -> tuple[int, int]:
    rows, columns = (max(1, round(PADDING * side)) for side in image.shape[:2])
    return rows, columns


def _padded(image: ImageArray) -> ImageArray:
    rows, columns = _margins(image)
    padded: ImageArray = np.pad(image, ((rows, rows), (columns, columns), (0, 0)), mode="edge")
    return padded


def list_folder(folder: Path) -> Listed:
    """Find the photographs of a gallery. Hidden files and folders are skipped.

    Raises
    ------
    GalleryError
        It is not a folder, cannot be read, or holds no photographs.
    """
    people: dict[str, list[Path]] = {}
    notes: list[str] = []
    for path in _inside(folder):
        if not path.is_dir():
            continue
        name = unicodedata.normalize("NFC", path.name)
        photographs = [found for found in _inside(path) if found.suffix.lower() in SUFFIXES]
        if not is_usable(name):
            notes.append(f"{str(path)!a} cannot be a name")
        elif not photographs:
            notes.append(f"{path} holds no photographs")
        else:
            people.setdefault(name, []).extend(photographs)
    if not people:
        raise GalleryError(f"{folder} holds no photographs of people", REMEDY)
    return Listed({name: tuple(people[name]) for name in sorted(people)}, tuple(notes))


def _inside(folder: Path) -> list[Path]:
    with reading(folder, GalleryError, REMEDY):
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def is_usable(name: str) -> bool:
    """Whether a correction can give that name."""
    try:
        parse_edit({"action": Action.NAME.value, "who": ["0@0,0,1,1"], "name": name})
    except EditsError:
        return False
    return True
