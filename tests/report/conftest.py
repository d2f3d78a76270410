from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from clusterer.report import render
from clusterer.types import ClusteringResult, Reason

from .builder import Cast, Scene, long_episode, reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; not named `browser`, which belongs to pytest-playwright."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("no Chromium on this system")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(
                executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
            )
        except api.Error as error:
            pytest.skip(f"Chromium does not start: {error}")
        yield started
        started.close()


@pytest.fixture(scope="session")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Path of a page with three people (one with many pictures) and two unknowns."""
    cast = [
        Cast(range(0, 40, 2), "Ada"),
        Cast([1, 5, 9], "Bob"),
        Cast([3], "Cleo"),
        Cast([7], "Unknown 1", Reason.TOO_SMALL),
        Cast([8], "Unknown 2", Reason.NO_MATCH),
    ]
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(Scene(cast, shot_count=40).build(), reader()), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def hour() -> ClusteringResult:
    """An hour with 5,000 tracks."""
    return long_episode()


@pytest.fixture(scope="session")
def hour_sheet(hour: ClusteringResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Path of the page of `hour`."""
    path = tmp_path_factory.mktemp("hour") / "report.html"
    path.write_text(render(hour, reader()), encoding="utf-8")
    return path


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page; at the end of the test nothing may have been fetched or complained of."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_it(path: Path, **options: Any) -> Page:
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda r: r.url.startswith(("file:", "data:")) or complaints.append(r.url),
        )
        page.goto(path.as_uri())
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []
