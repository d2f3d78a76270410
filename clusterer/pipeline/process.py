"""Run both phases and write the result folder, as the command line does."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Generic, TypeVar

from clusterer.core.address import address_of, name_of
from clusterer.core.config import AUTO, Config
from clusterer.core.errors import ClustererError, EditsError, system_libraries
from clusterer.core.hook import Hook
from clusterer.core.text import one_line
from clusterer.core.types import Analysis, ClusteringResult, Edit
from clusterer.edits import EditLog
from clusterer.models.devices import check
from clusterer.outputs.bare import forget_film, remove_pictures
from clusterer.outputs.save import save
from clusterer.people import clustering
from clusterer.people.decide import decide, resolved
from clusterer.people.numbering import keep_numbers, renumbered
from clusterer.people.remove import without_biometrics
from clusterer.pipeline.analyse import analyse_into
from clusterer.pipeline.elsewhere import fetched
from clusterer.pipeline.shared import FilmWorkers
from clusterer.store.analysis_cache import put_bare
from clusterer.store.edits_json import read
from clusterer.store.film import Film
from clusterer.store.folder import ResultFolder
from clusterer.store.names import default_folder
from clusterer.store.scratch import Scratch
from clusterer.store.withdrawn import WithdrawnTrack

T = TypeVar("T")
_MOST_MOVED = 5
"""People whose new numbers a note lists."""


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
    biometrics: bool = True,
    named: Callable[[ClusteringResult, EditLog], ClusteringResult] | None = None,
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
        or contain an earlier result of this film, even under another file name. If that has been
        corrected, people keep their numbers.
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
    biometrics
        Whether pictures and vectors of faces are stored. Else all of that stays in memory, the
        folder gets tables and a report without pictures, and nothing is left of an interrupted run.
        What an earlier run stored there is removed, as `clusterer.purge` does. The result cannot be
        reviewed or grouped again.
    named
        Given the result before it is stored, and all corrections, also undone ones: the same result
        with names, which are corrections at its end.

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
            stores=biometrics,
            edits=log.edits,
        )
        target.ensure_marker()
        log = _latest(target, log, edits_file)
        result, changed = _numbered(decide(analysis, config, log.edits), target)
        names: tuple[Edit, ...] = ()
        if named is not None:
            known, result = len(result.edits), named(result, log)
            names = result.edits[known:]
        keep = _keeper(log, names, film.name, edits_file)
        with system_libraries():
            if not biometrics:
                result = _put_bare(result, target)
            _save(result, target, keep, pictures=biometrics)
        if changed:
            hook.note(changed)
    return Outcome(result, target.path, time.monotonic() - started_s)


def _put_bare(result: ClusteringResult, target: ResultFolder) -> ClusteringResult:
    """The result without biometric data, whose analysis is stored for it."""
    result = without_biometrics(result)
    forget_film(target)
    put_bare(target, result.analysis)
    return result


def _save(
    result: ClusteringResult,
    target: ResultFolder,
    keep: Callable[[ResultFolder], None] | None,
    *,
    pictures: bool,
) -> None:
    """Store a result; `keep` stores corrections. Unless `pictures` stay, none is left."""
    replaces = target.will_be_replaced
    if keep is not None and not replaces:
        keep(target)
    save(result, target)
    if keep is not None and replaces:  # not before: those in the folder are of another film
        keep(target)
    if not pictures:  # not before: an error leaves an earlier result as it was
        remove_pictures(target)
    target.normalise_marker()


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
    withdrawn: Sequence[WithdrawnTrack] = (),
) -> T:
    """As `process`, beside other films: the thread that calls it plans and stores, workers do all.

    Workers on other machines only look at the film; it is grouped here.

    Parameters
    ----------
    video, config, folder, hook, device, scratch
        See `process`.
    executor
        Of this film.
    withdrawn
        Faces that are left out.
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
        log = _corrections(target, None)  # a damaged file fails now, not after the analysis
        analysis = analyse_into(
            target,
            film,
            config.analysis,
            hook,
            executor=executor,
            device=device,
            source=source,
            withdrawn=withdrawn,
            edits=log.edits,
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
    result, _ = _numbered(decide(job.analysis, job.config, target.edits.edits), target)
    with system_libraries():
        save(result, target)
        target.normalise_marker()
    return job.then(result)


def _numbered(result: ClusteringResult, folder: ResultFolder) -> tuple[ClusteringResult, str]:
    """Keep the numbers of people that an earlier result in the folder has, if it was corrected.

    Otherwise people are numbered by screen time, whatever was there before: the same film and
    settings give the same bytes. The text says then whose number has changed.
    """
    if folder.will_be_replaced:
        return result, ""
    try:
        earlier = ResultFolder(folder.path).load()
    except ClustererError:
        return result, ""
    if earlier.edits:
        return keep_numbers(earlier, result), ""
    moved = [
        f"Person {old} is now Person {new}" for old, new in renumbered(earlier, result).items()
    ]
    more = f" and {len(moved) - _MOST_MOVED} more" if len(moved) > _MOST_MOVED else ""
    text = f"people are numbered anew: {', '.join(moved[:_MOST_MOVED])}{more}" if moved else ""
    return result, text


def _keeper(
    log: EditLog, names: tuple[Edit, ...], video: str, edits_file: Path | None
) -> Callable[[ResultFolder], None] | None:
    """The function that stores the corrections of a run; None = the folder has them already."""
    if edits_file is not None:
        with_names = EditLog((*log.edits, *names), log.undone, video)
        return partial(_keep, with_names, edits_file)
    return partial(_keep_names, log.edits, names, video) if names else None


def _keep(log: EditLog, edits_file: Path, folder: ResultFolder) -> None:
    """Make these corrections those of the folder, unless a review has added one meanwhile."""
    with folder.editing():
        _check_continues(folder, folder.edits, log, edits_file)
        folder.write_edits(log)


def _keep_names(
    known: tuple[Edit, ...], names: tuple[Edit, ...], video: str, folder: ResultFolder
) -> None:
    """Add names to the corrections in the folder, which a review may have changed meanwhile.

    They come after those that were `known`, so that what was corrected since prevails.
    """
    with folder.editing():
        log = folder.edits
        pairs = zip(log.edits, known, strict=False)
        at = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        edits = (*log.edits[:at], *names, *log.edits[at:])
        folder.write_edits(EditLog(edits, log.undone, video))


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
