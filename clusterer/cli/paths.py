"""Paths that a user names to write to, and the result folders of several videos."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from clusterer.cli.types import PathType
from clusterer.store.names import folder_name


class Output(PathType):
    """A path to write to. Empty text is none, as it would mean the current folder; nor is ``-``."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Parse, or fail with one line."""
        if value in {"", b""}:
            self.fail("is empty; name a folder, '.' for the current one.", param, ctx)
        if value == "-":
            self.fail("'-' names no folder; files are not written to standard output.", param, ctx)
        return super().convert(value, param, ctx)


class Place(Output):
    """A folder or a file to write: the path, and whether it ends in a slash, as of a folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Parse, or fail with one line."""
        path = super().convert(value, param, ctx)
        return path, str(value).rstrip("'\" ").endswith(("/", os.sep))


def result_folders(videos: Iterable[Path], output: Path | None) -> dict[Path, Path]:
    """The result folder of each video.

    Parameters
    ----------
    videos
        A file that is named twice counts once.
    output
        Of one video, its folder; of several, the folder that holds theirs. None = the current one.

    Returns
    -------
    Of one video `output`, or ``<stem>.people``. Of videos whose folders would have one name (case
    and the way in which accents are written do not count, as on many disks), each takes the first
    of ``<name>.people``, ``<parent>-<stem>.people``, ``<parent>-<name>.people``, the same with more
    parents, that no other takes. The order of the videos has no say.
    """
    found = _once(videos)
    if output is not None and len(found) == 1:
        return {found[0]: output}
    level = dict.fromkeys(found, 0)
    while True:
        names = {video: folder_name(_stem(video, level[video])) for video in found}
        count = Counter(map(_folded, names.values()))
        shared = [video for video in found if count[_folded(names[video])] > 1]
        if not shared:
            return {video: (output or Path()) / names[video] for video in found}
        for video in shared:
            level[video] += 1


def _once(videos: Iterable[Path]) -> list[Path]:
    """Without those that are the same file again, also in other letters where case has no say."""
    found: dict[tuple[Any, ...], Path] = {}
    for video in videos:
        real = os.path.realpath(video)
        try:
            status = Path(real).stat()
            key: tuple[Any, ...] = (status.st_dev, status.st_ino, _folded(real))
        except (OSError, ValueError):  # it is told later what is wrong with it
            key = (real,)
        found.setdefault(key, video)
    return list(found.values())


def _stem(video: Path, level: int) -> str:
    """The name of a video that tells it apart, the longer the higher the level."""
    path = Path(os.path.abspath(video))  # noqa: PTH100 (with .. taken out, links as they are)
    above = [part for part in path.parent.parts if part != path.anchor]
    name = path.name if level % 2 else path.stem
    parents = level // 2
    if parents > len(above):  # two paths that read alike: a-b/c and a/b-c
        digest = hashlib.sha256(os.fsencode(path)).hexdigest()
        return f"{path.stem}-{digest[:8]}"
    return "-".join([*above[len(above) - parents :], name])


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
