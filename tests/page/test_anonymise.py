"""The anonymised film in the panel of exports: previewed, made, downloaded, checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clusterer.media import probe
from tests.media.test_reel import shown
from tests.page.conftest import Open
from tests.result_folder import decided

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

expect = sync_api.expect


def open_panel(page: Any) -> Any:
    page.get_by_role("tab", name="Export").click()
    return page.get_by_role("group", name="As an anonymised film")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_person_is_hidden(open_page: Open, folder: Path, tmp_path: Path, scheme: str) -> None:
    page = open_page(folder, accept_downloads=True, color_scheme=scheme)
    part = open_panel(page)
    expect(part).to_contain_text("Every face is hidden.")
    page.get_by_label("Only these people").check()
    expect(part.get_by_role("button", name="Make the film")).to_be_disabled()
    page.get_by_role("checkbox", name="Person 2").check()
    expect(part.get_by_label("Hide these people")).to_be_checked()
    part.get_by_label("How").select_option("box")
    part.get_by_role("button", name="Make the film").press("Enter")
    ready = "Faces are hidden in 23 frames: ready to download."
    expect(part.get_by_role("status")).to_have_text(ready)
    checks = part.get_by_role("list", name="Check before you publish")
    expect(checks).to_contain_text("Person 2: last found in mid-shot")
    assert axe.Axe().run(page).response["violations"] == []
    checks.get_by_role("listitem").filter(has_text="last found").get_by_role("button").click()
    expect(page.get_by_role("button", name="copy the timecode")).to_contain_text("01:00:00:2")
    with page.expect_download() as download:
        part.get_by_role("link", name="Download the film").click()
    assert download.value.suggested_filename == "small.anonymised.mp4"
    download.value.save_as(tmp_path / "got.mp4")
    assert [number for number, *_ in shown(probe(tmp_path / "got.mp4"))] == [*range(100)]


def test_preview(open_page: Open, folder: Path) -> None:
    page = open_page(folder)
    part = open_panel(page)
    boxes = page.locator(".player-box")
    expect(boxes).to_have_count(2)
    veiled = page.locator("[class*='hidden-']")
    expect(veiled).to_have_count(0)
    part.get_by_label("Preview in the player").check()
    expect(veiled).to_have_count(2)
    page.get_by_label("Only these people").check()
    page.get_by_role("checkbox", name="Person 2").check()
    expect(veiled).to_have_count(1)
    expect(veiled).to_contain_text("Person 2")
    part.get_by_label("Hide everybody but these people").check()
    expect(veiled).to_contain_text("Person 1")
    page.get_by_role("tab", name="Cast").click()
    expect(veiled).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "words"), [("de-DE", "Film erstellen"), ("es-ES", "Crear la película")]
)
def test_other_languages(open_page: Open, folder: Path, language: str, words: str) -> None:
    page = open_page(folder, locale=language)
    page.get_by_role("tab", name="Export").or_(page.get_by_role("tab", name="Exportar")).click()
    expect(page.get_by_role("button", name=words)).to_be_enabled()


def test_a_page_from_disk_has_none(open_page: Open) -> None:
    page = open_page(decided(), mode="disk")
    page.get_by_role("tab", name="Export").click()
    expect(page.get_by_role("group", name="As an anonymised film")).to_have_count(0)
