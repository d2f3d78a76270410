"""The page on narrow screens: nothing hangs over the side, and all goes by touch."""

from __future__ import annotations

import pytest

from tests.outputs.report.crew import CREW, DRESSED
from tests.page.conftest import Open
from tests.page.look import PHONE, bar, opened, select, toast

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

TABS = ("Cast", "Unknown", "Together", "Export", "About")


def overhang(page: Page) -> int:
    """Count the pixels by which the page is wider than its window."""
    found: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found


@pytest.mark.parametrize("width", [320, 360, 390, 700, 900])
def test_nothing_hangs_over_the_side(open_page: Open, width: int) -> None:
    page = open_page(CREW.build(), mode="disk", viewport={"width": width, "height": 740})
    for name in TABS:
        page.get_by_role("tab", name=name).click()
        assert overhang(page) <= 0, name
    page.get_by_role("tab", name="Cast").click()
    opened(page, "Person 2").get_by_role("button", name="Rename").first.click()
    page.locator(".name-field").fill("A rather long name of somebody or other")
    page.keyboard.press("Enter")
    person = opened(page, "A rather long name of somebody or other")
    person.get_by_text("Table of appearances").click()
    person.get_by_role("button", name="Show all 12 pictures").click()
    assert overhang(page) <= 0
    select(page, "A rather long name of somebody or other", 0)
    expect(bar(page)).to_be_visible()
    assert overhang(page) <= 0


@pytest.mark.parametrize("button", ["Merge with…", "Split in two", "Rename"])
def test_what_floats_fits_a_phone(open_page: Open, button: str) -> None:
    page = open_page(CREW.build(), mode="disk", viewport=PHONE)
    opened(page, "Ada").get_by_role("button", name=button).first.click()
    fits(page, ".floating" if button != "Split in two" else "dialog[open]")


def test_the_enlarged_face_fits_a_phone(open_page: Open) -> None:
    page = open_page(DRESSED.build(), mode="disk", viewport=PHONE)
    opened(page, "Ada").locator(".face-open:has(.face-badge)").first.click()
    fits(page, "dialog[open]")
    box = page.locator("dialog[open]")
    assert box.evaluate("box => box.scrollWidth - box.clientWidth") <= 0


def test_the_list_of_keys_fits_a_phone(open_page: Open) -> None:
    page = open_page(CREW.build(), mode="disk", viewport=PHONE)
    page.keyboard.press("?")
    fits(page, "dialog[open]")


def fits(page: Page, selector: str) -> None:
    box = page.locator(selector).bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= PHONE["height"]


def test_what_is_selected_is_not_under_the_message(open_page: Open) -> None:
    page = open_page(CREW.build(), mode="disk", viewport=PHONE)
    opened(page, "Person 2").get_by_role("button", name="Hide").click()
    select(page, "Ada", 0, 1)
    expect(toast(page)).to_be_visible()
    low, high = bar(page).bounding_box(), page.locator(".shell-toast p").bounding_box()
    assert low
    assert high
    assert high["y"] + high["height"] <= low["y"]


def test_all_goes_by_touch(open_page: Open) -> None:
    page = open_page(CREW.build(), mode="disk", viewport=PHONE, has_touch=True, is_mobile=True)
    page.locator(".cast-open").first.tap()
    cells = page.get_by_role("article", name="Ada").locator(".face-cell")
    cells.first.get_by_role("checkbox").tap()
    cells.nth(2).locator(".face-open").tap()
    expect(bar(page).get_by_role("status")).to_have_text("2 tracks of Ada")
    bar(page).get_by_role("button", name="Not this person").tap()
    expect(cells).to_have_count(2)
