"""Stills and contact sheets in the panel of exports: made, downloaded, explained."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.page.conftest import Open
from tests.result_folder import decided

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

expect = sync_api.expect


def open_panel(page: Any) -> Any:
    page.get_by_role("tab", name="Export").click()
    return page.get_by_role("group", name="As stills")


def test_pictures_of_a_person(open_page: Open, folder: Path, tmp_path: Path) -> None:
    page = open_page(folder, accept_downloads=True)
    part = open_panel(page)
    page.get_by_label("Only these people").check()
    make = part.get_by_role("button", name="Make pictures (ZIP)")
    expect(make).to_be_disabled()
    page.get_by_role("checkbox", name="Person 1").check()
    part.get_by_label("Pictures of each person").fill("1")
    part.get_by_label("Head and shoulders only").check()
    make.press("Enter")
    name = "small+Person 1.stills.zip"
    expect(part.get_by_role("status")).to_have_text(f"{name}: ready to download.")
    with page.expect_download() as download:
        part.get_by_role("link", name=f"Download {name}").click()
    assert download.value.suggested_filename == name
    download.value.save_as(tmp_path / "got.zip")
    with zipfile.ZipFile(tmp_path / "got.zip") as archive:
        (file,) = archive.namelist()
        assert file.startswith("small+Person 1+01-00-")
        assert archive.read(file).startswith(b"\xff\xd8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_contact_sheet(open_page: Open, folder: Path, tmp_path: Path, scheme: str) -> None:
    pytest.importorskip("fpdf")
    page = open_page(folder, accept_downloads=True, color_scheme=scheme)
    part = open_panel(page)
    paper = part.get_by_label("Paper of the sheet")
    expect(paper).to_have_value("a4")
    paper.select_option("US Letter")
    part.get_by_role("button", name="Make a contact sheet (PDF)").click()
    link = part.get_by_role("link", name="Download small.sheet.pdf")
    expect(link).to_be_visible()
    assert axe.Axe().run(page).response["violations"] == []
    with page.expect_download() as download:
        link.click()
    download.value.save_as(tmp_path / "got.pdf")
    content = (tmp_path / "got.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"/MediaBox [0 0 612.00 792.00]" in content


@pytest.mark.parametrize(("locale", "paper"), [("en-US", "letter"), ("en", "a4"), ("en-AU", "a4")])
def test_paper_of_the_reader_s_country(
    open_page: Open, folder: Path, locale: str, paper: str
) -> None:
    part = open_panel(open_page(folder, locale=locale))
    expect(part.get_by_label("Paper of the sheet")).to_have_value(paper)


def test_numbers_that_do_not_fit(open_page: Open, folder: Path) -> None:
    part = open_panel(open_page(folder))
    field = part.get_by_role("textbox")
    make = part.get_by_role("button", name="Make pictures (ZIP)")
    for text in ("", "x", "0", "1.5", "101"):
        field.fill(text)
        expect(part).to_contain_text("Give a whole number from 1 to 100.")
        expect(make).to_be_disabled()
    field.fill("100")
    expect(make).to_be_enabled()


def test_why_there_are_none(open_page: Open, folder: Path) -> None:
    (folder.parent / "small.mp4").unlink()
    part = open_panel(open_page(folder))
    part.get_by_role("button", name="Make pictures (ZIP)").click()
    expect(part.get_by_role("alert")).to_contain_text("Video small.mp4 not found")


def test_without_the_extra_there_is_no_sheet(
    open_page: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clusterer.review.stills.find_spec", lambda _: None)
    part = open_panel(open_page(folder))
    expect(part.get_by_role("button", name="Make pictures (ZIP)")).to_be_enabled()
    expect(part.get_by_role("button", name="Make a contact sheet (PDF)")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "words"),
    [("de-DE", "Kontaktbogen erstellen (PDF)"), ("es-ES", "Crear una hoja de contactos (PDF)")],
)
def test_other_languages(open_page: Open, folder: Path, language: str, words: str) -> None:
    pytest.importorskip("fpdf")
    page = open_page(folder, locale=language)
    page.get_by_role("tab", name="Export").or_(page.get_by_role("tab", name="Exportar")).click()
    expect(page.get_by_role("button", name=words)).to_be_enabled()


def test_a_page_from_disk_has_none(open_page: Open) -> None:
    page = open_page(decided(), mode="disk")
    page.get_by_role("tab", name="Export").click()
    expect(page.get_by_role("tabpanel", name="Export")).to_contain_text("cluster-video export")
    expect(page.get_by_role("group", name="As stills")).to_have_count(0)
