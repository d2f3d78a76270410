"""The requests of a project's page and their answers; films are passed on to their own pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from clusterer.core.errors import EditsError
from clusterer.outputs import pages
from clusterer.outputs.pages import stated_policy
from clusterer.project.types import Scope as Extent
from clusterer.review.app import HANDLERS, jpeg, read_body
from clusterer.review.cast.session import CastSession

STYLES = ("report.css", "review.css", "cast.css")
SCRIPTS = (
    "theme.js",
    "cast_data.js",
    "stage.js",
    "dialog.js",
    "desk.js",
    "cast_card.js",
    "cast_person.js",
    "cast_ask.js",
    "cast_main.js",
)
"""In the order in which they are concatenated."""
SOURCES: Mapping[str, str] = {"img-src": "'self'", "connect-src": "'self'"}
KINDS = {Extent.SEASON: "Season", Extent.ARCHIVE: "Archive"}


@dataclass(frozen=True, slots=True)
class CastSite:
    """A project to serve."""

    session: CastSession

    def app(self) -> Starlette:
        """The application; it trusts every client, so it belongs behind a `Guard`."""
        desk = _Desk(self.session)
        app = Starlette(
            routes=[
                Route("/", desk.page),
                Route("/cast", desk.cast),
                Route("/state", desk.state),
                Route("/chip/{film}/{row}.jpg", desk.picture),
                Route("/looks/{film}/{person}", desk.looks),
                Route("/like/{person}", desk.like),
                Route("/edit", desk.edit, methods=["POST"]),
                Route("/undo", desk.undo, methods=["POST"]),
                Route("/redo", desk.redo, methods=["POST"]),
                Route("/film/{film}/{rest:path}", _FilmPages(self.session)),
            ],
            exception_handlers=HANDLERS,
        )
        app.router.redirect_slashes = False
        return app

    def close(self) -> str:
        """Close the session; return why tables of films could not be written, else empty."""
        return self.session.close()


class _Desk:
    """The endpoints. Plain methods run in threads; those that read a body are coroutines."""

    def __init__(self, session: CastSession) -> None:
        self._session = session

    def page(self, _request: Request) -> Response:
        html = render(self._session.title, self._session.project.scope)
        stated = f"{stated_policy(html)}; frame-ancestors 'none'"
        return HTMLResponse(html, headers={"Content-Security-Policy": stated})

    def cast(self, _request: Request) -> Response:
        return JSONResponse(self._session.view())

    def state(self, _request: Request) -> Response:
        return JSONResponse({"count": self._session.count()})

    def picture(self, request: Request) -> Response:
        with _known("Picture"):
            film, row = (number(request.path_params[name]) for name in ("film", "row"))
            picture = self._session.picture(film, row)
        if picture is None:
            raise HTTPException(404, "Picture not found")
        return jpeg(picture)

    def looks(self, request: Request) -> Response:
        with _known("Person"):
            film, person = number(request.path_params["film"]), request.path_params["person"]
            return JSONResponse(self._session.looks(film, person))

    def like(self, request: Request) -> Response:
        with _known("Person"):
            return JSONResponse(self._session.like(request.path_params["person"]))

    async def edit(self, request: Request) -> Response:
        content = await read_body(request, "count", "edit")
        if not isinstance(content["edit"], dict):
            raise EditsError("Invalid request: edit is not an object")

        def change(count: int) -> dict[str, Any]:
            return self._session.edit(self._session.parse(content["edit"]), count)

        return JSONResponse(await run_in_threadpool(change, content["count"]))

    async def undo(self, request: Request) -> Response:
        return await _step(request, self._session.undo)

    async def redo(self, request: Request) -> Response:
        return await _step(request, self._session.redo)


class _FilmPages:
    """ASGI application that passes ``/film/ID/…`` on to the review of that film, as ``/…``."""

    def __init__(self, session: CastSession) -> None:
        self._session = session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        film, rest = scope["path_params"]["film"], scope["path_params"]["rest"]
        with _known("Film"):
            app = await run_in_threadpool(self._session.film, number(film))
        inner = {key: scope[key] for key in scope.keys() - {"path_params", "endpoint", "app"}}
        await app({**inner, "path": f"/{rest}"}, receive, send)


def render(title: str, scope: Extent) -> str:
    """The page of a project; it asks for the content itself.

    Raises
    ------
    ResultError
        The templates are not installed.
    """
    return pages.fill("cast.html", STYLES, SCRIPTS, sources=SOURCES, title=title, kind=KINDS[scope])


def number(text: str) -> int:
    """Parse digits of ASCII, at most nine; raises KeyError if it is something else."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise KeyError(text)
    return int(text)


@contextmanager
def _known(what: str) -> Iterator[None]:
    """Answer 404 where something is asked for that is not there."""
    try:
        yield
    except KeyError:
        raise HTTPException(404, f"{what} not found") from None


async def _step(request: Request, change: Callable[[int], dict[str, Any]]) -> Response:
    content = await read_body(request, "count")
    return JSONResponse(await run_in_threadpool(change, content["count"]))
