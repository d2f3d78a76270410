"""The reel in the panel of exports: begun, cancelled, downloaded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clusterer.media import probe
from tests.media.test_reel import shown, slowed
from tests.page.conftest import Open
from tests.page.look import hold
from tests.result_folder import decided

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

expect = sync_api.expect


@pytest.fixture
def slow() -> Iterator[threading.Event]:
    with slowed() as go:
        yield go


def open_panel(page: Any) -> Any:
    page.get_by_role("tab", name="Export").click()
    return page.get_by_role("group", name="As a reel")


def test_of_a_person_to_download(open_page: Open, folder: Path, tmp_path: Path) -> None:
    page = open_page(folder, accept_downloads=True)
    part = open_panel(page)
    page.get_by_label("Only these people").check()
    expect(part.get_by_role("button", name="Make a reel")).to_be_disabled()
    page.get_by_role("checkbox", name="Person 1").check()
    part.get_by_label("Before and after each appearance").fill("0,2")  # a comma, too
    part.get_by_role("button", name="Make a reel").click()
    ready = "2 cuts, 3.2 s: ready to download."
    expect(part.get_by_role("status")).to_have_text(ready)
    with page.expect_download() as download:
        part.get_by_role("link", name="Download the reel").click()
    assert download.value.suggested_filename == "small+Person 1.reel.mp4"
    download.value.save_as(tmp_path / "got.mp4")
    numbers = [number for number, *_ in shown(probe(tmp_path / "got.mp4"))]
    assert numbers == [*range(26), *range(45, 100)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_progress_and_cancelling_by_keyboard(
    open_page: Open, folder: Path, slow: threading.Event, scheme: str
) -> None:
    page = open_page(folder, color_scheme=scheme)
    part = open_panel(page)
    part.get_by_role("button", name="Make a reel").press("Enter")
    bar = part.get_by_role("progressbar", name="Making a reel")
    expect(bar).to_be_visible()
    expect(part).to_contain_text("left")
    assert axe.Axe().run(page).response["violations"] == []
    page.reload()  # it goes on, and the page finds it again
    part = open_panel(page)
    expect(part.get_by_role("progressbar")).to_be_visible()
    part.get_by_role("button", name="Cancel").press("Enter")
    said = part.get_by_role("status")
    expect(said).to_have_text("The reel is cancelled.")
    expect(part.get_by_role("link")).to_have_count(0)


def test_an_answer_from_before_it_was_begun_ends_nothing(
    open_page: Open, folder: Path, slow: threading.Event
) -> None:
    page = open_page(folder)
    held = hold(page, "**/reel")
    with page.expect_request("**/reel"):
        part = open_panel(page)
    part.get_by_role("button", name="Make a reel").click()
    bar = part.get_by_role("progressbar", name="Making a reel")
    expect(bar).to_be_visible()
    with page.expect_request("**/reel"):
        held[0].fulfill(json={"state": "none", "done": 0, "left_s": None, "name": "", "error": ""})
    expect(bar).to_be_visible()
    part.get_by_role("button", name="Cancel").click()
    expect(part.get_by_role("status")).to_have_text("The reel is cancelled.")


def test_handles_that_are_no_number(open_page: Open, folder: Path) -> None:
    part = open_panel(open_page(folder))
    field, make = part.get_by_role("textbox"), part.get_by_role("button", name="Make a reel")
    for text in ("", "x", "-1", "601"):
        field.fill(text)
        expect(part).to_contain_text("Give 0 to 600 seconds.")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(make).to_be_disabled()
    field.fill("0")
    expect(make).to_be_enabled()


def test_why_there_is_none(open_page: Open, folder: Path) -> None:
    (folder.parent / "small.mp4").unlink()
    part = open_panel(open_page(folder))
    part.get_by_role("button", name="Make a reel").click()
    expect(part.get_by_role("alert")).to_contain_text("Video small.mp4 not found")


def test_together(open_page: Open, folder: Path) -> None:
    page = open_page(folder)
    part = open_panel(page)
    page.get_by_label("Only where all of them are on screen together").check()
    part.get_by_label("Before and after each appearance").fill("0")
    part.get_by_role("button", name="Make a reel").click()
    said = part.get_by_role("status")
    expect(said).to_have_text("1 cut, 0.4 s: ready to download.")


@pytest.mark.parametrize(
    ("language", "words"),
    [("de-DE", "Zusammenschnitt erstellen"), ("es-ES", "Crear un montaje")],
)
def test_other_languages(open_page: Open, folder: Path, language: str, words: str) -> None:
    page = open_page(folder, locale=language)
    page.get_by_role("tab", name="Export").or_(page.get_by_role("tab", name="Exportar")).click()
    expect(page.get_by_role("button", name=words)).to_be_enabled()


def test_a_page_from_disk_has_none(open_page: Open) -> None:
    page = open_page(decided(), mode="disk")
    page.get_by_role("tab", name="Export").click()
    expect(page.get_by_role("tabpanel", name="Export")).to_contain_text("cluster-video export")
    expect(page.get_by_role("group", name="As a reel")).to_have_count(0)
