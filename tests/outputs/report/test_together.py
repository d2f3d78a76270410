"""Who appears with whom, hidden people, and pages on which there is little to see."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterer.core.types import Reason
from clusterer.outputs.report import render
from tests.outputs.report.builder import Cast, Scene, reader
from tests.outputs.report.crew import DESK, Open

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect


def show(open_page: Open, folder: Path, scene: Scene) -> Page:
    path = folder / "report.html"
    path.write_text(render(scene.build(), reader()), encoding="utf-8")
    return open_page(path, viewport=DESK)


def matrix(page: Page) -> list[list[str]]:
    rows = page.locator("#together-table tbody tr").all()
    return [row.locator("td").all_inner_texts() for row in rows]


def test_seconds_together(open_page: Open, tmp_path: Path) -> None:
    """Shots last 2 s. Ada and Bob share shots 1 and 2, Ada and Cleo shot 0, Bob and Cleo none."""
    cast = [Cast([0, 1, 2, 3], "Ada"), Cast([1, 2, 5], "Bob"), Cast([0, 6], "Cleo")]
    page = show(open_page, tmp_path, Scene(cast))
    page.locator("#together summary").click()
    expect(page.locator("#together-table tbody th")).to_have_text(["Ada", "Bob", "Cleo"])
    never = "\u2013"
    assert matrix(page) == [["", "4.0", "2.0"], ["4.0", "", never], ["2.0", never, ""]]
    expect(page.get_by_role("button", name="Ada and Bob: 4.0 s together")).to_have_attribute(
        "title", "Ada and Bob: 4.0 s together, first at 00:00:02:00"
    )
    page.evaluate("cv.merge([1, 2])")
    assert matrix(page) == [["", "6.0"], ["6.0", ""]]
    page.evaluate("cv.hidePerson(1)")
    expect(page.locator("#together")).to_be_hidden()
    page.keyboard.press("Control+z")
    assert matrix(page) == [["", "6.0"], ["6.0", ""]]


def test_a_cell_copies_where_they_are_first_together(open_page: Open, tmp_path: Path) -> None:
    cast = [Cast([0, 1, 2, 3], "Ada"), Cast([2, 3], "Bob")]
    page = show(open_page, tmp_path, Scene(cast))
    page.locator("#together summary").click()
    page.locator("#together-table td button").first.click()
    expect(page.locator("#toast")).to_have_text("Copied 00:00:04:00")


def test_a_large_cast_is_cut(open_page: Open, tmp_path: Path) -> None:
    page = show(open_page, tmp_path, Scene([Cast([i % 10], f"P {i:02}") for i in range(25)]))
    page.locator("#together summary").click()
    expect(page.locator("#together-table tbody tr")).to_have_count(20)
    page.get_by_role("button", name="Show all 25 people").click()
    expect(page.locator("#together-table tbody tr")).to_have_count(25)
    expect(page.locator("#together-more")).to_be_hidden()


def test_no_faces(open_page: Open, tmp_path: Path) -> None:
    page = show(open_page, tmp_path, Scene([]))
    expect(page.get_by_role("heading", name="No faces in this video")).to_be_visible()
    for hidden in ("#people", "#unknown", "#hidden", "#together", "#ask", "#overview"):
        expect(page.locator(hidden)).to_be_hidden()


def test_only_unknowns_become_people(open_page: Open, tmp_path: Path) -> None:
    page = show(
        open_page, tmp_path, Scene([Cast([i], f"U {i}", Reason.TOO_BLURRED) for i in range(3)])
    )
    expect(page.get_by_role("heading", name="No people yet")).to_be_visible()
    expect(page.locator("#unknown .cell")).to_have_count(3)
    expect(page.locator("#people")).to_be_hidden()
    page.locator("#unknown .chip").first.focus()
    page.keyboard.press("n")
    expect(page.locator(".card h3")).to_have_text(["Person 1"])
    expect(page.locator("#empty")).to_be_hidden()
    expect(page.locator("#unknown .cell")).to_have_count(2)


def test_everybody_hidden(open_page: Open, tmp_path: Path) -> None:
    page = show(open_page, tmp_path, Scene([Cast([0], "Ada")]))
    page.evaluate("cv.hidePerson(0)")
    expect(page.locator(".card")).to_have_count(0)
    expect(page.locator("#hidden")).to_be_visible()
    expect(page.get_by_text("No faces in this video")).to_be_hidden()
