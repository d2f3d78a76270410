"""Anonymised films: made in the background, one at a time, to download; nothing is left behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from clusterer.core.errors import EditsError
from clusterer.core.hook import GoOn
from clusterer.review.making import Desk
from clusterer.review.wanted import Wanted

if TYPE_CHECKING:
    from clusterer.core.types import ClusteringResult
    from clusterer.outputs.anonymise.choice import AnonymiseChoice
    from clusterer.outputs.anonymise.write import Anonymised
    from clusterer.review.session import Session
    from clusterer.store.footage import Footage

FIELDS = ("count", "people", "whom", "style")
THEM, OTHERS, EVERYBODY = "them", "others", "everybody"
_WHOLE = {"from_s": None, "to_s": None, "together": False}
_NOTHING: Mapping[str, Any] = {"frames": 0, "checks": []}


def routes(session: Session, footage: Footage, on_close: list[Callable[[], None]]) -> list[Route]:
    """Endpoints ``anonymise``, ``anonymise/cancel`` and ``anonymise/file``.

    ``anonymise`` begins one if `FIELDS` are sent: ``whom`` is ``them``, ``others`` or
    ``everybody``, and ``style`` as of `AnonymiseChoice`. It answers as `Desk.state`, with the
    number of ``frames`` in which something is hidden and ``checks``: ``{"start_s": …, "end_s": …,
    "why": …, "person": …}``, where ``why`` is a member of `Doubt` in lower case. ``on_close``
    receives what ends it with the review.
    """
    desk = Desk("anonymised film", _NOTHING)
    on_close.append(desk.close)
    wanted = Wanted(session)

    def ask(content: Mapping[str, Any]) -> _Anonymised:
        result, choice = wanted.read({**_WHOLE, **content})
        chosen = _chosen(choice.people, content["whom"], content["style"])
        return _Anonymised(result, chosen, footage.find())

    return desk.routes("/anonymise", FIELDS, ask)


def _chosen(people: Sequence[str], whom: object, style: object) -> AnonymiseChoice:
    from clusterer.outputs.anonymise.choice import AnonymiseChoice  # noqa: PLC0415 (only then)

    if whom not in (THEM, OTHERS, EVERYBODY):
        raise EditsError(f"Invalid request: whom is none of {THEM}, {OTHERS} and {EVERYBODY}")
    if not isinstance(style, str):
        raise EditsError("Invalid request: style is not a text")
    return AnonymiseChoice(
        people=people if whom == THEM else (),
        all_but=people if whom == OTHERS else (),
        everybody=whom == EVERYBODY,
        style=style,
    )


@dataclass(slots=True)
class _Anonymised:
    """A film to make; see `clusterer.review.making.Job`."""

    result: ClusteringResult
    choice: AnonymiseChoice
    film: Path
    done: Anonymised | None = None

    @property
    def name(self) -> str:
        from clusterer.outputs.anonymise.write import name_for  # noqa: PLC0415 (only then)

        return name_for(self.result.analysis.video)

    @property
    def media_type(self) -> str:
        return "application/octet-stream"

    @property
    def facts(self) -> Mapping[str, Any]:
        if self.done is None:
            return _NOTHING
        checks = [
            {
                "start_s": round(each.start_s, 3),
                "end_s": round(each.end_s, 3),
                "why": each.doubt.name.lower(),
                "person": each.person,
            }
            for each in self.done.checks
        ]
        return {"frames": self.done.frames, "checks": checks}

    def make(self, file: Path, go_on: GoOn) -> None:
        from clusterer.outputs.anonymise.write import anonymise  # noqa: PLC0415 (loads FFmpeg)

        self.done = anonymise(self.result, self.film, file, self.choice, go_on)
