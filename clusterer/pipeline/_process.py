"""Both phases and the result folder: what the command line does."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from clusterer import clustering
from clusterer import result as result_folder
from clusterer.config import Config
from clusterer.edits import EDITS, EditLog, read, stored, write
from clusterer.errors import EditsError
from clusterer.files import make_folder
from clusterer.pipeline._analyse import analyse
from clusterer.pipeline._config import settled
from clusterer.pipeline._decide import decide
from clusterer.pipeline._hook import Hook
from clusterer.pipeline._libraries import system_libraries
from clusterer.types import ClusteringResult


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run gave.

    Attributes
    ----------
    result : who appears when
    folder : where everything was written
    duration_s : time taken, seconds
    """

    result: ClusteringResult
    folder: Path
    duration_s: float


def default_folder(video: Path) -> Path:
    """``<stem>.people`` in the current folder."""
    return Path(f"{video.stem}.people")


def process(
    video: Path | str,
    config: Config | None = None,
    folder: Path | str | None = None,
    hook: Hook | None = None,
    edits: Path | str | None = None,
) -> Outcome:
    """Find out who appears when in a video, and write report and tables.

    Parameters
    ----------
    video
        File that FFmpeg can read.
    config
        All settings; None = the defaults.
    folder
        Where to write; None = ``<stem>.people`` in the current folder.
    hook
        Told of the progress.
    edits
        File of corrections, which becomes ``edits.json`` in the folder; None = those that are in
        the folder, if any.

    Returns
    -------
    Outcome

    Raises
    ------
    EditsError
        The corrections cannot be read, or those in the folder are not the first of `edits`.
    ClustererError
        See `analyse`, `decide` and `clusterer.result.save`. Earlier results stay as they were.
    """
    started_s = time.monotonic()
    config = settled(config or Config())
    video = Path(video)
    folder = default_folder(video) if folder is None else Path(folder)
    log = _corrections(folder, None if edits is None else Path(edits))
    clustering.create(config.clustering, 0.0)  # what it lacks is said now, not after the analysis
    analysis = analyse(video, config.analysis, folder, hook)
    make_folder(folder)
    result = decide(analysis, config, log.edits)
    with system_libraries():
        if edits is not None:
            write(folder / EDITS, replace(log, video=video.name))
        result_folder.save(result, folder)
    return Outcome(result, folder, time.monotonic() - started_s)


def _corrections(folder: Path, given: Path | None) -> EditLog:
    """Those of the folder, or those of a file that goes on from them."""
    own = stored(folder)
    if given is None:
        return own
    log = read(given)
    if log.edits[: len(own.edits)] != own.edits:
        raise EditsError(
            f"{folder / EDITS} holds corrections that {given} does not begin with",
            f"Name another folder with --output, or move {folder / EDITS} away",
        )
    return log
