"""The first phase: a video → its `Analysis`, shot by shot, stored and resumable."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from threadpoolctl import threadpool_limits

from clusterer.core.config import AnalysisConfig
from clusterer.core.errors import CacheError, system_libraries
from clusterer.core.hook import Hook
from clusterer.core.types import Analysis
from clusterer.faces import alignment, detection, encoding
from clusterer.models.bundled import CLOTHING
from clusterer.store.analysis_cache import AnalysisCache, analysis_key
from clusterer.store.film import remember
from clusterer.store.folder import ResultFolder


def analyse(
    video: Path | str, config: AnalysisConfig, folder: Path | str, hook: Hook | None = None
) -> Analysis:
    """Find, track and encode every face of a video, or load the stored analysis.

    Parameters
    ----------
    video
        File that FFmpeg can read.
    config
        Settings of this phase.
    folder
        The result folder, where the analysis and its pictures are stored. A stored analysis of the
        same film, models and settings is reused; an interrupted one resumes after the last finished
        shot. A result that the folder holds of another analysis stays until `process` replaces it.
        Films are identified by content, not by name, place or time of the file.
    hook
        Receives progress and notes; None = nothing does.

    Returns
    -------
    Analysis; the same bytes for the same video, models and settings, interrupted or not

    Raises
    ------
    VideoError
        The video cannot be opened or nothing in it can be decoded.
    ModelError
        Weights of a network are missing or damaged.
    DependencyError
        A system library is missing.
    OtherFilmError
        The folder contains the result of another film.
    ResultError
        The folder holds other files, cannot be written to, or is in use by another run.

    Examples
    --------
    >>> config = clusterer.Config()  # doctest: +SKIP
    >>> analysis = clusterer.analyse("a.mp4", config.analysis, "a.people")  # doctest: +SKIP
    >>> result = clusterer.decide(analysis, config)  # doctest: +SKIP
    """
    video, hook = Path(video), hook or Hook()
    with ResultFolder(folder).locked(lasting=True):
        opened = ResultFolder.for_video(video, folder, hook)
        return analyse_into(opened, video, config, hook)


def analyse_into(opened: ResultFolder, video: Path, config: AnalysisConfig, hook: Hook) -> Analysis:
    """The same as `analyse`, into an open folder whose lock is held."""
    config = replace(config, encoding=encoding.resolve(config.encoding))
    config = replace(config, tracking=replace(config.tracking, unit=encoding.tracking_unit(config)))
    models = _model_hashes(config)
    key = analysis_key(opened.fingerprint, config, models)
    cache = AnalysisCache(opened, key)
    try:
        stored = cache.load()
    except CacheError as error:
        hook.note(f"{error.cause}; analysing again")
        stored = None
    if stored is not None:
        remember(key, video)  # it may lie elsewhere now
        moved = replace(stored, video=replace(stored.video, path=str(video)))
        if Path(stored.video.path).name != video.name:  # to find and show it by its current name
            cache.keep(moved)
        return moved
    # Otherwise NumPy's BLAS spins a thread per core for every small product and takes half of the
    # machine from the models.
    with threadpool_limits(limits=1, user_api="blas"), system_libraries():
        analysis = _look(video, config, models, cache, hook)
    remember(key, video)
    return analysis


def _model_hashes(config: AnalysisConfig) -> dict[str, str]:
    weights = (
        *detection.weights(config.detection.detector),
        *alignment.weights(encoding.alignment(config.encoding.encoder)),
        *encoding.weights(config.encoding.encoder),
        CLOTHING,
    )
    return {file.name: file.sha256() for file in sorted(weights, key=lambda file: file.name)}


def _look(
    path: Path, config: AnalysisConfig, models: dict[str, str], cache: AnalysisCache, hook: Hook
) -> Analysis:
    """Analyse the video; imported late, as a run from the cache needs no model library."""
    from clusterer.pipeline.watch import watch  # noqa: PLC0415 (see above)

    return watch(path, config, models, cache, hook)
