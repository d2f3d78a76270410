"""Mouse, touch, wheel and paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.outputs.report.builder import Cast, Scene
from tests.outputs.report.crew import CREW
from tests.page.conftest import Open
from tests.page.look import PHONE, drag

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

TILE, FACE = ".cast-open", ".face-open"


@pytest.fixture
def page(open_page: Open) -> Page:
    """Ada, Person 2 and Person 3."""
    return open_page(CREW.build(), mode="disk")


def test_a_face_is_dragged_to_a_person(page: Page) -> None:
    page.locator(TILE).first.click()
    faces = page.get_by_role("article", name="Ada").locator(".face-cell")
    expect(faces).to_have_count(4)
    drag(page, faces.nth(1), page.locator(TILE).nth(1))
    expect(faces).to_have_count(3)
    page.keyboard.press("Control+z")
    expect(faces).to_have_count(4)


def test_faces_and_people_are_dragged_to_a_row_of_the_timeline(page: Page) -> None:
    page.locator(TILE).first.click()
    faces = page.get_by_role("article", name="Ada").locator(".face-cell")
    rows = page.locator(".timeline-row")
    drag(page, faces.nth(1), rows.filter(has_text="Person 2").locator(".timeline-bars"))
    expect(faces).to_have_count(3)
    drag(page, faces.first, rows.filter(has_text="Unknown"))
    expect(faces).to_have_count(2)
    drag(page, page.locator(TILE).nth(2), rows.filter(has_text="Ada"))
    expect(page.locator(".cast-name")).to_have_text(["Ada", "Person 2"])


def test_a_person_is_dragged_onto_a_person(page: Page) -> None:
    drag(page, page.locator(TILE).nth(1), page.locator(TILE).first)
    expect(page.locator(".cast-name")).to_have_text(["Ada", "Person 3"])


def test_the_wheel_zooms_and_pans_the_timeline(page: Page) -> None:
    bars = page.locator(".timeline-bars").first
    whole = bars.get_attribute("viewBox")
    assert whole
    box = bars.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 5)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    expect(bars).not_to_have_attribute("viewBox", whole)
    near = [float(number) for number in (bars.get_attribute("viewBox") or "").split()]
    assert near[2] < float(whole.split()[2])
    assert near[0] + near[2] / 2 == pytest.approx(float(whole.split()[2]) / 2, rel=0.05)
    page.mouse.wheel(120, 0)
    expect(bars).not_to_have_attribute("viewBox", " ".join(f"{number:g}" for number in near))
    moved = [float(number) for number in (bars.get_attribute("viewBox") or "").split()]
    assert moved[0] > near[0]
    assert moved[2] == pytest.approx(near[2])


def test_a_finger_opens_selects_and_merges(open_page: Open) -> None:
    page = open_page(CREW.build(), mode="disk", has_touch=True, viewport=PHONE)
    tiles = page.locator(TILE)
    tiles.first.tap()
    expect(page.get_by_role("article", name="Ada")).to_be_visible()
    page.locator(".person-close").tap()
    tiles.nth(0).dispatch_event("pointerdown", {"pointerType": "touch", "bubbles": True})
    expect(page.locator(".cast-tile.picked")).to_have_count(1)  # a press that lasts
    tiles.nth(0).dispatch_event("pointerup", {"pointerType": "touch", "bubbles": True})
    tiles.nth(2).tap()
    expect(page.locator(".cast-tile.picked")).to_have_count(2)
    page.get_by_role("region", name="Selection").get_by_role("button", name="Merge").tap()
    expect(page.locator(".cast-name")).to_have_text(["Ada", "Person 2"])


def test_a_finger_goes_to_a_moment(open_page: Open) -> None:
    page = open_page(CREW.build(), mode="disk", has_touch=True)
    page.locator(".timeline-bars").first.tap()
    expect(page.locator(".player-timecode")).not_to_have_text("00:00:00:00")
    page.locator(".player-who").first.tap()
    expect(page.locator(".player-menu")).to_be_visible()


def test_everybody_is_printed_with_time_and_picture(page: Page) -> None:
    page.locator(TILE).first.click()
    page.emulate_media(media="print")
    for number in range(3):
        tile = page.locator(".cast-tile").nth(number)
        expect(tile).to_be_visible()
        expect(tile.locator("img.face")).to_be_visible()
        expect(tile.locator(".cast-name")).to_be_visible()
        expect(tile.locator(".cast-facts")).to_be_visible()
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".side > .panel, .side > .panel *")]
            .filter(one => one.checkVisibility() && getComputedStyle(one).overflowY !== "visible")
            .filter(one => one.scrollHeight > one.clientHeight + 1)
            .map(one => one.className)"""
    )
    assert cut == []


def test_paper_has_all_faces_whatever_was_in_view(open_page: Open) -> None:
    many = Scene([Cast(list(range(200)), "Ada")], shot_count=200).build()
    page = open_page(many, mode="disk", viewport={"width": 1920, "height": 600})
    page.locator(TILE).click()
    cells = page.locator(".face-cell")
    expect(cells.first).to_be_visible()
    assert cells.count() < 200
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 1000})
    expect(cells).to_have_count(200)
    last, box = cells.last.bounding_box(), page.locator(".faces").bounding_box()
    assert last
    assert box
    assert last["y"] + last["height"] <= box["y"] + box["height"] + 1
    sheets = page.pdf(format="A4").count(b"/Type /Page\n")
    assert sheets > 1
    page.set_viewport_size({"width": 1920, "height": 600})
    page.emulate_media(media="screen")
    expect(cells).not_to_have_count(200)
