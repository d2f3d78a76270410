"""The first phase: a video → its `Analysis`, shot by shot, stored and resumable."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from clusterer.core.config import AUTO, AnalysisConfig, Config
from clusterer.core.errors import CacheError, system_libraries
from clusterer.core.hook import Hook
from clusterer.core.types import Analysis, Edit
from clusterer.models.devices import check
from clusterer.pipeline.elsewhere import Needs, Statement, fetched, model_hashes, resolved
from clusterer.pipeline.taken import missing
from clusterer.pipeline.workers import WorkerProcesses
from clusterer.store.analysis_cache import AnalysisCache, MemoryCache, analysis_key
from clusterer.store.film import remember
from clusterer.store.folder import ResultFolder
from clusterer.store.withdrawn import WithdrawnTrack
from clusterer.store.withdrawn import read as read_withdrawn


def analyse(  # noqa: PLR0913 (what, how, and where it goes)
    video: Path | str,
    config: AnalysisConfig,
    folder: Path | str,
    hook: Hook | None = None,
    *,
    executor: Executor | None = None,
    device: str = AUTO,
) -> Analysis:
    """Find, track and encode every face of a video, or load the stored analysis.

    Parameters
    ----------
    video
        File that FFmpeg can read, or the address of one, as for `process`.
    config
        Settings of this phase.
    folder
        The result folder, where the analysis and its pictures are stored. A stored analysis of the
        same film, models and settings is reused; an interrupted one goes on with what is missing. A
        result that the folder holds of another analysis stays until `process` replaces it.
        Films are identified by content, not by name, place or time of the file.
    hook
        Receives progress and notes; None = nothing does.
    executor
        Looks at parts of the video side by side, such as a
        `concurrent.futures.ProcessPoolExecutor`; it must see the file under the same path, or
        reach it by the same address. None = this process does, with a thread per core at most.
    device
        What the networks run on: ``cpu``, ``cuda``, ``coreml``, ``directml``, ``openvino``; or
        ``auto``: the fastest at hand, which is measured once. If it fails, `hook` receives a note,
        and the CPU is used. A stored analysis is reused whatever device made it.

    Returns
    -------
    Analysis; on the CPU the same bytes for the same video, models and settings, interrupted or not,
    whatever the executor and its number of workers

    Raises
    ------
    ConfigError
        There is no such device, or the installed ONNX Runtime cannot use it.
    VideoError
        The video cannot be opened or nothing in it can be decoded.
    ModelError
        Weights of a network are missing or damaged.
    DependencyError
        A system library is missing.
    WorkerError
        A process of the executor ended before its work was done, or has other versions or models.
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
    check(device)
    hook = hook or Hook()
    with ResultFolder(folder).locked(lasting=True), fetched(video) as (film, source):
        opened = ResultFolder.for_video(film, folder, hook)
        return analyse_into(
            opened, film, config, hook, executor=executor, device=device, source=source
        )


def analyse_into(  # noqa: PLR0913 (as `watch`)
    opened: ResultFolder,
    video: Path,
    config: AnalysisConfig,
    hook: Hook,
    *,
    executor: Executor | None,
    device: str,
    source: str = "",
    withdrawn: Sequence[WithdrawnTrack] = (),
    stores: bool = True,
    edits: Sequence[Edit] = (),
) -> Analysis:
    """The same as `analyse`, into an open folder whose lock is held.

    Where the film was fetched from its `source`, an address, executors elsewhere do so, too. Faces
    that were `withdrawn` are left out, beside those that the folder says. Faces that corrections
    add and the analysis lacks are encoded again. Unless it `stores`, nothing is written anywhere,
    and the pictures are lost.
    """
    config = resolved(config)
    models = model_hashes(config)
    key = analysis_key(opened.fingerprint, config, models)
    cache = AnalysisCache(opened, key) if stores else MemoryCache(opened, key)
    added = _Added(opened, video, config, cache, withdrawn)
    try:
        stored = cache.load()
    except CacheError as error:
        hook.note(f"{error.cause}; analysing again")
        stored = None
    if stored is not None:
        moved = replace(stored, video=replace(stored.video, path=str(video)))
        if stores:
            remember(key, video)  # it may lie elsewhere now
        if Path(stored.video.path).name != video.name:  # to find and show it by its current name
            cache.keep(moved)
        return added.to(moved, edits)
    with system_libraries():
        needs = None
        here = executor is None or isinstance(executor, WorkerProcesses)
        if not here and getattr(executor, "is_elsewhere", True):
            needs = Needs(opened.fingerprint, source)
        analysis = _look(
            video,
            config,
            models,
            cache,
            hook,
            executor=executor,
            device=device,
            needs=needs,
            withdrawn=added.left_out,
        )
    if stores:
        remember(key, video)
    return added.to(analysis, edits)


@dataclass(frozen=True, slots=True)
class _Added:
    """Faces that corrections add, and those that are left out."""

    opened: ResultFolder
    video: Path
    config: AnalysisConfig
    cache: AnalysisCache
    withdrawn: Sequence[WithdrawnTrack]

    @property
    def left_out(self) -> tuple[WithdrawnTrack, ...]:
        """As the folder says, and the caller."""
        known = read_withdrawn(self.opened.path).get(self.opened.fingerprint, ())
        return tuple(dict.fromkeys((*known, *self.withdrawn)))

    def to(self, analysis: Analysis, edits: Sequence[Edit]) -> Analysis:
        """The analysis with the faces that corrections add; imported late, as `_look`."""
        if not missing(analysis, edits):
            return analysis
        from clusterer.pipeline.missed import FaceFinder  # noqa: PLC0415 (see above)

        with system_libraries():
            config = Config(analysis=self.config)
            finder = FaceFinder(analysis, config, self.video, withdrawn=self.left_out)
            analysis, pictures = finder.restore(analysis, edits)
        self.cache.extend(analysis, pictures)
        return analysis


def _look(  # noqa: PLR0913 (as `watch`)
    path: Path,
    config: AnalysisConfig,
    models: dict[str, str],
    cache: AnalysisCache,
    hook: Hook,
    *,
    executor: Executor | None,
    device: str,
    needs: Needs | None,
    withdrawn: tuple[WithdrawnTrack, ...],
) -> Analysis:
    """Analyse the video; imported late, as a run from the cache needs no model library."""
    from clusterer.pipeline.device import choose  # noqa: PLC0415 (see above)
    from clusterer.pipeline.watch import watch  # noqa: PLC0415 (see above)

    device = choose(device, config, hook.note)
    if needs is not None:
        needs = replace(needs, statement=Statement.of(models, device))
    return watch(
        path,
        config,
        models,
        cache,
        hook,
        executor=executor,
        device=device,
        needs=needs,
        withdrawn=withdrawn,
    )
