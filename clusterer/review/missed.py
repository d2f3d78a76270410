"""A face that was missed: the page draws a box, the server follows and encodes the face."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from clusterer.core.errors import EditsError
from clusterer.core.types import Analysis
from clusterer.people.amend import keys_of
from clusterer.review.requests import read_body
from clusterer.review.session import ConflictError

if TYPE_CHECKING:
    from clusterer.pipeline.missed import FaceFinder
    from clusterer.review.session import Session
    from clusterer.store.footage import Footage


def routes(session: Session, footage: Footage) -> list[Route]:
    """Endpoint ``missed``, of a box ``{"count", "pts", "box"}`` in px of the picture shown.

    It answers ``{"count", "reload", "key"}``: as of a correction, and the key of the new track.
    """
    return [Route("/missed", _Desk(session, footage).missed, methods=["POST"])]


class _Desk:
    """Where a box is handed in; one at a time, as the networks take all cores."""

    def __init__(self, session: Session, footage: Footage) -> None:
        self._session, self._footage = session, footage
        self._lock = Lock()
        self._finder: tuple[Path, FaceFinder] | None = None

    async def missed(self, request: Request) -> Response:
        content = await read_body(request, "count", "pts", "box")
        return JSONResponse(await run_in_threadpool(self._add, content))

    def _add(self, content: dict[str, Any]) -> dict[str, Any]:
        pts, box = _place(content["pts"], content["box"])
        with self._lock:
            result = self._session.state.result
            if content["count"] != self._session.count:
                raise ConflictError(
                    f"The page has {content['count']} corrections, but the review has "
                    f"{self._session.count}",
                    "Reload it",
                )
            analysis = result.analysis
            finder = self._ready(analysis)
            missed = finder.find(analysis, float(analysis.video.seconds(pts)), box)
            changed = self._session.add_face(missed, content["count"])
        now = self._session.state.result.analysis
        track = keys_of(now).track(missed.edit.tracks[0])
        key = "" if track is None else keys_of(now).tracks[track]
        return {"count": changed.count, "reload": changed.reload, "key": key}

    def _ready(self, analysis: Analysis) -> FaceFinder:
        from clusterer.pipeline.missed import FaceFinder  # noqa: PLC0415 (loads FFmpeg, networks)

        path = self._footage.find()
        if self._finder is None or self._finder[0] != path:
            config = self._session.state.result.config
            self._finder = path, FaceFinder(analysis, config, path)
        return self._finder[1]


def _place(pts: object, box: object) -> tuple[int, list[float]]:
    """A time and a box of a request."""
    if type(pts) is not int or abs(pts) > 1 << 62:
        raise EditsError("Invalid request: pts is not a time")
    if not (
        isinstance(box, list)
        and len(box) == 4
        and all(type(side) in {int, float} and abs(side) < 1e6 for side in box)
    ):
        raise EditsError("Invalid request: box is not left, top, right and bottom")
    return pts, [float(side) for side in box]
