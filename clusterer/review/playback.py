"""How the page shows the film: as it is, as a copy that browsers play, or as single pictures."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from clusterer.core.errors import VideoError
from clusterer.core.files import is_plain_file
from clusterer.review.copying import Copying, copy_of
from clusterer.store.film import film_of
from clusterer.store.names import PROXY

if TYPE_CHECKING:
    from clusterer.core.types import VideoInfo
    from clusterer.media.browser import Playable
    from clusterer.media.still import Stills
    from clusterer.review.session import Session
    from clusterer.store.footage import Footage

_FAILED = "This browser does not play the film"
_KEPT = {"Cache-Control": "private, max-age=3600"}


def routes(session: Session, footage: Footage, on_close: list[Callable[[], None]]) -> list[Route]:
    """The endpoints of the film; `on_close` receives what closes the files that they hold open."""
    playback = Playback(session, footage)
    on_close.append(playback.close)
    return [
        Route("/film", playback.film),
        Route(f"/{PROXY}", playback.proxy),
        Route("/still", playback.still),
    ]


class _Film:
    """What is known of a file, until it changes."""

    def __init__(self, path: Path, stamp: tuple[int, ...], analysed: VideoInfo) -> None:
        from clusterer.media.browser import can_play  # noqa: PLC0415 (loads FFmpeg)
        from clusterer.media.probe import probe_copy  # noqa: PLC0415 (likewise)
        from clusterer.media.still import Stills  # noqa: PLC0415 (likewise)

        self.path, self.stamp = path, stamp
        self.info: VideoInfo = probe_copy(path, analysed)
        self.playable: Playable = can_play(path, self.info.stream)
        self.fingerprint = film_of(path).fingerprint
        self.stills: Stills = Stills(self.info)


class Playback:
    """The endpoints, and the copy that is being made; the film is looked up at each request."""

    def __init__(self, session: Session, footage: Footage) -> None:
        self._session, self._footage = session, footage
        self._lock = Lock()
        self._known: _Film | None = None
        self._copying: Copying | None = None
        self._closed = False

    def film(self, request: Request) -> Response:
        """State of the film; ``?failed=1`` says that the browser could not play it after all."""
        return JSONResponse(self._state(bool(request.query_params.get("failed"))))

    def proxy(self, _request: Request) -> Response:
        """The copy, whole or in ranges."""
        path = self._session.folder.path / PROXY
        if not is_plain_file(path):
            raise HTTPException(404, "There is no copy of the film for browsers yet")
        return FileResponse(path, stat_result=path.stat(), media_type="video/mp4")

    def still(self, request: Request) -> Response:
        """The frame shown at ``?pts=``, which counts as the analysis does."""
        try:
            pts = int(request.query_params["pts"][:20])
        except (KeyError, ValueError):
            raise HTTPException(400, "Give the time of the picture: still?pts=NUMBER") from None
        with self._lock:
            film = self._find()
        stills, at = film.stills, self._of_file(film.info, pts)
        return Response(stills.jpeg(at), media_type="image/jpeg", headers=_KEPT)

    def close(self) -> None:
        """Stop making a copy, and close the film."""
        with self._lock:
            self._closed = True
            if self._copying is not None:
                self._copying.stop()
            if self._known is not None:
                self._known.stills.close()

    def _of_file(self, info: VideoInfo, pts: int) -> int:
        """A time of the analysis in ticks of a file, which may be another copy of the film."""
        analysed = self._session.state.result.analysis.video
        since_s: Fraction = (pts - analysed.zero_pts) * analysed.time_base
        return info.zero_pts + math.floor(since_s / info.time_base)

    def _find(self) -> _Film:
        path = self._footage.find()
        try:
            status = path.stat()
        except OSError:
            raise VideoError(f"Cannot read the video {path.name}") from None
        stamp = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        known = self._known
        if known is None or (known.path, known.stamp) != (path, stamp):
            if known is not None:
                known.stills.close()
            analysed = self._session.state.result.analysis.video
            self._known = known = _Film(path, stamp, analysed)
        return known

    def _state(self, failed: bool) -> dict[str, Any]:
        folder = self._session.folder
        with self._lock:
            try:
                film = self._find()
            except VideoError as error:
                has_copy = copy_of(folder, folder.fingerprint)
                url, state = (PROXY, "proxy") if has_copy else (None, "missing")
                return {**_answer(state, str(error), url=url), "stills": False}
            if film.playable and not failed:
                return _answer("playable", "", url="video")
            reason = film.playable.reason or _FAILED
            if copy_of(folder, film.fingerprint):
                return _answer("proxy", reason, url=PROXY)
            copying = self._start(film)
        return _progress(copying, reason)

    def _start(self, film: _Film) -> Copying | None:
        """The copy of a film in the making; begins it if need be."""
        copying = self._copying
        if self._closed:
            return None
        if copying is not None and copying.fingerprint != film.fingerprint:
            copying.stop()
            copying = None
        if copying is None or copying.may_try_again:
            copying = Copying(self._session.folder, film.info, film.fingerprint)
            self._copying = copying
        return copying


def _progress(copying: Copying | None, reason: str) -> dict[str, Any]:
    """State of a copy that is not finished."""
    if copying is None or not (copying.is_running or copying.error):
        return _answer("unplayable", reason)
    if copying.error:
        return _answer("unplayable", f"{reason}. No copy could be made: {copying.error}")
    return _answer("making", reason, copying.pace.done, copying.pace.left_s)


def _answer(
    state: str, reason: str, done: float = 0.0, left_s: float | None = None, url: str | None = None
) -> dict[str, Any]:
    done = 1.0 if url else round(done, 4)
    stated = {"state": state, "done": done, "left_s": left_s, "reason": reason, "url": url}
    return {**stated, "stills": True}
