"""Who of the film is like a face on a photograph, or like a face of the film."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from itertools import islice
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from clusterer.core.errors import EditsError
from clusterer.review.guard import PHOTOGRAPH
from clusterer.review.requests import known, number

if TYPE_CHECKING:
    from clusterer.core.types import Analysis, ClusteringResult, ImageArray
    from clusterer.gallery.find import Films, PhotographReader, Searched
    from clusterer.gallery.in_film import FilmSearch
    from clusterer.gallery.photographs import PhotographFaces
    from clusterer.project.search import Hits, Sighting
    from clusterer.review.session import Session

MOST = 30
"""People and unknown tracks in one answer."""
MOST_PLACES = 24
"""Tracks or films of each, the most similar first."""
MOST_FACES = 24
"""Faces of one photograph, the largest first."""
SIDE_PX = 128
"""Of the picture of a face."""
_LOOK_S = 0.5
"""So often it is asked whether somebody still waits for a long search."""


def routes(session: Session) -> list[Route]:
    """Endpoints ``find?track=12`` and ``find/photograph``.

    The first answers ``{"hits": [hit, …]}``, the most likely first; a hit is ``{"who": id,
    "probability": …, "places": [[track, chip, pts, timecode], …], "n": …}``, of all n tracks of a
    person or of one unknown track those that are most similar; the chip is -1 if no picture is
    kept. The second takes the bytes of a photograph, which are not kept, and answers ``{"faces":
    [{"picture": …, "readable": …, "hits": …}, …]}``, the largest first; the picture is an address
    that contains the picture.
    """
    return _Desk(session).routes()


class Photographs:
    """Reads photographs, one at a time, because each may take much memory; keeps none."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._reader: tuple[object, PhotographReader] | None = None

    def read(
        self,
        content: bytes,
        searched: Searched,
        facts: Callable[[Hits], list[dict[str, Any]]],
        films: Films | None = None,
    ) -> dict[str, Any]:
        """Find faces and who they may be.

        Parameters
        ----------
        content
            Of the file.
        searched
        facts
            What is answered of hits.
        films
            Whose unknown tracks are searched, too; None = of no other.

        Raises
        ------
        HTTPException
            It is not a picture, or too large.
        ConfigError, ModelError, DependencyError, GalleryError
            As `clusterer.gallery.find.PhotographReader`.
        """
        from clusterer.gallery.find import hits_of, with_unknown  # noqa: PLC0415 (only then)
        from clusterer.gallery.photographs import decode_photograph  # noqa: PLC0415 (likewise)

        with self._lock:
            image = decode_photograph(content)
            if image is None:
                raise HTTPException(
                    415, "Not a picture that can be read, or one of too many pixels"
                )
            faces = self._opened(searched).faces(image)
        every = hits_of(faces, searched, most=MOST, every_face=True)
        found = tuple(islice(every, MOST_FACES))
        left_out: dict[str, Any] = {}
        if films is not None:
            found = with_unknown(found, faces, films, most=MOST)
            left_out = {"left_out": list(found[0].left_out) if found else []}
        return {
            "faces": [
                {
                    "picture": _picture(image, faces, i),
                    "readable": face.readable,
                    "hits": facts(face.hits),
                }
                for i, face in enumerate(found)
            ],
            **left_out,
        }

    def _opened(self, searched: Searched) -> PhotographReader:
        """The networks, which are kept while the settings are the same."""
        from clusterer.gallery.find import PhotographReader  # noqa: PLC0415 (only then)

        settings = searched.config.analysis
        if self._reader is None or self._reader[0] != settings:
            self._reader = settings, PhotographReader(searched)
        return self._reader[1]


def _picture(image: ImageArray, faces: PhotographFaces, face: int) -> str:
    from clusterer.faces.quality import crop_face  # noqa: PLC0415 (loads OpenCV)

    content = crop_face(image, faces.boxes[face], SIDE_PX)
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"


def facts(hits: Hits, place: Callable[[Sighting], tuple[Any, ...]]) -> list[dict[str, Any]]:
    """What is answered of hits; `place` is what is answered of where somebody is seen."""
    return [
        {
            "who": hit.person,
            "probability": round(hit.probability, 4),
            "places": [place(each) for each in hit.sightings[:MOST_PLACES]],
            "n": len(hit.sightings),
        }
        for hit in hits
    ]


async def read_photograph(request: Request, read: Callable[[bytes], dict[str, Any]]) -> Response:
    """Answer a photograph with what `read` finds."""
    return JSONResponse(await run_in_threadpool(read, await request.body()))


async def while_asked(
    request: Request, find: Callable[[Callable[[], bool]], dict[str, Any]]
) -> Response:
    """Answer with what `find` finds; it is given whether nobody waits for that any more."""
    gone = Event()

    async def watch() -> None:
        while not await request.is_disconnected():
            await asyncio.sleep(_LOOK_S)
        gone.set()

    await request.body()
    watching = asyncio.create_task(watch())
    try:
        return JSONResponse(await run_in_threadpool(find, gone.is_set))
    finally:
        watching.cancel()


def asked_number(request: Request, name: str) -> int:
    """A number that is asked for once."""
    given = request.query_params.getlist(name)
    if len(given) != 1:
        raise EditsError(f"Invalid request: it must name one {name}")
    with known(name.capitalize()):
        return number(given[0])


class _Desk:
    """The endpoints, and what is searched."""

    def __init__(self, session: Session) -> None:
        self._session, self._photographs = session, Photographs()
        self._known: tuple[ClusteringResult, FilmSearch] | None = None

    def routes(self) -> list[Route]:
        return [
            Route("/find", self.track),
            Route(PHOTOGRAPH, self.photograph, methods=["POST"]),
        ]

    def track(self, request: Request) -> Response:
        track = asked_number(request, "track")
        search = self._search()
        with known("Track"):
            if track >= len(self._analysis.tracks):
                raise KeyError(track)
        return JSONResponse({"hits": self._facts(search.like_track(track, most=MOST))})

    async def photograph(self, request: Request) -> Response:
        def read(content: bytes) -> dict[str, Any]:
            return self._photographs.read(content, self._search(), self._facts)

        return await read_photograph(request, read)

    @property
    def _analysis(self) -> Analysis:
        return self._session.state.result.analysis

    def _search(self) -> FilmSearch:
        """Of the result as corrected now."""
        from clusterer.gallery.in_film import FilmSearch  # noqa: PLC0415 (only then)

        result, found = self._session.state.result, self._known
        if found is None or found[0] is not result:
            found = self._known = result, FilmSearch(result)
        return found[1]

    def _facts(self, hits: Hits) -> list[dict[str, Any]]:
        analysis = self._analysis
        rows = analysis.crop_rows
        tracks = analysis.track_of_row[rows]

        def place(seen: Sighting) -> tuple[int, int, int, str]:
            """Track, its nearest kept picture, pts and timecode."""
            detection = seen.detection
            track = int(analysis.track_of_row[detection])
            own = np.flatnonzero(tracks == track).tolist()
            chip = min(own, key=lambda i: abs(int(rows[i]) - detection), default=-1)
            return track, chip, int(analysis.detections.pts[detection]), seen.timecode

        return facts(hits, place)
