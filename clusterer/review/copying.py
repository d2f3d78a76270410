"""Make the copy of a film for browsers in the background, within its result folder."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from clusterer.core.errors import ClustererError
from clusterer.core.files import is_plain_file
from clusterer.core.folders import has_plain_folder
from clusterer.review.pace import Pace, lower_priority, one_line_of
from clusterer.store.folder import ResultFolder
from clusterer.store.names import PROXY, PROXY_PARTS
from clusterer.store.run_lock import WAIT

if TYPE_CHECKING:
    from clusterer.core.types import VideoInfo

AGAIN_S = 60.0
"""After a failure, such as a full disk, the next try is this much later."""
_THREADS = 2
"""Of decoding and of coding: the review itself must stay quick."""
_MOST_PARTS = 100_000


def copy_of(folder: ResultFolder, fingerprint: str) -> Path | None:
    """The finished copy in a result folder, if it is of this film.

    Parameters
    ----------
    folder
    fingerprint
        Of the film, see `clusterer.store.film.film_of`; a copy of another is not given.
    """
    from clusterer.media.proxy import made_of  # noqa: PLC0415 (loads FFmpeg)

    path = folder.path / PROXY
    if fingerprint and is_plain_file(path) and made_of(path) == fingerprint:
        return path
    return None


class Copying:
    """One thread of low priority that makes the copy of one film.

    Parameters
    ----------
    folder
        The result folder. All files are registered as ours before they are written, so a run
        leaves the copy of its film, and removes it with the result of another film.
    info
        Of the film, from `probe`.
    fingerprint
        Of the film; the copy states it.

    Attributes
    ----------
    fingerprint
    pace : share that is done, and time left
    error : why it failed, else empty
    """

    def __init__(self, folder: ResultFolder, info: VideoInfo, fingerprint: str) -> None:
        self.fingerprint, self.error = fingerprint, ""
        self.pace = Pace()
        self._folder = ResultFolder(folder.path)  # knows its own list of names
        self._info = info
        self._stop = threading.Event()
        self._failed_s = 0.0
        self._thread = threading.Thread(target=self._run, name="copy for browsers", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether the thread is at work."""
        return self._thread.is_alive()

    @property
    def may_try_again(self) -> bool:
        """Whether it ended, and long enough ago if it failed."""
        return not self.is_running and time.monotonic() - self._failed_s >= AGAIN_S

    def stop(self) -> None:
        """End it, and wait; finished parts are kept for the next time."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        lower_priority()
        try:
            self._make()
        except ClustererError as error:
            self._failed_s, self.error = time.monotonic(), str(error)
        except Exception as error:  # the page says why
            self._failed_s = time.monotonic()
            self.error = one_line_of(error)

    def _make(self) -> None:
        from clusterer.media.proxy import LISTED, Copy, make_proxy  # noqa: PLC0415 (FFmpeg)

        folder = self._folder
        with folder.locked(remedy=WAIT):
            folder.register([PROXY, *_part_names(self._info.duration_s), f"{PROXY_PARTS}/{LISTED}"])
            folder.make_subfolder(PROXY_PARTS)
        copy = Copy(self._info, self.fingerprint, folder.path / PROXY_PARTS)
        out = folder.path / PROXY
        if make_proxy(copy, out, self.pace.note, self._stop.is_set, _THREADS):
            with suppress(ClustererError, OSError), folder.locked(remedy=WAIT):
                folder.remove(set(_ours(folder)))


def _part_names(duration_s: float) -> Iterator[str]:
    """Names of all files that are made on the way, with room for a length that is not exact."""
    from clusterer.media.proxy import JOINED, PART_S, SOUND, part_name  # noqa: PLC0415 (FFmpeg)

    count = min(_MOST_PARTS, int(duration_s * 1.1 / PART_S) + 10)
    yield from (f"{PROXY_PARTS}/{part_name(number)}" for number in range(count))
    yield from (f"{PROXY_PARTS}/{name}" for name in (SOUND, JOINED))


def _ours(folder: ResultFolder) -> Iterator[str]:
    if has_plain_folder(folder.path, PROXY_PARTS):
        yield from (name for name in folder.names if name.startswith(f"{PROXY_PARTS}/"))
