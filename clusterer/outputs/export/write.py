"""Write a result in the format of another program."""

from __future__ import annotations

from pathlib import Path

from clusterer.core.types import ClusteringResult
from clusterer.outputs.export.batch import batches
from clusterer.outputs.export.choose import EVERYTHING, Choice
from clusterer.store.exported import write_exports


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
        Where to write; made if need be. Files of the same names are replaced, and those removed
        that the last export of the same film, format, people and part wrote there and this one does
        not, such as one of a person who was renamed; never a file that was changed since.
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
    ['small+Person 2.edl']
    """
    _, (batch,) = batches(result, [to], choice)
    write_exports(Path(folder), [batch])
    return tuple(Path(folder) / name for name in batch.files)
