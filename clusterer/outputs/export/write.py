"""Write a result in the format of another program."""

from __future__ import annotations

from pathlib import Path

from clusterer.core.types import ClusteringResult
from clusterer.outputs.export.base import create
from clusterer.outputs.export.choose import EVERYTHING, Choice, choose
from clusterer.store.output import write_output


def export(
    result: ClusteringResult, to: str, folder: Path | str, choice: Choice = EVERYTHING
) -> tuple[Path, ...]:
    """Write the appearances of a result for another program.

    Parameters
    ----------
    result
        With its corrections.
    to
        Name of a format, as of ``cluster-video export``: ``"edl"``, ``"fcpxml"``, ``"srt"``, …
    folder
        Where to write; made if need be. Files of the same names are replaced.
    choice
        People, appearances, frame rate and first timecode.

    Returns
    -------
    paths of the files

    Raises
    ------
    ConfigError
        There is no such format, there is nobody of that name, or the format cannot express this.
    DependencyError
        The format needs a library that is not installed.
    ResultError
        The folder cannot be written to. What was there before stays.

    Examples
    --------
    >>> [path.name for path in clusterer.export(result, "srt", "captions")]
    ['small.srt']
    >>> few = clusterer.Choice(people=("Person 2",))
    >>> [path.name for path in clusterer.export(result, "edl", "cuts", few)]
    ['small.edl']
    """
    files = create(to).files(choose(result, choice))
    write_output(Path(folder), files)
    return tuple(Path(folder) / name for name in files)
