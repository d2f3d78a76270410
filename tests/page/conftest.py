from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from clusterer.core.types import ClusteringResult
from clusterer.outputs.report import render
from tests.odd_clocks import write_film
from tests.outputs.report.builder import no_pictures, reader, torso_reader
from tests.result_folder import decided, write
from tests.review.conftest import opened, serving
from tests.video_files import picture

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NO_HINTS = "try { localStorage.setItem('cluster-video-hints', 'seen') } catch {}"
FORGIVEN = (
    "(Conflict)", "404 (Not Found)", "(Unsupported Media Type)", "ERR_CONNECTION_REFUSED",
)  # fmt: skip
"""The browser's own words on answers that the page takes."""
LAPTOP = {"width": 1366, "height": 768}
Open = Callable[..., "Page"]
"""Folder or result, and options of the browser's context → page."""


@pytest.fixture
def open_page(chromium: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open the page, served of a result folder or of a result, which is written first.

    It may ask its server only, and nothing may be complained of. The page's ``served`` is the
    `Served`. ``path`` opens another address of the same server; ``before`` runs on the new page.
    With ``mode="disk"``, a result is opened as a file, with pictures of clothing if ``torsos``.
    ``hints`` as at the first visit.
    """
    complaints: list[str] = []
    with ExitStack() as stack:

        def open_it(
            source: Path | ClusteringResult,
            *,
            path: str = "",
            mode: str = "live",
            hints: bool = False,
            torsos: bool = True,
            before: Callable[[Page], object] = lambda _page: None,
            **options: Any,
        ) -> Page:
            served = None
            if mode == "live":
                folder = source if isinstance(source, Path) else _written(source, tmp_path)
                served = stack.enter_context(serving(opened(folder)))  # ends after its pages
                address, own = served.address + path, served.address
            else:
                assert isinstance(source, ClusteringResult)
                address = own = _filed(source, tmp_path, torsos).as_uri()
            settings = {"viewport": LAPTOP, "locale": "en-GB", **options}
            context = chromium.new_context(**settings)
            stack.callback(context.close)
            if not hints:
                context.add_init_script(NO_HINTS)
            page = context.new_page()
            page.served = served
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on(
                "request",
                lambda request: (
                    request.url.startswith((own, "data:", "blob:"))
                    or complaints.append(request.url)
                ),
            )
            before(page)
            page.goto(address)
            page.wait_for_selector("html[data-ready]")
            return page

        yield open_it
    assert [text for text in complaints if not any(words in text for words in FORGIVEN)] == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Person 1 in frames 0 to 21 and 50 to 100, person 2 in 0 to 11; the film beside it."""
    write_film(tmp_path / "small.mp4", [picture(i) for i in range(100)], sound_s=(0, 4))
    return write(decided(), tmp_path / "small.people")


def _written(result: ClusteringResult, folder: Path) -> Path:
    number = len(list(folder.glob("*.people")))
    return write(result, folder / f"film{number}.people")


def _filed(result: ClusteringResult, folder: Path, torsos: bool) -> Path:
    path = folder / f"report{len(list(folder.glob('*.html')))}.html"
    read = torso_reader() if torsos else no_pictures
    path.write_text(render(result, reader(), read), encoding="utf-8")
    return path
