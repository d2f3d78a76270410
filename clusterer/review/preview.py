"""Another threshold: what the grouping would be, and applying it."""

from __future__ import annotations

from threading import Lock
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from clusterer.core.config import AUTO
from clusterer.core.errors import ConfigError, EditsError
from clusterer.core.types import ClusteringResult
from clusterer.faces.encoding import default_threshold
from clusterer.people.decide import decide
from clusterer.review.requests import read_body
from clusterer.review.session import Changed, ConflictError, Session

LEAST, MOST = 0.5, 1.5
"""The range that is offered, times the default threshold."""
FARTHEST = 2.0
"""Largest threshold, see `clusterer.core.config.ClusteringConfig`."""


def routes(session: Session) -> list[Route]:
    """Endpoints ``thresholds``, ``preview?threshold=0.4`` and ``apply``.

    ``preview`` groups under all corrections and keeps nothing; one is computed at a time, and one
    that a newer request has overtaken is answered with 409.
    """
    desk = _Desk(session)
    return [
        Route("/thresholds", desk.thresholds),
        Route("/preview", desk.preview),
        Route("/apply", desk.apply, methods=["POST"]),
    ]


class _Desk:
    """The endpoints."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._counting = Lock()
        self._computing = Lock()
        self._newest = 0

    def thresholds(self, _request: Request) -> Response:
        return JSONResponse(thresholds(self._session.state.result))

    def preview(self, request: Request) -> Response:
        asked = request.query_params.getlist("threshold")
        if len(asked) != 1:
            raise EditsError("Invalid request: it must name one threshold")
        try:
            threshold = _threshold(float(asked[0]))
        except ValueError:
            raise EditsError("Invalid request: threshold is not a number") from None
        with self._counting:
            self._newest += 1
            turn = self._newest
        with self._computing:
            self._check(turn)
            now = self._session.state.result
            config = now.config.with_clustering(threshold=threshold)
            result = decide(now.analysis, config, now.edits)
        self._check(turn)
        return JSONResponse(
            {
                "threshold": threshold,
                "labels": result.labels.tolist(),
                "people": len(result.people),
                "unknown": len(result.unknowns),
            }
        )

    async def apply(self, request: Request) -> Response:
        content = await read_body(request, "count", "threshold")
        threshold = _threshold(content["threshold"])
        changed = await run_in_threadpool(self._session.regroup, content["count"], threshold)
        return JSONResponse(answer(changed))

    def _check(self, turn: int) -> None:
        if turn != self._newest:
            raise ConflictError("A newer preview was asked for")


def answer(changed: Changed) -> dict[str, Any]:
    """What the page is answered about a change, JSON-ready."""
    people = {} if changed.people is None else {"people": dict(changed.people)}
    return {"count": changed.count, "reload": changed.reload, **people}


def thresholds(result: ClusteringResult) -> dict[str, Any]:
    """The threshold of a result, the range to offer, and the encoder's default.

    Parameters
    ----------
    result

    Returns
    -------
    JSON-ready: `now`, `least`, `most`, `default`, `metric`, and `auto`, whether it was fitted to
    the film
    """
    chosen = result.config.clustering
    try:
        default = default_threshold(result.config.analysis.encoding, chosen.metric)
    except ConfigError:
        default = result.threshold or 1.0
    now = default if result.threshold is None else result.threshold
    return {
        "now": now,
        "least": min(now, LEAST * default),
        "most": min(max(now, MOST * default), FARTHEST),
        "default": default,
        "metric": chosen.metric,
        "auto": chosen.threshold == AUTO,
    }


def _threshold(value: object) -> float:
    """A threshold from a page."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise EditsError("Invalid request: threshold is not a number")
    if not 0.0 <= value <= FARTHEST:
        raise EditsError(f"Invalid request: threshold is not from 0 to {FARTHEST:g}")
    return float(value)
