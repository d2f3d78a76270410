"""Both phases and the result folder, as a run of the command line."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from pathlib import Path

from clusterer.core.config import Config
from clusterer.core.errors import EditsError
from clusterer.core.hook import Hook
from clusterer.core.libraries import system_libraries
from clusterer.core.types import ClusteringResult
from clusterer.edits import EditLog
from clusterer.outputs import save as result_folder
from clusterer.people import clustering
from clusterer.people.decide import decide
from clusterer.people.settings import resolved
from clusterer.pipeline.analyse import analyse_into
from clusterer.store.edits_json import read, stored, write
from clusterer.store.folder import ResultFolder
from clusterer.store.names import EDITS
from clusterer.store.place import default_folder, place
from clusterer.store.run_lock import alone


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
    video = Path(video)
    clustering.create(
        config.clustering, 0.0
    )  # fails now, not after the analysis, if a library is missing
    hook = hook or Hook()
    folder = default_folder(video) if folder is None else folder
    with alone(Path(folder)):
        own = place(video, folder, hook, replace=replace)
        log = _corrections(own, None if edits is None else Path(edits))
        analysis = analyse_into(own, video, config.analysis, hook)
        own.mark()
        result = decide(analysis, config, log.edits)
        with system_libraries():
            if edits is not None:
                write(own.path / EDITS, dataclasses.replace(log, video=video.name))
            result_folder.save(result, own.path)
            own.tidy()
    return Outcome(result, own.path, time.monotonic() - started_s)


def _corrections(place: ResultFolder, given: Path | None) -> EditLog:
    """Corrections of the folder, or of a file that continues them."""
    folder = place.path
    own = EditLog() if place.is_to_be_cleared else stored(folder)
    if given is None:
        return own
    log = read(given)
    if log.edits[: len(own.edits)] != own.edits:
        raise EditsError(
            f"{folder / EDITS} holds corrections that {given} does not begin with",
            f"Name another folder with --output, or move {folder / EDITS} away",
        )
    return log
