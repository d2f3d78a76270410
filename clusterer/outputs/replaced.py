"""Files that are made of a film: which others they may replace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from clusterer.core.errors import ConfigError
from clusterer.core.files import is_there

ELSEWHERE = "Name another file with --output"


def check_replaceable(
    file: Path, video: Path, kind: str, is_ours: Callable[[Path], bool], *, overwrite: bool = False
) -> None:
    """Raise ConfigError if what we make of a film may not be written to this file.

    Parameters
    ----------
    file, video
        Where to write, and the film.
    kind
        What ours are, such as "a reel".
    is_ours
        Whether a file is one of them, which may be replaced.
    overwrite
        Whether any file but the film may be replaced.
    """
    try:
        if not is_there(file):
            return
        if file.exists() and video.exists() and file.samefile(video):
            raise ConfigError(f"{file} is the film itself", ELSEWHERE)
    except OSError:
        return  # writing says why
    if file.is_dir():
        raise ConfigError(f"{file} is a folder", ELSEWHERE)
    if not overwrite and not is_ours(file):
        raise ConfigError(
            f"{file} exists and is not {kind}", f"{ELSEWHERE}, or replace it with --overwrite"
        )
