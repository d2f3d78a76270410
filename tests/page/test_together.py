"""Who appears with whom."""

from __future__ import annotations

import pytest

from tests.outputs.report.builder import Cast, Scene
from tests.page.conftest import Open
from tests.page.look import opened

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

NEVER = "\u2013"


def matrix(page: Page) -> list[list[str]]:
    page.get_by_role("tab", name="Together").click()
    rows = page.get_by_role("tabpanel").locator("tbody tr").all()
    found = [row.locator("td").all_inner_texts() for row in rows]
    return [[text.strip() for text in row] for row in found]


def test_seconds_together(open_page: Open) -> None:
    """Shots last 2 s. Ada and Bob share shots 1 and 2, Ada and Cleo shot 0, Bob and Cleo none."""
    cast = [Cast([0, 1, 2, 3], "Ada"), Cast([1, 2, 5], "Bob"), Cast([0, 6], "Cleo")]
    page = open_page(Scene(cast).build(), mode="disk")
    assert matrix(page) == [["", "4.0", "2.0"], ["4.0", "", NEVER], ["2.0", NEVER, ""]]
    page.get_by_role("button", name="Ada and Bob: 4.0 s together").first.click()
    expect(page.locator(".player-timecode")).to_have_text("00:00:02:00")  # of the first time
    page.get_by_role("tab", name="Cast").click()
    opened(page, "Cleo").get_by_role("button", name="Hide").click()
    assert matrix(page) == [["", "4.0"], ["4.0", ""]]
    page.keyboard.press("Control+z")
    expect(page.get_by_role("tabpanel").locator("tbody tr")).to_have_count(3)


def test_a_large_cast_is_cut(open_page: Open) -> None:
    page = open_page(Scene([Cast([i % 10], f"P {i:02}") for i in range(25)]).build(), mode="disk")
    assert len(matrix(page)) == 12
    page.get_by_role("button", name="Show all 25 people").click()
    assert len(matrix(page)) == 25


def test_everybody_hidden(open_page: Open) -> None:
    page = open_page(Scene([Cast([0], "Ada")]).build(), mode="disk")
    opened(page, "Ada").get_by_role("button", name="Hide").click()
    expect(page.locator(".cast-tile")).to_have_count(0)
    expect(page.get_by_role("button", name="1 hidden")).to_be_visible()
    expect(page.get_by_text("No faces in this video")).to_have_count(0)
