"""Find the video of a result folder, and decide whether it may be shown.

A result can come from somebody else, so it must not choose which file of this machine is read. The
video is looked up by name near the result, and at the path where this user analysed it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from clusterer.core.errors import CacheError, ClustererError, VideoError
from clusterer.core.files import is_file
from clusterer.core.types import Analysis
from clusterer.store.analysis_npz import read_meta
from clusterer.store.commit import place_of
from clusterer.store.film import film_of, recall
from clusterer.store.folder import ResultFolder
from clusterer.store.names import ANALYSIS

REMEDY = "Start again with --video FILE"


class Footage:
    """The video, looked up at each request, because its disk can be removed and attached.

    Parameters
    ----------
    folder
        The result folder.
    analysis
        Its `video` has the file name.
    given
        The file, if the user names one.
    remedy
        What errors advise.

    Raises
    ------
    VideoError
        `given` is not a video.
    """

    def __init__(
        self,
        folder: Path,
        analysis: Analysis,
        given: Path | None = None,
        remedy: str = REMEDY,
    ) -> None:
        self._remedy = remedy
        self._name = Path(analysis.video.path).name
        parent = folder.resolve().parent
        self._near = (parent, parent.parent, *_here())
        self._remembered = _remembered(folder)
        self._fingerprint = _fingerprint(folder)
        self._same: tuple[tuple[int, ...], bool] = ((), False)
        self._given = given.absolute() if given else None
        self._checked: tuple[int, ...] = ()
        if given is not None:
            with suppress(OSError):  # such as a name that is too long: `_check` reports it
                if not given.exists():
                    raise VideoError(f"Video {given} not found", "Name a file with --video")
            _check(given, remedy)

    def find(self) -> Path:
        """Path of the video: as given, where it was analysed here, or near the result.

        Near means in the folder that holds the result, in its parent, or in the current folder.

        Raises
        ------
        VideoError
            It is in none of these places, is not a video, or is a link to a file elsewhere.
        """
        problem: VideoError | None = None
        for path in self._places():
            try:
                if is_file(path):
                    self._make_sure(path)
                    return path
            except VideoError as error:
                problem = problem or error
        if problem is not None:
            raise problem
        name = self._given.name if self._given else self._name
        if self.elsewhere() is not None:
            raise VideoError(f"The video {name} is a link to a file elsewhere", self._remedy)
        raise VideoError(f"Video {name} not found", self._remedy)

    def elsewhere(self) -> Path | None:
        """Target of a link near the result, if there is no other video to show."""
        if any(is_file(path) for path in self._places()):
            return None
        links = (path.resolve() for path in self._beside() if is_file(path))
        return next((path for path in links if path.parent not in self._near), None)

    def allow(self, path: Path) -> None:
        """Show this file from now on, as if given; raise `VideoError` if it is not a video."""
        _check(path, self._remedy)
        self._given = path

    def _places(self) -> Iterator[Path]:
        if self._given is not None:
            yield self._given
            return
        if self._remembered is not None and self._is_same(self._remembered):
            yield self._remembered
        yield from (path for path in self._beside() if _home(path) in self._near)

    def _beside(self) -> Iterator[Path]:
        is_name = self._name and "\0" not in self._name
        return (folder / self._name for folder in self._near if is_name)

    def _is_same(self, path: Path) -> bool:
        """Whether a file is still the video of the result, not another one under its name."""
        if not self._fingerprint or not is_file(path):
            return True  # not known, or nothing to show
        with suppress(OSError, ClustererError):
            seen = _stamp(path)
            if seen != self._same[0]:
                self._same = (seen, film_of(path).fingerprint == self._fingerprint)
            return self._same[1]
        return False

    def _make_sure(self, path: Path) -> None:
        """Check that a file is a video, unless it is unchanged since the last check."""
        seen = _stamp(path)
        if seen != self._checked:
            _check(path, self._remedy)
            self._checked = seen


def _stamp(path: Path) -> tuple[int, ...]:
    status = path.stat()
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def _fingerprint(folder: Path) -> str:
    """Fingerprint of the video of a result; empty if not known."""
    with suppress(OSError, ClustererError):
        return ResultFolder(folder).fingerprint
    return ""


def _home(path: Path) -> Path | None:
    """Folder of a path's target; None if links form a cycle."""
    with suppress(OSError, RuntimeError):  # RuntimeError: until Python 3.12
        return path.resolve().parent
    return None


def _check(path: Path, remedy: str) -> None:
    from clusterer.media import check_video  # noqa: PLC0415 (loads FFmpeg)

    try:
        check_video(path)
    except VideoError as error:
        raise VideoError(error.cause, remedy) from None


def _here() -> tuple[Path, ...]:
    """The current folder, unless it is gone."""
    try:
        return (Path.cwd(),)
    except OSError:
        return ()


def _remembered(folder: Path) -> Path | None:
    try:
        return recall(str(read_meta(place_of(folder, ANALYSIS)).get("key")))
    except CacheError:
        return None
