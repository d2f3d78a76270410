"""Cutting and joining tracks with the keyboard alone, and undoing it."""

from __future__ import annotations

from pathlib import Path

import pytest

import clusterer
from tests.page.conftest import Open
from tests.page.look import cast_of, unknown_of
from tests.result_folder import decided, write

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

WHOLE = {"Person 1": [0, 2], "Person 2": [1]}
IN_TWO = {"Person 1": [0, 2, 3], "Person 2": [1]}


@pytest.fixture
def page(open_page: Open, tmp_path: Path) -> Page:
    """Open a page at frame 5, where Person 1 has been seen and will be seen again."""
    page = open_page(write(decided(), tmp_path / "small.people", drawn=True))
    page.locator(".player-scrub").focus()
    for _ in range(5):
        page.keyboard.press(".")
    expect(page.locator(".player-timecode")).to_contain_text("00:00:05")
    return page


def to_item(page: Page, text: str) -> None:
    """Go to an item of a menu by Tab."""
    item = page.get_by_role("button", name=text)
    for _ in range(10):
        if item.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{text} was not reached")


def open_menu(page: Page, name: str) -> None:
    page.locator(".player-box").get_by_text(name).locator("..").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".player-menu button:focus")).to_be_visible()


def cut(page: Page) -> None:
    open_menu(page, "Person 1")
    to_item(page, "Cut the track here")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Cut the track at 01:00:00:10")).to_be_visible()


def test_cut_then_join_again_then_undo_both(page: Page) -> None:
    cut(page)
    assert cast_of(page) == IN_TWO
    page.locator(".player-box").first.wait_for()
    open_menu(page, "Person 1")
    to_item(page, "Join with…")
    page.keyboard.press("Enter")
    to_item(page, "Person 1, 01:00:00:10 to 01:00:00:21")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Joined two tracks")).to_be_visible()
    assert cast_of(page) == WHOLE
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Undone: Joined 2 tracks")).to_be_visible()
    assert cast_of(page) == IN_TWO
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Undone: Cut the track")).to_be_visible()
    assert cast_of(page) == WHOLE
    page.keyboard.press("Control+Shift+z")
    expect(page.get_by_text("Redone: Cut the track")).to_be_visible()
    assert cast_of(page) == IN_TWO


def test_what_follows_a_cut_concerns_one_part(page: Page) -> None:
    cut(page)
    for _ in range(10):
        page.keyboard.press(".")
    open_menu(page, "Person 1")
    to_item(page, "Not this person")
    page.keyboard.press("Enter")
    assert cast_of(page) == {"Person 1": [0, 3], "Person 2": [1]}
    assert 2 in [track for tracks in unknown_of(page).values() for track in tracks]
    page.keyboard.press("Control+z")
    assert cast_of(page) == IN_TWO


def test_a_page_from_disk_replays_cuts_but_makes_none(open_page: Open, tmp_path: Path) -> None:
    result = decided()
    edits = [clusterer.Editor(result).cut(0, 0.2)]
    cut_result = clusterer.amend(result, edits)
    moved = clusterer.Editor(cut_result).move([2], "Person 2")
    page = open_page(clusterer.amend(cut_result, [*edits, moved]), mode="disk")
    assert cast_of(page) == {"Person 1": [0, 3], "Person 2": [1, 2]}
    page.keyboard.press("Control+z")
    assert cast_of(page) == IN_TWO
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()  # a cut takes the server
    page.locator(".player-who").first.click()
    expect(page.locator(".player-menu")).to_be_visible()
    expect(page.get_by_text("Join with…")).to_have_count(0)
