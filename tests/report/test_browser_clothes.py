"""What clothing decided, in a browser: Chromium, from disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Locator, Page

Open = Callable[..., "Page"]
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}


def box_of(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box is not None
    return box


def moved(page: Page, number: int = 0) -> Locator:
    """A picture of Ada's whose track clothing moved."""
    return page.locator("#person-1 .chip:has(.badge):visible").nth(number)


@pytest.mark.parametrize("viewport", [DESK, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_torso_stands_beside_the_face(
    open_page: Open, dressed_sheet: Path, viewport: dict[str, int], scheme: str
) -> None:
    page = open_page(dressed_sheet, viewport=viewport, color_scheme=scheme)
    chip = moved(page)
    chip.scroll_into_view_if_needed()
    expect(chip.locator(".badge")).to_be_visible()
    face, torso = box_of(chip.locator("img").first), box_of(chip.locator(".torso"))
    assert torso["height"] == face["height"]
    assert torso["y"] == face["y"]
    assert face["x"] + face["width"] <= torso["x"]
    assert torso["width"] == pytest.approx(0.75 * torso["height"])  # as 72 x 96 px are
    loaded = "async img => { await img.decode(); return img.naturalWidth }"
    assert chip.locator(".torso").evaluate(loaded) == 72
    outer, after = box_of(chip), box_of(moved(page, 1))
    assert outer["x"] + outer["width"] <= after["x"] or outer["y"] + outer["height"] <= after["y"]
    for inner in (box_of(chip.locator(".badge")), torso):
        assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]
        assert inner["y"] + inner["height"] <= outer["y"] + outer["height"]


def test_the_badge_and_the_evidence_are_read_out(open_page: Open, dressed_sheet: Path) -> None:
    page = open_page(dressed_sheet, viewport=DESK)
    chip = moved(page)
    expect(chip).to_have_accessible_name("Ada at 00:00:12:00 joined by clothing")
    expect(chip).to_have_accessible_description(
        "Joined by clothing: clothes speak 20 : 1 for this person, the face says nothing; "
        "next best person 2 : 1."
    )
    split = page.locator("#person-2 .chip:has(.badge)").first
    expect(split).to_have_accessible_name("Bob at 00:00:02:00 split by clothing")
    expect(page.locator("#unknown .badge")).to_have_count(0)


def test_the_viewer_shows_torso_and_evidence(open_page: Open, dressed_sheet: Path) -> None:
    page = open_page(dressed_sheet, viewport=DESK)
    moved(page).focus()
    page.keyboard.press("Enter")
    torso, words = page.locator("#viewer-torso"), page.locator("#viewer-evidence")
    expect(torso).to_have_attribute("alt", "Clothes of Ada at 00:00:12:00")
    assert torso.evaluate("async img => { await img.decode(); return img.naturalWidth }") == 72
    expect(words).to_contain_text("clothes speak 20 : 1 for this person")
    expect(page.locator("#viewer")).to_have_accessible_description(words.text_content() or "-")
    page.keyboard.press("ArrowLeft")  # a face that clothing did not move
    expect(words).to_be_hidden()
    expect(torso).to_be_hidden()
    expect(page.locator("#viewer")).to_have_accessible_description("")


def test_without_a_torso_the_badge_stays(open_page: Open, dressed_sheet: Path) -> None:
    page = open_page(dressed_sheet, viewport=DESK)
    page.get_by_role("button", name="Show all 24 faces").click()
    bare = page.locator("#person-1 .chip:has(.badge):not(:has(.torso))")
    expect(bare).to_have_count(1)
    expect(bare.locator(".badge")).to_be_visible()
    bare.click()
    expect(page.locator("#viewer-torso")).to_be_hidden()
    expect(page.locator("#viewer-evidence")).to_contain_text("5 : 1 and the face 3 : 1 for")


def test_arrows_find_the_nearest_of_the_next_line(open_page: Open, dressed_sheet: Path) -> None:
    page = open_page(dressed_sheet, viewport=DESK)
    page.get_by_role("button", name="Show all 24 faces").click()
    chips = page.locator("#person-1 .chip")
    places = [(box["y"], box["x"]) for box in map(box_of, chips.all())]
    lines = sorted({top for top, _ in places})
    assert len(lines) >= 3
    chips.nth(2).focus()
    for key, line in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("ArrowUp", 0)):
        before = page.evaluate("document.activeElement.getBoundingClientRect().x")
        page.keyboard.press(key)
        nearest = min(
            (i for i, (top, _) in enumerate(places) if top == lines[line]),
            key=lambda i: abs(places[i][1] - before),
        )
        expect(chips.nth(nearest)).to_be_focused()
    page.keyboard.press("ArrowUp")  # no line above the first
    expect(chips.nth(nearest)).to_be_focused()
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
    page = open_page(dressed_sheet, viewport={"width": 360, "height": 640})
    moved(page).click()
    viewer = page.locator("#viewer")
    expect(viewer.locator("#viewer-torso")).to_be_visible()
    hidden_px = viewer.evaluate("viewer => viewer.scrollHeight - viewer.clientHeight")
    assert hidden_px == 0
