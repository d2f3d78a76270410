"""Stills and contact sheets: made in the background, one at a time, to download."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from clusterer.core.errors import EditsError
from clusterer.core.hook import GoOn
from clusterer.review.exports import archived
from clusterer.review.making import Desk
from clusterer.review.wanted import WANTED, Wanted

if TYPE_CHECKING:
    from clusterer.core.types import ClusteringResult
    from clusterer.outputs.stills.choose import StillsChoice
    from clusterer.outputs.stills.sheet import SheetLayout
    from clusterer.review.session import Session
    from clusterer.store.footage import Footage

FIELDS = (*WANTED, "best", "crop", "kind", "paper")
PICTURES, SHEET = "pictures", "sheet"


def routes(session: Session, footage: Footage, on_close: list[Callable[[], None]]) -> list[Route]:
    """Endpoints ``stills``, ``stills/cancel`` and ``stills/file``.

    ``stills`` begins to make some if `FIELDS` are sent: ``kind`` is ``pictures``, for an archive,
    or ``sheet``, for a PDF on ``paper``. It answers as `Desk.state`, with ``sheet``: whether a
    sheet can be made here, which takes an extra. ``on_close`` receives what ends it with the
    review.
    """
    facts = {"sheet": find_spec("fpdf") is not None}
    desk = Desk("file of stills", facts)
    on_close.append(desk.close)
    wanted = Wanted(session)

    def ask(content: Mapping[str, Any]) -> _Stills:
        from clusterer.outputs.stills.choose import (  # noqa: PLC0415 (only then)
            StillsChoice,
            candidates,
        )
        from clusterer.outputs.stills.sheet import PAPERS_MM, SheetLayout  # noqa: PLC0415 (likewise)

        result, choice = wanted.read(content)
        best, crop, kind = content["best"], content["crop"], content["kind"]
        if isinstance(best, bool) or not isinstance(best, int):
            raise EditsError("Invalid request: best is not a whole number")
        if not isinstance(crop, bool):
            raise EditsError("Invalid request: crop is not true or false")
        if kind not in (PICTURES, SHEET):
            raise EditsError(f"Invalid request: kind is neither {PICTURES} nor {SHEET}")
        if content["paper"] not in tuple(PAPERS_MM):
            raise EditsError(f"Invalid request: paper is none of {', '.join(PAPERS_MM)}")
        chosen = StillsChoice(choice.people, choice.begin, choice.end, choice.together, best, crop)
        next(candidates(result, chosen), None)  # says at once if there is nothing to show
        layout = SheetLayout(content["paper"])
        return _Stills(result, chosen, layout, footage.find(), kind, facts)

    return desk.routes("/stills", FIELDS, ask)


@dataclass(frozen=True, slots=True)
class _Stills:
    """Stills to make; see `clusterer.review.making.Job`."""

    result: ClusteringResult
    choice: StillsChoice
    layout: SheetLayout
    film: Path
    kind: str
    facts: Mapping[str, Any]

    @property
    def name(self) -> str:
        from clusterer.outputs.stills import sheet, write  # noqa: PLC0415 (loads FFmpeg)

        named = sheet.name_of if self.kind == SHEET else write.name_of
        return named(self.result, self.choice)

    @property
    def media_type(self) -> str:
        return "application/pdf" if self.kind == SHEET else "application/zip"

    def make(self, file: Path, go_on: GoOn) -> None:
        from clusterer.outputs.stills.look import Stopped  # noqa: PLC0415 (loads FFmpeg)
        from clusterer.outputs.stills.sheet import make_sheet  # noqa: PLC0415 (likewise)
        from clusterer.outputs.stills.write import pictures  # noqa: PLC0415 (likewise)

        if self.kind == SHEET:
            made = make_sheet(self.result, self.film, self.choice, self.layout, go_on)
            if made is not None:
                file.write_bytes(made.content)
            return
        with suppress(Stopped), zipfile.ZipFile(file, "w") as archive:
            for each in pictures(self.result, self.film, self.choice, go_on):
                for name, content in each.files.items():
                    archive.writestr(archived(name, zipfile.ZIP_STORED), content)
