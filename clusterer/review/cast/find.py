"""Who of a project is like a face on a photograph, or like a face of a film."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from clusterer.project.results import film_results
from clusterer.review.find import (
    MOST,
    Photographs,
    asked_number,
    facts,
    while_asked,
)
from clusterer.review.guard import PHOTOGRAPH
from clusterer.review.requests import known

if TYPE_CHECKING:
    from clusterer.core.config import Config
    from clusterer.core.types import ClusteringResult, FloatArray
    from clusterer.gallery.find import Films
    from clusterer.gallery.in_film import Sought
    from clusterer.project.search import Hits, Sighting
    from clusterer.project.types import ProjectFilm
    from clusterer.review.cast.session import CastSession


def routes(session: CastSession) -> list[Route]:
    """Endpoints ``find?film=1&row=120`` and ``find/photograph``.

    Both answer as those of a film, see `clusterer.review.find.routes`, but places are ``[film,
    person, detection, timecode, seconds]``, a film each, and n is their number; the time is null
    while the film's result is missing. With ``unknown=1``, the unknown tracks of all films are
    searched, too; each is a hit of its own, and its person is its id in its film; ``left_out``
    names the films whose results cannot be read.
    """
    desk = _Desk(session)
    return [Route("/find", desk.face), Route(PHOTOGRAPH, desk.photograph, methods=["POST"])]


class _Searched:
    """The project, locked only while it is searched: reading a photograph takes longer."""

    def __init__(self, session: CastSession) -> None:
        self._session = session

    @property
    def config(self) -> Config:
        return self._session.project.config

    def like(
        self, embeddings: FloatArray, quality: FloatArray | float = 1.0, *, most: int = 10
    ) -> Hits:
        with self._session.reading() as project:
            return project.like(embeddings, quality, most=most)

    def films(self, is_over: Callable[[], bool]) -> Films:
        """The results of all films, until `is_over`; the project is not locked meanwhile."""
        from clusterer.gallery.find import films_of  # noqa: PLC0415 (only then)

        with self._session.reading() as project:
            now = films_of(project)
            films = takewhile(lambda _film: not is_over(), project.films)
        return replace(now, results=film_results(films, self._read))

    def _read(self, film: ProjectFilm) -> ClusteringResult:
        with self._session.reading() as project:
            return project.result(film)


def _is_wide(request: Request) -> bool:
    """Whether unknown tracks are searched, too."""
    return request.query_params.get("unknown") == "1"


class _Desk:
    """The endpoints."""

    def __init__(self, session: CastSession) -> None:
        self._session, self._photographs = session, Photographs()
        self._searched = _Searched(session)

    async def face(self, request: Request) -> Response:
        film, row = (asked_number(request, name) for name in ("film", "row"))
        is_wide = _is_wide(request)

        def search(is_over: Callable[[], bool]) -> dict[str, Any]:
            sought = self._face(film, row)
            hits = self._searched.like(sought.embeddings, sought.quality, most=MOST)
            if not is_wide:
                return {"hits": _facts(hits)}
            from clusterer.gallery.find import with_unknown_hits  # noqa: PLC0415 (only then)

            films = self._searched.films(is_over)
            (hits,), left_out = with_unknown_hits([hits], [sought], films, most=MOST)
            return {"hits": _facts(hits), "left_out": list(left_out)}

        return await while_asked(request, search)

    def _face(self, film: int, row: int) -> Sought:
        """A face of a film, with the tracks as corrected."""
        from clusterer.gallery.in_film import Sought  # noqa: PLC0415 (only then)

        with known("Face"):
            analysis = self._session.result(film).analysis
            if row >= len(analysis.detections):
                raise KeyError(row)
            track = int(analysis.track_of_row[row])
            chips = analysis.chips_of(track)
            if track < 0 or not len(chips):
                raise KeyError(row)
        quality = analysis.quality.value[analysis.chip_rows[chips]]
        return Sought(analysis.chip_embeddings[chips], quality, film, track)

    async def photograph(self, request: Request) -> Response:
        content, is_wide = await request.body(), _is_wide(request)

        def read(is_over: Callable[[], bool]) -> dict[str, Any]:
            films = self._searched.films(is_over) if is_wide else None
            return self._photographs.read(content, self._searched, _facts, films)

        return await while_asked(request, read)


def _facts(hits: Hits) -> list[dict[str, Any]]:
    return facts(hits, _place)


def _place(seen: Sighting) -> tuple[int, str, int, str, float | None]:
    time_s = None if math.isnan(seen.time_s) else round(seen.time_s, 4)
    return seen.film, seen.person, seen.detection, seen.timecode, time_s
