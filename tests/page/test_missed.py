"""Adding a missed face on the page, by keyboard alone and by mouse."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from clusterer.core.errors import VideoError
from clusterer.core.types import Analysis
from clusterer.pipeline import missed as missed_module
from clusterer.pipeline.added import MissedFace
from clusterer.store.footage import Footage
from tests.page.conftest import Open
from tests.page.look import cast_of
from tests.result_folder import decided, write
from tests.review.test_missed import Finder

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect


@pytest.fixture
def page(open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    page = open_page(write(decided(), tmp_path / "small.people", drawn=True))
    monkeypatch.setattr(missed_module, "FaceFinder", Finder)
    monkeypatch.setattr(Footage, "find", lambda _self: tmp_path / "small.mp4")
    page.locator(".player-scrub").focus()
    for _ in range(5):
        page.keyboard.press(".")
    return page


def test_by_keyboard_alone_from_the_box_to_the_person(page: Page) -> None:
    page.keyboard.press("d")
    box = page.get_by_role("application", name="Box around the face")
    expect(box).to_be_focused()
    before = box.bounding_box()
    for key in ("ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    after = box.bounding_box()
    assert before
    assert after
    assert after["x"] < before["x"]
    assert after["y"] < before["y"]
    assert after["width"] > before["width"]
    assert after["height"] > before["height"]
    page.keyboard.press("Enter")
    # The page is loaded anew, says so, and asks who it is: Bob, who looks alike, is the first.
    expect(page.get_by_text("Added a face")).to_be_visible()
    offered = page.get_by_role("listbox", name="People").get_by_role("option")
    expect(offered.first).to_contain_text("Person 2")
    page.keyboard.press("Enter")
    assert cast_of(page) == {"Person 1": [0, 3], "Person 2": [1, 2]}
    assert Finder.asked == [(0.2, [280, 131, 356, 225])]  # 284, 135, 356, 225, moved and enlarged
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Undone: Add a face")).to_be_visible()
    assert cast_of(page) == {"Person 1": [0, 2], "Person 2": [1]}


def test_escape_ends_drawing(page: Page) -> None:
    page.keyboard.press("d")
    page.keyboard.press("Escape")
    expect(page.get_by_role("application")).to_have_count(0)
    expect(page.get_by_role("button", name="Add a face")).to_be_focused()


class Slow(Finder):
    """Waits until it may answer."""

    may_answer: Event

    def find(self, analysis: Analysis, time_s: float, box: list[float]) -> MissedFace:
        found = super().find(analysis, time_s, box)
        assert self.may_answer.wait(20)
        return found


def test_while_a_face_is_followed_drawing_neither_ends_nor_begins_anew(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Slow, "may_answer", Event(), raising=False)
    monkeypatch.setattr(missed_module, "FaceFinder", Slow)
    page.keyboard.press("d")
    page.keyboard.press("Enter")
    busy = page.get_by_text("Following the face through its shot…")
    expect(busy).to_be_visible()
    for key in ("Escape", "d", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("application")).to_be_visible()
    expect(busy).to_be_visible()
    assert len(Slow.asked) == 1
    Slow.may_answer.set()
    expect(page.get_by_text("Added a face")).to_be_visible()


def test_a_box_that_is_drawn_too_small_is_the_one_before(page: Page) -> None:
    page.keyboard.press("d")
    box = page.get_by_role("application")
    before, frame = box.bounding_box(), page.locator(".player-frame").bounding_box()
    assert frame
    page.mouse.move(frame["x"] + 40, frame["y"] + 40)
    page.mouse.down()
    page.mouse.move(frame["x"] + 42, frame["y"] + 42)
    expect(page.get_by_role("button", name="Find this face")).to_be_disabled()
    page.mouse.up()
    expect(page.get_by_role("button", name="Find this face")).to_be_enabled()
    assert box.bounding_box() == before
    expect(box).to_be_focused()
    page.keyboard.press("d")
    expect(box).to_have_count(0)


class Blind(Finder):
    """Cannot read the film."""

    def find(self, analysis: Analysis, time_s: float, box: list[float]) -> MissedFace:
        super().find(analysis, time_s, box)
        raise VideoError("Cannot read the video small.mp4")


def test_by_mouse_and_what_the_server_refuses_is_said(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missed_module, "FaceFinder", Blind)
    page.get_by_role("button", name="Add a face").click()
    frame = page.locator(".player-frame").bounding_box()
    assert frame
    page.mouse.move(frame["x"] + 0.5 * frame["width"], frame["y"] + 0.2 * frame["height"])
    page.mouse.down()
    page.mouse.move(frame["x"] + 0.6 * frame["width"], frame["y"] + 0.4 * frame["height"])
    page.mouse.up()
    page.get_by_role("button", name="Find this face").click()
    expect(page.get_by_role("alert")).to_contain_text("Cannot read the video small.mp4")
    left, top, right, bottom = Blind.asked[0][1]
    assert 317 <= left <= 323
    assert 381 <= right <= 387
    assert 70 <= top <= 75
    assert 141 <= bottom <= 147
    page.get_by_role("button", name="Cancel").click()


def test_a_page_from_disk_has_no_such_button(open_page: Open) -> None:
    page = open_page(decided(), mode="disk")
    expect(page.get_by_role("button", name="Add a face")).to_have_count(0)
    page.keyboard.press("d")
    expect(page.get_by_role("application")).to_have_count(0)
