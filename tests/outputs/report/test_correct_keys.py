"""Corrections with the keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.outputs.report.crew import ADA, DESK, THREE, TWO, Open, cast_of, unknown_of

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect


@pytest.fixture
def page(open_page: Open, crew: Path) -> Page:
    page = open_page(crew, viewport=DESK)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # skip to the people
    return page


def keys(page: Page, *presses: str) -> None:
    for press in presses:
        page.keyboard.press(press)


def active(page: Page) -> str:
    """What has the focus, in words."""
    found: str = page.evaluate(
        """(({ id, className, textContent, ariaLabel }) =>
        id || ariaLabel || `${className} ${textContent}`)(document.activeElement)"""
    )
    return found


def to_first_face(page: Page) -> None:
    """From a card: Tab until the strip."""
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.chip')"):
            return
    raise AssertionError("no face was reached")


def test_faces_are_reached_before_the_browser_has_looked(open_page: Open, crew: Path) -> None:
    page = open_page(crew, viewport=DESK)
    # As on a busy machine, where keys are faster than the watcher that fills the cards.
    page.add_init_script(
        "IntersectionObserver = class { observe() {} unobserve() {} disconnect() {} }"
    )
    page.reload()
    expect(page.locator(".card")).to_have_count(3)
    expect(page.locator(".card .chip")).to_have_count(0)
    keys(page, "j")
    to_first_face(page)
    assert active(page).startswith("Ada")


def test_rename(page: Page) -> None:
    keys(page, "j", "j", "e")
    page.keyboard.type("Bob")
    keys(page, "Enter")
    assert cast_of(page) == {"Ada": ADA, "Bob": TWO, "Person 3": THREE}
    assert active(page) == "name Bob"
    keys(page, "F2")
    page.keyboard.type("Nobody")
    keys(page, "Escape")
    assert active(page) == "name Bob"
    keys(page, "Control+z")
    assert list(cast_of(page)) == ["Ada", "Person 2", "Person 3"]


def test_a_name_that_exists(page: Page) -> None:
    keys(page, "j", "j", "e")
    page.keyboard.type("Ada")
    keys(page, "Enter")
    expect(page.locator("dialog[open]")).to_be_visible()  # the same key presses nothing there
    keys(page, "Enter")
    assert cast_of(page) == {"Ada": sorted(ADA + TWO), "Person 3": THREE}


def test_merge(page: Page) -> None:
    keys(page, "j", "j", "j", "m")
    page.keyboard.type("person")
    keys(page, "Enter")
    assert cast_of(page) == {"Person 2": TWO + THREE, "Ada": ADA}
    assert active(page) == "person-2"  # the card of who asked has gone
    keys(page, "Control+z", "Control+Shift+z", "Control+z", "Control+y")
    assert cast_of(page) == {"Person 2": TWO + THREE, "Ada": ADA}


def test_merge_two_that_are_selected(page: Page) -> None:
    keys(page, "j", "x", "j", "x", "m")
    assert cast_of(page) == {"Ada": sorted(ADA + TWO), "Person 3": THREE}


def test_move_with_arrows(page: Page) -> None:
    keys(page, "j")
    to_first_face(page)
    keys(page, "m", "ArrowDown", "Enter")
    assert cast_of(page) == {"Person 3": [0, *THREE], "Ada": [2, 4, 6], "Person 2": TWO}
    assert page.evaluate("document.activeElement.closest('#person-1 .cell') !== null")
    keys(page, "Control+z")
    assert cast_of(page)["Ada"] == ADA


def test_select_a_range_and_make_a_person(page: Page) -> None:
    keys(page, "j", "j")
    to_first_face(page)
    keys(page, " ", "Shift+ArrowRight")
    assert page.evaluate("[...cv.picked.tracks]") == TWO[:2]
    keys(page, "n")
    assert cast_of(page) == {"Ada": ADA, "Person 4": [1, 3], "Person 3": THREE, "Person 2": [5]}
    assert page.evaluate("document.activeElement.closest('.card') !== null")


def test_not_this_person_not_a_face(page: Page) -> None:
    keys(page, "j")
    to_first_face(page)
    keys(page, "r", "f")  # the focus goes to the face in the place of the first
    assert cast_of(page)["Ada"] == [4, 6]
    assert unknown_of(page)["by hand"] == [0]
    assert unknown_of(page)["not a face"] == [2]
    assert page.evaluate("document.activeElement.closest('#person-1 .cell') !== null")


def test_split_hide_and_show(page: Page) -> None:
    keys(page, "j", "s", "Enter")
    assert cast_of(page)["Person 4"] == [4, 6]
    expect(page.locator("dialog")).to_have_count(2)  # viewer and player
    page.locator("#person-3").focus()
    keys(page, "h")
    assert page.evaluate("cv.visible().length") == 3


def test_keys_do_nothing_while_typing(page: Page) -> None:
    keys(page, "/")
    page.keyboard.type("mshnrfxyje?")
    expect(page.locator("#by-name")).to_have_value("mshnrfxyje?")
    assert page.evaluate("cv.store.edits.length") == 1
    expect(page.locator("dialog[open]")).to_have_count(0)
    keys(page, "Escape")
    page.locator("#people").focus()
    keys(page, "?")
    expect(page.locator("dialog[open] h2")).to_have_text("Keyboard shortcuts")
    expect(page.locator("dialog[open] dt").first).to_have_text("y / n / s")
    expect(page.locator("dialog[open] dd")).to_have_count(9)
    keys(page, "Escape")
    expect(page.locator("#people")).to_be_focused()
