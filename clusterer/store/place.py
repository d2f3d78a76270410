"""Where the result of a video goes, and whether that place is free for it."""

from __future__ import annotations

import hashlib
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

from clusterer.core.errors import ConfigError, OtherFilmError
from clusterer.core.hook import Hook
from clusterer.core.text import one_line, printable
from clusterer.store.earlier import stored_video
from clusterer.store.film import Film, film_of
from clusterer.store.folder import ResultFolder

ENDING = ".people"
LONGEST = 255
"""Bytes that file systems take for a name."""
_SAME_LENGTH_S = 0.05
"""Apart in length, two films of one size and rate are two: for results without a fingerprint."""


def default_folder(video: Path) -> Path:
    """``<stem>.people`` in the current folder.

    A name of more than 255 bytes is cut, and tells itself apart by 8 digits of the sha256 of the
    whole. What is not UTF-8 in the name of the video is U+FFFD in that of the folder.
    """
    return Path(folder_name(video.stem))


def folder_name(stem: str) -> str:
    """Name of a result folder; see `default_folder`."""
    name = printable(stem)
    if len(f"{name}{ENDING}".encode()) > LONGEST:
        digest = hashlib.sha256(os.fsencode(stem)).hexdigest()[:8]
        start = name.encode()[: LONGEST - len(f"-{digest}{ENDING}")].decode(errors="ignore")
        name = f"{start}-{digest}"
    return f"{name}{ENDING}"


def place(video: Path, folder: Path | str, hook: Hook, *, replace: bool = False) -> ResultFolder:
    """Find out whether the result of a video can go into a folder; nothing is written yet.

    Parameters
    ----------
    video
    folder
        May be missing or empty, or hold a result of this film.
    hook
        Told where the corrections of another film are kept.
    replace
        The result of another film is cleared away, when the first file is written.

    Raises
    ------
    VideoError
        The video cannot be read.
    ConfigError
        `folder` is empty text.
    OtherFilmError
        It holds the result of another film, and `replace` is not set.
    ResultError
        It holds other files, or cannot be written to.
    """
    if folder == "":
        raise ConfigError("the result folder has no name", "Leave it out, or name a folder")
    film, result = film_of(video), ResultFolder(Path(folder))
    result.refuse_foreign()
    if _is_of(result, film, video):
        result.belong_to(film)
        return result
    if not replace:
        earlier = result.film.name if result.film else _name(stored_video(result.path))
        raise OtherFilmError(
            f"{folder} holds the result of another film, {earlier}",
            "Name another folder with -o, or give --replace to remove it",
        )
    result.belong_to(
        film, lambda kept: hook.note(f"corrections of the other film are kept as {kept}")
    )
    return result


def _is_of(result: ResultFolder, film: Film, video: Path) -> bool:
    """Whether a folder is free, or of this film; of earlier results, by size, rate and length."""
    if result.film is not None and result.film.fingerprint:
        return result.film.fingerprint == film.fingerprint
    stored = stored_video(result.path)
    return stored is None or _alike(stored, video)


def _alike(stored: dict[str, Any], video: Path) -> bool:
    """Whether the facts that are stored are those of the video, whatever its name."""
    from clusterer.media import probe  # noqa: PLC0415 (heavy, and for earlier results only)

    facts = probe(video)
    try:
        size = (int(stored["width_px"]), int(stored["height_px"]), Fraction(stored["frame_rate"]))
        length_s = float(stored["duration_s"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return True  # nobody can tell
    same = size == (facts.width_px, facts.height_px, facts.frame_rate)
    return same and abs(length_s - facts.duration_s) <= _SAME_LENGTH_S


def _name(stored: dict[str, Any] | None) -> str:
    path = str((stored or {}).get("path", "")).replace("\\", "/")
    return one_line(path.rpartition("/")[2]) or "whose name is not known"
