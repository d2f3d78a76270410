"""Corrections with the keyboard alone, on a page from disk."""

from __future__ import annotations

import pytest

from tests.outputs.report.crew import ADA, CREW, THREE, TWO
from tests.page.conftest import Open
from tests.page.look import LATE, bar, cast_of, unknown_of

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect


@pytest.fixture
def page(open_page: Open) -> Page:
    """Open a page whose first person has the focus."""
    page = open_page(CREW.build(), mode="disk", viewport={"width": 1366, "height": 1000})
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the panel")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("tabpanel")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.locator(".cast-open:focus").count():
            return page
    raise AssertionError("the cast was not reached")


def keys(page: Page, *presses: str) -> None:
    for press in presses:
        page.keyboard.press(press)


def to_first_face(page: Page) -> None:
    """From a person: open them, Tab until a face."""
    keys(page, "Enter")
    expect(page.get_by_role("article")).to_be_visible()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.locator(".face-open:focus").count():
            return
    raise AssertionError("no face was reached")


def test_rename(page: Page) -> None:
    keys(page, "ArrowRight", "e")
    page.keyboard.type("Bob")
    keys(page, "Enter")
    expect(page.locator(".cast-open:focus")).to_contain_text("Bob")
    keys(page, "F2")
    page.keyboard.type("Nobody")
    keys(page, "Escape")
    expect(page.locator(".cast-open:focus")).to_contain_text("Bob")
    assert cast_of(page) == {"Ada": ADA, "Bob": TWO, "Person 3": THREE}
    keys(page, "Control+z")
    assert list(cast_of(page)) == ["Ada", "Person 2", "Person 3"]


def test_a_name_that_exists(page: Page) -> None:
    keys(page, "ArrowRight", "e")
    page.keyboard.type("Ada")
    keys(page, "Enter")
    expect(page.get_by_role("dialog")).to_be_visible()  # the same key presses nothing there
    keys(page, "Enter")
    assert cast_of(page) == {"Ada": sorted(ADA + TWO), "Person 3": THREE}


def test_merge(page: Page) -> None:
    keys(page, "ArrowRight", "ArrowRight", "m")
    page.keyboard.type("person")
    keys(page, "Enter")
    assert cast_of(page) == {"Ada": ADA, "Person 2": TWO + THREE}
    expect(page.locator(".cast-open:focus")).to_contain_text("Person 2")
    keys(page, "Control+z", "Control+Shift+z", "Control+z", "Control+y")
    assert cast_of(page) == {"Ada": ADA, "Person 2": TWO + THREE}


def test_merge_two_that_are_selected(page: Page) -> None:
    keys(page, "x", "ArrowRight", " ", "m")
    assert cast_of(page) == {"Ada": sorted(ADA + TWO), "Person 3": THREE}
    expect(page.locator(".cast-open:focus")).to_contain_text("Ada")


@pytest.mark.parametrize(
    ("key", "left"),
    [("b", "Background people (2)"), ("h", "2 hidden"), ("f", "Undo")],
    ids=["background", "hide", "not a face"],
)
def test_keys_act_on_all_who_are_selected(page: Page, key: str, left: str) -> None:
    keys(page, "x", "ArrowRight", " ", key)
    expect(page.get_by_role("button", name=left).first).to_be_visible()
    assert cast_of(page) == {"Person 3": THREE}


def test_move_with_arrows(page: Page) -> None:
    to_first_face(page)
    keys(page, "m", "ArrowDown", "Enter")
    expect(page.locator("article[aria-label=Ada] .face-open:focus")).to_have_count(1)
    assert cast_of(page) == {"Ada": [2, 4, 6], "Person 2": TWO, "Person 3": [0, *THREE]}
    keys(page, "Control+z")
    assert cast_of(page)["Ada"] == ADA


def test_select_a_range_and_make_a_person(page: Page) -> None:
    keys(page, "ArrowRight")
    to_first_face(page)
    keys(page, " ", "Shift+ArrowRight")
    expect(bar(page).get_by_role("status")).to_have_text("2 tracks of Person 2")
    keys(page, "n")
    expect(page.locator(".face-open:focus")).to_have_count(1)
    assert cast_of(page) == {"Ada": ADA, "Person 2": [5], "Person 3": THREE, "Person 4": [1, 3]}


def test_not_this_person_not_a_face(page: Page) -> None:
    to_first_face(page)
    keys(page, "r")
    expect(page.locator(".face-open:focus")).to_have_count(1)  # the one in its place
    keys(page, "f")
    expect(page.locator(".face-open:focus")).to_have_count(1)
    assert cast_of(page)["Ada"] == [4, 6]
    found = unknown_of(page)
    assert (found["by hand"], found["not a face"]) == ([0], [2])


def test_split_hide_and_no_face(page: Page) -> None:
    keys(page, "s", "Enter")
    expect(page.locator(".cast-open:focus")).to_contain_text("Ada")
    keys(page, "ArrowRight", "h")
    expect(page.locator(".cast-open:focus")).to_have_count(1)
    assert cast_of(page) == {"Ada": [0, 2], "Person 2": TWO, "Person 3": THREE}, "not [4, 6]"
    keys(page, "f")
    expect(page.locator(".cast-tile")).to_have_count(2)


def test_keys_do_nothing_while_typing(page: Page) -> None:
    keys(page, "/")
    page.keyboard.type("mshnrfxyje?")
    expect(page.get_by_label("Search names")).to_have_value("mshnrfxyje?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#status")).to_have_text("Saved")


@pytest.mark.parametrize("place", [".faces", ".timeline-all"])
def test_the_focus_is_not_taken_back_in_the_next_frame(open_page: Open, place: str) -> None:
    page = open_page(CREW.build(), mode="disk", before=lambda page: page.add_init_script(LATE))
    page.locator(".cast-open").first.click()
    page.locator(f"{place} [tabindex='0']").first.focus()
    keys(page, "ArrowDown" if place == ".timeline-all" else "End", "Tab")
    page.wait_for_timeout(1000)
    expect(page.locator(f"{place} :focus")).to_have_count(0)


def test_faces_are_one_stop_of_the_tab_key(page: Page) -> None:
    to_first_face(page)
    keys(page, "End")
    expect(page.locator("[data-at='3'] .face-open")).to_be_focused()
    expect(page.locator("[data-at='3'] .face-open")).to_have_attribute("tabindex", "0")
    keys(page, "Tab")
    expect(page.locator(".faces :focus")).to_have_count(0)
    keys(page, "Shift+Tab")
    expect(page.locator("[data-at='3'] .face-open")).to_be_focused()
    keys(page, "Home", "Enter")
    expect(page.get_by_role("dialog").get_by_text("Face 1 of 4")).to_be_visible()
    keys(page, "Escape")
    expect(page.locator("[data-at='0'] .face-open")).to_be_focused()
