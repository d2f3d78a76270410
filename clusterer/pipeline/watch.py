"""The pass over the video, shot by shot; it resumes where an earlier run stopped."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from clusterer.clothing.encoder import ClothingEncoder
from clusterer.core.config import AnalysisConfig
from clusterer.core.cores import usable_cores
from clusterer.core.errors import ModelError
from clusterer.core.hook import Hook
from clusterer.core.types import Analysis, ChipQuality, Detections, Frame, Shot, VideoInfo
from clusterer.faces import alignment, detection, encoding
from clusterer.faces.detection import Detector
from clusterer.faces.encoding import Encoder
from clusterer.media import Sampler, probe
from clusterer.models.devices import CPU
from clusterer.pipeline.device import troubles
from clusterer.pipeline.prefetch import FrameFaces, detect_ahead
from clusterer.pipeline.shot import ShotAnalyser
from clusterer.store.analysis_cache import AnalysisCache
from clusterer.store.analysis_npz import Arrays, group_tracks, read_faces

_SIDE_BY_SIDE = (
    "chip_embeddings",
    "chip_colours",
    "chip_clothing",
    "chip_torso_share",
    "chip_torso_sharpness",
    "sampled_frames",
    "sampled_pts",
    "extent_of_track",
)
"""Arrays that are joined shot after shot, unchanged."""


def watch(  # noqa: PLR0913, PLR0917 (what is watched, how, and where it goes)
    path: Path,
    config: AnalysisConfig,
    models: dict[str, str],
    cache: AnalysisCache,
    hook: Hook,
    device: str,
) -> Analysis:
    """Analyse the video, storing each shot as it ends.

    Parameters
    ----------
    path, config
        The video, and the settings of the first phase.
    models
        Weights file name → sha256.
    cache
        Stores finished shots, returns those of an interrupted run, and stores the analysis.
    hook
        Receives the progress, and a note if the device fails.
    device
        Name in `clusterer.models.devices.DEVICES`.
    """
    info = probe(path, config.video.stream)
    detector = detection.create(config.detection, usable_cores(), device)
    encoder_threads = max(
        1, usable_cores() // 2
    )  # detection runs at the same time and needs the rest
    encoder = encoding.create(config.encoding, encoder_threads, device)
    aligner = alignment.create(encoder.alignment, encoder.chip_size_px, encoder.padding)
    clothes = ClothingEncoder(encoder_threads)
    _check_same(models, detector.models, aligner.models, encoder.models, clothes.models)
    new_shot = partial(ShotAnalyser, aligner, encoder, clothes, config, info)
    noted = _warm_up(info, hook, detector, encoder) if device != CPU.name else ()
    parts = _finished(cache, hook)
    after = _shot(len(parts) - 1, parts[-1]) if parts else None
    analyser = new_shot()
    faces, tracks = (sum(count(part) for part in parts) for count in (_n_faces, _n_tracks))
    with Sampler(info, config.video, config.shots, after) as sampler:
        cache.start(len(parts))  # only once the part of the video has been found
        for event in detect_ahead(sampler, detector, info):
            if isinstance(event, FrameFaces):
                analyser.add(event.frame, event.detections, event.motion)
                done_s = info.seconds(event.frame.pts)
                hook.progress(done_s, _end_s(info, config), faces + analyser.faces)
                continue
            arrays, crops = analyser.finish(event, tracks)
            cache.add_shot(event.shot.index, arrays, crops)
            parts.append(arrays)
            faces, tracks = faces + _n_faces(arrays), tracks + _n_tracks(arrays)
            analyser = new_shot()
    _note_troubles(hook, noted, detector, encoder)
    analysis = _assemble(info, parts, models, tuple(sampler.warnings))
    cache.finish(analysis)
    return analysis


def _finished(cache: AnalysisCache, hook: Hook) -> list[Arrays]:
    """Shots of an interrupted run, with a note if there are any."""
    parts = cache.finished_shots()
    if parts:
        hook.note(f"resuming after shot {len(parts)}, where an earlier run stopped")
    return parts


def _warm_up(info: VideoInfo, hook: Hook, detector: Detector, encoder: Encoder) -> tuple[str, ...]:
    """Make the device ready, with pictures of the sizes to come; note and return what fails."""
    width_px, height_px = info.square_px
    detector.detect([Frame(0, 0, np.zeros((height_px, width_px, 3), np.uint8))])
    encoder.encode(np.zeros((1, encoder.chip_size_px, encoder.chip_size_px, 3), np.uint8))
    return _note_troubles(hook, (), detector, encoder)


def _note_troubles(hook: Hook, noted: tuple[str, ...], *used: object) -> tuple[str, ...]:
    """Note why networks do not run on the device asked for, unless that was noted before."""
    found = tuple(troubles(*used))
    for trouble in found:
        if trouble not in noted:
            hook.note(trouble)
    return found


def _check_same(hashed: dict[str, str], *loaded: dict[str, str]) -> None:
    """Refuse a file that changed since it was hashed: the result would name the wrong one."""
    for models in loaded:
        for name, sha256 in models.items():
            if hashed.get(name, sha256) != sha256:
                raise ModelError(f"{name} changed while it was read", "Run the same command again")


def _end_s(info: VideoInfo, config: AnalysisConfig) -> float:
    return min(info.end_s, config.video.end_s or info.end_s)


def _shot(index: int, arrays: Arrays) -> Shot:
    return Shot(index, *arrays["shot"].tolist())


def _n_faces(arrays: Arrays) -> int:
    return len(arrays["track_of_row"])


def _n_tracks(arrays: Arrays) -> int:
    return int(arrays["track_of_row"].max(initial=-1)) + 1


def _assemble(
    info: VideoInfo, parts: Iterable[Arrays], models: dict[str, str], warnings: tuple[str, ...]
) -> Analysis:
    """Join the shots; rows and tracks are numbered throughout."""
    shots: list[Shot] = []
    faces: list[tuple[Detections, ChipQuality]] = []
    columns: dict[str, list[np.typing.NDArray[Any]]] = {}
    shot_of_track: list[int] = []
    n_rows = 0
    for index, arrays in enumerate(parts):
        shots.append(_shot(index, arrays))
        faces.append(read_faces(arrays))
        columns.setdefault("track_of_row", []).append(arrays["track_of_row"] + len(shot_of_track))
        for name in ("chip_rows", "crop_rows"):
            columns.setdefault(name, []).append(arrays[name] + n_rows)
        for name in _SIDE_BY_SIDE:
            columns.setdefault(name, []).append(arrays[name])
        shot_of_track += [index] * _n_tracks(arrays)
        n_rows += _n_faces(arrays)
    joined = {name: np.concatenate(values) for name, values in columns.items()}
    return Analysis(
        video=info,
        shots=tuple(shots),
        detections=Detections.concatenate(detections for detections, _ in faces),
        quality=ChipQuality.concatenate(quality for _, quality in faces),
        tracks=group_tracks(
            joined.pop("track_of_row"), shot_of_track, joined.pop("extent_of_track").tolist()
        ),
        models=models,
        warnings=warnings,
        **joined,
    )
