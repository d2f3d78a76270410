"""Both phases and the result folder, as a run of the command line."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from pathlib import Path

from clusterer.core.config import Config
from clusterer.core.errors import EditsError, system_libraries
from clusterer.core.hook import Hook
from clusterer.core.types import ClusteringResult
from clusterer.edits import EditLog
from clusterer.outputs import save as result_folder
from clusterer.people import clustering
from clusterer.people.decide import decide, resolved
from clusterer.pipeline.analyse import analyse_into
from clusterer.store.edits_json import read
from clusterer.store.folder import ResultFolder
from clusterer.store.names import default_folder
from clusterer.store.run_lock import run_lock


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run produced.

    Attributes
    ----------
    result : who appears when
    folder : where everything was written
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
) -> Outcome:
    """Find out who appears when in a video, and write report and tables.

    Parameters
    ----------
    video
        File that FFmpeg can read.
    config
        All settings; None = the defaults.
    folder
        Where to write; None = ``<stem>.people`` in the current folder. It may be missing or empty,
        or hold an earlier result of this film, whatever the file was called then.
    hook
        Receives the progress.
    edits
        File of corrections, which becomes ``edits.json`` in the folder; None = those in the folder,
        if any.
    replace
        If the folder holds the result of another film, remove that, but keep its corrections:
        ``edits.json`` becomes ``edits.<film>.json``. Files that we did not write stay.

    Returns
    -------
    Outcome

    Raises
    ------
    EditsError
        The corrections cannot be read, or those in the folder are not the first of `edits`.
    ConfigError
        `folder` is empty text.
    OtherFilmError
        The folder holds the result of another film, and `replace` is not set.
    ResultError
        The folder holds files of others, cannot be written to, or is in use by another run.
    ClustererError
        See `analyse`, `decide` and `clusterer.outputs.save`. Earlier results stay as they were.
    """
    started_s = time.monotonic()
    config = resolved(config or Config())
    video, given = Path(video), None if edits is None else Path(edits)
    clustering.create(config.clustering, 0.0)  # a missing library fails now, not after the analysis
    hook = hook or Hook()
    folder = default_folder(video) if folder is None else folder
    with run_lock(Path(folder)):
        own = ResultFolder.for_video(video, folder, hook, replace=replace)
        log = _corrections(own, given)
        analysis = analyse_into(own, video, config.analysis, hook)
        own.ensure_marker()
        log = _latest(own, log, given)
        result = decide(analysis, config, log.edits)
        with system_libraries():
            if given is not None:
                own.write_edits(dataclasses.replace(log, video=video.name))
            result_folder.save(result, own.path)
            own.normalise_marker()
    return Outcome(result, own.path, time.monotonic() - started_s)


def _corrections(folder: ResultFolder, given: Path | None) -> EditLog:
    """The corrections of the folder, or those of a file that continues them."""
    own = EditLog() if folder.will_be_replaced else folder.edits
    if given is None:
        return own
    log = read(given)
    _check_continues(folder, own, log, given)
    return log


def _latest(folder: ResultFolder, log: EditLog, given: Path | None) -> EditLog:
    """The corrections after the analysis, during which a review may have added some."""
    if given is None:
        return folder.edits
    _check_continues(folder, folder.edits, log, given)
    return log


def _check_continues(folder: ResultFolder, own: EditLog, log: EditLog, given: Path) -> None:
    if log.edits[: len(own.edits)] != own.edits:
        raise EditsError(
            f"{folder.edits_file} holds corrections that {given} does not begin with",
            f"Name another folder with --output, or move {folder.edits_file} away",
        )
