"""Where films lie that were analysed on this machine.

A result holds the name of its film, not its folder: results travel. So that a review on this
machine finds a film that lies elsewhere, its place is noted in the user's cache, by the key of
the analysis, which nobody can know who has not had the film.
"""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path

from clusterer.core.files import read_nofollow
from clusterer.models.cache import cache_folder

_KEY = re.compile(r"[0-9a-f]{64}")


def remember(key: str, video: Path) -> None:
    """Note where a film lies, for this user only; where nothing can be written, nothing is noted.

    Parameters
    ----------
    key
        Of its analysis.
    video
    """
    place = _place(key)
    if place is None:
        return
    with suppress(OSError):
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent)  # 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(os.fsencode(video.absolute()))
            Path(name).replace(place)
        finally:
            Path(name).unlink(missing_ok=True)


def recall(key: str) -> Path | None:
    """Where the film of an analysis lay when it was last analysed here; None if it never was."""
    place = _place(key)
    if place is None:
        return None
    try:
        video = Path(os.fsdecode(read_nofollow(place)))
    except OSError:
        return None
    return video if video.is_absolute() else None


def _place(key: str) -> Path | None:
    return cache_folder() / "films" / key if _KEY.fullmatch(key) else None
