"""Who is most like some tracks, for "Move to…" and "Merge with…"."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from clusterer.core.errors import EditsError
from clusterer.core.types import Analysis, IntArray, Reason
from clusterer.people.constraints import co_occurrence
from clusterer.people.likeness import likeness, scaled
from clusterer.review.requests import known, number

if TYPE_CHECKING:
    from clusterer.review.session import Session

MOST = 60
"""People and unknown tracks in one answer."""
MOST_TRACKS = 500
"""Tracks in one question; a few stand for a person."""
PLACES = 4
"""Decimals of a distance."""


def routes(session: Session) -> list[Route]:
    """Endpoint ``likeness?tracks=1,2,3``.

    It answers ``{"people": [[track, distance, together], …]}``, the most alike first: the best
    track of each other person, or an unknown track; its distance, see
    `clusterer.people.likeness.scaled`; and whether they were seen in one frame.
    """
    return [Route("/likeness", _Counter(session).likeness)]


class _Counter:
    """Where one asks."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def likeness(self, request: Request) -> Response:
        result = self._session.state.result
        tracks = _tracks(request, len(result.labels))
        found = likeness(
            result.features,
            result.labels,
            tracks,
            metric=result.config.clustering.metric,
            together=_together(result.analysis),
            without=[
                who.track_ids[0] for who in result.unknowns if who.reason is Reason.NOT_A_FACE
            ],
        )
        threshold = result.threshold or 0.0
        rows = [
            [one.track, round(scaled(one.distance, threshold), PLACES), one.together]
            for one in found[:MOST]
        ]
        return JSONResponse({"people": rows})


@lru_cache(maxsize=1)
def _together(analysis: Analysis) -> IntArray:
    return co_occurrence(analysis.tracks, analysis.detections)


def _tracks(request: Request, n_tracks: int) -> set[int]:
    """The tracks that are asked about."""
    asked = request.query_params.getlist("tracks")
    if len(asked) != 1 or not asked[0]:
        raise EditsError("Invalid request: it must name tracks once")
    parts = asked[0].split(",")
    if len(parts) > MOST_TRACKS:
        raise EditsError(f"Invalid request: it names more than {MOST_TRACKS} tracks")
    try:
        tracks = set(map(number, parts))
    except KeyError:
        raise EditsError("Invalid request: tracks are not numbers") from None
    with known("Track"):
        if max(tracks) >= n_tracks:
            raise KeyError(max(tracks))
    return tracks
