"""The player and the timeline of the page, without a film: stills, steps, marks and clicks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from clusterer.core.types import ClusteringResult
from tests.outputs.report.builder import Cast, Scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]


def film() -> ClusteringResult:
    """Ada in the shots 0 and 2, Bob in 1; ten shots of two seconds at 25 frames per second."""
    return Scene([Cast([0, 2], "Ada"), Cast([1], "Bob")]).build()


def timecode(page: Page) -> str:
    return page.locator(".player-timecode").inner_text()


def test_steps_go_by_a_frame(open_page: Open) -> None:
    page = open_page(film(), mode="disk")
    assert timecode(page) == "00:00:00:00"
    for key, shown in ((".", "00:00:00:01"), (".", "00:00:00:02"), (",", "00:00:00:01")):
        page.keyboard.press(key)
        assert timecode(page) == shown
    page.locator(".player-scrub").focus()
    page.keyboard.press("Shift+ArrowRight")
    assert timecode(page) == "00:00:01:01"


def test_a_click_goes_to_that_moment_in_bars_gaps_and_ruler(open_page: Open) -> None:
    page = open_page(film(), mode="disk")
    ruler = page.locator(".timeline-ruler").bounding_box()
    bars = page.locator(".timeline-row svg.timeline-bars").first.bounding_box()
    assert ruler
    assert bars
    for part, shown in ((0.05, "00:00:01:"), (0.5, "00:00:10:"), (0.75, "00:00:15:")):
        for place in (bars, ruler):
            page.keyboard.press("0")
            page.mouse.click(ruler["x"] + part * ruler["width"], place["y"] + 9)
            assert timecode(page)[:8] in {shown[:8], _before(shown)}, (part, place)


def _before(shown: str) -> str:
    return f"00:00:{int(shown[6:8]) - 1:02d}"


def test_in_and_out_points_by_key_and_on_the_ruler(open_page: Open) -> None:
    page = open_page(film(), mode="disk")
    page.keyboard.press("i")
    page.keyboard.press(".")
    page.keyboard.press("o")
    expect(page.locator(".player-marks b")).to_have_text(["00:00:00:00", "00:00:00:02"])
    page.keyboard.press("x")
    expect(page.locator(".player-marks b")).to_have_count(0)
    ruler = page.locator(".timeline-ruler").bounding_box()
    assert ruler
    page.mouse.move(ruler["x"] + ruler["width"] * 0.25, ruler["y"] + 9)
    page.mouse.down()
    page.mouse.move(ruler["x"] + ruler["width"] * 0.5, ruler["y"] + 9, steps=3)
    page.mouse.up()
    begin, end = page.locator(".player-marks b").all_inner_texts()
    assert begin < end
    assert timecode(page) == "00:00:00:01", "a drag does not move the playhead"


def test_keys_move_between_people_and_appearances(open_page: Open) -> None:
    page = open_page(film(), mode="disk")
    page.locator(".timeline-who").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-row='1']:focus")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    assert timecode(page) == "00:00:00:00"
    page.keyboard.press("Enter")
    assert timecode(page) == "00:00:02:00", "Bob's only appearance begins with the second shot"


def test_says_who_is_on_screen_and_offers_what_to_do(open_page: Open) -> None:
    page = open_page(film(), mode="disk")
    page.locator(".player-who", has_text="Ada").click()
    menu = page.locator(".player-menu")
    expect(menu).to_contain_text("Not a face")
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(page.locator(".player-who:focus")).to_have_count(1)


def test_a_film_that_cannot_be_played_has_no_sound(open_page: Open) -> None:
    page = open_page(film(), mode="disk")
    page.locator(".player-open input").set_input_files(
        {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"no film"}
    )
    page.get_by_text("This browser cannot play this video.").wait_for()
    expect(page.locator("video")).to_have_count(0)
