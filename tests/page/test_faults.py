"""Faults that pages had before, none of which may come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.outputs.report.builder import Cast, Scene
from tests.page.conftest import Open
from tests.page.look import opened
from tests.result_folder import decided

if TYPE_CHECKING:
    from playwright.sync_api import Page

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect
ZEROS = """() => {
    const walk = document.createTreeWalker(document.getElementById("app"), NodeFilter.SHOW_TEXT);
    const found = [];
    while (walk.nextNode())
        if (walk.currentNode.data.trim() === "0")
            found.push(walk.currentNode.parentElement.className);
    return found;
}"""
SCENE = Scene([Cast([0, 1, 2, 6], "Ada"), Cast([3, 4], "Bob"), Cast([5], "Cleo")])


def names(page: Page) -> list[str]:
    return page.locator(".cast-name").all_text_contents()


def test_no_count_of_zero_is_printed(open_page: Open) -> None:
    page = open_page(SCENE.build(), mode="disk")
    for name in ("Ada", "Cleo"):
        opened(page, name)
        assert page.evaluate(ZEROS) == []


def test_the_message_lies_beside_what_can_be_done_with_a_selection(open_page: Open) -> None:
    page = open_page(SCENE.build(), mode="disk")
    page.locator(".cast-open").nth(2).focus()
    page.keyboard.press("h")
    page.locator(".cast-open").nth(0).focus()
    page.keyboard.press("x")
    toast = page.locator(".shell-toast p")
    bar = page.get_by_role("region", name="Selection")
    expect(toast).to_contain_text("Hid Cleo")
    above, below = toast.bounding_box(), bar.bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"] or below["x"] >= above["x"] + above["width"]


def test_a_missing_film_can_be_opened_on_a_live_page(open_page: Open) -> None:
    page = open_page(decided())
    expect(page.get_by_text("Open the video", exact=True)).to_be_visible()
    expect(page.locator(".player-notice")).to_contain_text("small.mp4")


def test_undoing_sorts_anew(open_page: Open) -> None:
    page = open_page(SCENE.build(), mode="disk")
    page.get_by_label("Sort by").select_option("name")
    assert names(page) == ["Ada", "Bob", "Cleo"]
    page.locator(".cast-open").first.focus()
    page.keyboard.press("e")
    page.get_by_role("combobox", name="Name of Ada").fill("Zoe")
    page.keyboard.press("Enter")
    expect(page.locator(".cast-name").first).to_have_text("Zoe")  # a correction keeps the order
    page.get_by_role("button", name="Sort again").click()
    expect(page.locator(".cast-name").last).to_have_text("Zoe")
    page.keyboard.press("Control+z")
    expect(page.locator(".cast-name").first).to_have_text("Ada")
    expect(page.get_by_role("button", name="Sort again")).to_have_count(0)


def test_cells_of_the_matrix_are_aligned(open_page: Open) -> None:
    page = open_page(SCENE.build(), mode="disk")
    page.get_by_role("tab", name="Together").click()
    rows = page.locator(".together tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].slice(1).map(cell => {"
        " const { left, width } = cell.getBoundingClientRect(); return [left, width]; }))"
    )
    head, *body = rows
    assert len(head) == len(body) == 3
    assert all(row == head for row in body)


def test_settings_are_in_words(open_page: Open) -> None:
    page = open_page(SCENE.build(), mode="disk")
    page.get_by_role("tab", name="About").click()
    about = page.get_by_role("tabpanel", name="About")
    about.get_by_text("Reading the film").click()
    expect(about.locator("dt", has_text="sample rate (Hz)")).to_be_visible()
    assert not [text for text in about.locator("dt").all_inner_texts() if "_" in text]
