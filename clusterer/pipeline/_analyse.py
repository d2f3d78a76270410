"""The first phase: the video → what was seen. Streaming, shot by shot; stored, and resumable."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from clusterer import detection, encoding
from clusterer.archive import Arrays, group_tracks, read_faces
from clusterer.cache import AnalysisCache, analysis_key
from clusterer.config import AnalysisConfig
from clusterer.errors import CacheError
from clusterer.pipeline._hook import Hook
from clusterer.pipeline._libraries import system_libraries
from clusterer.types import Analysis, ChipQuality, Detections, Shot, VideoInfo
from clusterer.weights import PREDICTOR


def analyse(
    video: Path | str, config: AnalysisConfig, folder: Path | str, hook: Hook | None = None
) -> Analysis:
    """Find, follow and encode every face of a video, or fetch what was stored of it.

    Parameters
    ----------
    video
        File that FFmpeg can read.
    config
        Settings of this phase.
    folder
        The result folder, where the analysis and its pictures are kept. An analysis of the same
        video, models and settings is used again; an interrupted one is gone on with after its last
        finished shot.
    hook
        Told of the progress.

    Returns
    -------
    Analysis; the same bytes for the same video, models and settings, interrupted or not

    Raises
    ------
    VideoError
        The video cannot be opened or nothing in it can be decoded.
    ModelError
        Weights are missing or damaged.
    DependencyError
        A library of the system is missing.
    ResultError
        The folder cannot be written to.
    """
    video, hook = Path(video), hook or Hook()
    models = _model_hashes(config)
    cache = AnalysisCache(Path(folder), analysis_key(video, config, models))
    try:
        stored = cache.load()
    except CacheError as error:
        hook.note(f"{error.cause}; analysing again")
        stored = None
    if stored is not None:
        return replace(stored, video=replace(stored.video, path=str(video)))  # it may have moved
    # Else numpy's BLAS wakes and spins a thread per core for every small product, and takes half
    # of the machine from the models.
    with threadpool_limits(limits=1, user_api="blas"), system_libraries():
        return _look(video, config, models, cache, hook)


def _model_hashes(config: AnalysisConfig) -> dict[str, str]:
    weights = (
        *detection.weights(config.detection.detector),
        PREDICTOR,
        *encoding.weights(config.encoding.encoder),
    )
    return {file.name: file.sha256() for file in sorted(weights, key=lambda file: file.name)}


def _look(
    path: Path, config: AnalysisConfig, models: dict[str, str], cache: AnalysisCache, hook: Hook
) -> Analysis:
    """Go through the video, keeping each shot as it ends."""
    # Imported here, so that a run from the cache need not load the libraries of the models.
    from clusterer.chips import Aligner  # noqa: PLC0415
    from clusterer.pipeline._ahead import Seen, detect_ahead  # noqa: PLC0415
    from clusterer.pipeline._shot import ShotAnalyser  # noqa: PLC0415
    from clusterer.video import Sampler, probe  # noqa: PLC0415

    info = probe(path)
    cores = _usable_cores()
    detector = detection.create(config.detection, cores)
    models_of_shot = (Aligner(), encoding.create(config.encoding, cores))
    parts = cache.finished_shots()
    if parts:
        hook.note(f"going on after shot {len(parts)}, where an earlier run stopped")
    after = _shot(len(parts) - 1, parts[-1]) if parts else None
    analyser = ShotAnalyser(*models_of_shot, config, info)
    faces, tracks = (sum(count(part) for part in parts) for count in (_n_faces, _n_tracks))
    with Sampler(info, config.video, config.shots, after) as sampler:
        cache.start(len(parts))  # not before the part of the video is known to be there
        for event in detect_ahead(sampler, detector, info):
            if isinstance(event, Seen):
                analyser.add(event.frame, event.detections)
                done_s = info.seconds(event.frame.pts)
                hook.progress(done_s, _end_s(info, config), faces + analyser.faces)
                continue
            arrays, crops = analyser.finish(event.shot, tracks)
            cache.add_shot(event.shot.index, arrays, crops)
            parts.append(arrays)
            faces, tracks = faces + _n_faces(arrays), tracks + _n_tracks(arrays)
            analyser = ShotAnalyser(*models_of_shot, config, info)
        warnings = tuple(sampler.warnings)
    analysis = _assemble(info, parts, models, warnings)
    cache.finish(analysis)
    return analysis


def _usable_cores() -> int:
    """Cores that this process may use: one thread budget, which the models take turns to spend."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _end_s(info: VideoInfo, config: AnalysisConfig) -> float:
    return min(info.duration_s, config.video.end_s or info.duration_s)


def _shot(index: int, arrays: Arrays) -> Shot:
    return Shot(index, *arrays["shot"].tolist())


def _n_faces(arrays: Arrays) -> int:
    return len(arrays["track_of_row"])


def _n_tracks(arrays: Arrays) -> int:
    return int(arrays["track_of_row"].max(initial=-1)) + 1


def _assemble(
    info: VideoInfo, parts: Iterable[Arrays], models: dict[str, str], warnings: tuple[str, ...]
) -> Analysis:
    """Put the shots together: rows and tracks are numbered through."""
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
        for name in ("chip_embeddings", "sampled_frames", "sampled_pts"):
            columns.setdefault(name, []).append(arrays[name])
        shot_of_track += [index] * _n_tracks(arrays)
        n_rows += _n_faces(arrays)
    joined = {name: np.concatenate(values) for name, values in columns.items()}
    return Analysis(
        video=info,
        shots=tuple(shots),
        detections=Detections.concatenate(found for found, _ in faces),
        quality=ChipQuality.concatenate(quality for _, quality in faces),
        tracks=group_tracks(joined.pop("track_of_row"), shot_of_track),
        models=models,
        warnings=warnings,
        **joined,
    )
