"""Whom, and which part of the film, the page asks to export or to show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clusterer.core.errors import EditsError
from clusterer.core.types import ClusteringResult
from clusterer.outputs.export.choose import Choice
from clusterer.people.amend import keys_of
from clusterer.review.session import ConflictError, Session

WANTED = ("count", "people", "from_s", "to_s", "together")
"""Fields of a request; ``people`` is null for everybody who is not hidden, or a list with the keys
of the tracks of each person."""
LONGEST_S = 1e6
"""Times are below this, seconds; see `Choice`."""
_RELOAD = "Reload the page"


class Wanted:
    """Reads such requests."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, content: Mapping[str, Any]) -> tuple[ClusteringResult, Choice]:
        """The result that the page shows, and what of it is asked for.

        Raises
        ------
        ConflictError
            The page has not all corrections.
        EditsError
            A field is invalid.
        """
        state = self._session.state
        if content["count"] != len(state.log.edits):
            raise ConflictError(
                f"The page has {content['count']} corrections, but the review has "
                f"{len(state.log.edits)}",
                _RELOAD,
            )
        if not isinstance(content["together"], bool):
            raise EditsError("Invalid request: together is not true or false")
        choice = Choice(
            people=self._people(state.result, content["people"]),
            begin=seconds("from_s", content["from_s"]),
            end=seconds("to_s", content["to_s"]),
            together=content["together"],
        )
        return state.result, choice

    def _people(self, result: ClusteringResult, wanted: object) -> tuple[str, ...]:
        """Ids of people by the keys of their tracks."""
        if wanted is None:
            return ()
        if not (isinstance(wanted, list) and wanted and all(map(_are_keys, wanted))):
            raise EditsError("Invalid request: people is not a list of lists of keys of tracks")
        ids = {who.label: who.id for who in result.people}
        found, known = [], keys_of(result.analysis)
        for keys in wanted:
            tracks = [known.track(key) for key in keys]
            labels = {None if track is None else int(result.labels[track]) for track in tracks}
            whose = {None if label is None else ids.get(label) for label in labels}
            (one, *others) = whose
            if one is None or others:
                raise EditsError(
                    f"The tracks {', '.join(keys[:3])} are not those of one person", _RELOAD
                )
            found.append(one)
        return tuple(dict.fromkeys(found))


def _are_keys(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(key, str) for key in value)


def seconds(name: str, value: object) -> float | None:
    """Read a time, which may be null; `EditsError` if it is none."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise EditsError(f"Invalid request: {name} is not a number of seconds")
    if not 0 <= value < LONGEST_S:
        raise EditsError(f"Invalid request: {name} is not from 0 to {LONGEST_S:.0f} seconds")
    return float(value)
