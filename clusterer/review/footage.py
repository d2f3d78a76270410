"""Where the video of a result folder lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from clusterer.errors import VideoError
from clusterer.types import Analysis


class Footage:
    """The video, looked for anew each time, since its disk may come and go.

    Parameters
    ----------
    folder
        The result folder.
    analysis
        Its `video` has the path as it was given when the video was analysed.
    given
        The file, where the user names it.

    Raises
    ------
    VideoError
        `given` is no file.
    """

    def __init__(self, folder: Path, analysis: Analysis, given: Path | None = None) -> None:
        self._folder = folder
        self._stored = Path(analysis.video.path)
        self._given = given.absolute() if given else None
        if given is not None and not given.is_file():
            raise VideoError(f"There is no video {given}", "Name a file with --video")

    def find(self) -> Path:
        """The video: as given, where it was, or beside the result folder or its parent.

        Raises
        ------
        VideoError
            It is in none of these places.
        """
        for path in self._places():
            if path.is_file():
                return path
        name = self._given.name if self._given else self._stored.name
        raise VideoError(f"The video {name} is not there", "Start again with --video FILE")

    def _places(self) -> Iterator[Path]:
        if self._given is not None:
            yield self._given
            return
        yield self._stored
        folder = self._folder.resolve()
        for parent in (folder.parent, folder.parent.parent):
            yield parent / self._stored.name
