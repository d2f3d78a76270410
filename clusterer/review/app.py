"""The requests of the page and their answers. `guard` strips the secret from paths before."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from mimetypes import guess_type
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

import numpy as np
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from clusterer.core.errors import (
    ClustererError,
    ConfigError,
    DependencyError,
    EditsError,
    ModelError,
    ProjectError,
    ResultError,
    VideoError,
)
from clusterer.core.types import Analysis, ClusteringResult, Edit
from clusterer.edits import parse_edit
from clusterer.outputs import report
from clusterer.outputs.pages import stated_policy
from clusterer.review import (
    anonymise,
    exports,
    find,
    likeness,
    missed,
    playback,
    preview,
    reel,
    stills,
)
from clusterer.review.requests import known, number, read_body
from clusterer.review.session import Changed, ConflictError, Session
from clusterer.store.commit import version
from clusterer.store.footage import Footage
from clusterer.store.names import ANALYSIS

STATUS: tuple[tuple[type[ClustererError], int], ...] = (
    (ConflictError, 409),
    (EditsError, 400),
    (ConfigError, 400),
    (VideoError, 404),
    (ModelError, 503),
    (DependencyError, 503),
    (ResultError, 507),
    (ProjectError, 507),
)
"""HTTP status of each error; 500 for any other. The last two are mostly a full disk."""
KEEP = {"Cache-Control": "private, max-age=86400"}
"""For pictures: those of another analysis have another address."""


Render = Callable[[ClusteringResult, Sequence[Edit], Sequence[str]], str]
"""Result, undone corrections, names to suggest → page."""


def _live(result: ClusteringResult, undone: Sequence[Edit], names: Sequence[str]) -> str:
    return report.render_live(result, undone, names)


@dataclass(frozen=True, slots=True)
class Site:
    """What the server serves.

    Attributes
    ----------
    session
    footage : finds the video
    names : earlier names of people, for the page to suggest
    render : writes the page
    on_close : what else to close at the end
    """

    session: Session
    footage: Footage
    names: Sequence[str] = ()
    render: Render = _live
    on_close: list[Callable[[], None]] = field(default_factory=list, compare=False)

    @property
    def subject(self) -> str:
        """What is reviewed, for `serve`: this folder, until its film is analysed again."""
        folder = self.session.folder.path
        return f"{folder.resolve()}\0{version(folder, ANALYSIS)}"

    def app(self) -> Starlette:
        """The application, see `create_app`."""
        return create_app(self)

    def close(self) -> str:
        """Close the session; return why the newest tables could not be written, else empty."""
        for close in self.on_close:
            close()
        return self.session.close().error


def create_app(site: Site) -> Starlette:
    """Make the application that answers the page.

    Returns
    -------
    ASGI application. It trusts every client, so it belongs behind a `Guard`.
    """
    desk = _Desk(site)
    return answering(
        Route("/", desk.page),
        Route("/chip/{chip}.jpg", desk.chip),
        Route("/torso/{chip}.jpg", desk.torso),
        Route("/video", desk.video),
        Route("/faces", desk.faces),
        Route("/state", desk.state),
        Route("/edit", desk.edit, methods=["POST"]),
        Route("/undo", desk.undo, methods=["POST"]),
        Route("/redo", desk.redo, methods=["POST"]),
        Route("/regroup", desk.regroup, methods=["POST"]),
        *exports.routes(site.session),
        *find.routes(site.session),
        *likeness.routes(site.session),
        *missed.routes(site.session, site.footage),
        *playback.routes(site.session, site.footage, site.on_close),
        *preview.routes(site.session),
        *anonymise.routes(site.session, site.footage, site.on_close),
        *reel.routes(site.session, site.footage, site.on_close),
        *stills.routes(site.session, site.footage, site.on_close),
    )


def answering(*routes: Route) -> Starlette:
    """Make an application of these endpoints; errors that they raise are answered in JSON."""
    app = Starlette(routes=routes, exception_handlers=HANDLERS)
    app.router.redirect_slashes = False
    return app


class _Desk:
    """The endpoints. Plain methods run in threads; those that read a body are coroutines."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._session = site.session

    @property
    def _analysis(self) -> Analysis:
        return self._session.state.result.analysis

    def page(self, _request: Request) -> Response:
        state = self._session.state
        return document(self._site.render(state.result, state.log.undone, self._site.names))

    def chip(self, request: Request) -> Response:
        picture = self._picture(request, self._session.folder.picture)
        if picture is None:
            raise HTTPException(404, "Picture not found")
        return jpeg(picture)

    def torso(self, request: Request) -> Response:
        picture = self._picture(request, self._session.folder.torso)
        return Response(status_code=204) if picture is None else jpeg(picture)  # many have none

    def _picture(self, request: Request, read: Callable[[int], bytes | None]) -> bytes | None:
        """Read a picture by its number; no part of the path is used as a file name."""
        rows = self._analysis.crop_rows
        with known("Picture"):
            chip = number(request.path_params["chip"])
            if chip >= len(rows):
                raise KeyError(chip)
        return read(int(rows[chip]))

    def video(self, _request: Request) -> Response:
        path = self._site.footage.find()
        try:
            return FileResponse(path, stat_result=path.stat(), media_type=_kind(path.name))
        except OSError:
            raise VideoError(f"Cannot read the video {path.name}") from None

    def faces(self, _request: Request) -> Response:
        return Response(_faces_json(self._analysis), media_type="application/json")

    def state(self, _request: Request) -> Response:
        written = self._session.writer.written
        return JSONResponse(
            {
                "count": self._session.count,
                "grouping": self._session.grouping,
                "written": written.count,
                "newest": written.newest,
                "error": written.error,
            }
        )

    async def edit(self, request: Request) -> Response:
        content, count = await read_edit(request)
        changed = await run_in_threadpool(self._session.append, parse_edit(content), count)
        stale = {"reload": True} if changed.reload else {}  # other tracks
        return JSONResponse({"count": changed.count, **stale})

    async def undo(self, request: Request) -> Response:
        return await _change(request, self._session.undo)

    async def redo(self, request: Request) -> Response:
        return await _change(request, self._session.redo)

    async def regroup(self, request: Request) -> Response:
        return await _change(request, self._session.regroup)


def _kind(name: str) -> str:
    """Media type of a video; never one that a browser would show as a page."""
    guessed = guess_type(f"x{PurePath(name).suffix}")[0] or ""
    return guessed if guessed.startswith("video/") else "application/octet-stream"


def document(html: str) -> Response:
    """Answer with a page, which nothing may frame."""
    stated = "; ".join(filter(None, (stated_policy(html), "frame-ancestors 'none'")))
    return HTMLResponse(html, headers={"Content-Security-Policy": stated})


def jpeg(picture: bytes) -> Response:
    """Answer with a picture."""
    return Response(picture, media_type="image/jpeg", headers=KEEP)


@lru_cache(maxsize=1)
def _faces_json(analysis: Analysis) -> bytes:
    return json.dumps(faces(analysis), separators=(",", ":")).encode()


def faces(analysis: Analysis) -> dict[str, list[Any]]:
    """Every face of a track, in time order: track, pts, frame, and box, px of the picture shown.

    `scale` leads from px of the film to those, horizontally and vertically.
    """
    rows = analysis.rows_of_tracks
    shown = analysis.detections[rows].scaled(*analysis.video.to_square)
    return {
        "track": analysis.track_of_row[rows].tolist(),
        "pts": analysis.detections.pts[rows].tolist(),
        "boxes": np.rint(shown.boxes).astype(np.int64).tolist(),
        "frame": analysis.detections.frame_index[rows].tolist(),
        "scale": [float(factor) for factor in analysis.video.to_square],
    }


async def _change(request: Request, change: Callable[[int], Changed]) -> Response:
    content = await read_body(request, "count")
    changed = await run_in_threadpool(change, content["count"])
    return JSONResponse(preview.answer(changed))


async def read_edit(request: Request) -> tuple[dict[str, Any], int]:
    """Parse a correction, and the number of corrections of the page that sends it."""
    content = await read_body(request, "count", "edit")
    if not isinstance(content["edit"], dict):
        raise EditsError("Invalid request: edit is not an object")
    return content["edit"], content["count"]


def _foreseen(_request: Request, error: Exception) -> Response:
    status = next((status for kind, status in STATUS if isinstance(error, kind)), 500)
    return JSONResponse({"error": str(error)}, status)


def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


def _unforeseen(_request: Request, error: Exception) -> Response:
    words = " ".join(f"{type(error).__name__}: {error}".split())
    return JSONResponse({"error": f"The review failed: {words}"}, 500)


HANDLERS: Mapping[Any, Callable[[Request, Exception], Response]] = MappingProxyType(
    {ClustererError: _foreseen, HTTPException: _http, Exception: _unforeseen}
)
"""What answers instead of an endpoint that raised."""
