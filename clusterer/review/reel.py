"""Reels: rendered in the background, one at a time, to download; nothing is left behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from clusterer.core.errors import EditsError
from clusterer.core.hook import GoOn
from clusterer.review.making import Desk
from clusterer.review.wanted import WANTED, Wanted, seconds

if TYPE_CHECKING:
    from clusterer.outputs.reel import CutList
    from clusterer.review.session import Session
    from clusterer.store.footage import Footage

FIELDS = (*WANTED, "handles_s")


def routes(session: Session, footage: Footage, on_close: list[Callable[[], None]]) -> list[Route]:
    """Endpoints ``reel``, ``reel/cancel`` and ``reel/file``.

    ``reel`` begins one if `FIELDS` are sent, and answers as `Desk.state`, with ``cuts`` and
    ``length_s``. ``reel/cancel`` deletes what there is. ``on_close`` receives what ends it with the
    review.
    """
    desk = Desk("reel", {"cuts": 0, "length_s": 0.0})
    on_close.append(desk.close)
    wanted = Wanted(session)

    def ask(content: Mapping[str, Any]) -> _Reel:
        from clusterer.outputs.reel import ReelChoice, cut_list  # noqa: PLC0415 (only then)

        result, choice = wanted.read(content)
        handles_s = seconds("handles_s", content["handles_s"])
        if handles_s is None:
            raise EditsError("Invalid request: handles_s is not a number of seconds")
        cuts = cut_list(
            result,
            ReelChoice(choice.people, choice.begin, choice.end, choice.together, handles_s),
        )
        return _Reel(cuts, footage.find())

    return desk.routes("/reel", FIELDS, ask)


@dataclass(frozen=True, slots=True)
class _Reel:
    """A reel to make; see `clusterer.review.making.Job`."""

    cuts: CutList
    film: Path
    media_type: str = "video/mp4"

    @property
    def name(self) -> str:
        return self.cuts.name

    @property
    def facts(self) -> Mapping[str, Any]:
        return {"cuts": len(self.cuts.cuts), "length_s": round(self.cuts.length_s, 3)}

    def make(self, file: Path, go_on: GoOn) -> None:
        from clusterer.outputs.reel import write_reel  # noqa: PLC0415 (loads FFmpeg)

        write_reel(self.cuts, self.film, file, go_on=go_on)
