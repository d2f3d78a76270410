"""What clothing decided, in a browser: Chromium, from disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.outputs.report.crew import DESK, PHONE, Open

pytest.importorskip("playwright")
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Locator, Page


def box_of(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box is not None
    return box


def moved(page: Page, number: int = 0) -> Locator:
    """A picture of Ada's whose track clothing moved."""
    return page.locator("#person-1 .chip:has(.badge)").nth(number)


@pytest.mark.parametrize("viewport", [DESK, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_badge_lies_on_its_face(
    open_page: Open, dressed_sheet: Path, viewport: dict[str, int], scheme: str
) -> None:
    page = open_page(dressed_sheet, viewport=viewport, color_scheme=scheme)
    page.locator("#person-1").scroll_into_view_if_needed()
    chip = moved(page)
    chip.scroll_into_view_if_needed()
    expect(chip.locator(".badge")).to_be_visible()
    outer, after, badge = box_of(chip), box_of(moved(page, 1)), box_of(chip.locator(".badge"))
    assert outer["x"] + outer["width"] <= after["x"] or outer["y"] + outer["height"] <= after["y"]
    assert badge["x"] + badge["width"] <= outer["x"] + outer["width"]
    assert badge["y"] + badge["height"] <= outer["y"] + outer["height"]


def test_clothes_and_evidence_are_shown_on_hover_and_focus(
    open_page: Open, dressed_sheet: Path
) -> None:
    page = open_page(dressed_sheet, viewport=DESK)
    tip = page.locator("#tip")
    moved(page).hover()
    expect(tip).to_contain_text("Clothing: 20 times likelier this person than another")
    torso = tip.locator("img")
    assert torso.evaluate("async img => { await img.decode(); return img.naturalWidth }") == 72
    page.locator("h1").hover()
    expect(tip).to_be_hidden()
    moved(page).focus()
    expect(tip).to_contain_text("Clothing: 20 times likelier this person than another")


def test_the_badge_and_the_evidence_are_read_out(open_page: Open, dressed_sheet: Path) -> None:
    page = open_page(dressed_sheet, viewport=DESK)
    chip = moved(page)
    expect(chip).to_have_accessible_name("Ada at 00:00:12:00")
    expect(chip).to_have_accessible_description(
        "Confidence 93%. Joined by clothing. Clothing: 20 times likelier this person than "
        "another; face: no clear evidence. Next best person: 2 times likelier than not."
    )
    split = page.locator("#person-2 .chip:has(.badge)").first
    expect(split.locator(".badge")).to_have_text("split by clothing")
    expect(page.locator("#unknown .badge")).to_have_count(0)
    expect(page.locator("#person-1 .more")).to_contain_text("3 joined by clothing")


def test_a_correction_replaces_what_clothing_said(open_page: Open, dressed_sheet: Path) -> None:
    page = open_page(dressed_sheet, viewport=DESK)
    page.evaluate("cv.moveTo([8], 1)")
    badge = page.locator("#person-2 .badge.hand")
    expect(badge).to_have_text("by you")
    expect(page.locator("#person-1 .more")).to_contain_text("2 joined by clothing")
    expect(badge.locator("xpath=..")).to_have_accessible_description(
        "Confidence 100%. Assigned by you."
    )


def test_the_viewer_shows_torso_and_evidence(open_page: Open, dressed_sheet: Path) -> None:
    page = open_page(dressed_sheet, viewport=DESK)
    moved(page).focus()
    page.keyboard.press("Enter")
    torso, words = page.locator("#viewer-torso"), page.locator("#viewer-evidence")
    expect(torso).to_have_attribute("alt", "Clothing of Ada at 00:00:12:00")
    assert torso.evaluate("async img => { await img.decode(); return img.naturalWidth }") == 72
    expect(words).to_contain_text("Clothing: 20 times likelier this person than another")
    expect(page.locator("#viewer")).to_have_accessible_description(words.text_content() or "-")
    page.keyboard.press("ArrowLeft")  # a face that clothing did not move
    expect(words).to_have_text("Confidence 93%.")


def test_without_a_torso_the_evidence_stays(open_page: Open, dressed_sheet: Path) -> None:
    page = open_page(dressed_sheet, viewport=DESK)
    page.get_by_role("button", name="Show all 24 faces").click()
    chips = page.locator("#person-1 .cell:has(.badge)")
    bare = page.evaluate(
        """[...document.querySelectorAll('#person-1 .cell')]
        .findIndex(cell => cell.querySelector('.badge') && !(cell.facts.chip in cv.data.torsos))"""
    )
    expect(chips).to_have_count(12)
    page.locator("#person-1 .cell .chip").nth(bare).click()
    expect(page.locator("#viewer-torso")).to_be_hidden()
    expect(page.locator("#viewer-evidence")).to_contain_text(
        "Clothing: 5 times likelier this person than another; face: 3 times likelier"
    )


def test_arrows_move_by_lines(open_page: Open, dressed_sheet: Path) -> None:
    page = open_page(dressed_sheet, viewport=DESK)
    page.get_by_role("button", name="Show all 24 faces").click()
    chips = page.locator("#person-1 .chip")
    places = [(box["y"], box["x"]) for box in map(box_of, chips.all())]
    lines = sorted({top for top, _ in places})
    assert len(lines) >= 3
    chips.nth(2).focus()
    for key, line in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(chips.nth(places.index((lines[line], places[2][1])))).to_be_focused()
    page.keyboard.press("ArrowUp")  # no line above the first
    expect(chips.nth(2)).to_be_focused()
    page.keyboard.press("End")
    expect(chips.last).to_be_focused()
    page.keyboard.press("Home")
    expect(chips.first).to_be_focused()


@pytest.mark.parametrize("width", [320, 360, 390, 700])
def test_nothing_hangs_over_the_side(open_page: Open, dressed_sheet: Path, width: int) -> None:
    page = open_page(dressed_sheet, viewport={"width": width, "height": 740})
    page.locator("#all").check()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_whole_viewer_fits_a_phone(open_page: Open, dressed_sheet: Path) -> None:
    page = open_page(dressed_sheet, viewport={"width": 360, "height": 740})
    page.locator("#person-1").scroll_into_view_if_needed()
    moved(page).click()
    viewer = page.locator("#viewer")
    expect(viewer.locator("#viewer-torso")).to_be_visible()
    hidden_px = viewer.evaluate("viewer => viewer.scrollHeight - viewer.clientHeight")
    assert hidden_px == 0
