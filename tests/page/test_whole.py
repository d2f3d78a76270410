"""Beside a face: the clothing below it, and the whole frame that it is in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clusterer.outputs.report import render
from tests.outputs.report.builder import Cast, Scene, drawn_face, no_pictures, reader, torso_reader
from tests.page.conftest import NO_HINTS

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDTH = "async img => { await img.decode(); return img.naturalWidth }"
SCENE = Scene([Cast([0, 1], "Ada"), Cast([2], "Bob")])


def opened(chromium: Browser, folder: Path, *, torsos: bool) -> Page:
    path = folder / "report.html"
    html = render(
        SCENE.build(),
        reader(),
        torso_reader() if torsos else no_pictures,
        read_frame=lambda row: drawn_face(row % 8, 320),
    )
    path.write_text(html, encoding="utf-8")
    page = chromium.new_page(viewport={"width": 1366, "height": 768}, locale="en-GB")
    page.add_init_script(NO_HINTS)
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready]")
    page.locator(".cast-open").first.click()
    return page


def test_a_report_shows_the_whole_frame_one_click_away(chromium: Browser, tmp_path: Path) -> None:
    page = opened(chromium, tmp_path, torsos=False)
    expect(page.locator(".player-face .whole img")).to_be_visible()
    page.locator(".face-open").first.click()
    whole = page.get_by_role("dialog").locator(".whole")
    assert whole.get_by_alt_text("Whole frame").evaluate(WIDTH) == 320
    outer, inner = whole.bounding_box(), whole.locator(".whole-box").bounding_box()
    assert outer
    assert inner
    shape = page.evaluate(
        "() => { const d = JSON.parse(document.getElementById('data').textContent);"
        " return d.width / d.height; }"
    )
    assert outer["width"] / outer["height"] == pytest.approx(shape, rel=0.05)
    assert outer["x"] <= inner["x"] < inner["x"] + inner["width"] <= outer["x"] + outer["width"] + 1
    page.close()


@pytest.mark.parametrize(("torsos", "wide"), [(True, 72), (False, 320)])
def test_a_face_that_is_pointed_at_shows_its_clothing_or_else_its_frame(
    chromium: Browser, tmp_path: Path, torsos: bool, wide: int
) -> None:
    page = opened(chromium, tmp_path, torsos=torsos)
    tip = page.locator(".whole-tip")
    page.locator(".face-open").first.hover()
    assert tip.locator("img").evaluate(WIDTH) == wide
    page.mouse.move(5, 5)
    expect(tip).to_have_count(0)
    page.locator(".cast-open").first.focus()
    page.keyboard.press("Tab")
    while not page.locator(".face-open:focus").count():
        page.keyboard.press("Tab")
    assert tip.locator("img").evaluate(WIDTH) == wide
    page.keyboard.press("ArrowRight")
    expect(tip.locator("img")).to_be_visible()
    page.keyboard.press("Tab")
    expect(tip).to_have_count(0)
    page.close()
