"""Downloads: the appearances of the current result, or of a part, in an editing format."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from clusterer.core.errors import EditsError
from clusterer.outputs.export import FORMATS, create
from clusterer.outputs.export.choose import choose_some
from clusterer.review.requests import read_body
from clusterer.review.session import Session
from clusterer.review.wanted import WANTED, Wanted

FIELDS = (*WANTED, "format")
_MADE = (1980, 1, 1, 0, 0, 0)
"""Date of files in an archive: the same export gives the same bytes."""


def routes(session: Session) -> list[Route]:
    """Endpoints ``formats`` and ``export``.

    ``formats`` answers ``[{"name": …, "title": …, "suffix": …}, …]``. ``export`` takes `FIELDS`;
    it answers a file, an archive if the format has several. Files are made in
    memory; none is written.
    """
    desk = _Desk(session)
    return [Route("/formats", desk.formats), Route("/export", desk.export, methods=["POST"])]


class _Desk:
    """The endpoints."""

    def __init__(self, session: Session) -> None:
        self._wanted = Wanted(session)

    def formats(self, _request: Request) -> Response:
        return JSONResponse(
            [
                {
                    "name": name,
                    "title": entry.summary or f"of {entry.plug_in}",
                    "suffix": entry.ending,
                }
                for name, entry in FORMATS.entries().items()
            ]
        )

    async def export(self, request: Request) -> Response:
        content = await read_body(request, *FIELDS)
        return await run_in_threadpool(self._export, content)

    def _export(self, content: Mapping[str, Any]) -> Response:
        result, choice = self._wanted.read(content)
        wanted = content["format"]
        if not isinstance(wanted, str):
            raise EditsError("Invalid request: format is not a name")
        exporter = create(wanted)
        timeline = choose_some(result, choice, "export")
        return download(exporter.files(timeline), timeline.stem)


def download(files: Mapping[str, bytes], stem: str) -> Response:
    """Answer with a file to keep: the only one, or an archive of all.

    Parameters
    ----------
    files
        Content by name, at least one.
    stem
        Name of an archive, without its ending.
    """
    if len(files) == 1:
        ((name, content),) = files.items()
    else:
        name, content = f"{stem}.zip", _archive(files)
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    kept = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(
        content,
        media_type="application/octet-stream",  # which no browser shows as a page
        headers={"Content-Disposition": kept},
    )


def _archive(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in sorted(files.items()):
            archive.writestr(archived(name), content)
    return made.getvalue()


def archived(name: str, compress_type: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    """The entry of a file in an archive: the same whenever it is made."""
    entry = zipfile.ZipInfo(name, _MADE)
    entry.compress_type = compress_type
    entry.create_system = 3  # on every system; the rights are read as Unix's
    entry.external_attr = 0o644 << 16
    return entry
