"""Run both phases and write the result folder, as the command line does."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from clusterer.core.address import address_of, name_of
from clusterer.core.config import AUTO, Config
from clusterer.core.errors import EditsError, system_libraries
from clusterer.core.hook import Hook
from clusterer.core.text import one_line
from clusterer.core.types import Analysis, ClusteringResult
from clusterer.edits import EditLog
from clusterer.models.devices import check
from clusterer.outputs.save import save
from clusterer.people import clustering
from clusterer.people.decide import decide, resolved
from clusterer.pipeline.analyse import analyse_into
from clusterer.pipeline.elsewhere import fetched
from clusterer.pipeline.shared import FilmWorkers
from clusterer.store.edits_json import read
from clusterer.store.film import Film
from clusterer.store.folder import ResultFolder
from clusterer.store.names import default_folder
from clusterer.store.scratch import Scratch

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of a run.

    Attributes
    ----------
    result : who appears when
    folder : the result folder, see `ResultFolder`
    duration_s : time taken, seconds
    """

    result: ClusteringResult
    folder: Path
    duration_s: float


def process(  # noqa: PLR0913 (the user's choices)
    video: Path | str,
    config: Config | None = None,
    folder: Path | str | None = None,
    hook: Hook | None = None,
    edits: Path | str | None = None,
    *,
    replace: bool = False,
    executor: Executor | None = None,
    device: str = AUTO,
    scratch: Scratch | None = None,
) -> Outcome:
    """Find out who appears when in a video, and write report and tables.

    The analysis is stored in the folder: a second run with other settings of the grouping, or with
    new corrections, takes about a second.

    Parameters
    ----------
    video
        File that FFmpeg can read, or the address of one (``s3://bucket/film.mp4``), which fsspec of
        the extra [cluster] opens; it is read through a local copy.
    config
        All settings; None = the defaults.
    folder
        Result folder; None = ``<stem>.people`` in the current folder. It may be missing or empty,
        or contain an earlier result of this film, even under another file name.
    hook
        Receives progress and notes; None = nothing does.
    edits
        File of corrections, which becomes ``edits.json`` in the folder; None = those in the folder,
        if any.
    replace
        Remove the result of another film from the folder, except its corrections: ``edits.json``
        becomes ``edits.<film>.json``. Files that this program did not write stay.
    executor
        As of `analyse`.
    device
        What the networks run on, as for `analyse`.
    scratch
        Where that local copy lies, for as long as there is room; None = in the user's cache, or
        where ``CLUSTER_VIDEO_SCRATCH`` says.

    Returns
    -------
    Outcome

    Raises
    ------
    EditsError
        The corrections cannot be read, or `edits` does not begin with those in the folder.
    ConfigError
        `folder` is empty text, or there is no such device.
    OtherFilmError
        The folder contains the result of another film, and `replace` is not set.
    ResultError
        The folder holds other files, cannot be written to, or is in use by another run.
    ClustererError
        See `analyse` and `decide`. Earlier results stay as they were.

    Examples
    --------
    >>> outcome = clusterer.process("episode.mp4")  # doctest: +SKIP
    >>> [person.name for person in outcome.result.at(12.5)]  # doctest: +SKIP
    ['Person 1']
    """
    started_s = time.monotonic()
    check(device)
    config = resolved(config or Config())
    edits_file = None if edits is None else Path(edits)
    clustering.create(config.clustering, 0.0)  # a missing library fails now, not after the analysis
    hook = hook or Hook()
    address = address_of(video)
    name = Path(video if address is None else name_of(address))
    folder = default_folder(name) if folder is None else folder
    with ResultFolder(folder).locked(lasting=True), fetched(video, scratch) as (film, source):
        target = ResultFolder.for_video(film, folder, hook, replace=replace)
        log = _corrections(target, edits_file)
        analysis = analyse_into(
            target,
            film,
            config.analysis,
            hook,
            executor=executor,
            device=device,
            source=source,
        )
        target.ensure_marker()
        log = _latest(target, log, edits_file)
        result = decide(analysis, config, log.edits)
        with system_libraries():
            replaces = target.will_be_replaced  # then the corrections there are of another film
            if not replaces:
                _keep(log, target, film, edits_file)
            save(result, target)
            if replaces:
                _keep(log, target, film, edits_file)
            target.normalise_marker()
    return Outcome(result, target.path, time.monotonic() - started_s)


def process_beside(  # noqa: PLR0913 (as `process`)
    video: Path | str,
    config: Config,
    folder: Path,
    hook: Hook,
    *,
    executor: FilmWorkers,
    device: str,
    then: Callable[[ClusteringResult], T],
    scratch: Scratch | None = None,
) -> T:
    """As `process`, beside other films: the thread that calls it plans and stores, workers do all.

    Workers on other machines only look at the film; it is grouped here.

    Parameters
    ----------
    video, config, folder, hook, device, scratch
        See `process`.
    executor
        Of this film.
    then
        Called with the result when it has been written, where it was made; can be pickled.

    Returns
    -------
    What `then` returns; can be pickled
    """
    config = resolved(config)
    with (
        ResultFolder(folder).locked(lasting=True),
        fetched(video, scratch, executor.check) as (film, source),
    ):
        target = ResultFolder.for_video(film, folder, hook)
        _corrections(target, None)  # a damaged file fails now, not after the analysis
        analysis = analyse_into(
            target,
            film,
            config.analysis,
            hook,
            executor=executor,
            device=device,
            source=source,
        )
        target.ensure_marker()
        job = _Grouping(
            folder, Film(one_line(film.name), target.fingerprint), analysis, config, then
        )
        return executor.do(_group, job)


@dataclass(frozen=True, slots=True, eq=False)
class _Grouping(Generic[T]):
    """The second phase of a film, whose folder another process keeps locked; can be pickled."""

    folder: Path
    film: Film
    analysis: Analysis
    config: Config
    then: Callable[[ClusteringResult], T]


def _group(job: _Grouping[T]) -> T:
    """Decide and save, as `process` does."""
    target = ResultFolder(job.folder)
    target.set_film(job.film)
    result = decide(job.analysis, job.config, target.edits.edits)
    with system_libraries():
        save(result, target)
        target.normalise_marker()
    return job.then(result)


def _keep(log: EditLog, folder: ResultFolder, video: Path, edits_file: Path | None) -> None:
    """Make the corrections of a file those of the folder."""
    if edits_file is not None:
        with folder.editing():  # a review may have added one meanwhile
            _check_continues(folder, folder.edits, log, edits_file)
            folder.write_edits(dataclasses.replace(log, video=video.name))


def _corrections(folder: ResultFolder, edits_file: Path | None) -> EditLog:
    """The corrections of the folder, or those of a file that continues them."""
    existing = folder.edits
    if edits_file is None:
        return existing
    log = read(edits_file)
    _check_continues(folder, existing, log, edits_file)
    return log


def _latest(folder: ResultFolder, log: EditLog, edits_file: Path | None) -> EditLog:
    """The corrections after the analysis, during which a review may have added some."""
    if edits_file is None:
        return folder.edits
    _check_continues(folder, folder.edits, log, edits_file)
    return log


def _check_continues(
    folder: ResultFolder, existing: EditLog, log: EditLog, edits_file: Path
) -> None:
    if log.edits[: len(existing.edits)] != existing.edits:
        raise EditsError(
            f"{edits_file} does not begin with the corrections in {folder.edits_file}",
            f"Name another folder with --output, or move {folder.edits_file} away",
        )
