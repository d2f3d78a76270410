"""The requests of a project's page and their answers; films are passed on to their own pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from clusterer.outputs import pages
from clusterer.project.types import Scope as Extent
from clusterer.review.app import answering, document, jpeg, read_edit
from clusterer.review.cast import find
from clusterer.review.cast.session import CastSession
from clusterer.review.requests import known, number, read_body

SOURCES: Mapping[str, str] = {"img-src": "'self'", "connect-src": "'self'"}


@dataclass(frozen=True, slots=True)
class CastSite:
    """A project to serve."""

    session: CastSession

    @property
    def subject(self) -> str:
        """What is reviewed, for `serve`: this project, until one of its films is analysed again."""
        return self.session.subject

    def app(self) -> Starlette:
        """The application; it trusts every client, so it belongs behind a `Guard`."""
        desk = _Desk(self.session)
        return answering(
            Route("/", desk.page),
            Route("/cast", desk.cast),
            Route("/state", desk.state),
            Route("/chip/{film}/{row}.jpg", desk.picture),
            Route("/looks/{film}/{person}", desk.looks),
            Route("/like/{person}", desk.like),
            *find.routes(self.session),
            Route("/edit", desk.edit, methods=["POST"]),
            Route("/undo", desk.undo, methods=["POST"]),
            Route("/redo", desk.redo, methods=["POST"]),
            Route("/film/{film}/{rest:path}", _FilmPages(self.session)),
        )

    def close(self) -> str:
        """Close the session; return why tables of films could not be written, else empty."""
        return self.session.close()


class _Desk:
    """The endpoints. Plain methods run in threads; those that read a body are coroutines."""

    def __init__(self, session: CastSession) -> None:
        self._session = session

    def page(self, _request: Request) -> Response:
        return document(render(self._session.title, self._session.project.scope))

    def cast(self, _request: Request) -> Response:
        return JSONResponse(self._session.view())

    def state(self, _request: Request) -> Response:
        return JSONResponse({"count": self._session.count()})

    def picture(self, request: Request) -> Response:
        with known("Picture"):
            film, row = (number(request.path_params[name]) for name in ("film", "row"))
            picture = self._session.picture(film, row)
        if picture is None:
            raise HTTPException(404, "Picture not found")
        return jpeg(picture)

    def looks(self, request: Request) -> Response:
        with known("Person"):
            film, person = number(request.path_params["film"]), request.path_params["person"]
            return JSONResponse(self._session.looks(film, person))

    def like(self, request: Request) -> Response:
        with known("Person"):
            return JSONResponse(self._session.like(request.path_params["person"]))

    async def edit(self, request: Request) -> Response:
        content, count = await read_edit(request)

        def change() -> dict[str, Any]:
            return self._session.edit(self._session.parse(content), count)

        return JSONResponse(await run_in_threadpool(change))

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
        with known("Film"):
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
    return pages.fill(
        "workspace.html",
        ("workspace.css",),
        ("workspace.js",),
        sources=SOURCES,
        page={"mode": "project", "title": title, "facts": ()},
        data=pages.embed({"mode": "project", "title": title, "kind": scope.value}),
        kept=None,
    )


async def _step(request: Request, change: Callable[[int], dict[str, Any]]) -> Response:
    content = await read_body(request, "count")
    return JSONResponse(await run_in_threadpool(change, content["count"]))
