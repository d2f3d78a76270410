"""The page on narrow screens: nothing hangs over the side."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.outputs.report.crew import PHONE, Open

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

OVER = "document.documentElement.scrollWidth"


@pytest.mark.parametrize("width", [320, 360, 390, 700, 900])
def test_nothing_hangs_over_the_side(open_page: Open, crew: Path, width: int) -> None:
    page = open_page(crew, viewport={"width": width, "height": 740})
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate("cv.hidePerson(2); cv.name(1, 'A rather long name of somebody or other')")
    assert page.evaluate(OVER) <= width
    page.evaluate("cv.picked.set([0, 1, 2], true)")
    assert page.evaluate(OVER) <= width
    page.evaluate("cv.picked.clear(); document.getElementById('all').click()")
    assert page.evaluate(OVER) <= width
    inside(page, "#desk, .desk", width)


def inside(page: Page, selector: str, width: int) -> None:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


@pytest.mark.parametrize(
    "script",
    [
        "cv.view(cv.store.result.byLabel.get(0).chips, 0)",
        "cv.mergeWith(0)",
        "cv.splitInTwo(0)",
        "cv.help()",
        "cv.confirm('Are they?', 'Both are there.', 'Yes', () => 0, { words: 'No', act: () => 0 })",
    ],
)
def test_dialogs_fit_a_phone(open_page: Open, crew: Path, script: str) -> None:
    page = open_page(crew, viewport=PHONE)
    page.evaluate(script)
    box = page.locator("dialog[open]").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= PHONE["height"]
    assert page.evaluate("document.querySelector('dialog[open]').scrollWidth") <= box["width"]


def test_what_is_selected_is_not_under_the_toast(open_page: Open, crew: Path) -> None:
    page = open_page(crew, viewport=PHONE)
    page.evaluate("cv.name(0, 'Eve'); cv.picked.set([0, 2], true)")
    bar, toast = page.locator("#bar").bounding_box(), page.locator("#toast").bounding_box()
    assert bar is not None
    assert toast is not None
    assert toast["y"] + toast["height"] <= bar["y"] or bar["y"] + bar["height"] <= toast["y"]


def test_faces_are_selected_by_touch(open_page: Open, crew: Path) -> None:
    page = open_page(crew, viewport=PHONE, has_touch=True, is_mobile=True)
    page.locator("#person-1").scroll_into_view_if_needed()
    page.locator("#person-1 .tick").first.tap()
    page.locator("#person-1 .chip").nth(2).tap()
    expect(page.locator("#bar")).to_contain_text("2 tracks of Ada")
    page.locator("#bar").get_by_role("button", name="Not this person").tap()
    assert page.evaluate("cv.store.result.byLabel.get(0).tracks") == [2, 6]
