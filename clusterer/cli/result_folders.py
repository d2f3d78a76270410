"""The result folder of each of several videos."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from clusterer.core.text import folded_file


def result_folders(videos: Iterable[Path | str], output: Path | None) -> dict[Path | str, Path]:
    """The result folder of each video.

    Parameters
    ----------
    videos
        Repeats of a file are ignored. An address is text.
    output
        For one video, its folder; for several, the parent of their folders. None = the current one.

    Returns
    -------
    For one video `output`, or ``<stem>.people``. If folders of several videos would have the same
    name (ignoring case and the encoding of accents, as many disks do), each gets the first unique
    one of ``<name>.people``, ``<parent>-<stem>.people``, ``<parent>-<name>.people`` and the same
    with more parents. The result is independent of the order of the videos.
    """
    from clusterer.store.names import folder_name

    different = _once(videos)
    if output is not None and len(different) == 1:
        return {different[0]: output}
    level = dict.fromkeys(different, 0)
    while True:
        names = {video: folder_name(_stem(video, level[video])) for video in different}
        count = Counter(map(folded_file, names.values()))
        shared = [video for video in different if count[folded_file(names[video])] > 1]
        if not shared:
            return {video: (output or Path()) / names[video] for video in different}
        for video in shared:
            level[video] += 1


def _once(videos: Iterable[Path | str]) -> list[Path | str]:
    """Drop repeats of one file, also those spelt in another case where case does not matter."""
    first: dict[tuple[Any, ...], Path | str] = {}
    for video in videos:
        if isinstance(video, str):
            first.setdefault((video,), video)
            continue
        real = os.path.realpath(video)
        try:
            status = Path(real).stat()
            key: tuple[Any, ...] = (status.st_dev, status.st_ino, folded_file(real))
        except (OSError, ValueError):  # reported when it is opened
            key = (real,)
        first.setdefault(key, video)
    return list(first.values())


def _stem(video: Path | str, level: int) -> str:
    """A name that identifies a video; the higher the level, the longer."""
    path = Path(os.path.abspath(video))  # noqa: PTH100 (removes .., keeps links)
    above = [part for part in path.parent.parts if part != path.anchor]
    name = path.name if level % 2 else path.stem
    parents = level // 2
    if parents > len(above):  # two paths with the same name: a-b/c and a/b-c
        digest = hashlib.sha256(os.fsencode(video if isinstance(video, str) else path)).hexdigest()
        return f"{path.stem}-{digest[:8]}"
    return "-".join([*above[len(above) - parents :], name])
