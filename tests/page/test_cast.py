"""The cast, an open person, unknown faces and the selection, in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from clusterer.core.types import Reason
from tests.outputs.report.builder import Cast, Scene
from tests.outputs.report.crew import CREW

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]
WIDE = {"width": 1920, "height": 1080}
NOBODY = Scene([Cast([i], f"Unknown {i}", Reason.NO_MATCH) for i in range(3)])


def names(page: Page) -> list[str]:
    return page.locator(".cast-name").all_text_contents()


def crowd(count: int) -> Scene:
    return Scene(
        [Cast(list(range(i, i + 2)), f"Person {i + 1}") for i in range(count)],
        shot_count=count + 2,
    )


def test_fifty_people_fit_beside_the_film(open_page: Open) -> None:
    page = open_page(crowd(50).build(), mode="disk", viewport=WIDE)
    page.get_by_role("button", name="S", exact=True).click()
    height, room = page.locator(".cast-scroll").evaluate("s => [s.scrollHeight, s.clientHeight]")
    expect(page.locator(".cast-tile")).to_have_count(50)
    assert height <= room


def test_people_are_found_sorted_and_counted(open_page: Open) -> None:
    page = open_page(CREW.build(), mode="disk")
    assert names(page) == ["Ada", "Person 2", "Person 3"]
    page.get_by_label("Sort by").select_option("confidence")
    page.get_by_label("Sort by").select_option("name")
    assert names(page) == ["Ada", "Person 2", "Person 3"]
    page.get_by_role("combobox", name="Show", exact=True).select_option("unnamed")
    assert names(page) == ["Person 2", "Person 3"]
    page.keyboard.press("Tab")
    page.get_by_label("Search names").fill("3")
    expect(page.locator(".cast-count")).to_have_text("1 of 3 people")
    page.get_by_label("Search names").fill("nobody")
    page.get_by_role("button", name="Clear filter").click()
    expect(page.locator(".cast-count")).to_have_text("3 people")


def test_a_filter_shows_its_hits_wherever_one_was(open_page: Open) -> None:
    page = open_page(crowd(120).build(), mode="disk")
    page.locator(".cast-scroll").evaluate("s => s.scrollTo(0, s.scrollHeight)")
    page.get_by_label("Search names").fill("Person 1")
    expect(page.locator(".cast-scroll")).to_have_js_property("scrollTop", 0)
    expect(page.locator(".cast-tile").first).to_be_visible()


def test_people_of_the_background_are_folded_away(open_page: Open) -> None:
    page = open_page(CREW.build(), mode="disk")
    page.locator(".cast-open").nth(1).click()
    page.get_by_role("article", name="Person 2").get_by_role("button", name="Background").click()
    fold = page.get_by_role("button", name="Background people (1)")
    expect(fold).to_have_attribute("aria-expanded", "true")  # the person is open in it
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "false")
    assert names(page) == ["Ada", "Person 3"]
    expect(page.locator(".cast-count")).to_have_text("2 people")
    rows = page.locator(".timeline-row .timeline-who")
    expect(rows).to_have_text(["Ada", "Person 3", "Person 2", "Unknown"])
    page.get_by_label("Search names").fill("2")  # who is searched for is found
    expect(page.locator(".cast-name")).to_have_text(["Person 2"])
    page.get_by_label("Search names").fill("")
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cast-name")).to_have_text(["Ada", "Person 3", "Person 2"])
    page.locator(".cast-open").nth(2).focus()
    page.keyboard.press("b")
    expect(fold).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(fold).to_have_count(1)


def test_the_grid_goes_by_keyboard(open_page: Open) -> None:
    page = open_page(CREW.build(), mode="disk")
    page.locator(".cast-open").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    bar = page.get_by_role("region", name="Selection")
    expect(bar.get_by_role("status")).to_have_text("Ada, Person 2")
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="Person 2")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("article")).to_have_count(0)
    expect(page.locator(":focus")).to_have_attribute("title", "Person 2")
    page.keyboard.press("/")
    expect(page.locator(":focus")).to_have_attribute("type", "search")


def test_a_person_opens_below_their_row(open_page: Open) -> None:
    page = open_page(CREW.build(), mode="disk")
    page.locator(".cast-open").first.click()
    tops = page.locator(".cast-tile").evaluate_all("t => t.map(e => e.getBoundingClientRect().top)")
    assert len(set(tops)) == 1
    opened = page.get_by_role("article", name="Ada")
    assert opened.bounding_box()["y"] > tops[0]
    expect(opened.locator(".face-cell")).to_have_count(4)
    opened.get_by_role("button", name="Show all 16 pictures").click()
    expect(opened.locator(".face-cell")).to_have_count(16)
    opened.get_by_text("Table of appearances").click()
    expect(opened.get_by_role("row")).to_have_count(5)


def test_faces_are_enlarged_and_selected(open_page: Open) -> None:
    page = open_page(CREW.build(), mode="disk")
    page.locator(".cast-open").first.click()
    face = page.locator(".face-open").first
    face.click()
    dialog = page.get_by_role("dialog")
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_text("Face 2 of 4")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    face.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    bar = page.get_by_role("region", name="Selection")
    expect(bar.get_by_role("status")).to_have_text("2 tracks of Ada")


def test_without_people_the_page_leads_to_unknown_faces(open_page: Open) -> None:
    page = open_page(NOBODY.build(), mode="disk")
    page.get_by_role("button", name="Show unknown faces").click()
    reason = page.locator("[data-reason='no match']")
    expect(reason.locator(".face-cell")).to_have_count(3)


def test_only_faces_in_view_are_drawn(open_page: Open) -> None:
    page = open_page(Scene([Cast(list(range(600)), "Ada")], shot_count=600).build(), mode="disk")
    page.locator(".cast-open").first.click()
    assert 10 < page.locator(".face-cell").count() < 300
    page.locator(".face-open").first.focus()
    page.keyboard.press("End")
    expect(page.locator("[data-at='599'] .face-open")).to_be_focused()
